import { describe, expect, it } from 'vitest'
import { AuthError, type Storage } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

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

describe('P5: before a terminal error ends the session, storage is read again', () => {
  it('a sibling that was faster without a lock is followed, not signed out', async () => {
    const world = createWorld()
    const { storage: read } = world.browser.tab()
    // Nobody tells this tab that storage has changed: it has to look.
    const deaf = { get: read.get, set: read.set, remove: read.remove }
    const { auth, events } = await world.signedIn('ada', { autoRefresh: false, storage: deaf })
    const sibling = world.open({ autoRefresh: false })
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    world.browser.locks.neverGrant(true)
    world.server.hold()
    const refreshes = Promise.all([sibling.auth.refreshSession(), auth.refreshSession()])
    await world.clock.advance(22_000)
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-1'])
    world.server.releaseOne()
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    const [theirs, ours] = await refreshes
    expect(theirs.session.accessToken).toBe('access-2')
    expect(ours.session.accessToken).toBe('access-3')
    expect(events.join()).not.toContain('SIGNED_OUT')
  })
})

describe('the server’s no', () => {
  it('signs nobody out as long as storage does not tell whether a sibling was faster', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn('ada', { autoRefresh: false })
    const sibling = world.open({ autoRefresh: false })
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    await sibling.auth.refreshSession()
    world.browser.storage.hangReads(true)
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({
      code: 'refresh_rejected',
    })
    await world.clock.advance(10_000)
    await refresh
    expect(events.join()).not.toContain('SIGNED_OUT')
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    await auth.refreshSession()
    expect(events.join()).not.toContain('SIGNED_OUT')
    expect((await auth.getSession())?.accessToken).toBe('access-3')
  })

  it('ends nothing while storage does not answer: a sibling’s token is adopted later', async () => {
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
})

describe('the server’s no, to a tab that cannot read storage', () => {
  /** The storage of a tab whose reads fail when told to, as when WebKit loses its database. */
  function blindable({ browser }: ReturnType<typeof createWorld>) {
    const { get, set, remove, subscribe } = browser.tab().storage
    const state = { blind: false }
    const storage: Storage = {
      get(key) {
        if (state.blind) throw new Error('Connection to Indexed Database server lost.')
        return get(key)
      },
      set,
      remove,
      ...(subscribe && { subscribe }),
    }
    return { state, storage }
  }

  it('ends nothing that a sibling has refreshed, here or there, also when storage works again', async () => {
    const world = createWorld()
    const { state, storage } = blindable(world)
    const one = world.open({ ...QUIET, storage })
    await one.auth.signIn({ name: 'ada' })
    const two = world.open(QUIET)
    await two.auth.getSession()
    state.blind = true
    await two.auth.refreshSession()
    expect(await one.auth.refreshSession().catch(codeOf)).toBe('refresh_rejected')
    expect(one.auth.getSnapshot()).toMatchObject({
      status: 'signed-in',
      error: { code: 'refresh_rejected' },
    })
    state.blind = false
    one.tab.focus()
    await world.clock.advance(60_000)
    for (const { auth, events } of [one, two]) {
      expect(auth.getSnapshot().session?.accessToken).toBe('access-2')
      expect(events.join()).not.toContain('SIGNED_OUT')
    }
  })

  it('ends the session where storage has never worked: nobody else can have refreshed it', async () => {
    const world = createWorld()
    const { state, storage } = blindable(world)
    state.blind = true
    const { auth } = world.open({ ...QUIET, storage })
    await auth.signIn({ name: 'ada' })
    world.server.setRefusal(new AuthError('refresh_rejected', 'Banned.', { status: 403 }))
    await auth.refreshSession().catch(() => {})
    expect(auth.getSnapshot()).toMatchObject({
      status: 'signed-out',
      error: { code: 'refresh_rejected' },
    })
  })
})

describe('a session that ended', () => {
  it('says why, in every tab, and to those that open later', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    const sibling = world.open(QUIET)
    await sibling.auth.getSession()
    await world.clock.settle()
    const heard: unknown[] = []
    for (const client of [auth, sibling.auth]) {
      client.onAuthStateChange((event, _, detail) => {
        if (event === 'SIGNED_OUT' && 'error' in detail) heard.push(detail.error)
      })
    }
    world.server.fail({
      error: new AuthError('refresh_rejected', 'User is banned', {
        status: 403,
        serverCode: 'user_banned',
      }),
    })
    await auth.refreshSession().catch(() => {})
    await world.clock.settle()
    const why = { code: 'refresh_rejected', serverCode: 'user_banned', message: 'User is banned' }
    expect(heard).toMatchObject([why, why])
    expect(auth.getSnapshot().error).toMatchObject(why)
    const next = world.open(QUIET)
    await next.auth.getSession()
    expect(next.auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: why })
  })
})

