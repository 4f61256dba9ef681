import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.js'

const PARTS = ['lock', 'channel', 'wake', 'page', 'random', 'createAbort', 'report', 'crypto']

describe('a part of the environment that is `undefined`', () => {
  it.each(PARTS)('is the default: %s', async (name) => {
    const world = createWorld()
    const { auth, events } = world.open({ environment: { [name]: undefined } })
    await auth.signIn({ name: 'ada' })
    await auth.refreshSession()
    await world.clock.settle()
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1', 'TOKEN_REFRESHED access-2'])
    auth.dispose()
  })

  it('is the default: clock', async () => {
    const { auth } = createWorld().open({ environment: { clock: undefined } })
    expect(await auth.getSession()).toBeNull()
    auth.dispose()
  })
})
