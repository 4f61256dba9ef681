import type { AuthChange, Origin, SignOutReason } from './events.js'
import type { SessionRecord, SessionUser } from './session.js'
import {
  type Held,
  type Input,
  type Limits,
  type Now,
  type Observation,
  type State,
  untilDue,
} from './state.js'

type SignedIn<User extends SessionUser> = Extract<State<User>, { status: 'signed-in' }>

/** The next state, and what subscribers are to hear of it. */
export type Step<User extends SessionUser> = readonly [State<User>, ...AuthChange<User>[]]

/**
 * How long storage must stay empty before an emptiness counts as a sign-out.
 * Safari has answered reads with nothing while a page was being hidden.
 */
export const CONFIRM_ABSENCE = 1_000

/** Starts the life of a record in this context's memory. */
function hold<User extends SessionUser>(record: SessionRecord<User>, now: Now): Held<User> {
  const age = now.wall - (record.session.expiresAt - record.lifetime)
  // A receipt in the future: the clock went back since, so the age is unknown. Small steps
  // are NTP at work and stay within the margin.
  const left = age < -record.lifetime / 10 ? 0 : record.lifetime - Math.max(age, 0)
  return { record, deadline: now.monotonic + left }
}

/** How many lineages that are over a context remembers. */
const MEMORY = 8

const remember = (over: readonly string[], lineage: string): readonly string[] =>
  [...over.filter((other) => other !== lineage), lineage].slice(-MEMORY)

const overOf = <User extends SessionUser>(state: State<User>): readonly string[] =>
  state.status === 'loading' ? [] : state.over

const signedIn = <User extends SessionUser>(
  held: Held<User>,
  settled: Pick<SignedIn<User>, 'saved' | 'over'>,
): SignedIn<User> => ({
  status: 'signed-in',
  held,
  refresh: { phase: 'scheduled' },
  ...settled,
  absentSince: null,
})

function signedOut<User extends SessionUser>(
  state: State<User>,
  reason: SignOutReason,
  saved: boolean,
): Step<User> {
  const over = overOf(state)
  if (state.status !== 'signed-in') return [{ status: 'signed-out', saved, over }]
  const origin: Origin = reason === 'other-context' ? 'other-context' : 'this-context'
  // What was deleted may come back, by a sibling that goes on in memory.
  const final = reason !== 'storage-cleared'
  return [
    {
      status: 'signed-out',
      saved,
      over: final ? remember(over, state.held.record.lineage) : over,
    },
    ['SIGNED_OUT', null, { origin, reason }],
  ]
}

const isSamePerson = <User extends SessionUser>(
  state: State<User>,
  record: SessionRecord<User>,
): boolean =>
  state.status === 'signed-in' &&
  state.held.record.session.user !== null &&
  state.held.record.session.user.id === record.session.user?.id

function adopt<User extends SessionUser>(
  state: State<User>,
  record: SessionRecord<User>,
  now: Now,
): Step<User> {
  const over = overOf(state).filter((lineage) => lineage !== record.lineage)
  const next = signedIn(hold(record, now), { saved: true, over })
  const { session } = record
  const detail = { origin: 'other-context' } as const
  if (state.status === 'loading') return [next]
  if (state.status === 'signed-out') return [next, ['SIGNED_IN', session, detail]]
  const before = state.held.record
  if (before.lineage !== record.lineage && !isSamePerson(state, record)) {
    return [next, ['SIGNED_IN', session, detail]]
  }
  if (before.session.accessToken !== session.accessToken) {
    return [next, ['TOKEN_REFRESHED', session, detail]]
  }
  return [next, ['USER_UPDATED', session, detail]]
}

function observeSession<User extends SessionUser>(
  state: SignedIn<User>,
  record: SessionRecord<User>,
  now: Now,
): Step<User> {
  const mine = state.held.record
  const same = record.lineage === mine.lineage && record.revision === mine.revision
  if (same && record.session.accessToken === mine.session.accessToken) {
    return [{ ...state, saved: true, absentSince: null }]
  }
  const behind =
    record.revision - mine.revision || record.session.expiresAt - mine.session.expiresAt
  const older = record.lineage === mine.lineage && behind < 0
  // Somebody wrote late, over what is newer: storage is told again.
  return older ? [{ ...state, saved: false, absentSince: null }] : adopt(state, record, now)
}

