import { describe, expect, it } from 'vitest'
import { unsealText } from '../../../src/server/sealed/seal.js'
import { createWorkOSSessions } from '../../../src/server/workos/index.js'
import { createStage, PASSWORD, signed } from '../sealed/sealed-sessions-stage.js'

const OTHER = 'another password of at least 32 characters'
const HOUR = 3_600_000
const cookiePassword = PASSWORD

describe('the names of WorkOS’s SDK', () => {
  it('say of a cookie what ours say', async () => {
    const { cookie, sessions, clock } = createStage(signed)
    const sessionData = await cookie()
    const theirs = sessions.loadSealedSession({ sessionData, cookiePassword })
    const ours = sessions.openSession({ value: sessionData, password: PASSWORD })
    const { signedIn: authenticated, ...known } = await ours.getSession()
    expect(authenticated).toBe(true)
    expect(await theirs.authenticate()).toEqual({ authenticated, ...known })
    expect(await theirs.getLogoutUrl()).toBe(await ours.getSignOutUrl())
    clock.time += HOUR
    const { signedIn, ...failure } = await ours.getSession()
    expect([signedIn, failure]).toEqual([false, { retryable: false, reason: 'invalid_jwt' }])
    expect(await theirs.authenticate()).toEqual({ authenticated: signedIn, ...failure })
  })

  it('refresh a session, hold its new tokens, and seal it by a new password', async () => {
    const { cookie, sessions } = createStage(signed)
    const session = sessions.loadSealedSession({ sessionData: await cookie(), cookiePassword })
    const result = await session.refresh({ cookiePassword: OTHER, organizationId: 'org_2' })
    expect(result).toMatchObject({ authenticated: true, organizationId: 'org_2' })
    expect(await unsealText(result.sealedSession ?? '', OTHER)).toContain('"refreshToken"')
    expect(await session.authenticate()).toMatchObject({ organizationId: 'org_2' })
  })

  it('give the new value of the cookie, and that only', async () => {
    const { cookie, sessions, server } = createStage(signed)
    const asked = { sessionData: await cookie(), cookiePassword, organizationId: 'org_2' }
    const result = await sessions.refreshAndSealSessionData(asked)
    expect(result).toEqual({ authenticated: true, sealedSession: expect.any(String) })
    const value = result.authenticated ? result.sealedSession : ''
    const found = await sessions.openSession({ value, password: PASSWORD }).getSession()
    expect(found).toMatchObject({ organizationId: 'org_2' })
    expect(server.count('refresh_token')).toBe(1)
  })

  it('call the refusal of an organization as WorkOS’s documentation does', async () => {
    const { cookie, sessions } = createStage(signed)
    const sessionData = await cookie()
    const theirs = {
      authenticated: false,
      retryable: false,
      reason: 'organization_not_authorized',
      error: expect.objectContaining({ code: 'rejected' }),
    }
    const session = sessions.loadSealedSession({ sessionData, cookiePassword })
    expect(await session.refresh({ organizationId: 'org_3' })).toEqual(theirs)
    const asked = { sessionData, cookiePassword, organizationId: 'org_3' }
    expect(await sessions.refreshAndSealSessionData(asked)).toEqual(theirs)
    const ours = sessions.openSession({ value: sessionData, password: PASSWORD })
    expect(await ours.refreshSession({ organizationId: 'org_3' })).toMatchObject({
      ...{ signedIn: false, retryable: false, reason: 'rejected' },
    })
  })

  it('know when a session was last used, where that ends it', async () => {
    const { client, signIn, clock } = createStage(signed)
    const { now } = clock
    const sessions = createWorkOSSessions({ ...client, now, limits: { idle: HOUR } })
    const sessionData = await sessions.sealSession(await signIn(), { password: PASSWORD })
    const held = { sessionData, cookiePassword }
    clock.time += 0.9 * HOUR
    const lastUse = await sessions.loadSealedSession(held).noteUse()
    clock.time += 0.9 * HOUR
    const found = await sessions.loadSealedSession({ ...held, lastUse }).refresh()
    expect(found).toMatchObject({ authenticated: true })
    const unused = await sessions.loadSealedSession(held).authenticate()
    expect(unused).toMatchObject({ reason: 'session_expired' })
  })

  it.each([
    ['refresh', null],
    ['refresh', 7],
    ['getLogoutUrl', null],
  ] as const)('refuse options that are none: %s(%j)', async (name, options) => {
    const { sessions } = createStage(signed)
    const session = sessions.loadSealedSession({ sessionData: 'x', cookiePassword })
    await expect(Reflect.apply(session[name], null, [options])).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })
})
