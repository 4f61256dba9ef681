import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, type WakeSign } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

// Each of these was found by random worlds: npm run simulate.

const QUIET = { autoRefresh: false } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

const codeOf = (error: { readonly code?: unknown }): unknown => error.code

describe('a call that was made for ada', () => {
  it('is not answered with bob’s session when it stands behind an older request', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const older = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    const queued = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    const bobs = auth.refreshSession()
    world.server.release()
    expect([await older, await queued]).toEqual(['superseded', 'superseded'])
    expect((await bobs).user?.id).toBe('bob')
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })

  it('is not answered with bob’s session when it waits for the lock', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.locks.neverGrant(true)
    const first = auth.refreshSession().catch(codeOf)
    const joined = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    world.server.setLifetime(10_000)
    await auth.signIn({ name: 'bob' })
    await world.clock.advance(9_500)
    const bobs = auth.getSession()
    const forced = auth.refreshSession()
    world.browser.locks.neverGrant(false)
    expect([await first, await joined]).toEqual(['superseded', 'superseded'])
    expect(await bobs).toMatchObject({ user: { id: 'bob' }, accessToken: 'access-3' })
    expect((await forced).session.accessToken).toBe('access-3')
    expect(world.server.sent).toEqual(['refresh-2'])
  })
})

describe('after dispose()', () => {
  it('no request leaves, not even that of a refresh which was reading storage', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.storage.hangReads(true)
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    auth.dispose()
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    expect(await refresh).toBe('disposed')
    expect(world.server.sent).toEqual([])
  })

  it('no rejection is left unhandled by a refresh that was still looking for a session', async () => {
    const world = createWorld()
    const { auth } = world.open()
    await auth.getSession()
    world.browser.bus.loseMessages(true)
    await world.signedIn('ada')
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    world.browser.storage.hangReads(true)
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    auth.dispose()
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    process.off('unhandledRejection', unhandled)
    expect(await refresh).toBe('disposed')
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('the lock', () => {
  it('is asked for once by a tab that could not save, however long it is not granted', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', QUIET)
    world.browser.storage.setQuotaExceeded(true)
    await auth.refreshSession()
    world.browser.locks.neverGrant(true)
    await world.clock.advance(15_000)
    expect(world.browser.locks.queue('holdfast:app')).toEqual([tab.name])
  })
})

describe('tabs that wait for another one’s refresh', () => {
  /** Tabs of ada whose holder of the lock keeps it for a second after each save. */
  async function laggingTabs(count: number) {
    const world = createWorld()
    const tabs = Array.from({ length: count }, () => {
      const { storage } = world.browser.tab({ storage: 'sync' })
      const fetchOrigins = ['https://api.example']
      return world.open({ ...QUIET, fetchOrigins, storage: { ...storage, lag: 1_000 } }).auth
    })
    await tabs[0]?.signIn({ name: 'ada' })
    await world.clock.settle()
    world.server.hold()
    return { world, tabs }
  }

  it('have the new token as soon as they hear of it, while the lock is still held', async () => {
    const { world, tabs } = await laggingTabs(10)
    await world.clock.advance(HOUR + 1)
    const answers: (string | undefined)[] = []
    for (const auth of tabs) auth.getSession().then((it) => answers.push(it?.accessToken))
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    expect(answers).toEqual(tabs.map(() => 'access-2'))
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(1)
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('send their requests again with it, when theirs was refused', async () => {
    const { world, tabs } = await laggingTabs(2)
    vi.stubGlobal('fetch', async ({ headers }: Request) => {
      const stale = headers.get('authorization') === 'Bearer access-1'
      return new Response(null, { status: stale ? 401 : 200 })
    })
    const answers: unknown[] = []
    for (const auth of tabs) {
      const answer = auth.fetch('https://api.example/')
      answer.then(({ status }) => answers.push(status)).catch((error) => answers.push(error))
    }
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    expect(answers).toEqual([200, 200])
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('a page that comes back from the back/forward cache', () => {
  it('does not wait for the request that was in flight when it was put away', async () => {
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
})

describe('a refresh that failed while a sibling’s session arrived', () => {
  it('is not sent again before the time that the server asked for', async () => {
    const world = createWorld({ lifetime: 60_000 })
    const { auth, tab } = await world.signedIn('ada', QUIET)
    await world.clock.advance(60_000)
    world.server.hold()
    const error = new AuthError('rate_limited', 'Not now.', { retryAfter: 30_000 })
    world.server.fail({ error })
    const call = auth.getSession().catch(codeOf)
    await world.clock.settle()
    const { entries } = world.browser.storage
    for (const [key, text] of entries) {
      const theirs = text
        .replace('access-1', 'access-x')
        .replace('"revision":1', '"revision":2')
        .replace(/"savedAt":\d+/, `"savedAt":${world.clock.now()}`)
      entries.set(key, theirs)
    }
    tab.focus()
    await world.clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('access-x')
    world.server.release()
    expect(await call).toBe('rate_limited')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})