function observe<User extends SessionUser>(
  state: State<User>,
  seen: Observation<User>,
  now: Now,
): Step<User> {
  const mine = state.status === 'signed-in' ? state.held.record.lineage : null
  const past = seen.kind === 'session' && overOf(state).includes(seen.record.lineage)
  // Two sign-ins may each count as over in some contexts: the later one wins, or it would go on.
  if (past && (mine === null || mine > seen.record.lineage)) {
    // A sibling that did not hear of the end has written: storage is told again.
    const over = remember(overOf(state), seen.record.lineage)
    return state.status === 'loading' ? [state] : [{ ...state, saved: false, over }]
  }
  if (state.status !== 'signed-in') {
    if (seen.kind === 'session') return adopt(state, seen.record, now)
    return state.status === 'loading' ? signedOut(state, 'user', true) : [state]
  }
  switch (seen.kind) {
    case 'session':
      return observeSession(state, seen.record, now)
    case 'signed-out':
      // Before our own sign-in has reached storage, what it says is about somebody earlier.
      return state.saved || seen.ended.includes(state.held.record.lineage)
        ? signedOut(state, 'other-context', true)
        : [state]
    case 'absent':
      if (!state.saved) return [state]
      if (state.absentSince === null) return [{ ...state, absentSince: now.monotonic }]
      return now.monotonic - state.absentSince < CONFIRM_ABSENCE
        ? [state]
        : signedOut(state, 'storage-cleared', true)
    case 'unreadable':
      return [{ ...state, saved: false }]
  }
}

function fail<User extends SessionUser>(
  state: SignedIn<User>,
  input: Extract<Input<User>, { type: 'failed' }>,
  now: Now,
  limits: Limits,
): Step<User> {
  const attempts = state.refresh.phase === 'scheduled' ? 0 : state.refresh.attempts
  const ceiling = Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** attempts)
  const notBefore = now.monotonic + (input.error.retryAfter ?? 0)
  const nextAt = Math.max(notBefore, now.monotonic + ceiling * (0.5 + input.jitter / 2))
  const { error, spent } = input
  const next: SignedIn<User> = {
    ...state,
    refresh: { phase: 'failing', attempts: attempts + 1, error, spent, nextAt, notBefore },
  }
  const nextAttemptAt = now.wall + Math.max(0, untilDue(next, now, limits))
  const { session } = state.held.record
  return [next, ['REFRESH_FAILED', session, { origin: 'this-context', error, nextAttemptAt }]]
}

function establish<User extends SessionUser>(
  state: State<User>,
  input: Extract<Input<User>, { type: 'established' }>,
  now: Now,
): Step<User> {
  const { record, saved, arrival, event } = input
  const { session } = record
  const detail = { origin: 'this-context' } as const
  const before = overOf(state)
  const over = state.status === 'signed-in' ? remember(before, state.held.record.lineage) : before
  const changes: AuthChange<User>[] = []
  const newcomer = arrival === 'sign-in' || !isSamePerson(state, record)
  if (newcomer) changes.push(['SIGNED_IN', session, detail])
  if (arrival === 'refresh' || !newcomer) changes.push(['TOKEN_REFRESHED', session, detail])
  if (event) changes.push([event, session, detail])
  return [signedIn(hold(record, now), { saved, over }), ...changes]
}

/** The refresh protocol: what a context becomes when `input` happens to it. Pure. */
export function step<User extends SessionUser>(
  state: State<User>,
  input: Input<User>,
  now: Now,
  limits: Limits,
): Step<User> {
  if (input.type === 'observed') return observe(state, input.seen, now)
  if (input.type === 'established') return establish(state, input, now)
  if (input.type === 'ended') return signedOut(state, input.reason, false)
  if (state.status === 'loading') return [state]
  if (input.type === 'persisted') return [{ ...state, saved: input.saved }]
  if (state.status === 'signed-out') return [state]
  const { refresh, held } = state
  switch (input.type) {
    case 'sent': {
      const attempts = refresh.phase === 'scheduled' ? 0 : refresh.attempts
      return [{ ...state, refresh: { phase: 'running', attempts } }]
    }
    case 'failed':
      return fail(state, input, now, limits)
    case 'online':
      return refresh.phase === 'failing'
        ? [{ ...state, refresh: { ...refresh, nextAt: refresh.notBefore } }]
        : [state]
    default: {
      // Only over the session it set out to replace.
      if (input.record.lineage !== held.record.lineage) return [state]
      if (input.record.revision <= held.record.revision) return [state]
      const name = input.type === 'exchanged' ? 'TOKEN_REFRESHED' : 'USER_UPDATED'
      const next =
        input.type === 'exchanged'
          ? signedIn(hold(input.record, now), { saved: input.saved, over: state.over })
          : { ...state, held: { ...held, record: input.record }, saved: input.saved }
      return [next, [name, input.record.session, { origin: 'this-context' }]]
    }
  }
}
