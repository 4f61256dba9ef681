import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type ActionHost,
  AuthClient,
  AuthError,
  type DebugEntry,
  type Session,
} from '../../src/index.js'
import { createWorld, DAY, HOUR } from '../support/world.js'

describe('P7: saved before told', () => {
  it('the new token is in storage before any event or return', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const seen: boolean[] = []
    auth.onAuthStateChange((event) => {
      if (event === 'TOKEN_REFRESHED') seen.push(world.stored().includes('refresh-2'))
    })
    await auth.refreshSession()
    expect(seen).toEqual([true])
  })

  it('when storage is full the session goes on in memory, and the save is tried again', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    world.browser.storage.setQuotaExceeded(true)
    await auth.refreshSession()
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(world.stored()).not.toContain('refresh-2')
    expect(tab.errors).toContainEqual(expect.objectContaining({ code: 'storage' }))
    world.browser.storage.setQuotaExceeded(false)
    await world.clock.advance(60_000)
    expect(world.stored()).toContain('refresh-2')
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a sign-out that could not be saved is tried again too', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.storage.block(true)
    await auth.signOut()
    world.browser.storage.block(false)
    await world.clock.advance(60_000)
    expect(world.stored()).not.toMatch(/refresh-/)
  })
})

describe('a rotated token', () => {
  it('is not dropped for a change of the user that came between, even without a lock', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const auth = new AuthClient({
      provider: {
        ...world.server.provider,
        actions: (host: ActionHost) => ({
          rename: (email: string) => host.updateUser(async () => ({ id: 'ada', email })),
        }),
      },
      storage: tab.storage,
      storageKey: 'app',
      environment: tab.environment,
    })
    await auth.signIn({ name: 'ada' })
    world.browser.locks.neverGrant(true)
    world.server.hold()
    const refresh = auth.refreshSession()
    await world.clock.advance(20_000)
    const rename = auth.actions.rename('ada@example.com')
    await world.clock.advance(9_000)
    world.server.release()
    await world.clock.advance(20_000)
    await rename
    expect((await refresh).session).toMatchObject({ accessToken: 'access-2' })
    expect((await auth.getSession())?.user?.email).toBe('ada@example.com')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

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
})

describe('P8: listeners cannot hurt', () => {
  it('INITIAL_SESSION comes exactly once to each, first', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    const late: string[] = []
    auth.onAuthStateChange((event) => late.push(event))
    await auth.refreshSession()
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1', 'TOKEN_REFRESHED access-2'])
    expect(late).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED'])
  })

  it('one that throws, or rejects, is reported, and the rest still run', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    auth.onAuthStateChange(() => {
      throw new Error('sync')
    })
    auth.onAuthStateChange(() => Promise.reject(new Error('async')))
    const heard: string[] = []
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    expect(heard).toContain('TOKEN_REFRESHED')
    expect(tab.errors.map(String)).toEqual(expect.arrayContaining(['Error: sync', 'Error: async']))
  })

  it('one that awaits refreshSession() gets its answer', async () => {
    const { auth } = await createWorld().signedIn()
    const inner = new Promise<Session>((resolve) => {
      const stop = auth.onAuthStateChange(async (event) => {
        if (event !== 'TOKEN_REFRESHED') return
        stop()
        resolve((await auth.refreshSession()).session)
      })
    })
    await auth.refreshSession()
    expect((await inner).accessToken).toBe('access-3')
  })

  it('one that never ends delays nobody', async () => {
    const { auth } = await createWorld().signedIn()
    auth.onAuthStateChange(() => new Promise(() => {}))
    expect((await auth.refreshSession()).session.accessToken).toBe('access-2')
  })

  it('events stay in order when a listener causes more of them', async () => {
    const { auth } = await createWorld().signedIn()
    const heard: string[] = []
    let stop = (): void => {}
    stop = auth.onAuthStateChange((event) => {
      if (event !== 'TOKEN_REFRESHED') return
      stop()
      auth.signOut()
    })
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    await auth.getSession()
    expect(heard).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED', 'SIGNED_OUT'])
  })
})

describe('P9: everything ends', () => {
  it('start-up settles when storage hangs, and a sign-in still works', async () => {
    const world = createWorld()
    world.browser.storage.hangReads(true)
    const { auth, events } = world.open()
    const session = auth.getSession()
    await world.clock.advance(2_000)
    expect(await session).toBeNull()
    expect(events).toEqual(['INITIAL_SESSION -'])
  })

  it('a lock that is never granted costs time, not the session', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    world.browser.locks.neverGrant(true)
    const refresh = auth.refreshSession()
    await world.clock.advance(20_000)
    expect((await refresh).session.accessToken).toBe('access-2')
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

describe('P10: clocks may lie', () => {
  it.each([-DAY, DAY, -400 * DAY, 400 * DAY])(
    'a device clock that is off by %i ms costs one refresh per token lifetime',
    async (clockSkew) => {
      const world = createWorld()
      const { auth } = world.open({}, { clockSkew })
      await auth.signIn({ name: 'ada' })
      await world.clock.advance(10 * HOUR)
      expect(world.server.sent.length).toBeGreaterThanOrEqual(10)
      // One per 49 minutes, where the margin and its window are the widest.
      expect(world.server.sent.length).toBeLessThanOrEqual(12)
    },
  )

  it.each([-DAY, DAY])('a clock that jumps by %i ms costs at most one refresh more', async (by) => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR / 2)
    world.clock.jump(by)
    for (let i = 0; i < 20; i++) await auth.getSession()
    expect(world.server.sent.length).toBeLessThanOrEqual(1)
    const next = world.open({ autoRefresh: false })
    for (let i = 0; i < 20; i++) await next.auth.getSession()
    expect(world.server.sent.length).toBeLessThanOrEqual(1)
  })

  it('a clock set back does not make a dead token look alive', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR + 1)
    world.clock.jump(-DAY)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a token of twenty seconds works: one refresh per twelve to fifteen', async () => {
    const world = createWorld({ lifetime: 20_000 })
    const { auth } = await world.signedIn()
    await world.clock.advance(150_000)
    expect(world.server.sent.length).toBeGreaterThanOrEqual(10)
    expect(world.server.sent.length).toBeLessThanOrEqual(12)
    expect(await auth.getSession()).not.toBeNull()
  })
})

