import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import { step } from '../../src/core/machine.js'
import { changed, type SessionRecord, toRecord, withUser } from '../../src/core/record.js'
import { resourceTokens } from '../../src/core/resource-tokens.js'
import type { SessionUser } from '../../src/core/session.js'
import { type Input, type State, untilDue } from '../../src/core/state.js'
import { CONFIRM_ABSENCE, type Limits, type Now, remaining } from '../../src/core/timing.js'

type S = State<SessionUser>
type SignedIn = Extract<S, { status: 'signed-in' }>

const HOUR = 3_600_000
const MINUTE = 60_000
const limits: Limits = {
  refreshMargin: 60_000,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}
const at = (monotonic: number, wall = 1_000_000 + monotonic): Now => ({
  wall,
  monotonic,
  asked: false,
})
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
const failure = (): Input<SessionUser> => ({
  type: 'failed',
  origin: 'this-context',
  patience: {
    failures: 1,
    error: new AuthError('network', 'No answer.'),
    spent: false,
    since: at(0),
    jitter: 0,
  },
})

describe('a context that could not read storage at its start', () => {
  const error = new AuthError('storage', 'Storage failed.')
  const patience = { failures: 1, error, spent: false, since: at(0), jitter: 0 }
  const { next: blind } = apply(loading, { type: 'unknown', patience, lost: false })
  const seen = { kind: 'session', record: first } as const

  it('shows nobody whom storage names before a start has asked', () => {
    expect(apply(blind, { type: 'observed', seen })).toMatchObject({ next: blind, events: [] })
  })

  it('ends no session of an earlier name once its own sign-in is saved, though that cannot be read later', () => {
    const established = {
      type: 'established',
      record: record('L5', 'g1', { id: 'grace' }),
    } as const
    let { next } = apply(blind, { ...established, saved: false, arrival: 'sign-in' })
    const saved: Input<SessionUser>[] = [
      { type: 'persisted', saved: true },
      { type: 'observed', seen: { kind: 'unreadable' } },
      { type: 'observed', seen: { kind: 'session', record: record('L3', 'z1', { id: 'zoe' }) } },
    ]
    for (const input of saved) next = apply(next, input).next
    expect(next).toMatchObject({ held: { record: { session: { user: { id: 'zoe' } } } } })
  })

  it('shows whom a start has found', () => {
    const { next, events } = apply(blind, { type: 'observed', seen, known: true })
    expect([next.status, events]).toEqual(['signed-in', ['SIGNED_IN other-context']])
  })
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
      'an end of an earlier sign-in, written over a later one that its context had not seen yet, ends nothing',
      signedIn(),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L0'] } },
      [],
      'signed-in',
    ],
    [
      'a person who signs out ends whoever is signed in',
      signedIn(),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L0'], any: true } },
      ['SIGNED_OUT other-context'],
      'signed-out',
    ],
    [
      'the end of a later sign-in is that of all before it, also where storage has forgotten theirs',
      signedIn(),
      { type: 'observed', seen: { kind: 'signed-out', ended: ['L0', 'L2'] } },
      ['SIGNED_OUT other-context'],
      'signed-out',
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

describe('identity', () => {
  // GoTrue with HS256 signs by the second: two exchanges within one have the same access token.
  const twin = (base: SessionRecord, refreshToken: string): SessionRecord =>
    toRecord({ accessToken: 'a1', refreshToken, lifetime: HOUR }, base, at(0).wall)

  it('a sibling’s exchange within the same second is TOKEN_REFRESHED, not USER_UPDATED', () => {
    const seen = { kind: 'session', record: twin(first, 'r-other') } as const
    expect(apply(signedIn(), { type: 'observed', seen }).events).toEqual([
      'TOKEN_REFRESHED other-context',
    ])
  })

  it('a change of the user elsewhere keeps the tokens, their age, and what failed with them', () => {
    const failing = apply(signedIn(), failure()).next
    const record = withUser(first, { ...ada, email: 'ada@example.com' })
    const later = at(HOUR / 2, at(0).wall)
    const result = apply(failing, { type: 'observed', seen: { kind: 'session', record } }, later)
    expect(result.events).toEqual(['USER_UPDATED other-context'])
    expect(result.next).toMatchObject({ patience: { failures: 1 } })
    // The wall clock went back: only the other one says how old the token is.
    expect(untilDue(result.next, at(HOUR, at(0).wall), limits)).toBeLessThanOrEqual(0)
  })

  it('a token for a resource does not make the session’s own token any younger', () => {
    const grant = { accessToken: 'for-api', refreshToken: 'r2', lifetime: HOUR }
    const issued = { name: 'api', grant, requestedAt: at(0).wall + HOUR / 2 }
    const session = { ...first.session, refreshToken: 'r2' }
    const record = changed(first, { ...resourceTokens().add(first, issued), session })
    const later = at(HOUR / 2)
    const own = apply(signedIn(), { type: 'exchanged', record, saved: true }, later).next
    const seen = { kind: 'session', record } as const
    const theirs = apply(signedIn(), { type: 'observed', seen, sinceLook: 1 }, later).next
    for (const next of [own, theirs]) {
      if (next.status !== 'signed-in') throw new Error('expected a session')
      expect(remaining(next.held, later)).toBe(HOUR / 2)
    }
  })
})

describe('failures', () => {
  it('are told with the error and when the next attempt is due, and keep the session', () => {
    const { changes, next } = apply(signedIn(), failure())
    const nextAttemptAt = at(0).wall + untilDue(next, at(0), limits)
    expect(changes).toEqual([
      [
        'REFRESH_FAILED',
        first.session,
        { origin: 'this-context', error: expect.any(AuthError), nextAttemptAt },
      ],
    ])
    expect(next.status).toBe('signed-in')
  })

  it('are forgotten with the next tokens', () => {
    const failing = apply(signedIn(), failure()).next
    const record = successor(first, 'a2')
    expect(apply(failing, { type: 'exchanged', record, saved: true }).next).toMatchObject({
      patience: null,
    })
  })

  it('are not forgotten when a sibling has saved the refresh token that they were met with', () => {
    // A server that forgives a reuse gives both the same one, with access tokens of their own.
    const mine = successor(first, 'a2')
    const failing = apply(signedIn(mine), failure()).next
    const theirs = (refreshToken: string): SessionRecord =>
      toRecord({ accessToken: 'a3', refreshToken, lifetime: HOUR }, first, at(0).wall)
    const adopt = (record: SessionRecord) =>
      apply(failing, { type: 'observed', seen: { kind: 'session', record } }, at(1, HOUR))
    expect(adopt(theirs('r-a2')).events).toEqual(['TOKEN_REFRESHED other-context'])
    expect(adopt(theirs('r-a2')).next).toMatchObject({ patience: { failures: 1 } })
    expect(adopt(theirs('r-a3')).next).toMatchObject({ patience: null })
    const refreshed = toRecord({ accessToken: 'a4', refreshToken: 'r-a2', lifetime: HOUR }, mine, 0)
    expect(adopt(refreshed).next).toMatchObject({ patience: null })
  })

  it('are over when a sibling got a token after them, also where cookies hold it under one name', () => {
    // Seed 76005: a token that could not be saved, and another one with as many refreshes behind it.
    const named = (accessToken: string, minutes: number): SessionRecord =>
      toRecord(
        { accessToken, refreshToken: 'the-cookie', lifetime: HOUR },
        first,
        at(minutes * MINUTE).wall,
      )
    const failing = apply(signedIn(named('a2', 0)), failure()).next
    const seen = { kind: 'session', record: named('a3', 1) } as const
    const result = apply(failing, { type: 'observed', seen }, at(MINUTE))
    expect(result.next).toMatchObject({ patience: null })
  })

  it('that end the session are the reason that subscribers and the snapshot get', () => {
    const error = new AuthError('refresh_rejected', 'Banned.', { serverCode: 'user_banned' })
    const result = apply(signedIn(), { type: 'ended', reason: 'refresh-rejected', error })
    const detail = { origin: 'this-context', reason: 'refresh-rejected', error }
    expect(result.changes).toEqual([['SIGNED_OUT', null, detail]])
    expect(result.next).toMatchObject({ status: 'signed-out', error })
    const seen = { kind: 'signed-out', ended: ['L1'], error } as const
    expect(apply(signedIn(), { type: 'observed', seen }).next).toMatchObject({ error })
    expect(apply(loading, { type: 'observed', seen }).next).toMatchObject({ error })
  })
})
