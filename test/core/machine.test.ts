import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import { CONFIRM_ABSENCE, step } from '../../src/core/machine.js'
import { type SessionRecord, type SessionUser, toRecord } from '../../src/core/session.js'
import {
  type Input,
  type Limits,
  type Now,
  remaining,
  type State,
  untilDue,
  waitMargin,
} from '../../src/core/state.js'

type S = State<SessionUser>
type SignedIn = Extract<S, { status: 'signed-in' }>

const HOUR = 3_600_000
const limits: Limits = {
  refreshMargin: 60_000,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}
const at = (monotonic: number, wall = 1_000_000 + monotonic): Now => ({ wall, monotonic })
const ada = { id: 'ada' }
const record = (lineage: string, token: string, user: SessionUser = ada): SessionRecord =>
  toRecord(
    { accessToken: token, refreshToken: `r-${token}`, lifetime: HOUR, user },
    lineage,
    at(0).wall,
  )
const successor = (base: SessionRecord, token: string, wall = at(0).wall): SessionRecord =>
  toRecord({ accessToken: token, refreshToken: `r-${token}`, lifetime: HOUR }, base, wall)
const apply = (state: S, input: Input<SessionUser>, now = at(0)) => {
  const [next, ...changes] = step<SessionUser>(state, input, now, limits)
  return { next, events: changes.map(([name, , detail]) => `${name} ${detail.origin}`), changes }
}
const loading: S = { status: 'loading' }
const first = record('L1', 'a1')
const signedIn = (base = first, saved = true): SignedIn => {
  const { next } = apply(loading, { type: 'established', record: base, saved, arrival: 'sign-in' })
  if (next.status !== 'signed-in') throw new Error('expected a session')
  return next
}
const failure = (options = {}) => ({
  type: 'failed' as const,
  error: new AuthError('network', 'No answer.', options),
  spent: false,
  jitter: 1,
})

