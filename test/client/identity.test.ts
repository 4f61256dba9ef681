import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.js'

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
    await world.clock.advance(22_000)
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

  it('sign-out gives up the refresh in flight: the next account, in another tab, need not wait for it', async () => {
    const { world, one, two } = await refreshInFlight()
    await one.auth.signOut()
    await two.auth.signIn({ name: 'bob' })
    const refresh = two.auth.refreshSession()
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    world.server.release()
    expect((await refresh).user?.id).toBe('bob')
  })

  it('a refresh resolves to its own session, though somebody signs in while it is being saved', async () => {
    const world = createWorld()
    const { storage } = world.browser.tab()
    let signIn: (() => Promise<unknown>) | null = null
    const { auth } = await world.signedIn('ada', {
      autoRefresh: false,
      storage: {
        ...storage,
        async set(key, text) {
          if (text.includes('refresh-2')) signIn?.()
          await world.clock.settle()
          await storage.set(key, text)
        },
      },
    })
    // What is known of a failure is taken back after a success: one more write, behind that of bob.
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    let signedIn: Promise<unknown> | null = null
    signIn = () => {
      signIn = null
      signedIn = auth.signIn({ name: 'bob' })
      return signedIn
    }
    expect((await auth.refreshSession()).user?.id).toBe('ada')
    await signedIn
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })

  it('a refusal does not end who signed in so lately that storage does not show it yet', async () => {
    const world = createWorld()
    const LAG = 100
    /** What the second process sees of the storage of the first one. */
    const copy = new Map<string, string>()
    const follow = (): void => {
      copy.clear()
      for (const [key, text] of world.browser.storage.entries) copy.set(key, text)
    }
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    follow()
    const { storage: disk } = world.browser.tab({ storage: 'sync' })
    const behind = world.open({
      autoRefresh: false,
      storage: {
        get: (key) => copy.get(key) ?? null,
        set(key, text) {
          copy.set(key, text)
          return disk.set(key, text)
        },
        remove(key) {
          copy.delete(key)
          return disk.remove(key)
        },
        lag: LAG,
      },
    })
    await behind.auth.getSession()
    world.server.endAll()
    await auth.signIn({ name: 'bob' })
    world.clock.schedule(LAG, follow)
    const refused = behind.auth.refreshSession().catch((error: unknown) => error)
    await world.clock.advance(3 * LAG)
    await refused
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })
})
