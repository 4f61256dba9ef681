import { describe, expect, it } from 'vitest'
import { bounded } from '../../src/core/bounded.js'
import { AuthError } from '../../src/core/errors.js'
import { createManualClock } from '../../src/testing/index.js'

const LIMIT = 10_000
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

  it('fails without one', async () => {
    const { clock, waiting } = wait(LIMIT + 1)
    const failed = expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(LIMIT)
    await failed
  })
})
