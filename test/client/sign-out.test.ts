import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.js'

describe('a sign-out', () => {
  it('clears at once, whatever the network does, and revokes behind the caller', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn('ada', {
      provider: { ...world.server.provider, signOut: () => new Promise(() => {}) },
    })
    const signOut = auth.signOut()
    expect(auth.getSnapshot().status).toBe('signed-out')
    await signOut
    expect(events.at(-1)).toBe('SIGNED_OUT - because user')
    expect(world.stored()).not.toContain('refresh-1')
  })

  it('is local unless told otherwise, and `others` keeps this session', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    await auth.signOut({ scope: 'others' })
    expect(await auth.getSession()).not.toBeNull()
    await auth.signOut()
    expect(world.server.revoked).toEqual(['others access-1', 'local access-1'])
  })

  it('reaches the other tabs, with the reason', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const other = world.open()
    await world.clock.settle()
    await auth.signOut()
    await world.clock.settle()
    expect(other.events.at(-1)).toBe('SIGNED_OUT - because other-context elsewhere')
    expect(other.auth.getSnapshot().session).toBeNull()
  })

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

  it('that could not be saved is tried again', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.storage.block(true)
    await auth.signOut()
    world.browser.storage.block(false)
    await world.clock.advance(60_000)
    expect(world.stored()).not.toMatch(/refresh-/)
  })
})
