import { describe, expect, it } from 'vitest'
import type { Storage } from '../../src/index.js'
import { createWorld } from '../support/world.js'

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

describe('a sign-in', () => {
  it('that somebody signs out of while it is being saved is over, and nobody hears of it', async () => {
    const world = createWorld()
    const { auth, events } = world.open()
    await auth.getSession()
    world.browser.storage.hangWrites(true)
    const signIn = expect(auth.signIn({ name: 'bob' })).rejects.toMatchObject({
      code: 'superseded',
    })
    await world.clock.settle()
    const signOut = auth.signOut()
    world.browser.storage.hangWrites(false)
    await Promise.all([signIn, signOut])
    await world.clock.advance(1_000)
    expect(events.join()).not.toContain('SIGNED_IN')
    expect(world.stored()).not.toContain('refresh-')
  })

  it('in another tab is not ended by the server’s no to the person before', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const sibling = world.open()
    let ended = false
    const interfere = async (): Promise<void> => {
      if (!ended) return
      ended = false
      await sibling.auth.signIn({ name: 'bob' })
    }
    const get = async (key: string): Promise<string | null | undefined> => {
      const text = await tab.storage.get(key)
      await interfere()
      return text
    }
    const update: typeof tab.storage.update = async (key, change) => {
      await interfere()
      return tab.storage.update?.(key, change) ?? null
    }
    const { auth } = await world.signedIn('ada', {
      storage: { ...tab.storage, get, update },
      debug: ({ type }) => {
        ended ||= type === 'ended'
      },
    })
    world.server.endAll()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })

  it('in another tab stands, though a foreign token becomes current here unaware of it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    const { refreshToken } = world.server.issue('carol')
    world.browser.bus.loseMessages(true)
    world.server.hold()
    const refresh = auth.refreshSession(refreshToken)
    await world.clock.settle()
    await sibling.auth.signIn({ name: 'bob' })
    world.server.release()
    expect((await refresh).user?.id).toBe('carol')
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })

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

  it('of the same person stays in storage when another tab’s older refresh ends after it', async () => {
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

  it('gives up the refresh of the person before: the next one’s need not wait for it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    expect(await refresh).toBe('superseded')
    const next = auth.refreshSession()
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    world.server.release()
    expect((await next).user?.id).toBe('bob')
  })

  it('that another tab was not told of is found by it the next time it asks', async () => {
    const world = createWorld()
    const { auth } = world.open(QUIET)
    await auth.getSession()
    await world.clock.settle()
    world.browser.bus.loseMessages(true)
    await world.signedIn('ada', QUIET)
    // This one is answered from memory, and has storage looked at.
    expect(await auth.getSession()).toBeNull()
    await world.clock.settle()
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('that another tab was not told of is found by it when it refreshes', async () => {
    const world = createWorld()
    const { auth } = world.open(QUIET)
    await auth.getSession()
    await world.clock.settle()
    world.browser.bus.loseMessages(true)
    await world.signedIn('ada', QUIET)
    expect((await auth.refreshSession()).user?.id).toBe('ada')
  })
})

describe('a key of the person before that takes for ever to be removed', () => {
  it('holds up neither the sign-in nor the refreshes of the next person', async () => {
    const world = createWorld()
    let serial = 0
    const keys = {
      get: async () => null,
      set: async () => {},
      remove: () => new Promise<void>(() => {}),
    }
    const signIn = async ({ name }: { readonly name: string }) => ({
      ...world.server.issue(name),
      keyId: `k${++serial}`,
    })
    const provider = { ...world.server.provider, signIn }
    const { auth } = await world.signedIn('ada', { autoRefresh: false, keys, provider })
    await auth.signIn({ name: 'bob' })
    expect((await auth.refreshSession()).user?.id).toBe('bob')
    expect(world.server.sent).toEqual(['refresh-2'])
  })
})
