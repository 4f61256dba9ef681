import { describe, expect, it } from 'vitest'
import { createWorld, HOUR } from '../support/world.js'

describe('a server process', () => {
  it('may end while its client only waits for the next refresh', async () => {
    const world = createWorld()
    await world.signedIn('ada', { autoRefresh: true })
    expect([world.clock.pending(), world.clock.awaited()]).toEqual([1, 0])
    await world.clock.advance(3 * HOUR)
    expect(world.server.sent.length).toBeGreaterThan(1)
    expect([world.clock.pending(), world.clock.awaited()]).toEqual([1, 0])
  })

  it('does not end while its client exchanges a token, whether somebody awaits that or not', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    world.server.hold()
    const asked = auth.refreshSession()
    await world.clock.settle()
    expect(world.clock.awaited()).toBe(1)
    world.server.releaseOne()
    await asked
    expect(world.clock.awaited()).toBe(0)
    await world.clock.advance(HOUR - 30_000)
    // The token has life left, so the exchange runs behind this call.
    await auth.getSession()
    await world.clock.settle()
    expect([world.server.sent.length, world.clock.awaited()]).toEqual([2, 1])
  })

  it('may end while the lock is kept for the lag of storage', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const { auth } = world.open({ storage: { ...tab.storage, lag: 100 } })
    await auth.signIn({ name: 'ada' })
    await auth.refreshSession()
    await world.clock.settle()
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(1)
    expect(world.clock.awaited()).toBe(0)
    await world.clock.advance(100)
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(0)
  })

  it('may end while a save that failed waits to be tried again', async () => {
    const world = createWorld()
    world.browser.storage.setQuotaExceeded(true)
    await world.signedIn('ada', { autoRefresh: false })
    expect([world.clock.pending(), world.clock.awaited()]).toEqual([1, 0])
  })
})
