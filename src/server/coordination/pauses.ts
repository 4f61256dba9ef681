import type { AuthError } from '../../core/errors.js'
import { isLately } from '../shared/lately.js'

/** Why a server is left alone, and for how many times in a row it has failed. */
export interface Pause {
  readonly error: AuthError
  readonly failures: number
}

/** Whether a server may be asked now. */
export type Admission =
  /** Nothing is known against it. */
  | { readonly type: 'open' }
  /** The pause is over, and this one call may try: all others wait for what comes of it. */
  | ({ readonly type: 'probe' } & Pause)
  /** It is left alone for `left` ms more. */
  | { readonly type: 'closed'; readonly error: AuthError; readonly left: number }

/**
 * Which servers are left alone after a failure, for all who share it. A server that fails sees one
 * request at a time then, however many people wait for it:
 *
 *     failure ── pause ──┬─ probe ── failure ── longer pause ──┬─ probe ── answer: everybody again
 *                others: closed                        others: closed
 */
export interface Pauses {
  /** Asks for `name`, in whose name a probe may take `span` ms before another may try. */
  admit(name: string, span: number): Promise<Admission>
  /** Leaves `name` alone for `wait` ms. */
  pause(name: string, pause: Pause, wait: number): Promise<void>
  /** Says that `name` answers again. */
  resume(name: string): Promise<void>
}

/** How long a failure is known after its pause, in ms: the next one makes a longer pause. */
export const REMEMBERED = 600_000

/** The longest pause, in ms: a `Retry-After` above an hour is more likely a mistake than a wish. */
export const LONGEST_PAUSE = 3_600_000

interface Entry extends Pause {
  /** When the pause began, in ms since the epoch. */
  readonly since: number
  /** How long it is, in ms. */
  readonly wait: number
}

/** Makes the pauses of one process. `now` in ms. */
export function createPauses(now: () => number): Pauses {
  const entries = new Map<string, Entry>()
  return {
    async admit(name, span) {
      const entry = entries.get(name)
      if (!entry) return { type: 'open' }
      const age = now() - entry.since
      if (isLately(entry.since, entry.wait, now())) {
        return { type: 'closed', error: entry.error, left: entry.wait - age }
      }
      if (age >= entry.wait + REMEMBERED) {
        entries.delete(name)
        return { type: 'open' }
      }
      entries.set(name, { ...entry, since: now(), wait: span })
      return { type: 'probe', error: entry.error, failures: entry.failures }
    },
    async pause(name, pause, wait) {
      entries.set(name, { ...pause, since: now(), wait })
    },
    async resume(name) {
      entries.delete(name)
    },
  }
}
