import { describe, expect, it } from 'vitest'
import { createWorld, HOUR } from '../support/world.js'

/** A refresh of ada's session that has left, and whose answer is still out. */
async function refreshInFlight() {
  const world = createWorld()
  const one = await world.signedIn('ada', { autoRefresh: false })
  const two = world.open({ autoRefresh: false })
  await two.auth.getSession()
  world.server.hold()
  const refresh = one.auth.refreshSession().then(
    () => 'done',
    (error) => error.code,
  )
  await world.clock.settle()
  expect(world.server.sent).toEqual(['refresh-1'])
  return { world, one, two, refresh }
}

describe('P6: a result is committed only over the session it set out to replace', () => {
  it('sign-out during a refresh wins, in memory, in storage and in the other tabs', async () => {
    const { world, one, two, refresh } = await refreshInFlight()
    await one.auth.signOut()
    world.server.release()
    await world.clock.settle()
    expect(await refresh).toBe('session_missing')
    expect(await one.auth.getSession()).toBeNull()
    expect(await two.auth.getSession()).toBeNull()
    expect(world.stored()).not.toMatch(/access-|refresh-/)
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('sign-out in another tab during a refresh wins', async () => {
    const { world, one, two, refresh } = await refreshInFlight()
    await two.auth.signOut()
    world.server.release()
    await world.clock.settle()
    expect(await refresh).toBe('session_missing')
    expect(await one.auth.getSession()).toBeNull()
    expect(one.events.at(-1)).toBe('SIGNED_OUT - because other-context elsewhere')
    expect(world.stored()).not.toMatch(/access-|refresh-/)
  })

  it('another account that signs in during a refresh wins', async () => {
    const { world, one, two, refresh } = await refreshInFlight()
    await two.auth.signIn({ name: 'bob' })
    world.server.release()
    await world.clock.settle()
    expect(await refresh).toBe('superseded')
    expect((await one.auth.getSession())?.user?.id).toBe('bob')
    expect((await two.auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })

  it('a token that was refused is refused for the twin of its session too', async () => {
    const { world, one, refresh } = await refreshInFlight()
    // A server that forgives answers one trade twice: storage has the other answer.
    for (const [key, text] of world.browser.storage.entries) {
      world.browser.storage.entries.set(key, text.replace('access-1', 'access-twin'))
    }
    world.server.endAll()
    world.server.release()
    await world.clock.settle()
    expect(await refresh).toBe('refresh_rejected')
    expect(await one.auth.getSession()).toBeNull()
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('sign-out wins over a refresh even when no lock works', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', { autoRefresh: false })
    const two = world.open({ autoRefresh: false })
    await two.auth.getSession()
    world.browser.locks.neverGrant(true)
    world.server.hold()
    const refresh = one.auth.refreshSession().catch((error) => error.code)
    await world.clock.advance(20_000)
    await two.auth.signOut()
    world.server.release()
    await world.clock.settle()
    expect(await refresh).toBe('session_missing')
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('the later of a sign-in and a sign-out wins', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const signIn = auth.signIn({ name: 'bob' }).catch((error) => error.code)
    await auth.signOut()
    expect(await signIn).toBe('superseded')
    expect(await auth.getSession()).toBeNull()
  })

  it('a refresh that answers with another person’s session is refused', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    world.server.fail({ answer: world.server.issue('mallory') })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'bad_response' })
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('a foreign refresh during which somebody signed out changes nothing', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { refreshToken = '' } = world.server.issue('bob')
    world.server.hold()
    const foreign = auth.refreshSession(refreshToken)
    await world.clock.settle()
    await auth.signOut()
    world.server.release()
    expect((await foreign).user?.id).toBe('bob')
    expect(await auth.getSession()).toBeNull()
  })
})

describe('a foreign refresh', () => {
  it('during which another tab signed out changes nothing', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const other = world.open()
    await other.auth.getSession()
    const { refreshToken = '' } = world.server.issue('bob')
    world.server.hold()
    const foreign = auth.refreshSession(refreshToken)
    await world.clock.settle()
    await other.auth.signOut()
    await world.clock.settle()
    world.server.release()
    expect((await foreign).user?.id).toBe('bob')
    expect(await auth.getSession()).toBeNull()
    expect(await world.open().auth.getSession()).toBeNull()
  })
})

describe('sign-out', () => {
  it('gives up the refresh in flight: the next account, in another tab, need not wait for it', async () => {
    const { world, one, two } = await refreshInFlight()
    await one.auth.signOut()
    await two.auth.signIn({ name: 'bob' })
    const refresh = two.auth.refreshSession()
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    world.server.release()
    expect((await refresh).user?.id).toBe('bob')
  })

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
})

describe('storage that was cleared behind our back', () => {
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
})

describe('tabs and sleep', () => {
  it('a hidden tab does not refresh by itself; it does when it is seen again', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada')
    tab.hide()
    await world.clock.advance(3 * HOUR)
    expect(world.server.sent).toHaveLength(0)
    tab.show()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(1)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a tab that crashes leaves its session to the next one', async () => {
    const world = createWorld()
    const { tab } = await world.signedIn('ada', { autoRefresh: false })
    tab.crash()
    const next = world.open()
    expect((await next.auth.getSession())?.accessToken).toBe('access-1')
  })

  it('fifty visibility flips are no event', async () => {
    const world = createWorld()
    const { tab, events } = await world.signedIn('ada')
    const before = events.length
    for (let i = 0; i < 50; i++) {
      tab.hide()
      tab.show()
      await world.clock.settle()
    }
    expect(events).toHaveLength(before)
    expect(world.server.sent).toHaveLength(0)
  })
})
