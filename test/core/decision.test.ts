import { describe, expect, it } from 'vitest'
import { decide } from '../../src/core/decision.js'
import { AuthError } from '../../src/core/errors.js'
import type { Patience } from '../../src/core/patience.js'
import { toRecord } from '../../src/core/record.js'
import type { SessionUser } from '../../src/core/session.js'
import type { State } from '../../src/core/state.js'
import { hold, type Limits, type Now } from '../../src/core/timing.js'

const HOUR = 3_600_000
const limits: Limits = {
  refreshMargin: 60_000,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}
const now: Now = { wall: 1_000_000_000_000, monotonic: 5_000_000, asked: true }

/** The state of a context whose token has so much life left. */
function holding(
  left: number,
  options: { readonly refreshToken?: string; readonly patience?: Patience } = {},
): State<SessionUser> {
  const { refreshToken = 'r', patience = null } = options
  const grant = { accessToken: 'a', refreshToken, lifetime: HOUR, user: { id: 'ada' } }
  const record = toRecord(grant, 'L', now.wall - (HOUR - left))
  const held = hold(record, limits, { now, sinceLook: Infinity, savedAt: null })
  const settled = { saved: true, ended: [], absentSince: null }
  return { status: 'signed-in', held, patience, ...settled }
}
const error = new AuthError('server_error', 'Down.', { status: 503 })
const failing = (ago: number): Patience => ({
  failures: 5,
  error,
  spent: false,
  since: { wall: now.wall - ago, monotonic: now.monotonic - ago },
  jitter: 0.5,
})

describe('what getSession does', () => {
  it.each<[string, State<SessionUser>, string]>([
    ['before storage was read', { status: 'loading' }, 'nobody'],
    ['signed out', { status: 'signed-out', saved: true, ended: [], error: null }, 'nobody'],
    ['with half an hour left', holding(HOUR / 2), 'serve'],
    ['with 50 seconds left', holding(50_000), 'serve-and-refresh'],
    ['with 11 seconds left', holding(11_000), 'serve-and-refresh'],
    ['with 10 seconds left', holding(10_000), 'wait'],
    ['with a dead token', holding(0), 'wait'],
    ['long after its end', holding(-HOUR), 'wait'],
    ['with 50 seconds left, in the pause', holding(50_000, { patience: failing(1_000) }), 'serve'],
    ['with 5 seconds left, in the pause', holding(5_000, { patience: failing(1_000) }), 'serve'],
    ['with a dead token, in the pause', holding(0, { patience: failing(1_000) }), 'fail'],
    ['with a dead token, after the pause', holding(0, { patience: failing(60_000) }), 'wait'],
    [
      'with 50 seconds left, after the pause',
      holding(50_000, { patience: failing(60_000) }),
      'serve-and-refresh',
    ],
    ['without a refresh token, alive', holding(1_000, { refreshToken: '' }), 'serve'],
    ['without a refresh token, dead', holding(0, { refreshToken: '' }), 'nobody'],
  ])('%s', (_when, state, kind) => {
    expect(decide(state, now, limits).kind).toBe(kind)
  })

  it('says without an end what is wanted where the token is spent on a step, and serves until then', () => {
    const step = new AuthError('step_required', 'A code.', { details: { step: 'mfa_required' } })
    const patience = { ...failing(HOUR), error: step, halted: true }
    expect(decide(holding(50_000, { patience }), now, limits).kind).toBe('serve')
    expect(decide(holding(1, { patience }), now, limits).kind).toBe('serve')
    const decision = decide(holding(0, { patience }), now, limits)
    if (decision.kind !== 'fail') throw new Error('expected a failure')
    expect(decision.error).toMatchObject({ code: 'step_required', retryable: false })
    expect(decision.error.details).toBe(step.details)
    expect(decision.error.retryAfter).toBeUndefined()
  })

  it('says in the pause what failed last, and for how long the pause lasts', () => {
    const decision = decide(holding(0, { patience: failing(1_000) }), now, limits)
    if (decision.kind !== 'fail') throw new Error('expected a failure')
    expect(decision.error).toMatchObject({
      code: 'server_error',
      status: 503,
      retryable: true,
      // 16 seconds less a quarter for jitter, and one second has passed.
      retryAfter: Math.ceil(16_000 * 0.75 - 1_000),
    })
  })
})
