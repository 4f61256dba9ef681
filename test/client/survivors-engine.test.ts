import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStorage, type Storage } from '../../src/index.js'
import { createWorld, untilSent } from '../support/world.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

// Each of these was written because a planted bug survived all other tests: npm run mutants.

describe('a disposed client', () => {
  it('hears its storage no more', async () => {
    const world = createWorld()
    let listeners = 0
    const subscribe = (): (() => void) => {
      listeners++
      return () => void listeners--
    }
    const storage = { ...world.browser.tab().storage, subscribe }
    const { auth } = await world.signedIn('ada', { storage })
    expect(listeners).toBe(1)
    auth.dispose()
    expect(listeners).toBe(0)
  })
})

/** A session that another library has left, and how a client takes it over. */
function inheritance(world: ReturnType<typeof createWorld>) {
  const storage: Storage = memoryStorage()
  storage.set('theirs', 'ada')
  const parse = (name: string) => world.server.issue(name)
  return { storage, takeOver: { key: 'theirs', parse, storage } }
}

describe('the session of another library', () => {
  it('stays where it is as long as it cannot be saved here', async () => {
    const world = createWorld()
    const { storage, takeOver } = inheritance(world)
    world.browser.storage.setQuotaExceeded(true)
    const { auth } = world.open({ takeOver })
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(await storage.get('theirs')).toBe('ada')
  })

  it('is left alone when somebody signed in while the lock was waited for', async () => {
    const world = createWorld()
    const { takeOver } = inheritance(world)
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.locks.neverGrant(true)
    const { auth } = world.open({ takeOver })
    await world.clock.settle()
    await sibling.auth.signIn({ name: 'bob' })
    world.browser.locks.neverGrant(false)
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })
})

describe('auth.fetch', () => {
  it.each([403, 404, 500])('refreshes nothing because of a %i', async (status) => {
    const world = createWorld()
    const fetchOrigins = ['https://api.example']
    const { auth } = await world.signedIn('ada', { autoRefresh: false, fetchOrigins })
    vi.stubGlobal('fetch', async () => new Response(null, { status }))
    expect((await auth.fetch('https://api.example/me')).status).toBe(status)
    await world.clock.settle()
    expect(world.server.sent).toEqual([])
  })
})

describe('a refresh whose session is replaced on the way', () => {
  it('and that fails is no reason to show the new token soon', async () => {
    const world = createWorld()
    // Locks that keep nobody out.
    const environment = { lock: { acquire: async () => () => {} } }
    const one = await world.signedIn('ada', { autoRefresh: true, environment })
    // Its requests are answered at once.
    const provider = { ...world.server.provider, refresh: async () => world.server.issue('ada') }
    const two = world.open({ autoRefresh: false, environment, provider })
    await two.auth.getSession()
    world.server.hold()
    world.server.outage()
    await untilSent(world, 1)
    await two.auth.refreshSession()
    await world.clock.settle()
    world.server.release()
    await world.clock.advance(60_000)
    expect((await one.auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('by the same person’s next sign-in leaves that one in storage', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', { autoRefresh: false })
    const two = world.open({ autoRefresh: false })
    await two.auth.getSession()
    world.server.hold()
    const refresh = one.auth.refreshSession().catch((error) => error.code)
    await world.clock.settle()
    await two.auth.signIn({ name: 'ada' })
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    await refresh
    expect(world.stored()).toContain('access-2')
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-2')
  })
})

describe('a refresh that takes a second round', () => {
  it('asks for the lock anew: it may have been lost in the first', async () => {
    const world = createWorld()
    const { lock: inner } = world.browser.tab().environment
    let asked = 0
    const acquire: typeof inner.acquire = (name, signal) => {
      asked++
      return inner.acquire(name, signal)
    }
    const environment = { lock: { acquire } }
    const { auth } = await world.signedIn('ada', { autoRefresh: false, environment })
    asked = 0
    world.server.fail({ answer: world.server.issue('ada', 'org_1') })
    await auth.refreshSession({ organizationId: 'org_2' })
    expect(asked).toBe(2)
  })
})
