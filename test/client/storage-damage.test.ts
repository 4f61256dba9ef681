import { describe, expect, it } from 'vitest'
import type { Awaitable } from '../../src/core/ports.js'
import { memoryStorage, type Storage } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

/** Two tabs in which ada is signed in; the second may have a storage of its own. */
async function twoTabs(storage?: (world: ReturnType<typeof createWorld>) => Storage) {
  const world = createWorld()
  const one = await world.signedIn('ada', QUIET)
  const two = world.open(storage ? { ...QUIET, storage: storage(world) } : QUIET)
  await two.auth.getSession()
  return { world, one, two }
}

describe('hostile storage', () => {
  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"v":2,"id":"x","ended":[]}',
    '\u0000',
    '{"v":1,"id":"gone","ended":[]}',
  ])('a pointer that reads %j is signed out, and no obstacle to the next sign-in', async (text) => {
    const world = createWorld()
    world.browser.storage.entries.set('app', text)
    const { auth } = world.open()
    expect(await auth.getSession()).toBeNull()
    await auth.signIn({ name: 'ada' })
    expect((await world.open().auth.getSession())?.user?.id).toBe('ada')
  })

  it('text that a newer version wrote is left alone until somebody signs in', async () => {
    const world = createWorld()
    world.browser.storage.entries.set('app', '{"v":2}')
    await world.open().auth.getSession()
    await world.clock.advance(60_000)
    expect([...world.browser.storage.entries]).toEqual([['app', '{"v":2}']])
  })

  it('damage under a living session is healed from memory', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    for (const key of world.browser.storage.entries.keys()) {
      world.browser.storage.entries.set(key, 'damage')
    }
    tab.hide()
    tab.show()
    await world.clock.advance(60_000)
    expect(await auth.getSession()).not.toBeNull()
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-1')
  })

  it('a session that lies in the slot of another sign-in is nobody’s', async () => {
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

  it('a late write that laid an older token over a newer one is put right', async () => {
    const { world, one, two } = await twoTabs()
    const before = [...world.browser.storage.entries]
    await one.auth.refreshSession()
    for (const [key, text] of before) world.browser.storage.entries.set(key, text)
    one.tab.focus()
    await world.clock.advance(60_000)
    expect(world.stored().match(/refresh-\d+/g)).toEqual(['refresh-2'])
    for (const { auth } of [one, two, world.open()]) {
      expect((await auth.getSession())?.accessToken).toBe('access-2')
    }
  })
})

