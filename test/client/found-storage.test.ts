import { describe, expect, it } from 'vitest'
import type { Storage } from '../../src/index.js'
import { createWorld } from '../support/world.js'

// Each of these was found by random worlds: npm run simulate.

const QUIET = { autoRefresh: false } as const

const codeOf = (error: { readonly code?: unknown }): unknown => error.code

/** Two tabs in which ada is signed in; the second may have a storage of its own. */
async function twoTabs(storage?: (world: ReturnType<typeof createWorld>) => Storage) {
  const world = createWorld()
  const one = await world.signedIn('ada', QUIET)
  const two = world.open(storage ? { ...QUIET, storage: storage(world) } : QUIET)
  await two.auth.getSession()
  return { world, one, two }
}

describe('a session that is over', () => {
  it('does not come back from a tab that could not be reached', async () => {
    let refusals = 0
    const ask = async <T>(work: () => T): Promise<Awaited<T>> => {
      if (refusals-- > 0) throw new Error('Storage is blocked.')
      return await work()
    }
    const { world, one, two } = await twoTabs(({ browser }) => {
      const { get, set, remove, update } = browser.tab().storage
      return {
        get: (key) => ask(() => get(key)),
        set: (key, text) => ask(() => set(key, text)),
        remove: (key) => ask(() => remove(key)),
        update: (key, change) => ask(() => update?.(key, change) ?? null),
      }
    })
    refusals = Number.POSITIVE_INFINITY
    await two.auth.refreshSession()
    await one.auth.signOut()
    await one.auth.signIn({ name: 'bob' })
    await world.clock.settle()
    // It writes before it has read.
    refusals = 1
    await world.clock.advance(60_000)
    for (const { auth } of [one, two, world.open()]) {
      expect((await auth.getSession())?.user?.id).toBe('bob')
    }
    expect(one.events.slice(-2)).toEqual(['SIGNED_OUT - because user', 'SIGNED_IN access-3'])
  })

  it('leaves no token in storage when its refresh ends while somebody else signs in', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    world.browser.storage.hangReads(true)
    world.server.release()
    await world.clock.settle()
    const signIn = auth.signIn({ name: 'bob' })
    await world.clock.settle()
    world.browser.storage.hangReads(false)
    expect([await refresh, (await signIn).user?.id]).toEqual(['superseded', 'bob'])
    await world.clock.settle()
    expect(world.stored().match(/refresh-\d+/g)).toEqual(['refresh-3'])
  })

  it.each([
    ['the last sign-in is saved later', ['ada', 'bob', 'carol'], []],
    ['the next sign-in is saved at once', ['ada', 'bob'], ['carol']],
  ])('leaves no token in storage that did not answer at the time: %s', async (_, lost, heard) => {
    const world = createWorld()
    const { auth } = world.open(QUIET)
    await auth.getSession()
    world.browser.storage.hangWrites(true)
    for (const name of lost) {
      const signIn = auth.signIn({ name })
      await world.clock.advance(20_000)
      await signIn
    }
    world.browser.storage.hangWrites(false)
    await world.clock.settle()
    for (const name of heard) await auth.signIn({ name })
    await world.clock.advance(60_000)
    expect(world.stored().match(/refresh-\d+/g)).toEqual(['refresh-3'])
  })
})

describe('a sign-in', () => {
  it('that could not be pointed to, because reads hung, is found by a new tab after the next refresh', async () => {
    const world = createWorld()
    const { get, set, remove } = world.browser.tab().storage
    const { auth } = world.open({ ...QUIET, storage: { get, set, remove } })
    await auth.getSession()
    world.browser.storage.hangReads(true)
    const signIn = auth.signIn({ name: 'ada' })
    await world.clock.advance(20_000)
    await signIn
    const refresh = auth.refreshSession()
    await world.clock.advance(20_000)
    await refresh
    world.browser.storage.hangReads(false)
    await world.clock.advance(60_000)
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-2')
  })

  it('stays when it comes at the very moment in which another tab’s refresh is rejected', async () => {
    let meanwhile = async (): Promise<void> => {}
    const { one, two, world } = await twoTabs(({ browser }) => {
      const { storage } = browser.tab()
      return {
        ...storage,
        async set(key, text) {
          await meanwhile()
          await storage.set(key, text)
        },
        async update(key, change) {
          await meanwhile()
          return storage.update?.(key, change) ?? null
        },
      }
    })
    world.server.endAll()
    meanwhile = async () => {
      meanwhile = async () => {}
      await one.auth.signIn({ name: 'bob' })
    }
    expect(await two.auth.refreshSession().catch(codeOf)).toBe('refresh_rejected')
    await world.clock.settle()
    for (const { auth } of [one, two, world.open()]) {
      expect((await auth.getSession())?.user?.id).toBe('bob')
    }
  })
})

describe('storage that does not answer', () => {
  it('does not make a rejected refresh end the session: a sibling’s token is adopted later', async () => {
    const { world, one, two } = await twoTabs()
    world.browser.bus.loseMessages(true)
    await two.auth.refreshSession()
    world.browser.storage.hangReads(true)
    const refresh = one.auth.refreshSession().catch(codeOf)
    await world.clock.advance(10_000)
    expect(await refresh).toBe('refresh_rejected')
    expect((await one.auth.getSession())?.accessToken).toBe('access-1')
    world.browser.storage.hangReads(false)
    one.tab.focus()
    await world.clock.settle()
    expect((await one.auth.getSession())?.accessToken).toBe('access-2')
    expect(one.events.at(-1)).toBe('TOKEN_REFRESHED access-2 elsewhere')
  })

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
})

describe('storage that does not say what it should', () => {
  it('signs out all tabs when it was emptied, also the one that emptied it', async () => {
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

  it('signs a tab in again that found it emptied, when a sibling writes the session anew', async () => {
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

  it('is put right when a late write has laid an older token over a newer one', async () => {
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

describe('storage that was emptied while tabs slept', () => {
  it('is not fought over for ever by tabs that remember different sign-ins', async () => {
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

describe('tabs that wake from sleep together', () => {
  it('wait for the lock again, and do not all send the token that one of them is trading', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', QUIET)
    const two = world.open(QUIET)
    await two.auth.getSession()
    world.server.hold()
    const calls = [one.auth.refreshSession(), two.auth.refreshSession()].map((call) =>
      call.catch((error: unknown) => error),
    )
    await world.clock.settle()
    for (const { tab } of [one, two]) tab.freeze()
    await world.clock.advance(60_000)
    two.tab.thaw()
    await world.clock.advance(5_000)
    expect(world.server.sent).toEqual(['refresh-1'])
    world.server.release()
    one.tab.thaw()
    await world.clock.advance(20_000)
    await Promise.all(calls)
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })
})
