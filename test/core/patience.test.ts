import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorCode } from '../../src/core/errors.js'
import {
  newsOf,
  nextAttempt,
  type Patience,
  parsePatience,
  quietAfter,
  serializePatience,
} from '../../src/core/patience.js'
import { toRecord, withUser } from '../../src/core/record.js'
import type { Limits, Now } from '../../src/core/timing.js'
import { fc } from '../support/fast-check.js'

const HOUR = 3_600_000
const MINUTE = 60_000
const START = 1_000_000_000_000
const limits: Limits = {
  refreshMargin: MINUTE,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}
const at = (monotonic: number, asked = false): Now => ({
  wall: START + monotonic,
  monotonic,
  asked,
})
const record = toRecord(
  { accessToken: 'a', refreshToken: 'r', lifetime: HOUR, user: { id: 'ada' } },
  'lineage',
  START,
)
const failed = (
  failures: number,
  code: AuthErrorCode = 'network',
  options: { readonly retryAfter?: number; readonly jitter?: number } = {},
): Patience => ({
  failures,
  error: new AuthError(code, 'Not now.', options),
  spent: false,
  since: at(0),
  jitter: options.jitter ?? 1 - Number.EPSILON,
})
const wait = (patience: Patience, asked = false): number =>
  Math.round(nextAttempt(patience, at(0, asked), limits))

describe('the pace at which a failed refresh is tried again', () => {
  it('doubles up to half a minute while somebody asks for tokens', () => {
    expect([1, 2, 3, 4, 5, 6, 99].map((n) => wait(failed(n), true))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
  })

  it('grows threefold up to five minutes while nobody asks', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 99].map((n) => wait(failed(n)))).toEqual([
      1_000, 3_000, 9_000, 27_000, 81_000, 243_000, 300_000, 300_000,
    ])
  })

  it('passes in sleep too, in which a monotonic clock may stand still', () => {
    const patience = failed(1, 'rate_limited', { retryAfter: HOUR })
    const awake = { ...at(1_000), wall: START + 10 * HOUR }
    expect(nextAttempt(patience, awake, limits)).toBeLessThan(awake.monotonic)
    expect(quietAfter(patience, new AuthError('network', 'No answer.'), awake, limits)).toBe(0)
    const text = serializePatience(patience, record, awake)
    expect(JSON.parse(text).at).toBe(START)
  })

  it('is never faster for those who do not ask, nor for anybody than the server wishes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: HOUR }),
        (failures, jitter, retryAfter) => {
          const patience = failed(failures, 'server_error', { jitter, retryAfter })
          expect(wait(patience)).toBeGreaterThanOrEqual(wait(patience, true))
          expect(wait(patience, true)).toBeGreaterThanOrEqual(retryAfter)
        },
      ),
    )
  })

  it('lets jitter take away a third at the most, and half of what somebody waits for', () => {
    const soonest = { jitter: 0 }
    expect(wait(failed(3, 'network', soonest))).toBe((9_000 * 2) / 3)
    expect(wait(failed(3, 'rejected', soonest), true)).toBe((120_000 * 2) / 3)
    expect(wait(failed(3, 'network', soonest), true)).toBe(4_000 / 2)
  })

  it.each(['rejected', 'step_required', 'invalid_argument'] as const)(
    'is slow after a refusal that ends nothing (%s), whoever asks: from half a minute to a quarter of an hour',
    (code) => {
      expect([1, 2, 9].map((n) => wait(failed(n, code), true))).toEqual([30_000, 60_000, 900_000])
    },
  )

  it('leaves a server alone for five seconds after a 429 whose Retry-After cannot be read', () => {
    expect(wait(failed(1, 'rate_limited'), true)).toBe(5_000)
  })

  it('leaves it alone for as long as it says, where that can be read', () => {
    expect(wait(failed(1, 'rate_limited', { retryAfter: 2_000 }), true)).toBe(2_000)
  })

  it('believes a Retry-After up to an hour', () => {
    expect(wait(failed(1, 'server_error', { retryAfter: 30 * 24 * HOUR }), true)).toBe(HOUR)
  })

  it('is at once after a request that the context gave up itself', () => {
    expect(wait(failed(0))).toBe(0)
  })

  it('is as slow as the app says, also while nobody asks', () => {
    const patience = failed(99)
    const slow = { ...limits, maxRetryDelay: 600_000 }
    expect(
      [true, false].map((asked) => Math.round(nextAttempt(patience, at(0, asked), slow))),
    ).toEqual([600_000, 600_000])
  })

  it('has no next try once the token is spent on a step, however often it failed', () => {
    const halted = { ...failed(1, 'step_required'), halted: true }
    for (const patience of [halted, { ...halted, failures: 0 }, { ...halted, failures: 9 }]) {
      expect(nextAttempt(patience, at(24 * HOUR, true), limits)).toBe(Infinity)
    }
  })

  it('is that of an outage after a refusal that nobody could believe, for storage did not answer', () => {
    expect(wait(failed(1, 'refresh_rejected'), true)).toBe(1_000)
  })
})