describe('an end that could not be saved at once', () => {
  it('says why, to those that open later', async () => {
    const world = createWorld()
    const { get, set, remove } = world.browser.tab().storage
    let readOnly = false
    const refuse = (): void => {
      if (readOnly) throw new Error('Read only.')
    }
    const storage: Storage = {
      get,
      async set(key, text) {
        refuse()
        await set(key, text)
      },
      async remove(key) {
        refuse()
        await remove(key)
      },
    }
    const { auth } = await world.signedIn('ada', { ...QUIET, storage })
    const why = { code: 'refresh_rejected', serverCode: 'user_banned' }
    const error = new AuthError('refresh_rejected', 'Banned.', { serverCode: 'user_banned' })
    world.server.fail({ error })
    readOnly = true
    await expect(auth.refreshSession()).rejects.toMatchObject(why)
    expect(auth.getSnapshot().status).toBe('signed-out')
    readOnly = false
    await world.clock.advance(60_000)
    const next = world.open(QUIET)
    await next.auth.getSession()
    expect(next.auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: why })
  })
})

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

describe('sessions without a refresh token', () => {
  it('end with their access token, and say why', async () => {
    const world = createWorld()
    const { auth, events } = world.open({
      provider: {
        ...world.server.provider,
        signIn: async () => ({ accessToken: 'only', lifetime: HOUR, user: { id: 'ada' } }),
      },
    })
    await auth.signIn({ name: 'ada' })
    expect((await auth.getSession())?.accessToken).toBe('only')
    await world.clock.advance(HOUR)
    expect(await auth.getSession()).toBeNull()
    await world.clock.settle()
    expect(events.at(-1)).toBe('SIGNED_OUT - because expired')
    expect(world.stored()).not.toContain('only')
  })

  it('have ended for all who listen as soon as somebody asks, also where a clock jumped ahead', async () => {
    const world = createWorld()
    const { refreshToken: _, ...grant } = world.server.issue('ada')
    const provider = { ...world.server.provider, signIn: async () => grant }
    const { auth, tab, events } = await world.signedIn('ada', { ...QUIET, provider })
    await auth.getSession()
    tab.setClockSkew(2 * HOUR)
    expect(await auth.getSession()).toBeNull()
    await world.clock.advance(1)
    expect(events.at(-1)).toBe('SIGNED_OUT - because expired')
  })
})

describe('a refusal that comes while somebody else signs in in another tab, without a working lock', () => {
  it('ends the session that was refused, and not theirs, though it is written over it', async () => {
    const world = createWorld()
    const environment = { lock: { acquire: async () => () => {} } }
    const { update: _, ...entries } = world.browser.tab().storage
    let beforePointer = async (): Promise<void> => {}
    const storage: Storage = {
      ...entries,
      async set(key, text) {
        if (key === 'app') await beforePointer()
        await entries.set(key, text)
      },
    }
    const { auth } = await world.signedIn('ada', { environment, storage })
    const sibling = world.open({ environment })
    await sibling.auth.getSession()
    await world.clock.advance(1_000)
    beforePointer = async () => {
      beforePointer = async () => {}
      await sibling.auth.signIn({ name: 'bob' })
    }
    world.server.fail({ error: new AuthError('refresh_rejected', 'It is over.') })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    await world.clock.advance(1_000)
    expect((await sibling.auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })
})
