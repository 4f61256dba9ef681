import { describe, expect, it } from 'vitest'
import { AuthError, memoryStorage, type Storage, takeOver } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

/** A session that another library has left, and how a client takes it over. */
function inheritance(world: ReturnType<typeof createWorld>) {
  const storage: Storage = memoryStorage()
  storage.set('theirs', 'ada')
  const parse = (name: string) => world.server.issue(name)
  return { storage, parse, left: takeOver({ key: 'theirs', parse, storage }) }
}

describe('taking over another library’s session', () => {
  const left = takeOver({
    key: 'theirs',
    parse: (text) =>
      text ? { accessToken: 'old', refreshToken: text, lifetime: HOUR, user: { id: 'ada' } } : null,
  })

  it('logs nobody out, and a sign-out stays one', async () => {
    const world = createWorld()
    world.browser.storage.entries.set('theirs', 'refresh-of-theirs')
    const { auth, events } = world.open({ takeOver: left })
    expect((await auth.getSession())?.accessToken).toBe('old')
    expect(events).toEqual(['INITIAL_SESSION old'])
    expect(world.browser.storage.entries.has('theirs')).toBe(false)
    await auth.signOut()
    expect(await world.open({ takeOver: left }).auth.getSession()).toBeNull()
  })
})

describe('the session of another library', () => {
  it('stays where it is as long as it cannot be saved here', async () => {
    const world = createWorld()
    const { storage, left } = inheritance(world)
    world.browser.storage.setQuotaExceeded(true)
    const { auth } = world.open({ takeOver: left })
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(await storage.get('theirs')).toBe('ada')
  })

  it('is gone after the sign-out, also where it could not be moved here', async () => {
    const world = createWorld()
    const { storage, left } = inheritance(world)
    world.browser.storage.setQuotaExceeded(true)
    const { auth } = world.open({ takeOver: left })
    await auth.getSession()
    world.browser.storage.setQuotaExceeded(false)
    await auth.signOut()
    await world.clock.settle()
    expect(await storage.get('theirs')).toBeNull()
  })

  it('is left alone when somebody signed in while the lock was waited for', async () => {
    const world = createWorld()
    const { left } = inheritance(world)
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.locks.neverGrant(true)
    const { auth } = world.open({ takeOver: left })
    await world.clock.settle()
    await sibling.auth.signIn({ name: 'bob' })
    world.browser.locks.neverGrant(false)
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })

  it('does not hold up the start where its storage does not answer', async () => {
    const world = createWorld()
    const { parse, storage } = inheritance(world)
    const hanging = { ...storage, get: () => new Promise<null>(() => {}) }
    const { auth, tab } = world.open({
      takeOver: takeOver({ key: 'theirs', parse, storage: hanging }),
    })
    const session = auth.getSession()
    await world.clock.advance(2_000)
    expect(await session).toBeNull()
    expect(tab.errors).toEqual([expect.objectContaining({ code: 'timeout' })])
  })

  it('goes on being the session here when it cannot be removed there, which is reported', async () => {
    const world = createWorld()
    const { parse, storage } = inheritance(world)
    const kept = { ...storage, remove: () => Promise.reject(new Error('locked')) }
    const { auth, tab, events } = world.open({
      takeOver: takeOver({ key: 'theirs', parse, storage: kept }),
    })
    expect((await auth.getSession())?.user?.id).toBe('ada')
    await world.clock.advance(5_000)
    expect(auth.getSnapshot().session?.user?.id).toBe('ada')
    expect(events).toHaveLength(1)
    expect(tab.errors).toEqual([expect.objectContaining({ message: 'locked' })])
  })

  it('is reported and left where it is when what is read of it is no session', async () => {
    const world = createWorld()
    const { storage } = inheritance(world)
    const parse = () => ({ accessToken: '', lifetime: HOUR })
    const { auth, tab } = world.open({ takeOver: takeOver({ key: 'theirs', parse, storage }) })
    expect(await auth.getSession()).toBeNull()
    expect(tab.errors).toEqual([expect.objectContaining({ code: 'bad_response' })])
    expect(await storage.get('theirs')).toBe('ada')
  })

  const unread = (): null => null

  it.each([
    undefined,
    null,
    {},
    { key: '', parse: unread },
    { key: 'theirs' },
    { key: 'theirs', parse: 'json' },
    { key: 'theirs', parse: unread, storage: { getItem: unread } },
  ])('takes a key, a function that reads and a storage of three methods, not %j', (options) => {
    expect(() => Reflect.apply(takeOver, undefined, [options])).toThrow(AuthError)
  })
})
