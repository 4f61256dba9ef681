import { describe, expect, it } from 'vitest'
import { createWorld, HOUR, untilSent } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

describe('P9: everything ends', () => {
  it('start-up settles when storage hangs, and a sign-in still works', async () => {
    const world = createWorld()
    world.browser.storage.hangReads(true)
    const { auth, events } = world.open()
    const session = auth.getSession()
    const failed = expect(session).rejects.toMatchObject({ code: 'storage', retryable: true })
    await world.clock.advance(2_000)
    await failed
    expect(events).toEqual(['INITIAL_SESSION -'])
    const signedIn = auth.signIn({ name: 'ada' })
    await world.clock.advance(10_000)
    expect((await signedIn).user?.id).toBe('ada')
  })

  it('a server that hangs is given up in time, and the session kept', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR + 1)
    world.server.hold()
    const session = auth.getSession().catch((error: unknown) => error)
    await world.clock.advance(10_000)
    expect(await session).toMatchObject({ code: 'timeout', retryable: true })
  })

  it('a caller’s signal ends its own waiting only', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    const patient = auth.refreshSession()
    const controller = new AbortController()
    const hasty = auth.refreshSession(null, { signal: controller.signal })
    await world.clock.settle()
    controller.abort()
    await expect(hasty).rejects.toMatchObject({ code: 'aborted' })
    world.server.release()
    expect((await patient).session.accessToken).toBe('access-2')
  })
})

describe('storage that does not answer', () => {
  it('does not make getSession() serve a token that ran out while it was being saved', async () => {
    const world = createWorld({ lifetime: 3_000 })
    const { auth } = await world.signedIn('ada', QUIET)
    await world.clock.advance(3_001)
    world.browser.storage.hangWrites(true)
    const session = auth.getSession().catch((error: unknown) => error)
    await world.clock.advance(10_000)
    expect(await session).toMatchObject({ code: 'storage', retryable: true })
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('does not make getSession() serve a session that somebody has signed out of meanwhile', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    await world.clock.advance(HOUR)
    world.browser.storage.hangWrites(true)
    const session = auth.getSession()
    // The new token could not be saved by then, and what was known of the outage is being removed.
    await world.clock.advance(4_500)
    expect(auth.getSnapshot().session?.accessToken).toBe('access-2')
    const signedOut = auth.signOut()
    await world.clock.advance(10_000)
    await signedOut
    expect(await session).toBeNull()
  })
})

describe('a client', () => {
  it('that waits for an answer sets no timer again and again', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let timers = 0
    const schedule: typeof environment.clock.schedule = (delay, task) => {
      timers++
      return environment.clock.schedule(delay, task)
    }
    const clock = { ...environment.clock, schedule }
    await world.signedIn('ada', { environment: { clock } })
    world.server.hold()
    await untilSent(world, 1)
    timers = 0
    await world.clock.advance(9_000)
    expect(timers).toBeLessThan(10)
  })
})
