import { describe, expect, it } from 'vitest'
import type { WakeSign } from '../../src/index.js'
import { AuthError } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

describe('tabs and sleep', () => {
  it('a hidden tab does not refresh by itself; it does when it is seen again', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada')
    tab.hide()
    await world.clock.advance(3 * HOUR)
    expect(world.server.sent).toHaveLength(0)
    tab.show()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(1)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a tab that crashes leaves its session to the next one', async () => {
    const world = createWorld()
    const { tab } = await world.signedIn('ada', { autoRefresh: false })
    tab.crash()
    const next = world.open()
    expect((await next.auth.getSession())?.accessToken).toBe('access-1')
  })

  it('fifty visibility flips are no event', async () => {
    const world = createWorld()
    const { tab, events } = await world.signedIn('ada')
    const before = events.length
    for (let i = 0; i < 50; i++) {
      tab.hide()
      tab.show()
      await world.clock.settle()
    }
    expect(events).toHaveLength(before)
    expect(world.server.sent).toHaveLength(0)
  })
})

describe('a page that comes back from the back/forward cache', () => {
  it('does not wait for the answer to what it sent before it went', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let hear: Parameters<typeof environment.wake.subscribe>[0] = () => {}
    const subscribe: typeof environment.wake.subscribe = (listener) => {
      hear = listener
      return () => {}
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    world.server.hold()
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    await world.clock.settle()
    hear('restored')
    await world.clock.settle()
    await refresh
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-1'])
  })

  it('has the new token soon, also when its request was in flight for ever', async () => {
    const world = createWorld()
    const { provider } = world.server
    const listeners = new Set<(sign: WakeSign) => void>()
    let lost = true
    const { auth } = await world.signedIn('ada', {
      provider: {
        ...provider,
        refresh: (token, context) =>
          lost ? new Promise(() => {}) : provider.refresh(token, context),
      },
      environment: {
        wake: {
          subscribe(listener) {
            listeners.add(listener)
            return () => listeners.delete(listener)
          },
          visible: () => true,
          online: () => true,
        },
      },
    })
    await world.clock.advance(HOUR - 59_000)
    lost = false
    for (const tell of listeners) tell('restored')
    await world.clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('access-2')
  })

  it('still waits for the lock with what it had not sent', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let hear: Parameters<typeof environment.wake.subscribe>[0] = () => {}
    const subscribe: typeof environment.wake.subscribe = (listener) => {
      hear = listener
      return () => {}
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    world.browser.locks.neverGrant(true)
    const refresh = auth.refreshSession()
    await world.clock.settle()
    hear('restored')
    await world.clock.settle()
    world.browser.locks.neverGrant(false)
    expect((await refresh).session.accessToken).toBe('access-2')
  })

  it('leaves a server alone for as long as it asked, though it gave up another request itself', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let hear: Parameters<typeof environment.wake.subscribe>[0] = () => {}
    const subscribe: typeof environment.wake.subscribe = (listener) => {
      hear = listener
      return () => {}
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.', { retryAfter: 60_000 }) })
    await auth.refreshSession().catch(() => {})
    world.server.hold()
    const refresh = auth.refreshSession().catch(() => {})
    await world.clock.settle()
    hear('restored')
    await refresh
    world.server.release()
    await world.clock.advance(59_000)
    expect(world.server.sent).toHaveLength(2)
    await world.clock.advance(2_000)
    expect(world.server.sent).toHaveLength(3)
  })
})

describe('a tab that wakes', () => {
  it('hears of a change that comes while it is reading storage', async () => {
    const world = createWorld()
    const sibling = await world.signedIn('ada', { autoRefresh: false })
    const tab = world.browser.tab()
    let armed = false
    const get = async (key: string): Promise<string | null | undefined> => {
      const text = await tab.storage.get(key)
      if (armed && key !== 'app') {
        armed = false
        await sibling.auth.refreshSession()
      }
      return text
    }
    const options = { storage: { ...tab.storage, get }, autoRefresh: false }
    const { auth, tab: mine } = world.open(options)
    await auth.getSession()
    armed = true
    mine.focus()
    await world.clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('access-2')
  })
})
