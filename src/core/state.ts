import type { AuthError } from './errors.js'
import type { Origin, SignOutReason } from './events.js'
import { isLocal, nextAttempt, type Patience } from './patience.js'
import { MEMORY } from './pointer.js'
import { type SessionRecord, sendSameToken } from './record.js'
import type { ExchangeEventName, ProviderEventName, SessionUser } from './session.js'
import { type Held, type Limits, type Now, remaining } from './timing.js'

/** What is known once storage was read. */
interface Settled {
  /** Whether storage has it too. */
  readonly saved: boolean
  /** Lineages that ended here, the latest last: storage that shows one again is behind. */
  readonly ended: readonly string[]
  /**
   * Set when somebody signs in or out while nobody knows who is signed in: sign-ins with a smaller name, which are
   * earlier by this device's clock, are over, whosever they are. It counts until storage was written: a clock that
   * is set back after that ends no later sign-in.
   */
  readonly left?: string | undefined
}

/** Why a context does not know whether somebody is signed in, and how often it has tried to find out. */
export interface Unknown {
  readonly patience: Patience
  /** Whether it goes on as if nobody were: storage may never work here. */
  readonly lost: boolean
}

/** All that a context knows. */
export type State<User extends SessionUser> =
  | { readonly status: 'loading' }
  | ({
      readonly status: 'signed-out'
      /** What ended the session, where that is known. */
      readonly error: AuthError | null
      /** Left out once it is known that nobody is signed in. */
      readonly unknown?: Unknown | undefined
    } & Settled)
  | ({
      readonly status: 'signed-in'
      readonly held: Held<User>
      /** `null` as long as refreshes do what they should. */
      readonly patience: Patience | null
      /** Monotonic time at which storage was first found empty. */
      readonly absentSince: number | null
    } & Settled)

/** What a context knows while somebody is signed in. */
export type SignedIn<User extends SessionUser> = Extract<State<User>, { status: 'signed-in' }>

/** What a reading of storage found. */
export type Observation<User extends SessionUser> =
  | {
      readonly kind: 'session'
      readonly record: SessionRecord<User>
      /** When it was saved, in ms by its writer's clock, if that said so. */
      readonly savedAt?: number | null | undefined
      /** Earlier sign-ins that no cookie brings back: the one out of which a person signed last. */
      readonly ended?: readonly string[] | undefined
    }
  | {
      readonly kind: 'signed-out'
      readonly ended: readonly string[]
      /** Whether a person signed out whoever it was: then also who is not among them. */
      readonly any?: boolean | undefined
      /** What ended the last of them, as far as its context said. */
      readonly error?: AuthError | null | undefined
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }

/** How a session came to be this client's: it decides what subscribers hear. */
export type Arrival = 'sign-in' | 'refresh' | 'restore'

/** Everything that can happen to a context. */
export type Input<User extends SessionUser> =
  | {
      readonly type: 'observed'
      readonly seen: Observation<User>
      /** How long ago, in ms, storage did not say that yet; left out, or Infinity, at the first look. */
      readonly sinceLook?: number | undefined
      /** Whether a start found it in the end: then whoever may know has been asked. */
      readonly known?: boolean | undefined
    }
  /** A start has failed. */
  | ({ readonly type: 'unknown' } & Unknown)
  | {
      readonly type: 'established'
      readonly record: SessionRecord<User>
      readonly saved: boolean
      readonly arrival: Arrival | 'start'
      /** The sign-in whose place it takes in storage, where memory never had that one. */
      readonly replaced?: string | null | undefined
      readonly event?: ProviderEventName | undefined
    }
  | {
      readonly type: 'exchanged'
      readonly record: SessionRecord<User>
      readonly saved: boolean
      /** What subscribers hear; `TOKEN_REFRESHED` unless it says otherwise. */
      readonly event?: ExchangeEventName | undefined
      /** Whether the answer held no access token, and so has not shown that the server does what it should. */
      readonly partial?: boolean
    }
  | {
      readonly type: 'user-updated'
      readonly record: SessionRecord<User>
      readonly saved: boolean
    }
  /** `origin` says who met the failure: this context, or one that wrote of it. */
  | { readonly type: 'failed'; readonly patience: Patience; readonly origin: Origin }
  | {
      readonly type: 'ended'
      readonly reason: SignOutReason
      readonly error?: AuthError | undefined
    }
  | { readonly type: 'persisted'; readonly saved: boolean }
  /** A sign-in that was saved is over before it became current. */
  | { readonly type: 'dropped'; readonly lineage: string }

/** What keeps a context from knowing who is signed in; `null` where it knows, or has not tried yet. */
export const unknownOf = <User extends SessionUser>(state: State<User>): Unknown | null =>
  (state.status === 'signed-out' && state.unknown) || null

