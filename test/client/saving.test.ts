import { describe, expect, it } from 'vitest'
import { type Grant, resumeWith, type Storage, takeOver } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

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
    const storage = ofOneEntry('theirs', 'old')
    const left = takeOver({ key: 'theirs', parse: () => grant, storage })
    const { first, last, next } = await later({ takeOver: left })
    for (const session of [first, last, next]) expect(session?.accessToken).toBe('a1')
  })

  it('stays, and is saved, when the browser’s cookies had it', async () => {
    const provider = { ...createWorld().server.provider, resume: resumeWith(async () => grant) }
    const { first, last, next } = await later({ provider })
    for (const session of [first, last, next]) expect(session?.accessToken).toBe('a1')
  })

  it('is not taken back by the one that storage still has, whatever the clock says meanwhile', async () => {
    for (const clockSkew of [0, -3 * HOUR]) {
      const world = createWorld()
      const answers = [grant, { ...grant, accessToken: 'a2', sessionId: 's2' }]
      const resume = resumeWith(async () => answers.shift())
      const options = { provider: { ...world.server.provider, resume } }
      const old = world.open(options)
      expect((await old.auth.getSession())?.accessToken).toBe('a1')
      old.auth.dispose()
      await world.clock.advance(2 * HOUR)
      world.browser.storage.setQuotaExceeded(true)
      const { auth, events } = world.open(options, { clockSkew })
      expect((await auth.getSession())?.accessToken).toBe('a2')
      await world.clock.advance(10_000)
      expect((await auth.getSession())?.accessToken).toBe('a2')
      expect(events).toEqual(['INITIAL_SESSION a2'])
      world.browser.storage.setQuotaExceeded(false)
      await world.clock.advance(120_000)
      expect(world.stored()).not.toContain('a1')
      expect(world.stored()).toContain('a2')
    }
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
})

describe('a save', () => {
  it('that fails once is tried again at once: a sibling would send the old token', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.storage.failNextSet(new Error('a hiccup'))
    await auth.refreshSession()
    expect(world.stored()).toContain('refresh-2')
  })

  it('that fails again and again is tried with longer and longer pauses', async () => {
    const world = createWorld()
    const { storage } = world.browser.tab()
    let writes = 0
    const set: typeof storage.set = (key, text) => {
      writes++
      return storage.set(key, text)
    }
    const { auth } = await world.signedIn('ada', { storage: { ...storage, set } })
    world.browser.storage.setQuotaExceeded(true)
    writes = 0
    await auth.refreshSession()
    await world.clock.advance(120_000)
    expect(writes).toBeGreaterThan(3)
    // Two tries each time.
    expect(writes).toBeLessThan(20)
  })

  it('of a refresh changes one entry of storage, as long as the server is well', async () => {
    const world = createWorld()
    const { get, set, remove } = world.browser.tab().storage
    const changed: string[] = []
    const storage: Storage = {
      get,
      set: (key, text) => {
        changed.push(key)
        return set(key, text)
      },
      remove: (key) => {
        changed.push(key)
        return remove(key)
      },
    }
    const { auth } = await world.signedIn('ada', { autoRefresh: false, storage })
    changed.length = 0
    await auth.refreshSession()
    expect(changed).toEqual([expect.stringMatching(/^app\..+/)])
  })
})
