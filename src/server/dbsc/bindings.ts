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
  note(sessionId: string): Promise<void>
  /**
   * Whether the session was bound, and no request can be under way any more that its browser sent before:
   *
   *     register ──▶ bound cookie ──▶ first request that has it: noted ── a minute ──▶ refused from now on
   *            request, by the seal of before, without it ──────▶ served
   */
  isBound(sessionId: string): Promise<boolean>
}

/** What it works on. */
export interface BindingsDeps {
  readonly devices: Pick<SealedDevices, 'noteBinding' | 'boundAt'>
  /** Milliseconds since the epoch. */
  now(): number
}

/** The most sessions that this process remembers to have told of. */
const LIMIT = 10_000
/** How long it does, in ms: a store that has forgotten is told again by the next request after it. */
const REMEMBERED = 600_000
/** How long a store that failed is spared, in ms. */
const SPARED = 10_000

/** Makes what knows which sessions are bound. */
export function createBindings({ devices, now }: BindingsDeps): Bindings {
  const known = createExpiring<true>({ limit: LIMIT, now })
  return {
    async note(sessionId) {
      if (known.get(sessionId)) return
      try {
        await devices.noteBinding(sessionId)
        known.set(sessionId, true, now() + REMEMBERED)
      } catch {
        known.set(sessionId, true, now() + SPARED)
      }
    },
    async isBound(sessionId) {
      const at = await devices.boundAt(sessionId)
      return at !== null && Math.abs(now() - at) >= CLOCKS_APART
    },
  }
}