describe('P11: tokens stay where they belong', () => {
  it('no debug entry, error or report holds one', async () => {
    const world = createWorld()
    const entries: DebugEntry[] = []
    const { auth, tab } = await world.signedIn('ada', { debug: (entry) => entries.push(entry) })
    world.browser.storage.setQuotaExceeded(true)
    world.server.outage()
    const error = await auth.refreshSession().catch((e: unknown) => e)
    await auth.refreshSession()
    await auth.signOut()
    expect(entries.length).toBeGreaterThan(5)
    const text = JSON.stringify([entries, error, String(error), tab.errors, tab.errors.map(String)])
    expect(text).not.toMatch(/(access|refresh)-\d/)
  })

  const calls: [string, string | null][] = []
  const answer = (status: number): void => {
    vi.stubGlobal('fetch', async (request: Request) => {
      calls.push([request.url, request.headers.get('authorization')])
      return new Response(await request.text(), { status: calls.length === 1 ? status : 200 })
    })
  }
  afterEach(() => {
    calls.length = 0
    vi.unstubAllGlobals()
  })

  it('auth.fetch attaches one only to origins on its list', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(200)
    for (const host of ['api.example', 'api.example.evil', 'other.example']) {
      await auth.fetch(`https://${host}/`)
    }
    expect(calls.map(([, token]) => token)).toEqual(['Bearer access-1', null, null])
  })

  it('a refresh for auth.fetch leaves the next one scheduled', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(401)
    world.server.hold()
    const response = auth.fetch('https://api.example/')
    await world.clock.settle()
    tab.hide()
    tab.show()
    await world.clock.settle()
    world.server.release()
    await response
    await world.clock.advance(HOUR)
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('auth.fetch answers a 401 with one refresh and one more try, body and all', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(401)
    const response = await auth.fetch('https://api.example/', { method: 'POST', body: 'hello' })
    expect(await response.text()).toBe('hello')
    expect(calls.map(([, token]) => token)).toEqual(['Bearer access-1', 'Bearer access-2'])
    expect(world.server.sent).toHaveLength(1)
  })
})

describe('P12: nothing is left behind', () => {
  it('after dispose no timer is pending, nobody is told, and calls say so', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    expect(world.clock.pending()).toBe(1)
    auth.dispose()
    auth.dispose()
    expect(world.clock.pending()).toBe(0)
    const before = events.length
    const other = world.open()
    await other.auth.refreshSession()
    await world.clock.settle()
    expect(events).toHaveLength(before)
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'disposed' })
    await expect(auth.signIn({ name: 'ada' })).rejects.toMatchObject({ code: 'disposed' })
  })

  it('an exchange in flight at dispose is still saved: a rotated token is never dropped', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    auth.refreshSession().catch(() => {})
    await world.clock.settle()
    auth.dispose()
    world.server.release()
    await world.clock.settle()
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a client can be constructed again on the same storage, as StrictMode does', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    auth.dispose()
    const again = world.open()
    expect((await again.auth.getSession())?.user?.id).toBe('ada')
  })
})

describe('the snapshot', () => {
  it('is the same object until something changes, and subscribers hear of each change', async () => {
    const { auth } = await createWorld().signedIn()
    const before = auth.getSnapshot()
    expect(auth.getSnapshot()).toBe(before)
    let told = 0
    const stop = auth.subscribe(() => told++)
    await auth.refreshSession()
    expect(auth.getSnapshot()).not.toBe(before)
    expect(told).toBe(1)
    stop()
    await auth.refreshSession()
    expect(told).toBe(1)
  })
})

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

describe('wrong use', () => {
  it('says what to do', async () => {
    const world = createWorld()
    const { signIn: _, ...provider } = world.server.provider
    const { auth } = world.open({ provider })
    await expect(auth.signIn({ name: 'ada' })).rejects.toBeInstanceOf(AuthError)
    expect(() => auth.actions).toThrow(AuthError)
    await expect(auth.setSession({ accessToken: 'a', refreshToken: '' })).rejects.toMatchObject({
      code: 'session_missing',
    })
  })
})