describe('storage that was emptied', () => {
  it('ends the session when it stays empty, not at the first empty read', async () => {
    const world = createWorld()
    const { auth, tab, events } = await world.signedIn('ada')
    const kept = [...world.browser.storage.entries]
    world.browser.storage.entries.clear()
    tab.hide()
    tab.show()
    await world.clock.settle()
    for (const [key, value] of kept) world.browser.storage.entries.set(key, value)
    await world.clock.advance(2_000)
    expect((await auth.getSession())?.user?.id).toBe('ada')
    world.browser.storage.entries.clear()
    tab.hide()
    tab.show()
    await world.clock.advance(2_000)
    expect(events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
  })

  it.each([
    ['fail', () => Promise.reject(new Error('Connection lost.'))],
    ['are slow', () => new Promise<null>(() => {})],
  ])('is read once a second at the most where the next readings %s', async (_, next) => {
    const world = createWorld()
    const entries = memoryStorage()
    let read: (key: string) => Awaitable<string | null | undefined> = entries.get
    let reads = 0
    const storage: Storage = {
      set: entries.set,
      remove: entries.remove,
      get(key) {
        reads++
        return read(key)
      },
    }
    const { auth, tab } = world.open({ ...QUIET, storage })
    await auth.signIn({ name: 'ada' })
    read = () => null
    tab.hide()
    tab.show()
    await world.clock.settle()
    read = next
    reads = 0
    await world.clock.advance(20_000)
    expect(auth.getSnapshot().status).toBe('signed-in')
    expect(reads).toBeGreaterThan(1)
    expect(reads).toBeLessThan(50)
  })

  /** A tab that cannot hear that its storage was emptied, until its token is due. */
  async function emptied(storage: 'sync' | 'async') {
    const world = createWorld()
    const { get: read, set, remove } = world.browser.tab({ storage }).storage
    const { entries } = world.browser.storage
    let find = (): void => {}
    const get = (key: string) => {
      if (entries.size === 0) find()
      return read(key)
    }
    const one = await world.signedIn('ada', { storage: { get, set, remove } })
    const kept = [...entries]
    await world.clock.advance(1_000)
    entries.clear()
    const found = new Promise<void>((resolve) => {
      find = resolve
    })
    return { world, kept, found, ...one }
  }

  it.each(['sync', 'async'] as const)(
    'by the page itself is not filled again by a refresh that is due: %s',
    async (storage) => {
      const { world, auth, events } = await emptied(storage)
      await world.clock.advance(HOUR)
      expect(events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
      expect(await auth.getSession()).toBeNull()
      expect([world.server.sent, [...world.browser.storage.entries.keys()]]).toEqual([[], []])
    },
  )

  it('for a moment only, when a refresh is due, costs that a moment', async () => {
    const { world, kept, found, auth, events } = await emptied('sync')
    const { entries } = world.browser.storage
    found.then(() => {
      world.clock.schedule(500, () => {
        for (const [key, value] of kept) entries.set(key, value)
      })
    })
    await world.clock.advance(HOUR)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toEqual(['refresh-1'])
    expect(events.join()).not.toContain('SIGNED_OUT')
  })

  it('signs out all tabs, also the one that emptied it', async () => {
    const { world, one, two } = await twoTabs()
    world.browser.storage.entries.clear()
    // Only the other documents are told of what a document does to localStorage.
    two.tab.focus()
    await world.clock.advance(3_000)
    for (const { auth, events } of [one, two]) {
      expect(events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
      expect(await auth.getSession()).toBeNull()
    }
  })

  it('signs a tab in again that found it so, when a sibling writes the session anew', async () => {
    const { world, one, two } = await twoTabs()
    world.browser.bus.loseMessages(true)
    world.browser.storage.entries.clear()
    two.tab.focus()
    await world.clock.advance(2_000)
    expect(two.events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
    world.browser.bus.loseMessages(false)
    await one.auth.refreshSession()
    await world.clock.settle()
    expect(two.events.at(-1)).toBe('SIGNED_IN access-2 elsewhere')
    expect((await two.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('has the session again, in all tabs, by one that went on in memory', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await auth.refreshSession()
    world.browser.storage.clear()
    sibling.tab.focus()
    await world.clock.advance(2_000)
    expect(sibling.events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
    world.browser.storage.setQuotaExceeded(false)
    await world.clock.advance(60_000)
    expect((await sibling.auth.getSession())?.accessToken).toBe('access-2')
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('while tabs slept is not fought over for ever by tabs that remember different sign-ins', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', QUIET)
    const two = world.open(QUIET)
    const three = world.open(QUIET)
    await world.clock.settle()
    three.tab.freeze()
    await two.auth.signIn({ name: 'bob' })
    await two.auth.signIn({ name: 'carol' })
    await world.clock.settle()
    two.tab.freeze()
    await one.auth.signIn({ name: 'dave' })
    await one.auth.signIn({ name: 'erin' })
    world.browser.storage.entries.clear()
    three.tab.thaw()
    await three.auth.refreshSession()
    two.tab.thaw()
    await world.clock.advance(60_000)
    const before = world.browser.storage.entries.get('app')
    const people = [one, two, three].map(({ auth }) => auth.getSnapshot().session?.user?.id)
    expect(new Set(people).size).toBe(1)
    const count = [one, two, three].map(({ events }) => events.length)
    await world.clock.advance(60_000)
    expect([one, two, three].map(({ events }) => events.length)).toEqual(count)
    expect(world.browser.storage.entries.get('app')).toBe(before)
  })
})

describe('storage whose pointer was deleted by hand', () => {
  it('keeps the token that a sibling is writing anew', async () => {
    const world = createWorld()
    const { tab, events } = await world.signedIn('ada', { autoRefresh: false })
    const { entries } = world.browser.storage
    entries.delete('app')
    tab.focus()
    await world.clock.advance(1_100)
    expect(events.at(-1)).toContain('storage-cleared')
    expect([...entries.values()].join()).toContain('refresh-1')
  })
})

describe('a storage that answers undefined or an empty text for nothing', () => {
  it.each([undefined, ''])('is read as one that has nothing (%j)', async (nothing) => {
    const world = createWorld()
    const { storage } = world.browser.tab({ storage: 'sync' })
    const get = (key: string): string => {
      const text: unknown = world.browser.storage.entries.get(key) ?? nothing
      return text as string
    }
    const { auth } = await world.signedIn('ada', { storage: { ...storage, get } })
    await auth.refreshSession()
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('what 0.1 has stored', () => {
  const POINTER = '{"v":1,"id":"0loyw3v28lineage","ended":["0loyw3v20before"]}'
  const SLOT = JSON.stringify({
    v: 1,
    lineage: '0loyw3v28lineage',
    revision: 3,
    lifetime: HOUR,
    session: {
      accessToken: 'old',
      refreshToken: 'refresh-1',
      expiresAt: 1_700_000_000_000 + HOUR,
      user: { id: 'ada' },
      extras: {},
    },
  })

  it('goes on, without a sign-out and without a refresh', async () => {
    const world = createWorld()
    world.browser.storage.entries.set('app', POINTER)
    world.browser.storage.entries.set('app.0loyw3v28lineage', SLOT)
    const { auth } = world.open(QUIET)
    expect((await auth.getSession())?.accessToken).toBe('old')
    await world.clock.advance(60_000)
    expect(world.server.sent).toEqual([])
    expect(world.browser.storage.entries.get('app')).toBe(POINTER)
  })
})