describe('what contexts tell each other of a sick server', () => {
  const told = (patience: Patience, now: Now, sinceLook = Infinity, writtenAt = at(0)) =>
    parsePatience(serializePatience(patience, record, writtenAt), record, { now, sinceLook })

  it.each([
    ['more failures than one has met', failed(2), failed(3), 3],
    ['what one could not write oneself, and is newer', failed(3), failed(2), null],
    ['what one knows', failed(2), failed(2), null],
    [
      'no failure after the token was spent on a step',
      { ...failed(1), halted: true },
      failed(9),
      null,
    ],
    [
      'the failure of one who had not heard of the first',
      failed(1),
      { ...failed(1), since: at(9) },
      2,
    ],
  ])('counts %s', (_, own, theirs, failures) => {
    expect(newsOf(theirs, own)?.failures ?? null).toBe(failures)
    expect(newsOf(theirs, null)).toBe(theirs)
  })

  it('makes their next attempt the same', () => {
    const patience = failed(4, 'server_error', { retryAfter: 7_000, jitter: 0.25 })
    const theirs = told(patience, at(3_000))
    expect(theirs).toMatchObject({ failures: 4, jitter: 0.25, spent: false })
    for (const asked of [true, false]) {
      expect(nextAttempt(theirs ?? failed(1), at(3_000, asked), limits)).toBe(
        nextAttempt(patience, at(3_000, asked), limits),
      )
    }
    expect(theirs?.error).toMatchObject({ code: 'server_error', message: 'Not now.' })
  })

  it.each([-365 * 24 * HOUR, -HOUR, HOUR, 365 * 24 * HOUR])(
    'is neither eternal nor void where the writer’s clock is off by %i ms',
    (skew) => {
      const text = serializePatience(failed(6), record, { ...at(0), wall: START + skew })
      const theirs = parsePatience(text, record, { now: at(500), sinceLook: 500 })
      const due = Math.round(nextAttempt(theirs ?? failed(0), at(500, true), limits))
      expect(due).toBeGreaterThanOrEqual(30_000)
      expect(due).toBeLessThanOrEqual(30_500)
    },
  )

  it('begins anew where the writer’s clock is behind and nobody has looked for long', () => {
    const text = serializePatience(failed(6), record, { ...at(0), wall: START - HOUR })
    const theirs = parsePatience(text, record, { now: at(500), sinceLook: 10 * MINUTE })
    const due = Math.round(nextAttempt(theirs ?? failed(0), at(500, true), limits))
    expect(due).toBe(30_500)
  })

  it('is over by itself for a context that starts long after', () => {
    const theirs = told(failed(6), at(24 * HOUR))
    expect(nextAttempt(theirs ?? failed(1), at(24 * HOUR), limits)).toBeLessThan(24 * HOUR)
  })

  it('says nothing of other tokens', () => {
    const text = serializePatience(failed(1), record, at(0))
    const next = toRecord({ accessToken: 'b', lifetime: HOUR }, record, START)
    const other = { ...record, lineage: 'another' }
    for (const about of [next, other]) {
      expect(parsePatience(text, about, { now: at(0), sinceLook: 0 })).toBeNull()
    }
  })

  const STEP = new AuthError('step_required', 'A code, please.', {
    details: { step: 'mfa_required', pendingAuthenticationToken: 'fe26-secret', spent: true },
  })
  const halted: Patience = { ...failed(1), error: STEP, halted: true }

  it('says that the token is spent, also after news of the person, but of that token alone', () => {
    const text = serializePatience(halted, record, at(0))
    const read = (about: typeof record) =>
      parsePatience(text, about, { now: at(HOUR), sinceLook: Infinity })
    const described = withUser(record, { id: 'ada' })
    for (const about of [record, described]) {
      expect(read(about)).toMatchObject({
        halted: true,
        error: { details: { step: 'mfa_required' } },
      })
    }
    const session = { ...record.session, refreshToken: 'another' }
    const access = { ...record.session, accessToken: 'another' }
    const others = [
      { ...record, session },
      { ...record, session: access },
    ]
    for (const about of [...others, { ...record, lineage: 'another' }]) {
      expect(read(about)).toBeNull()
    }
    expect(text).not.toMatch(/fe26-secret/)
  })

  it('is news where the token is spent, whatever one has met oneself', () => {
    expect(newsOf(halted, failed(9))).toBe(halted)
    expect(newsOf(halted, null)).toBe(halted)
    expect(newsOf(failed(9), halted)).toBeNull()
  })

  it('is no spent token without the step, and without the mark of that token', () => {
    const fields = JSON.parse(serializePatience(halted, record, at(0)))
    const other = { code: 'rejected', message: 'No.' }
    for (const odd of [{ error: other }, { halted: 'true' }, { mark: null }, { mark: 7 }]) {
      const text = JSON.stringify({ ...fields, ...odd })
      const found = parsePatience(text, record, { now: at(0), sinceLook: 0 })
      expect(found?.halted).toBeUndefined()
    }
  })

  it('holds no token, also where the server’s message repeats one', () => {
    const secret = 'v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7'
    const error = new AuthError('server_error', `Unknown token ${secret}.`, { serverCode: secret })
    expect(serializePatience({ ...failed(1), error }, record, at(0))).not.toContain(secret)
  })

  it('reads as nothing, or within its bounds, whatever storage holds', () => {
    const fitting = { v: 1, lineage: 'lineage', revision: 1 }
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          at: fc.anything(),
          failures: fc.anything(),
          spent: fc.anything(),
          jitter: fc.anything(),
          halted: fc.anything(),
          mark: fc.anything(),
          error: fc.oneof(
            fc.anything(),
            fc.record({ code: fc.string(), retryAfter: fc.anything(), message: fc.anything() }),
            fc.constant({ code: 'network', retryAfter: 1e300 }),
            fc.constant({ code: 'step_required', details: { step: 'mfa_required' } }),
          ),
        })
        .map((parts) => JSON.stringify({ ...fitting, ...parts }) ?? ''),
      fc
        .record({
          at: fc.double(),
          failures: fc.double(),
          jitter: fc.double(),
          error: fc.constant({ code: 'rejected' }),
        })
        .map((parts) => JSON.stringify({ ...fitting, ...parts })),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        const patience = parsePatience(text, record, { now: at(HOUR), sinceLook: Infinity })
        if (!patience) return
        const due = nextAttempt(patience, at(HOUR), limits)
        expect(due).toBeLessThanOrEqual(2 * HOUR)
        expect(Number.isNaN(due)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })
})
