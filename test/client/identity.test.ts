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
})
