import { describe, expect, it } from 'vitest'
import { toRecord } from '../../src/core/record.js'
import { hold, type Limits, type Now, remaining, waitMargin } from '../../src/core/timing.js'

const HOUR = 3_600_000
const MINUTE = 60_000
const limits: Limits = {
  refreshMargin: MINUTE,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}
const START = 1_000_000_000_000
const at = (monotonic: number, wall = START + monotonic): Now => ({ wall, monotonic, asked: false })

/** A token that was requested at the wall time `receipt`. */
const token = (receipt: number, { lifetime = HOUR, lineage = 'L' } = {}) =>
  toRecord({ accessToken: 'a', refreshToken: 'r', lifetime, user: { id: 'ada' } }, lineage, receipt)

/** What a context that starts knows of how a token came there. */
const FOUND = { sinceLook: Infinity, savedAt: null }

/** The life that a context gives to a token it comes across at `now`. */
const lifeOf = (receipt: number, now: Now, arriving = {}): number =>
  remaining(hold(token(receipt), limits, { now, ...FOUND, ...arriving }), now)

describe('the life of a token', () => {
  it('is what is left of it by the stored expiry, when it was found at the start', () => {
    expect(lifeOf(START - 20 * MINUTE, at(0))).toBe(40 * MINUTE)
  })

  it('is over for a token from the future, found at the start: the clock went back since', () => {
    expect(lifeOf(START + 24 * HOUR, at(0))).toBe(0)
    expect(lifeOf(START + 24 * HOUR, at(0), { savedAt: START + 24 * HOUR })).toBe(0)
  })

  it('is over for a token that was saved long before it was requested: the clock went back between', () => {
    const savedAt = START - 5 * MINUTE
    expect(lifeOf(START + 30 * MINUTE, at(0), { sinceLook: HOUR, savedAt })).toBeLessThanOrEqual(0)
  })

  it('is hardly shorter after a small step back of the clock, as NTP makes', () => {
    expect(lifeOf(START + 2_000, at(0))).toBe(HOUR)
  })

  it.each([-24 * HOUR, -HOUR / 2, HOUR / 2, 24 * HOUR])(
    'counts from the moment in which it arrived, when the writer’s clock is off by %i ms',
    (skew) => {
      const savedAt = START + skew
      const left = lifeOf(savedAt, at(0), { sinceLook: 500, savedAt })
      expect(left).toBeGreaterThanOrEqual(HOUR - 500)
      expect(left).toBeLessThanOrEqual(HOUR)
    },
  )

  it('is as much shorter as the token was saved late, whatever the writer’s clock said', () => {
    for (const skew of [-HOUR, 0, HOUR]) {
      const savedAt = START + skew
      const receipt = savedAt - 20 * MINUTE
      expect(lifeOf(receipt, at(0), { sinceLook: 0, savedAt })).toBe(40 * MINUTE)
    }
  })

  it('is never more than whole, however far ahead the writer’s clock was', () => {
    const savedAt = START + 2 * HOUR
    expect(lifeOf(savedAt, at(0), { sinceLook: 3 * HOUR, savedAt })).toBe(HOUR)
  })

  it('is not made longer by a wall clock that goes back', () => {
    const held = hold(token(START), limits, { now: at(0), ...FOUND })
    expect(remaining(held, at(HOUR, START - 24 * HOUR))).toBe(0)
  })

  it('is not made longer by a monotonic clock that stood still in sleep', () => {
    const held = hold(token(START), limits, { now: at(0), ...FOUND })
    expect(remaining(held, at(0, START + HOUR))).toBe(0)
  })

  it('is shorter by the time since it was saved, as far as that may have been since the last look', () => {
    const savedAt = START - 10 * MINUTE
    expect(lifeOf(savedAt, at(0), { sinceLook: 30 * MINUTE, savedAt })).toBe(50 * MINUTE)
    expect(lifeOf(savedAt, at(0), { sinceLook: 4 * MINUTE, savedAt })).toBe(56 * MINUTE)
  })
})

describe('the margin', () => {
  const leadOf = (lifetime: number, lineage = 'L'): number =>
    hold(token(START, { lifetime, lineage }), limits, { now: at(0), ...FOUND }).lead
  const names = Array.from({ length: 2_000 }, (_, n) => `0m4x1c2d3${(n * 7_919).toString(36)}`)

  it('begins somewhere in a sixth of the life before the last minute', () => {
    const leads = names.map((name) => leadOf(HOUR, name))
    expect(Math.min(...leads)).toBeGreaterThanOrEqual(MINUTE)
    expect(Math.max(...leads)).toBeLessThanOrEqual(11 * MINUTE)
    // Spread evenly: every tenth of the window has its share.
    const tenths = leads.map((lead) => Math.min(9, Math.floor((lead - MINUTE) / MINUTE)))
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(tenths.filter((one) => one === tenth).length).toBeGreaterThan(120)
    }
  })

  it('is the same in all contexts, and at each refresh of a sign-in', () => {
    const first = token(START)
    const next = toRecord({ accessToken: 'b', lifetime: HOUR }, first, START + HOUR)
    const later = hold(next, limits, { now: at(HOUR), ...FOUND })
    expect(later.lead).toBe(leadOf(HOUR))
  })

  it('is a quarter of a short life at the most, and a sixth more', () => {
    for (const name of names) expect(leadOf(20_000, name)).toBeLessThanOrEqual(5_000 + 3_334)
  })

  it('callers wait for a refresh in the last tenth of a short life', () => {
    expect(waitMargin({ lifetime: HOUR }, limits)).toBe(10_000)
    expect(waitMargin({ lifetime: 20_000 }, limits)).toBe(2_000)
  })

  it('callers never wait for a refresh before one is due', () => {
    expect(waitMargin({ lifetime: HOUR }, { ...limits, refreshMargin: 5_000 })).toBe(5_000)
  })
})
