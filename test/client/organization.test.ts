import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const stepRequired = (): AuthError =>
  new AuthError('step_required', 'Sign in by SSO.', { details: { step: 'sso_required' } })

describe('switching the organization', () => {
  it('resolves to a session in it, and later refreshes stay there', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const { session } = await auth.refreshSession({ organizationId: 'org_1' })
    expect(session.organizationId).toBe('org_1')
    await world.clock.advance(2 * HOUR)
    expect(new Set(world.server.organizations)).toEqual(new Set(['org_1']))
    expect(auth.getSnapshot().session?.organizationId).toBe('org_1')
  })

  it('asked for during a refresh, happens after it and is not dropped', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    const plain = auth.refreshSession()
    await world.clock.settle()
    const switched = auth.refreshSession({ organizationId: 'org_1' })
    await world.clock.settle()
    expect(world.server.organizations).toEqual([undefined])
    world.server.release()
    expect((await plain).session.organizationId).toBeUndefined()
    expect((await switched).session.organizationId).toBe('org_1')
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('is not mixed up with a refresh or a switch that waits beside it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const calls = [
      auth.refreshSession(),
      auth.refreshSession({ organizationId: 'org_1' }),
      auth.refreshSession({ organizationId: 'org_2' }),
      auth.refreshSession({ organizationId: 'org_1' }),
    ]
    const sessions = (await Promise.all(calls)).map(({ session }) => session.organizationId)
    expect(sessions).toEqual([undefined, 'org_1', 'org_2', 'org_1'])
    expect(world.server.sent.length).toBeLessThanOrEqual(4)
  })

  it('that the server wants another step for is an error, and the session goes on', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    world.server.fail({ error: stepRequired() })
    await expect(auth.refreshSession({ organizationId: 'org_1' })).rejects.toMatchObject({
      code: 'step_required',
      retryable: false,
      details: { step: 'sso_required' },
    })
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    await world.clock.advance(HOUR)
    expect(world.server.organizations).toEqual(['org_1', undefined])
    expect(events.some((event) => event.startsWith('SIGNED_OUT'))).toBe(false)
  })

  it('does not fail those who asked for a refresh and no more', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.fail({ error: stepRequired() })
    const switched = auth.refreshSession({ organizationId: 'org_1' })
    const plain = auth.refreshSession()
    await expect(switched).rejects.toMatchObject({ code: 'step_required' })
    expect((await plain).session.accessToken).toBe('access-2')
  })

  it('asks again when it gets what an earlier request lost, in the organization of that', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.fail({ answer: world.server.issue('ada', 'org_0') })
    const { session } = await auth.refreshSession({ organizationId: 'org_1' })
    expect(session.organizationId).toBe('org_1')
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('is an error when the server never does it, and the session goes on', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    for (let i = 0; i < 3; i++) world.server.fail({ answer: world.server.issue('ada', 'org_0') })
    await expect(auth.refreshSession({ organizationId: 'org_1' })).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
    })
    expect((await auth.getSession())?.organizationId).toBe('org_0')
  })

  it('works with a token held elsewhere, which is another request than one without', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const { refreshToken } = world.server.issue('bob', 'org_0')
    const { session } = await auth.refreshSession(refreshToken ?? '', {
      makeCurrent: false,
      organizationId: 'org_1',
    })
    expect(session).toMatchObject({ organizationId: 'org_1', user: { id: 'bob' } })
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('reaches the other tabs', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    await auth.refreshSession({ organizationId: 'org_1' })
    await world.clock.settle()
    expect(sibling.auth.getSnapshot().session?.organizationId).toBe('org_1')
  })
})
