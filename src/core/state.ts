import type { AuthError } from './errors.js'
import type { SignOutReason } from './events.js'
import type { ProviderEventName, SessionRecord, SessionUser } from './session.js'

/** One reading of both clocks, in ms. */
export interface Now {
  readonly wall: number
  readonly monotonic: number
}

/** The numbers that a client may set, all in ms. */
export interface Limits {
  /** A refresh runs in the background when this much life is left, or a quarter of it. */
  readonly refreshMargin: number
  /** Callers wait for a refresh when this much life is left, or a tenth of it. */
  readonly waitMargin: number
  readonly retryDelay: number
  readonly maxRetryDelay: number
}

/** A session in memory, with the monotonic time at which its access token is dead. */
export interface Held<User extends SessionUser> {
  readonly record: SessionRecord<User>
  readonly deadline: number
}

/** What the refresh of a signed-in session is doing. */
export type Refresh =
  | { readonly phase: 'scheduled' }
  | { readonly phase: 'running'; readonly attempts: number }
  | {
      readonly phase: 'failing'
      readonly attempts: number
      readonly error: AuthError
      /** Whether there may have been an answer, and the refresh token is worth nothing since. */
      readonly spent: boolean
      /** Monotonic time before which no refresh starts by itself. */
      readonly nextAt: number
      /** Monotonic time until which the server asked to be left alone. */
      readonly notBefore: number
    }

/** What is known once storage was read. */
interface Settled {
  /** Whether storage has it too. */
  readonly saved: boolean
  /** Lineages that ended here, the latest last: storage that shows one again is behind. */
  readonly over: readonly string[]
}

/** All that a context knows. */
export type State<User extends SessionUser> =
  | { readonly status: 'loading' }
  | ({ readonly status: 'signed-out' } & Settled)
  | ({
      readonly status: 'signed-in'
      readonly held: Held<User>
      readonly refresh: Refresh
      /** Monotonic time at which storage was first found empty. */
      readonly absentSince: number | null
    } & Settled)

/** What a reading of storage found. */
export type Observation<User extends SessionUser> =
  | { readonly kind: 'session'; readonly record: SessionRecord<User> }
  | { readonly kind: 'signed-out'; readonly ended: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }

/** How a session came to be this client's: it decides what subscribers hear. */
export type Arrival = 'sign-in' | 'refresh' | 'restore'

/** Everything that can happen to a context. */
export type Input<User extends SessionUser> =
  | { readonly type: 'observed'; readonly seen: Observation<User> }
  | {
      readonly type: 'established'
      readonly record: SessionRecord<User>
      readonly saved: boolean
      readonly arrival: Arrival
      readonly event?: ProviderEventName | undefined
    }
  | { readonly type: 'sent' }
  | {
      readonly type: 'exchanged' | 'user-updated'
      readonly record: SessionRecord<User>
      readonly saved: boolean
    }
  /** `jitter` is in [0, 1). */
  | {
      readonly type: 'failed'
      readonly error: AuthError
      readonly spent: boolean
      readonly jitter: number
    }
  | { readonly type: 'ended'; readonly reason: SignOutReason }
  | { readonly type: 'persisted'; readonly saved: boolean }
  | { readonly type: 'online' }

/** The life left in ms, by the less trusting of the two clocks. */
export const remaining = (held: Held<SessionUser>, now: Now): number =>
  Math.min(held.deadline - now.monotonic, held.record.session.expiresAt - now.wall)

/** The life at which a refresh should run ahead of need. */
export const refreshMargin = (held: Held<SessionUser>, limits: Limits): number =>
  Math.min(limits.refreshMargin, held.record.lifetime / 4)

/** The life at which a caller should rather wait for the next token. */
export const waitMargin = (held: Held<SessionUser>, limits: Limits): number =>
  Math.min(limits.waitMargin, limits.refreshMargin, held.record.lifetime / 10)

/** Milliseconds until a refresh is due; 0 or less when it is; Infinity when nothing can be done. */
export function untilDue<User extends SessionUser>(
  state: State<User>,
  now: Now,
  limits: Limits,
): number {
  if (state.status !== 'signed-in' || !state.held.record.session.refreshToken) return Infinity
  const due = remaining(state.held, now) - refreshMargin(state.held, limits)
  if (state.refresh.phase !== 'failing') return due
  const next = state.refresh.nextAt - now.monotonic
  // Servers forgive a spent token's being shown again for seconds, not until it is due.
  return state.refresh.spent ? next : Math.max(due, next)
}
