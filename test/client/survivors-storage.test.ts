import { describe, expect, it } from 'vitest'
import type { Storage } from '../../src/index.js'
import { createWorld, DAY, HOUR } from '../support/world.js'

// Each of these was written because a planted bug survived all other tests: npm run mutants.

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
})

describe('a clock', () => {
  it('that is set back during a refresh does not cost another one', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    world.server.hold()
    const refresh = auth.refreshSession()
    await world.clock.advance(1_000)
    tab.setClockSkew(-DAY)
    world.server.release()
    await refresh
    await world.clock.advance(HOUR / 2)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('a storage that shows a write to the other tabs a moment later', () => {
  it('costs no second refresh', async () => {
    const world = createWorld()
    const views = [new Map<string, string>(), new Map<string, string>()]
    const change = (mine: Map<string, string>, edit: (view: Map<string, string>) => void): void => {
      edit(mine)
      for (const view of views) world.clock.schedule(50, () => edit(view))
    }
    const [first, second] = views.map(
      (view): Storage => ({
        lag: 100,
        get: (key) => view.get(key) ?? null,
        set: (key, text) => change(view, (entries) => entries.set(key, text)),
        remove: (key) => change(view, (entries) => entries.delete(key)),
      }),
    )
    const { auth } = await world.signedIn('ada', { storage: first, autoRefresh: false })
    await world.clock.advance(1_000)
    const sibling = world.open({ storage: second, autoRefresh: false })
    await sibling.auth.getSession()
    await world.clock.advance(HOUR)
    const sessions = Promise.all([auth.getSession(), sibling.auth.getSession()])
    await world.clock.advance(1_000)
    expect((await sessions).map((session) => session?.accessToken)).toEqual([
      'access-2',
      'access-2',
    ])
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('a sign-out', () => {
  it('wins over a refresh that is about to be saved in another tab', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const sibling = world.open()
    let armed = false
    const set = async (key: string, text: string): Promise<void> => {
      if (armed) {
        armed = false
        await sibling.auth.signOut()
        sibling.auth.dispose()
      }
      await tab.storage.set(key, text)
    }
    const { auth } = await world.signedIn('ada', { storage: { ...tab.storage, set } })
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    armed = true
    await auth.refreshSession().catch(() => {})
    auth.dispose()
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('ends also the session of somebody who signed in elsewhere, unheard of', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    await sibling.auth.signIn({ name: 'bob' })
    await auth.signOut()
    expect(world.stored()).not.toMatch(/refresh-/)
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('reaches the other tabs also when storage is full', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await auth.signOut()
    await world.clock.advance(5_000)
    expect(await sibling.auth.getSession()).toBeNull()
    expect(world.stored()).not.toMatch(/refresh-/)
  })

  it('reaches a tab whose own refresh is not saved yet', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await sibling.auth.refreshSession()
    world.browser.storage.setQuotaExceeded(false)
    await auth.signOut()
    auth.dispose()
    await world.clock.advance(5_000)
    expect(await sibling.auth.getSession()).toBeNull()
    expect(world.stored()).not.toMatch(/refresh-/)
  })

  it('reaches at once a tab that is just reading', async () => {
    const world = createWorld()
    const sibling = await world.signedIn()
    const tab = world.browser.tab()
    let armed = false
    const get = async (key: string): Promise<string | null | undefined> => {
      if (armed && key !== 'app') {
        armed = false
        await sibling.auth.signOut()
      }
      return tab.storage.get(key)
    }
    const { auth, tab: mine } = world.open({ storage: { ...tab.storage, get } })
    await auth.getSession()
    world.browser.bus.loseMessages(true)
    armed = true
    mine.focus()
    await world.clock.settle()
    expect(auth.getSnapshot().status).toBe('signed-out')
  })

  it('is not undone by a sign-in that is still being saved', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const set = async (key: string, text: string): Promise<void> => {
      await new Promise<void>((resolve) => world.clock.schedule(100, resolve))
      await tab.storage.set(key, text)
    }
    const { auth } = world.open({ storage: { ...tab.storage, set } })
    const signIn = auth.signIn({ name: 'bob' }).catch(() => {})
    await world.clock.settle()
    const signOut = auth.signOut()
    await world.clock.advance(1_000)
    await Promise.all([signIn, signOut])
    expect(await world.open().auth.getSession()).toBeNull()
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
})

describe('a disposed client', () => {
  it('does not stand in line for the lock any more', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.locks.neverGrant(true)
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'disposed' })
    await world.clock.settle()
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(1)
    auth.dispose()
    await refresh
    await world.clock.settle()
    expect(world.browser.locks.queue('holdfast:app')).toEqual([])
  })
})
