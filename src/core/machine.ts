import type { AuthError } from './errors.js'
import type { AuthChange, Origin, SignOutReason } from './events.js'
import { timeName } from './lineage.js'
import { MEMORY } from './pointer.js'
import { hasSameAccessToken, hasSameTokens, type SessionRecord } from './record.js'
import type { SessionUser } from './session.js'
import {
  afterStart,
  endedAfter,
  endedOf,
  hasEnded,
  type Input,
  isAbout,
  isAboutEarlier,
  isBlind,
  isCurrentPerson,
  leftOf,
  type Observation,
  remember,
  type SignedIn,
  type State,
  unknownOf,
  untilDue,
} from './state.js'
import { type Arrived, CONFIRM_ABSENCE, hold, type Limits, type Now } from './timing.js'

/** The next state, and what subscribers are to hear of it. */
export type Step<User extends SessionUser> = readonly [State<User>, ...AuthChange<User>[]]

/** What a step goes by, besides the state and what happened. */
interface Circumstances {
  readonly now: Now
  readonly limits: Limits
  readonly arrived: Arrived
}

/** What a context knows of a record that becomes current. */
function signedIn<User extends SessionUser>(
  state: State<User>,
  record: SessionRecord<User>,
  { limits, arrived }: Circumstances,
): Omit<SignedIn<User>, 'saved' | 'ended'> {
  const known = state.status === 'signed-in' ? state.held : null
  // An access token that this context knows stays as old as it is, whatever came with it.
  const held =
    known && hasSameAccessToken(known.record, record)
      ? { ...known, record, arrived }
      : hold(record, limits, arrived)
  return { status: 'signed-in', held, patience: null, absentSince: null }
}

/** How a session ended. */
interface Ending {
  readonly saved: boolean
  readonly error?: AuthError | null
  readonly left?: string | undefined
}

function signedOut<User extends SessionUser>(
  state: State<User>,
  reason: SignOutReason,
  { saved, error = null, left }: Ending,
): Step<User> {
  const ended = endedOf(state)
  if (state.status !== 'signed-in') return [{ status: 'signed-out', saved, ended, error, left }]
  const origin: Origin = reason === 'other-context' ? 'other-context' : 'this-context'
  // What was deleted may come back, by a sibling that goes on in memory.
  const final = reason !== 'storage-cleared'
  return [
    {
      status: 'signed-out',
      saved,
      ended: final ? remember(ended, state.held.record.lineage) : ended,
      error,
      left,
    },
    ['SIGNED_OUT', null, { origin, reason, ...(error && { error }) }],
  ]
}

function adopt<User extends SessionUser>(
  state: State<User>,
  record: SessionRecord<User>,
  circumstances: Circumstances,
): Step<User> {
  const ended = endedOf(state).filter((lineage) => lineage !== record.lineage)
  const next = { ...signedIn(state, record, circumstances), saved: true, ended }
  const { session } = record
  const detail = { origin: 'other-context' } as const
  if (state.status === 'loading') return [next]
  if (state.status === 'signed-out') return [next, ['SIGNED_IN', session, detail]]
  const before = state.held.record
  if (before.lineage !== record.lineage && !isCurrentPerson(state, record)) {
    return [next, ['SIGNED_IN', session, detail]]
  }
  const failing = state.patience && isAbout(state.patience, before, next.held)
  const told = hasSameTokens(before, record) ? 'USER_UPDATED' : 'TOKEN_REFRESHED'
  return [{ ...next, patience: failing ? state.patience : null }, [told, session, detail]]
}

function observeSession<User extends SessionUser>(
  state: SignedIn<User>,
  record: SessionRecord<User>,
  circumstances: Circumstances,
): Step<User> {
  const mine = state.held.record
  if (record.revision === mine.revision && hasSameTokens(record, mine)) {
    return [{ ...state, saved: true, left: undefined, absentSince: null }]
  }
  const behind =
    record.revision - mine.revision || record.session.expiresAt - mine.session.expiresAt
  const older = record.lineage === mine.lineage && behind < 0
  // Somebody wrote late, over what is newer: storage is told again.
  return older
    ? [{ ...state, saved: false, absentSince: null }]
    : adopt(state, record, circumstances)
}