describe('what a context hears when storage changes', () => {
  const table: [string, S, Input<SessionUser>, string[], S['status']][] = [
    [
      'a session found at start-up is not an event',
      loading,
      { type: 'observed', seen: { kind: 'session', record: first } },
      [],
      'signed-in',
    ],
    [
      'nothing found at start-up is not an event',
      loading,
      { type: 'observed', seen: { kind: 'absent' } },
      [],
      'signed-out',
    ],
    [
      'unreadable text at start-up reads as signed out',
      loading,
      { type: 'observed', seen: { kind: 'unreadable' } },
      [],
      'signed-out',
    ],
    [
      'its own session again is silence',
      signedIn(),
      { type: 'observed', seen: { kind: 'session', record: first } },
      [],
      'signed-in',
    ],
    [
      'a newer token of a sibling is adopted',
      signedIn(),
      { type: 'observed', seen: { kind: 'session', record: successor(first, 'a2') } },
      ['TOKEN_REFRESHED other-context'],
      'signed-in',
    ],
    [
      'an older token is ignored',
      signedIn(successor(first, 'a2')),
      { type: 'observed', seen: { kind: 'session', record: first } },
      [],
      'signed-in',
    ],
    [
      'another account signed in',
      signedIn(),
      { type: 'observed', seen: { kind: 'session', record: record('L2', 'b1', { id: 'bob' }) } },
      ['SIGNED_IN other-context'],
      'signed-in',
    ],
    [
      'the same person signed in again elsewhere',
      signedIn(),
      { type: 'observed', seen: { kind: 'session', record: record('L2', 'a9') } },
      ['TOKEN_REFRESHED other-context'],
      'signed-in',
    ],
    [
      'a sibling signed out',
      signedIn(),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L1'] } },
      ['SIGNED_OUT other-context'],
      'signed-out',
    ],
    [
      'unreadable text does not end a session in memory',
      signedIn(),
      { type: 'observed', seen: { kind: 'unreadable' } },
      [],
      'signed-in',
    ],
    [
      'an unsaved sign-in does not believe what storage said before it',
      signedIn(first, false),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L0'] } },
      [],
      'signed-in',
    ],
    [
      'an unsaved session still hears of its own sign-out',
      signedIn(first, false),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L1'] } },
      ['SIGNED_OUT other-context'],
      'signed-out',
    ],
  ]
  it.each(table)('%s', (_name, state, input, events, status) => {
    const result = apply(state, input)
    expect(result.events).toEqual(events)
    expect(result.next.status).toBe(status)
  })

  it('signed out stays signed out: a late save of the ended lineage is not adopted', () => {
    const out = apply(signedIn(), { type: 'ended', reason: 'user' }).next
    const late = {
      type: 'observed',
      seen: { kind: 'session', record: successor(first, 'a2') },
    } as const
    expect(apply(out, late).next.status).toBe('signed-out')
  })

  it('of two records with the same revision the one that lives longer stays, and is saved again', () => {
    const { next } = apply(signedIn(), {
      type: 'observed',
      seen: { kind: 'session', record: first },
    })
    const sooner = { ...first.session, accessToken: 'a9', expiresAt: first.session.expiresAt - 1 }
    const record = { ...first, session: sooner }
    const seen = apply(next, { type: 'observed', seen: { kind: 'session', record } })
    expect(seen.changes).toEqual([])
    expect(seen.next).toEqual({ ...next, saved: false })
  })

  it('the session that a sign-in replaced is not adopted back', () => {
    const bob = record('L2', 'b1', { id: 'bob' })
    const { next } = apply(signedIn(), {
      type: 'established',
      record: bob,
      saved: false,
      arrival: 'sign-in',
    })
    const seen = apply(next, {
      type: 'observed',
      seen: { kind: 'session', record: successor(first, 'a2') },
    })
    // Storage is behind: it will be told again.
    expect(seen.next).toEqual({ ...next, saved: false })
  })

  it('empty storage ends a session only when it stays empty', () => {
    const absent = { type: 'observed', seen: { kind: 'absent' } } as const
    const once = apply(signedIn(), absent, at(0)).next
    expect(apply(once, absent, at(CONFIRM_ABSENCE - 1)).next.status).toBe('signed-in')
    const result = apply(once, absent, at(CONFIRM_ABSENCE))
    expect(result.changes).toEqual([
      ['SIGNED_OUT', null, { origin: 'this-context', reason: 'storage-cleared' }],
    ])
    const back = apply(once, { type: 'observed', seen: { kind: 'session', record: first } }).next
    expect(apply(back, absent, at(CONFIRM_ABSENCE)).next.status).toBe('signed-in')
  })
})

describe('who is told what by a sign-in or a refresh here', () => {
  it.each([
    ['a sign-in', loading, 'sign-in', ['SIGNED_IN this-context']],
    [
      'a sign-in of the same person is still somebody signing in',
      signedIn(),
      'sign-in',
      ['SIGNED_IN this-context'],
    ],
    [
      'a foreign refresh with nobody signed in',
      loading,
      'refresh',
      ['SIGNED_IN this-context', 'TOKEN_REFRESHED this-context'],
    ],
    [
      'a foreign refresh of the same person',
      signedIn(),
      'refresh',
      ['TOKEN_REFRESHED this-context'],
    ],
    ['setSession of the same person', signedIn(), 'restore', ['TOKEN_REFRESHED this-context']],
    ['setSession with nobody signed in', loading, 'restore', ['SIGNED_IN this-context']],
  ] as const)('%s', (_name, state, arrival, events) => {
    const input = { type: 'established', record: record('L9', 'x'), saved: true, arrival } as const
    expect(apply(state, input).events).toEqual(events)
  })

  it('a result is committed only over the session it set out to replace', () => {
    const bob = signedIn(record('L2', 'b1', { id: 'bob' }))
    const late = { type: 'exchanged', record: successor(first, 'a2'), saved: true } as const
    expect(apply(bob, late).next).toBe(bob)
    const out = apply(signedIn(), { type: 'ended', reason: 'user' }).next
    expect(apply(out, late).next).toBe(out)
  })
})

