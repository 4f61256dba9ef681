import { describe, expect, it } from 'vitest'
import { createWorld, HOUR, untilSent } from '../support/world.js'

// Each of these was written because a planted bug survived all other tests: npm run mutants.

describe('a client', () => {
  it('that cannot save tries it again with longer and longer pauses', async () => {
    const world = createWorld()
    const { storage } = world.browser.tab()
    let writes = 0
    const set: typeof storage.set = (key, text) => {
      writes++
      return storage.set(key, text)
    }
    const { auth } = await world.signedIn('ada', { storage: { ...storage, set } })
    world.browser.storage.setQuotaExceeded(true)
    writes = 0
    await auth.refreshSession()
    await world.clock.advance(120_000)
    expect(writes).toBeGreaterThan(3)
    // Two tries each time.
    expect(writes).toBeLessThan(20)
  })

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

  it('that is disposed of listens to the page no more', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let listeners = 0
    const subscribe = (): (() => void) => {
      listeners++
      return () => void listeners--
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    expect(listeners).toBe(1)
    auth.dispose()
    expect(listeners).toBe(0)
  })

  it('tries a failed refresh again at once when the network comes back', async () => {
    const world = createWorld()
    const { tab } = await world.signedIn()
    world.server.outage(9)
    await world.clock.advance(HOUR)
    const tried = world.server.sent.length
    tab.goOffline()
    tab.goOnline()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(tried + 1)
  })

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

  it('does not take the session in the slot of another sign-in for its own', async () => {
    const world = createWorld()
    await world.signedIn()
    const { entries } = world.browser.storage
    for (const [key, text] of entries) {
      entries.set(key, text.replace(/"lineage":"[^"]*"/, '"lineage":"of-somebody-else"'))
    }
    const { auth } = world.open()
    expect(await auth.getSession()).toBeNull()
    expect([...entries.values()].join()).toContain('of-somebody-else')
  })
})
