import { isAuthError } from '../../core/errors.js'
import { createExpiring } from '../coordination/expiring.js'
import type { SealedDevices } from '../sealed/devices.js'
import { CLOCKS_APART } from '../sealed/receipt.js'

/** Which sessions browsers have bound, as all processes know it. */
export interface Bindings {
  /**
   * Says of a session that a request has proved its key: its browser has the bound cookie, and sends nothing without
   * it from now on. All processes are told once. Where they cannot be told, the request goes on all the same, and one
   * that comes later tells them.
   */
  note(sessionId: string, key: string): Promise<void>
  /**
   * Whether a key that was registered for a session may be the one that it is bound to. A browser that was asked several
   * times registers several, and so can who has copied its cookie while nothing was bound: the first that a request
   * proves counts, and no other from then on. Where two are proved at the same instant, both do.
   */
  keyStateOf(sessionId: string, key: string): Promise<KeyState>
  /**
   * What is known of a session whose seal names no device. Requests that its browser sent before it had the bound
   * cookie may arrive after one that has it, and look like those of a thief:
   *
   *     browser   request ── register ──▶ bound cookie ── request, with it ──▶ 200, noted
   *                  └───────────────── slow ─────────────────────────────────────▶ 503: the browser asks again, with it
   *     thief        copies the cookie
   *                     └── request ──▶ 200             └── noted ── request ──▶ 503 ── two minutes ── request ──▶ 401
   *
   * So such a copy is never served once the key was proved, and nobody is signed out by it whose own request was slow.
   */
  stateOf(sessionId: string): Promise<BindingState>
}

/** What is known of a session whose seal names no device. */
export type BindingState =
  /** No request has proved a key for it. */
  | 'unbound'
  /** One has, so lately that others may be under way which its browser sent before. */
  | 'just-bound'
  /** Whatever its browser sent before has arrived. */
  | 'bound'
  /** Nobody can tell now: the store that all processes share does not answer, and this one has seen no proof. */
  | 'unknown'

/** What is known of a key that was registered for a session whose seal names no device. */
export type KeyState =
  /** It is the one that the session is bound to, or none is known yet: this one may be. */
  | 'counts'
  /** The session is bound to another one. */
  | 'other'
  /** Nobody can tell now: the store that all processes share does not answer, and this one has seen no proof of it. */
  | 'unknown'

/** What it works on. */
export interface BindingsDeps {
  readonly devices: Pick<SealedDevices, 'noteBinding' | 'boundAt' | 'isBoundTo'>
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * How long after the first proof a request may arrive that was sent before it, in ms. A server judges it by its headers,
 * which go ahead of a body however long that takes, and wait in browsers for a free connection, on a bad mobile network
 * for retransmissions, or in a proxy that reads the body first: a minute. The servers' clocks may be apart as well.
 */
const UNDER_WAY = 60_000 + CLOCKS_APART
/** The most sessions that this process remembers to have told of. */
const LIMIT = 10_000
/** How long it does, in ms: a store that has forgotten is told again by the next request after it. */
const REMEMBERED = 600_000
/** How long a store that failed is spared, in ms. */
const SPARED = 10_000

/** Makes what knows which sessions are bound. */
export function createBindings({ devices, now }: BindingsDeps): Bindings {
  const told = createExpiring<true>({ limit: LIMIT, now })

  /** Nothing while nobody can tell. */
  async function known<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      if (isAuthError(error, 'storage') && error.retryable) return undefined
      throw error
    }
  }

  return {
    async note(sessionId, key) {
      if (told.get(sessionId)) return
      try {
        await devices.noteBinding(sessionId, key)
        told.set(sessionId, true, now() + REMEMBERED)
      } catch {
        told.set(sessionId, true, now() + SPARED)
      }
    },
    async keyStateOf(sessionId, key) {
      const at = await known(devices.boundAt(sessionId))
      if (at === null) return 'counts'
      const isThisOne = await known(devices.isBoundTo(sessionId, key))
      if (isThisOne) return 'counts'
      return at === undefined || isThisOne === undefined ? 'unknown' : 'other'
    },
    async stateOf(sessionId) {
      const at = await known(devices.boundAt(sessionId))
      if (at === null) return 'unbound'
      if (at === undefined) return 'unknown'
      return Math.abs(now() - at) < UNDER_WAY ? 'just-bound' : 'bound'
    },
  }
}
