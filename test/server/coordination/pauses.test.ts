import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createPauses, REMEMBERED } from '../../../src/server/coordination/pauses.js'

const error = new AuthError('network', 'Down.')

describe('a pause', () => {
  it('is remembered for ten minutes after its end, so that the next failure makes a longer one', async () => {
    const clock = { time: 0 }
    const pauses = createPauses(() => clock.time)
    const begin = () => pauses.pause('server', { error, failures: 5 }, 1_000)
    await begin()
    clock.time += 1_000 + REMEMBERED - 1
    expect(await pauses.admit('server', 2_000)).toEqual({ type: 'probe', error, failures: 5 })
    await begin()
    clock.time += 1_000 + REMEMBERED
    expect(await pauses.admit('server', 2_000)).toEqual({ type: 'open' })
    expect(await pauses.admit('server', 2_000)).toEqual({ type: 'open' })
  })
})
