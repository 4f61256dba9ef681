import { describe, expect, it } from 'vitest'
import { memoryStorage, type Storage } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

/** A session that another library has left, and how a client takes it over. */
function inheritance(world: ReturnType<typeof createWorld>) {
  const storage: Storage = memoryStorage()
  storage.set('theirs', 'ada')
  const parse = (name: string) => world.server.issue(name)
  return { storage, takeOver: { key: 'theirs', parse, storage } }
}

describe('taking over another library’s session', () => {
  const takeOver = {
    key: 'theirs',
    parse: (text: string) =>
      text ? { accessToken: 'old', refreshToken: text, lifetime: HOUR, user: { id: 'ada' } } : null,
  }

  it('logs nobody out, and a sign-out stays one', async () => {
    const world = createWorld()
    world.browser.storage.entries.set('theirs', 'refresh-of-theirs')
    const { auth, events } = world.open({ takeOver })
    expect((await auth.getSession())?.accessToken).toBe('old')
    expect(events).toEqual(['INITIAL_SESSION old'])
    expect(world.browser.storage.entries.has('theirs')).toBe(false)
    await auth.signOut()
    expect(await world.open({ takeOver }).auth.getSession()).toBeNull()
  })
})

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

  it('does not hold up the start where its storage does not answer', async () => {
    const world = createWorld()
    const { takeOver, storage } = inheritance(world)
    const hanging = { ...storage, get: () => new Promise<null>(() => {}) }
    const { auth, tab } = world.open({ takeOver: { ...takeOver, storage: hanging } })
    const session = auth.getSession()
    await world.clock.advance(2_000)
    expect(await session).toBeNull()
    expect(tab.errors).toEqual([expect.objectContaining({ code: 'timeout' })])
  })
})
