import type { AuthError } from './errors.js'
import type { TimeoutReason } from './events.js'
import type { Now } from './timing.js'

/** What a watch over one client's session works with. */
export interface TimeoutsDesk {
  now(): Now
  /** The sign-in that is current in memory. */
  lineage(): string | undefined
  /** Whether somebody can see this context. */
  visible(): boolean
  /** The text that all contexts share. @throws AuthError `storage`, `timeout`. */
  read(): Promise<string | null>
  /** Changes that text, in one step where storage can. @throws as `read`. */
  update(change: (text: string | null) => string | null): Promise<void>
  /** Ends the session that is current: here at once, elsewhere and at the server in the background. */
  end(by: TimedOut): void
  /** Tells subscribers when the session ends, in ms since the epoch; `null` once that is later again. */
  tell(reason: TimeoutReason, endsAt: number | null): void
  /** What `until` says has changed. */
  settle(): void
  report(error: unknown): void
}

/** A sign-in that lasted too long, or that nobody used for too long. */
export interface TimedOut {
  readonly reason: TimeoutReason
  readonly error: AuthError
}

/** Watches over how long one client's session lasts. */
export interface TimeoutsWatch {
  /** Milliseconds until something has to be done; Infinity while nothing has. */
  until(): number
  /** Does what is due. */
  tick(): void
  /** Nothing while the session may go on; otherwise settles once it is known, and the session has ended if so. */
  over(): Promise<void> | undefined
  /** Why a sign-in that storage was found to hold is over; `null` when it is not. */
  found(lineage: string): Promise<TimedOut | null>
  /** Somebody is there: counts as use. Settles once the other contexts can know of it. */
  stay(): Promise<void>
  dispose(): void
}

/** Ends sessions by time; made by `sessionTimeouts()`. */
export interface Timeouts {
  watch(desk: TimeoutsDesk): TimeoutsWatch
}
