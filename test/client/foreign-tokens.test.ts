import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.js'

describe('a token held elsewhere', () => {
  it('signs its owner in: SIGNED_IN, then TOKEN_REFRESHED, and it is saved', async () => {
    const world = createWorld()
    const { auth, events } = world.open()
    const { refreshToken = '' } = world.server.issue('ada')
    const { session } = await auth.refreshSession(refreshToken)
    expect(session.user?.id).toBe('ada')
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-2', 'TOKEN_REFRESHED access-2'])
    const next = world.open()
    expect((await next.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('can be refreshed for the caller alone', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn('ada')
    const before = events.length
    const { refreshToken = '' } = world.server.issue('bob')
    const { user } = await auth.refreshSession(refreshToken, { makeCurrent: false })
    expect(user?.id).toBe('bob')
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(events).toHaveLength(before)
  })

  it('that is rejected leaves the current session alone', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    await expect(auth.refreshSession('nonsense')).rejects.toMatchObject({
      code: 'refresh_rejected',
    })
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('is sent once by calls that wait together, and its successor by a call that comes later', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const { refreshToken = '' } = world.server.issue('ada')
    world.server.hold()
    const together = [auth.refreshSession(refreshToken), auth.refreshSession(refreshToken)]
    await world.clock.settle()
    const later = auth.refreshSession(refreshToken)
    await world.clock.settle()
    world.server.release()
    await Promise.all([...together, later])
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('is sent again, rotated, for a call that comes after its request has left', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const { refreshToken } = world.server.issue('ada')
    world.server.hold()
    const first = auth.refreshSession(refreshToken)
    await world.clock.settle()
    const second = auth.refreshSession(refreshToken)
    await world.clock.settle()
    world.server.release()
    expect((await first).session.accessToken).toBe('access-2')
    expect((await second).session.accessToken).toBe('access-3')
  })

  it('changes nothing when another tab signs out during its refresh', async () => {
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

  /** A token whose first trade has left, so that what comes now waits for it together. */
  async function waitingLine() {
    const world = createWorld()
    const { auth } = world.open()
    const { refreshToken = '' } = world.server.issue('ada')
    await auth.getSession()
    world.server.hold()
    const first = auth.refreshSession(refreshToken, { makeCurrent: false })
    await world.clock.settle()
    return { world, auth, refreshToken, first }
  }

  it('is traded once for each organization that it is wanted for', async () => {
    const { world, auth, refreshToken, first } = await waitingLine()
    const wanted = ['org_1', 'org_2', 'org_1'].map((organizationId) =>
      auth.refreshSession(refreshToken, { organizationId, makeCurrent: false }),
    )
    await world.clock.settle()
    world.server.release()
    await first
    const sessions = await Promise.all(wanted)
    expect(sessions.map(({ session }) => session.organizationId)).toEqual([
      'org_1',
      'org_2',
      'org_1',
    ])
    expect(world.server.organizations).toEqual([undefined, 'org_1', 'org_2'])
  })

  it.each([
    [true, false],
    [false, true],
  ])(
    'becomes current if one of those who share its trade wants that (%s, %s)',
    async (...wishes) => {
      const { world, auth, refreshToken, first } = await waitingLine()
      const calls = wishes.map((makeCurrent) => auth.refreshSession(refreshToken, { makeCurrent }))
      await world.clock.settle()
      world.server.release()
      await first
      await Promise.all(calls)
      expect(world.server.sent).toHaveLength(2)
      expect((await auth.getSession())?.accessToken).toBe('access-3')
    },
  )

  it('goes on with its session where the server does not rotate it', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const { refreshToken = '' } = world.server.issue('ada')
    const { refreshToken: _, ...answer } = world.server.issue('ada')
    world.server.fail({ answer })
    expect((await auth.refreshSession(refreshToken)).session.refreshToken).toBe(refreshToken)
  })

  it('that has become the current session’s is traded as such from then on, not signed in anew', async () => {
    const world = createWorld()
    const { auth, events } = world.open()
    const { refreshToken } = world.server.issue('ada')
    world.server.hold()
    const first = auth.refreshSession(refreshToken)
    await world.clock.settle()
    const second = auth.refreshSession(refreshToken, { organizationId: 'org_1' })
    await world.clock.settle()
    world.server.releaseOne()
    await first
    const pointer = world.browser.storage.entries.get('app')
    world.server.release()
    expect((await second).session).toMatchObject({
      accessToken: 'access-3',
      organizationId: 'org_1',
    })
    expect(world.browser.storage.entries.get('app')).toBe(pointer)
    expect(events.at(-1)).toBe('TOKEN_REFRESHED access-3')
  })
})