function observe<User extends SessionUser>(
  state: State<User>,
  seen: Observation<User>,
  circumstances: Circumstances,
): Step<User> {
  const { now } = circumstances
  //   this page                     storage
  //   cannot read it at its start
  //                                 works again, and names somebody
  //   is told to look
  //   does not adopt that one       whose time may be up, or the cookies another person's: `Start.look` asks
  if (seen.kind === 'session' && isBlind(state)) return [state]
  const mine = state.status === 'signed-in' ? state.held.record.lineage : null
  const over = seen.kind === 'session' && hasEnded(state, seen.record.lineage)
  // Two sign-ins may each count as ended in some contexts: the later one wins, or it would go on.
  if (over && (mine === null || mine > seen.record.lineage)) {
    // A sibling that did not hear of the end has written: storage is told again.
    const ended = remember(endedOf(state), seen.record.lineage)
    return state.status === 'loading' ? [state] : [{ ...state, saved: false, ended }]
  }
  if (state.status !== 'signed-in') {
    if (seen.kind === 'session') return adopt(state, seen.record, circumstances)
    if (state.status === 'signed-out') return [state]
    const error = seen.kind === 'signed-out' ? (seen.error ?? null) : null
    return signedOut(state, 'user', { saved: true, error })
  }
  switch (seen.kind) {
    case 'session':
      return observeSession(state, seen.record, circumstances)
    case 'signed-out':
      if (isAboutEarlier(state, seen)) return [{ ...state, saved: false }]
      return signedOut(state, 'other-context', { saved: true, error: seen.error ?? null })
    case 'absent':
      if (!state.saved) return [state]
      if (state.absentSince === null) return [{ ...state, absentSince: now.monotonic }]
      return now.monotonic - state.absentSince < CONFIRM_ABSENCE
        ? [state]
        : signedOut(state, 'storage-cleared', { saved: true })
    case 'unreadable':
      return [{ ...state, saved: false }]
  }
}

function fail<User extends SessionUser>(
  state: SignedIn<User>,
  { patience, origin }: Extract<Input<User>, { type: 'failed' }>,
  { now, limits }: Circumstances,
): Step<User> {
  const next: SignedIn<User> = { ...state, patience }
  const nextAttemptAt = Math.ceil(now.wall + Math.max(0, untilDue(next, now, limits)))
  const detail = { origin, error: patience.error, nextAttemptAt }
  return [next, ['REFRESH_FAILED', state.held.record.session, detail]]
}

function establish<User extends SessionUser>(
  state: State<User>,
  { record, saved, arrival, event, replaced }: Extract<Input<User>, { type: 'established' }>,
  circumstances: Circumstances,
): Step<User> {
  const { session } = record
  const detail = { origin: arrival === 'start' ? 'other-context' : 'this-context' } as const
  // As long as this one cannot be saved, storage goes on to show the one whose place it takes.
  const before = [...endedAfter(state), ...(replaced ? [replaced] : [])]
  const ended = before.filter((lineage) => lineage !== record.lineage)
  const next = {
    ...signedIn(state, record, circumstances),
    saved,
    ended: ended.slice(-MEMORY),
    left: !saved && (unknownOf(state) || leftOf(state)) ? record.lineage : undefined,
  }
  if (state.status === 'loading' && arrival === 'start') return [next]
  const changes: AuthChange<User>[] = []
  const newcomer = arrival === 'sign-in' || !isCurrentPerson(state, record)
  if (newcomer) changes.push(['SIGNED_IN', session, detail])
  if (arrival === 'refresh' || !newcomer) changes.push(['TOKEN_REFRESHED', session, detail])
  if (event) changes.push([event, session, detail])
  return [next, ...changes]
}

/** A newer record of the session in memory: only over the session it set out to replace. */
function succeed<User extends SessionUser>(
  state: SignedIn<User>,
  input: Extract<Input<User>, { type: 'exchanged' | 'user-updated' }>,
  circumstances: Circumstances,
): Step<User> {
  const { record, saved } = input
  const { held, ended } = state
  if (record.lineage !== held.record.lineage || record.revision <= held.record.revision) {
    return [state]
  }
  const detail = { origin: 'this-context' } as const
  const left = saved ? undefined : state.left
  if (input.type === 'exchanged') {
    const patience = input.partial ? state.patience : null
    const next = { ...signedIn(state, record, circumstances), saved, ended, left, patience }
    return [next, [input.event ?? 'TOKEN_REFRESHED', record.session, detail]]
  }
  const next = { ...state, held: { ...held, record }, saved, left }
  return [next, ['USER_UPDATED', record.session, detail]]
}

/** The refresh protocol: what a context becomes when `input` happens to it. Pure. */
export function step<User extends SessionUser>(
  state: State<User>,
  input: Input<User>,
  now: Now,
  limits: Limits,
): Step<User> {
  const seen = input.type === 'observed' ? input.seen : null
  const savedAt = seen?.kind === 'session' ? (seen.savedAt ?? null) : null
  const { sinceLook = Infinity } = input.type === 'observed' ? input : {}
  const circumstances = { now, limits, arrived: { now, sinceLook, savedAt } }
  if (input.type === 'unknown') return [afterStart(state, input)]
  if (input.type === 'observed') return observe(afterStart(state, input), input.seen, circumstances)
  if (input.type === 'established') return establish(state, input, circumstances)
  if (input.type === 'ended') {
    const left = unknownOf(state) ? timeName(now.wall) : leftOf(state)
    return signedOut(state, input.reason, { saved: false, error: input.error ?? null, left })
  }
  if (state.status === 'loading') return [state]
  if (input.type === 'persisted') {
    const { saved } = input
    return [{ ...state, saved, left: saved ? undefined : state.left }]
  }
  if (input.type === 'dropped') {
    return [{ ...state, ended: remember(state.ended, input.lineage) }]
  }
  if (state.status === 'signed-out') return [state]
  return input.type === 'failed'
    ? fail(state, input, circumstances)
    : succeed(state, input, circumstances)
}
