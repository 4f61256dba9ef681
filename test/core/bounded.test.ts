import { describe, expect, it } from 'vitest'
import { bounded } from '../../src/core/bounded.js'
import { AuthError } from '../../src/core/errors.js'
import type { Clock } from '../../src/core/ports.js'
import { createManualClock } from '../../src/testing/index.js'

const LIMIT = 10_000
const MINUTE = 60_000
const late = (): AuthError => new AuthError('timeout', 'It took too long.')
const createAbort = (): AbortController => new AbortController()

/** A wait for what comes after `delay` ms, on a clock that a test moves. */
function wait(delay: number) {
  const clock = createManualClock()
  const waiting = bounded(
    { clock, createAbort },
    () => new Promise<string>((resolve) => clock.schedule(delay, () => resolve('an answer'))),
    { limit: LIMIT, late },
  )
  return { clock, waiting }
}

describe('a wait whose time is up', () => {
  it('takes an answer that has come by then: a frozen page hears of its time first', async () => {
    // Seed 260570: the token was rotated, and the answer with the next one was thrown away.
    const { clock, waiting } = wait(LIMIT)
    await clock.advance(LIMIT)
    expect(await waiting).toBe('an answer')
  })

  it('fails where each timer is late: those of a hidden tab run once a minute', async () => {
    const clock = createManualClock()
    const schedule: Clock['schedule'] = (ms, task) =>
      clock.schedule(
        Math.ceil((clock.monotonic() + ms) / MINUTE) * MINUTE - clock.monotonic(),
        task,
      )
    const throttled = { ...clock, schedule }
    const never = new Promise<never>(() => {})
    const waiting = bounded({ clock: throttled, createAbort }, () => never, { limit: LIMIT, late })
    const failed = expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(3 * MINUTE)
    await failed
    expect(clock.pending()).toBe(0)
  })

  it('fails without one', async () => {
    const { clock, waiting } = wait(LIMIT + 1)
    const failed = expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(LIMIT)
    await failed
  })
})
