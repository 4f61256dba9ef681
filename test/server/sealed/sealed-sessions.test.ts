import { describe, expect, it } from 'vitest'
import { sealText } from '../../../src/server/sealed/seal.js'
import { fc } from '../../support/fast-check.js'
import {
  ADA,
  createStage,
  OTHER,
  opened,
  PASSWORD,
  signed,
  success,
} from './sealed-sessions-stage.js'

type Stage = ReturnType<typeof createStage>

describe('a sealed session', () => {
  it('tells who is signed in and what they may do, then and after a refresh', async () => {
    const { cookie, load, server, clock } = createStage(signed)
    const impersonator = { email: 'admin@example.test', reason: 'support' }
    server.impersonate(ADA.email, impersonator)
    const session = load(await cookie())
    const facts = {
      signedIn: true,
      sessionId: server.sessions()[0]?.id,
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['posts:write'],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
      impersonator,
      authenticationMethod: 'Impersonation',
      authenticatedAt: clock.time,
      user: expect.objectContaining({ email: ADA.email, firstName: 'Ada', emailVerified: true }),
    }
    expect(await session.getSession()).toEqual({
      ...facts,
      accessToken: expect.any(String),
      expiresAt: clock.time + 300_000,
      refreshAt: clock.time + 240_000,
    })

    clock.time += 60_000
    server.setMembership(ADA.email, 'org_1', { role: 'member', roles: ['member'], permissions: [] })
    server.updateUser(ADA.email, { firstName: 'Augusta' })
    const result = success(await session.refreshSession())
    const user = expect.objectContaining({ firstName: 'Augusta' })
    expect(result).toEqual({
      ...facts,
      role: 'member',
      roles: ['member'],
      permissions: [],
      user,
      session: await opened(result.sealed),
      sealed: expect.any(String),
    })
    expect(await session.getSession()).toMatchObject({ role: 'member', user })
  })

  it('seals what the server did not name as it is known, and nothing that is unknown', async () => {
    const { cookie } = createStage()
    expect(Object.keys(await opened(await cookie()))).toEqual([
      'accessToken',
      'refreshToken',
      'user',
      'organizationId',
      'authenticationMethod',
      'startedAt',
    ])
  })

  it('counts the time of a seal by the same clock', async () => {
    const { cookie, load, clock } = createStage(signed)
    const json = JSON.stringify(await opened(await cookie()))
    const session = load(await sealText(json, PASSWORD, { ttl: 120_000, now: clock.now }))
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    // Readers allow a minute for clocks that differ.
    clock.time += 180_001
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
  })

  it('never refreshes to authenticate', async () => {
    const { cookie, load, clock, exchanges } = createStage(signed)
    const session = load(await cookie())
    clock.time += 299_999
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    clock.time += 1
    const over = { signedIn: false, retryable: false, reason: 'invalid_jwt' }
    expect(await session.getSession()).toEqual(over)
    expect(exchanges()).toBe(0)
  })

  it('opens by any of several passwords, and seals by the newest', async () => {
    const { cookie, load, sessions } = createStage(signed)
    const password = [OTHER, PASSWORD]
    const session = sessions.openSession({ value: await cookie(), password })
    const { sealed } = success(await session.refreshSession())
    expect(await load(sealed, OTHER).getSession()).toMatchObject({ signedIn: true })
    expect(await load(sealed).getSession()).toMatchObject({
      reason: 'invalid_session_cookie',
    })
  })

  it('says when the keys cannot be had, which is no word about the session', async () => {
    const { cookie, load, server } = createStage(signed)
    const session = load(await cookie())
    server.fail({ type: 'drop' }, { path: '/sso/jwks/client_scripted' })
    expect(await session.getSession()).toEqual({
      signedIn: false,
      retryable: true,
      reason: 'network_error',
    })
  })
})

describe('a refresh that will never succeed', () => {
  it.each<[string, (stage: Stage) => Promise<string | undefined>]>([
    ['no_session_cookie_provided', async () => ''],
    ['no_session_cookie_provided', async () => undefined],
    ['invalid_session_cookie', async () => 'garbage'],
    ['invalid_session_cookie', async ({ cookie }) => (await cookie()).slice(0, 300)],
    [
      'invalid_jwt',
      async ({ cookie }) => {
        const { user, ...tokens } = await opened(await cookie())
        return sealText(JSON.stringify({ ...tokens, user: { ...user, id: 'user_2' } }), PASSWORD)
      },
    ],
    [
      'invalid_grant',
      async ({ cookie, server }) => {
        const sealed = await cookie()
        for (const { id } of server.sessions()) server.endSession(id)
        return sealed
      },
    ],
    [
      'rejected',
      async ({ cookie, server }) => {
        const sealed = await cookie()
        server.removeMembership(ADA.email, 'org_1')
        return sealed
      },
    ],
  ])('really says %s', async (reason, prepare) => {
    const stage = createStage()
    const value = await prepare(stage)
    const session = stage.sessions.openSession({ value, password: PASSWORD })
    const found = { signedIn: false, retryable: false, reason }
    expect(await session.refreshSession()).toMatchObject(found)
  })
})

describe('hostile cookies', () => {
  it('give a reason for whatever was sealed, and are not sent anywhere', async () => {
    const { load, exchanges } = createStage()
    const tokens = { accessToken: 'e30.e30.', refreshToken: 'r' }
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((user) => JSON.stringify({ ...tokens, user })),
      fc.jsonValue().map((id) => JSON.stringify({ ...tokens, user: { id } })),
      fc.string().map((accessToken) => JSON.stringify({ ...tokens, accessToken, user: ADA })),
    )
    const nobody = { signedIn: false, retryable: false }
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const session = load(await sealText(text, PASSWORD))
        expect(await session.getSession()).toMatchObject(nobody)
        expect(await session.refreshSession()).toMatchObject(nobody)
      }),
      { numRuns: 60 },
    )
    expect(exchanges()).toBe(0)
  })
})
