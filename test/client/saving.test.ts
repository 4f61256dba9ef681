import { describe, expect, it } from 'vitest'
import type { Grant, Storage } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

describe('a session that was found at the start while storage was full', () => {
  /** What happens to it once there is room again, and the tab is focused. */
  async function later(options: object) {
    const world = createWorld()
    world.browser.storage.setQuotaExceeded(true)
    const { auth, tab } = world.open(options)
    const first = await auth.getSession()
    world.browser.storage.setQuotaExceeded(false)
    await world.clock.advance(120_000)
    tab.focus()
    await world.clock.advance(5_000)
    return { first, last: await auth.getSession(), next: await world.open().auth.getSession() }
  }
  const grant: Grant = {
    accessToken: 'a1',
    refreshToken: 'http-only.s1',
    lifetime: HOUR,
    user: { id: 'ada' },
    sessionId: 's1',
  }

  it('stays, and is saved, when another library had left it', async () => {
    const takeOver = { key: 'theirs', parse: () => grant, storage: ofOneEntry('theirs', 'old') }
    const { first, last, next } = await later({ takeOver })
    for (const session of [first, last, next]) expect(session?.accessToken).toBe('a1')
  })

  it('stays, and is saved, when the browser’s cookies had it', async () => {
    const provider = { ...createWorld().server.provider, resume: async () => grant }
    const { first, last, next } = await later({ provider })
    for (const session of [first, last, next]) expect(session?.accessToken).toBe('a1')
  })
})

function ofOneEntry(key: string, text: string): Storage {
  const entries = new Map([[key, text]])
  return {
    get: (name) => entries.get(name) ?? null,
    set: (name, value) => void entries.set(name, value),
    remove: (name) => void entries.delete(name),
  }
}

describe('a storage whose writes are seen by other processes a moment later', () => {
  const LAG = 100
  const SEEN_AFTER = 50

  it.each(['a refresh', 'a save that is tried again', 'a failed attempt'])(
    'costs no second request after %s',
    async (what) => {
      const world = createWorld()
      const { storage } = world.browser.tab({ storage: 'sync' })
      /** What the second process sees. */
      const copy = new Map<string, string>()
      const follow = (): void => {
        copy.clear()
        for (const [key, text] of world.browser.storage.entries) copy.set(key, text)
      }
      const one = world.open({ ...QUIET, storage: { ...storage, lag: LAG } })
      await one.auth.signIn({ name: 'ada' })
      await world.clock.settle()
      follow()
      const { storage: behind } = world.browser.tab({ storage: 'sync' })
      const two = world.open({
        ...QUIET,
        storage: {
          get: (key) => copy.get(key) ?? null,
          set: behind.set,
          remove: behind.remove,
          lag: LAG,
        },
        environment: { channel: { open: () => ({ post() {}, close() {} }) } },
      })
      expect((await two.auth.getSession())?.accessToken).toBe('access-1')
      if (what === 'a failed attempt') {
        await world.clock.advance(HOUR)
        world.server.outage()
        await one.auth.getSession().catch(() => {})
      } else {
        world.browser.storage.setQuotaExceeded(what !== 'a refresh')
        await one.auth.refreshSession()
        world.browser.storage.setQuotaExceeded(false)
        for (let ms = 0; ms < 60_000 && !world.stored().includes('refresh-2'); ms += 10) {
          await world.clock.advance(10)
        }
      }
      const sent = world.server.sent.length
      const answer = two.auth.getSession().catch(() => null)
      const forced = what === 'a failed attempt' ? null : two.auth.refreshSession()
      await world.clock.advance(SEEN_AFTER)
      follow()
      await world.clock.advance(SEEN_AFTER)
      await Promise.all([answer, forced])
      expect(world.server.sent.filter((token) => token === 'refresh-1')).toHaveLength(1)
      expect(world.server.sent.length).toBe(sent + (forced ? 1 : 0))
    },
  )
})

describe('a request that may take longer than usual', () => {
  it.each([10_000, 30_000])(
    'is waited for by the other tabs: with %i ms no token is sent twice',
    async (requestTimeout) => {
      const world = createWorld()
      const one = await world.signedIn('ada', { ...QUIET, requestTimeout })
      const two = world.open({ ...QUIET, requestTimeout })
      await two.auth.getSession()
      world.server.hold()
      const first = one.auth.refreshSession()
      await world.clock.advance(1)
      const second = two.auth.refreshSession()
      await world.clock.advance(requestTimeout - 5_000)
      world.server.release()
      await world.clock.advance(60_000)
      expect((await first).session.accessToken).toBe('access-2')
      expect((await second).session.accessToken).toBe('access-3')
      expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    },
  )
})

describe('what is left in storage after a sign-out', () => {
  it('is no token, not even one that could not be read or that 0.1 had set aside', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const { entries } = world.browser.storage
    const slot = [...entries.keys()].find((key) => key.startsWith('app.')) ?? ''
    entries.set('app.unreadable', entries.get(slot) ?? '')
    entries.set(slot, (entries.get(slot) ?? '').replace('"v":1', '"v":2'))
    await world.open().auth.getSession()
    await world.clock.advance(5_000)
    await auth.signOut()
    await world.clock.advance(60_000)
    expect(world.stored()).not.toMatch(/(refresh|access)-\d/)
    expect([...entries.keys()]).toEqual(['app'])
  })

  it('is no secret of a redirect that was under way, and nothing about a sick server', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      provider: {
        ...world.server.provider,
        actions: ({ saveFlow }) => ({ begin: () => saveFlow({ secret: 's3cret', purpose: 'x' }) }),
      },
    })
    const { actions } = auth
    if ('begin' in actions && typeof actions.begin === 'function') await actions.begin()
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    expect(world.stored()).toContain('s3cret')
    expect(world.stored()).toContain('failures')
    await auth.signOut()
    expect(world.stored()).not.toContain('s3cret')
    expect(world.stored()).not.toContain('failures')
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