describe('time', () => {
  it('a refresh is due a minute before the end, or at a quarter of a short life', () => {
    expect(untilDue(signedIn(), at(0), limits)).toBe(HOUR - 60_000)
    const short = toRecord(
      { accessToken: 's', refreshToken: 'r', lifetime: 20_000 },
      'L',
      at(0).wall,
    )
    expect(untilDue(signedIn(short), at(0), limits)).toBe(15_000)
    expect(waitMargin(signedIn(short).held, limits)).toBe(2_000)
  })

  it('a wall clock that goes back does not lengthen a life', () => {
    expect(remaining(signedIn().held, at(HOUR, at(0).wall - 86_400_000))).toBe(0)
  })

  it('a monotonic clock that slept does not lengthen a life', () => {
    expect(remaining(signedIn().held, at(0, at(0).wall + HOUR))).toBe(0)
  })

  it('a session from the future, by this clock, is refreshed and not trusted', () => {
    const seen = { type: 'observed', seen: { kind: 'session', record: first } } as const
    const { next } = apply(loading, seen, at(0, at(0).wall - 86_400_000))
    expect(untilDue(next, at(0, at(0).wall - 86_400_000), limits)).toBeLessThanOrEqual(0)
  })

  it('a small step back of the clock, as NTP makes, is not a refresh', () => {
    const seen = { type: 'observed', seen: { kind: 'session', record: first } } as const
    const { next } = apply(loading, seen, at(0, at(0).wall - 2_000))
    expect(untilDue(next, at(0, at(0).wall - 2_000), limits)).toBeGreaterThan(HOUR / 2)
  })
})

describe('backoff', () => {
  const fail = (state: S, times: number, options = {}): SignedIn => {
    let next = state
    for (let i = 0; i < times; i++) {
      next = apply(apply(next, { type: 'sent' }).next, failure(options)).next
    }
    if (next.status !== 'signed-in') throw new Error('signed out by an outage')
    return next
  }
  const delay = (state: SignedIn): number =>
    state.refresh.phase === 'failing' ? state.refresh.nextAt : -1

  it('doubles from the first delay to the longest', () => {
    expect([1, 2, 3, 6, 20].map((n) => delay(fail(signedIn(), n)))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ])
  })

  it('jitter takes away at most half', () => {
    const { next } = apply(signedIn(), {
      type: 'failed',
      error: new AuthError('network', ''),
      spent: false,
      jitter: 0,
    })
    expect(
      next.status === 'signed-in' && next.refresh.phase === 'failing' && next.refresh.nextAt,
    ).toBe(500)
  })

  it('waits as long as the server asked', () => {
    expect(delay(fail(signedIn(), 1, { retryAfter: 90_000 }))).toBe(90_000)
  })

  it('the network coming back ends the wait', () => {
    const { next } = apply(fail(signedIn(), 9), { type: 'online' })
    expect(untilDue(next, at(HOUR), limits)).toBeLessThanOrEqual(0)
  })

  it('tells the error and when the next attempt is due, and keeps the session', () => {
    const { changes } = apply(signedIn(), failure())
    const nextAttemptAt = at(0).wall + HOUR - 60_000
    expect(changes).toEqual([
      [
        'REFRESH_FAILED',
        first.session,
        { origin: 'this-context', error: expect.any(AuthError), nextAttemptAt },
      ],
    ])
  })

  it('tries soon again with a token that may be spent, which servers forgive for seconds', () => {
    const { next } = apply(signedIn(), { ...failure(), spent: true })
    expect(untilDue(next, at(0), limits)).toBe(limits.retryDelay)
  })
})