/**
 * Whether the last failure was that storage could not be read: what it says next is not adopted before a start has
 * looked whose time is up, and asked the server.
 */
export function isBlind<User extends SessionUser>(state: State<User>): boolean {
  const unknown = unknownOf(state)
  return !!unknown && isLocal(unknown.patience.error)
}

/** What is known after a start. Where somebody has signed in or out meanwhile, that is known better. */
export function afterStart<User extends SessionUser>(
  state: State<User>,
  input: Extract<Input<User>, { type: 'observed' | 'unknown' }>,
): State<User> {
  if (input.type === 'observed') {
    const { seen, known } = input
    if (!known || !unknownOf(state) || state.status !== 'signed-out') return state
    const error = 'error' in seen ? (seen.error ?? null) : null
    return { ...state, unknown: undefined, error }
  }
  const { patience, lost } = input
  const unknown = { patience, lost }
  if (state.status === 'loading') {
    return { status: 'signed-out', saved: true, ended: [], error: null, unknown }
  }
  return state.status === 'signed-out' && state.unknown ? { ...state, unknown } : state
}

/** Whether storage was found empty, and it is not known yet whether it stays so. */
export const isEmptied = <User extends SessionUser>(state: State<User>): boolean =>
  state.status === 'signed-in' && state.absentSince !== null

/** The lineages that have ended once one more has. */
export const remember = (ended: readonly string[], lineage: string): readonly string[] =>
  [...ended.filter((other) => other !== lineage), lineage].slice(-MEMORY)

/** The lineages that have ended as far as this context knows. */
export const endedOf = <User extends SessionUser>(state: State<User>): readonly string[] =>
  state.status === 'loading' ? [] : state.ended

/** See `Settled.left`. */
export const leftOf = <User extends SessionUser>(state: State<User>): string | undefined =>
  state.status === 'loading' ? undefined : state.left

/** Whether a lineage has ended as far as this context knows. */
export const hasEnded = <User extends SessionUser>(state: State<User>, lineage: string): boolean =>
  endedOf(state).includes(lineage) || lineage < (leftOf(state) ?? '')

/** The lineages that have ended once the one in memory has. */
export function endedAfter<User extends SessionUser>(state: State<User>): readonly string[] {
  const ended = endedOf(state)
  return state.status === 'signed-in' ? [...ended, state.held.record.lineage] : ended
}

/** Whether a record is of the person who is signed in. */
export const isCurrentPerson = <User extends SessionUser>(
  state: State<User>,
  record: SessionRecord<User>,
): boolean =>
  state.status === 'signed-in' &&
  state.held.record.session.user !== null &&
  state.held.record.session.user.id === record.session.user?.id

/** Whether a failure that was met with one record is still true of the next, which a sibling has saved. */
export function isAbout<User extends SessionUser>(
  { since }: Patience,
  before: SessionRecord<User>,
  { record, deadline }: Held<User>,
): boolean {
  //   this context              another one
  //   cannot save a token, sends it and fails
  //                             was given it too, by a server that forgives reuse, and saves it
  //   adopts it from there      and knows as before that the server is sick
  //
  // Pages whose cookies hold the token know all tokens of a session by one name: there only its age
  // tells that it came after the failure, and that the server works again.
  return sendSameToken(before, record) && deadline.monotonic - record.lifetime <= since.monotonic
}

/**
 * Whether an end that storage tells of is that of an earlier sign-in than the one in memory: before
 * that one has reached storage, or, where others see it late, from a context that overwrote it.
 */
export function isAboutEarlier<User extends SessionUser>(
  { saved, held: { record } }: SignedIn<User>,
  { ended, any }: Extract<Observation<User>, { kind: 'signed-out' }>,
): boolean {
  const mine = record.lineage
  // More ends than storage remembers may have come since: all were those of later sign-ins.
  const overwritten = !any && ended.every((lineage) => lineage < mine)
  return !ended.includes(mine) && (!saved || overwritten)
}

/** Whether the access token has so much life left that nobody needs another one. */
export const isFresh = <User extends SessionUser>(
  { held, patience }: SignedIn<User>,
  now: Now,
): boolean => !patience?.spent && remaining(held, now) > held.lead

/** Milliseconds until a refresh is due; 0 or less when it is; Infinity when nothing can be done. */
export function untilDue<User extends SessionUser>(
  state: State<User>,
  now: Now,
  limits: Limits,
): number {
  if (state.status !== 'signed-in' || !state.held.record.session.refreshToken) return Infinity
  const { held, patience } = state
  const due = remaining(held, now) - held.lead
  if (!patience) return due
  const next = nextAttempt(patience, now, limits) - now.monotonic
  // Servers forgive a spent token's being shown again for seconds, not until it is due.
  return patience.spent ? next : Math.max(due, next)
}
