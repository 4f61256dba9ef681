import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../src/core/session.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { opaqueTokens } from '../../../src/server/sealed/opaque-tokens.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { jwt } from '../../support/wire.js'
import { createOpaqueStage, LIFE, MINUTE, password } from './opaque-stage.js'
import { opened, START, success } from './sealed-sessions-stage.js'

describe('a session whose access token nobody but its server can read', () => {
  it('is somebody for as long as the server said, then refreshes, and ends', async () => {
    const { signIn, load, clock, sessions, revoked } = createOpaqueStage()
    const sealed = await signIn({ sessionId: 'session_1', role: 'admin', permissions: ['write'] })
    const facts = {
      signedIn: true,
      sessionId: 'session_1',
      role: 'admin',
      permissions: ['write'],
      user: { id: 'ada', email: 'ada@example.test' },
    }
    const session = load(sealed)
    expect(await session.getSession()).toMatchObject({
      ...facts,
      accessToken: 'opaque-0',
      expiresAt: START + LIFE,
      refreshAt: START + LIFE - MINUTE,
    })
    clock.time += LIFE - 1
    expect(await session.getSession()).toMatchObject(facts)
    clock.time += 1
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    const { sealed: value } = success(await session.refreshSession())
    expect(await session.getSession()).toMatchObject({
      signedIn: true,
      sessionId: 'session_1',
      accessToken: 'opaque-1',
    })
    await sessions.signOut({ value, password })
    expect(revoked).toEqual(['opaque-1'])
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
  })

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, '300'])(
    'does not begin where nobody says how long its token lives: %s',
    async (lifetime) => {
      const { sessions, grant } = createOpaqueStage()
      const unsaid = { ...grant({ user: { id: 'ada' } }), lifetime }
      await expect(
        Reflect.apply(sessions.sealSession, undefined, [unsaid, { password }]),
      ).rejects.toMatchObject({ code: 'bad_response' })
    },
  )

  it('is over where no clock says how late it is, whatever its limits are', async () => {
    const said = { accessToken: 'a', refreshToken: 'r', user: { id: 'ada' }, receivedAt: START }
    const data = { ...said, expiresAt: START + LIFE }
    const checkBy = (time: number) =>
      opaqueTokens(null, { provider: { id: 'opaque' }, now: () => time }).check(data)
    expect(await checkBy(START)).toEqual({ ok: true })
    expect(await checkBy(Number.NaN)).toMatchObject({ ok: false })
  })

  it('keeps its tokens where a refresh does not say so, and is refreshed again', async () => {
    const { signIn, load, tokens } = createOpaqueStage()
    const session = load(await signIn())
    tokens.answer = { lifetime: Number.NaN }
    success(await session.refreshSession())
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    tokens.answer = null
    success(await session.refreshSession())
    expect(success(await session.getSession()).accessToken).toBe('opaque-2')
  })

  it('says after a refresh what the newest answer says of it, and its name for good', async () => {
    const { signIn, load, tokens } = createOpaqueStage()
    const session = load(await signIn({ sessionId: 'session_1', role: 'admin' }))
    tokens.answer = { role: 'guest' }
    await session.refreshSession()
    expect(await session.getSession()).toMatchObject({ sessionId: 'session_1', role: 'guest' })
    tokens.answer = {}
    await session.refreshSession()
    const found = success(await session.getSession())
    expect([found.sessionId, found.role]).toEqual(['session_1', undefined])
  })

  it('has a name of its own where the server has none, so that a sign-out outlasts its tokens', async () => {
    const { signIn, load, sessions } = createOpaqueStage()
    const [one, other] = [await signIn(), await signIn({ accessToken: 'another' })]
    const renewed = success(await load(one).refreshSession()).sealed
    await sessions.signOut({ value: renewed, password })
    expect(await load(one).getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
    expect(await load(renewed).getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
    expect(await load(other).getSession()).toMatchObject({ signedIn: true })
  })

  it('is not somebody by a token that comes from the future: the clock was set back', async () => {
    const { signIn, load, clock } = createOpaqueStage()
    const sealed = await signIn()
    clock.time -= MINUTE
    expect(await load(sealed).getSession()).toMatchObject({ signedIn: true })
    clock.time -= 1
    expect(await load(sealed).getSession()).toMatchObject({ reason: 'invalid_jwt' })
  })

  it('is kept in the cookies of requests, and refreshed ahead of need', async () => {
    const { sessions, grant, clock, tokens } = createOpaqueStage()
    const requests = createRequestSessions({
      sessions,
      cookie: { password },
      now: clock.now,
    })
    const { setCookies } = await requests.setSession(grant({ user: { id: 'ada' } }), null)
    const cookie = (setCookies.at(-1) ?? '').split(';')[0] ?? ''
    expect((await requests.getSession(cookie)).session?.user.id).toBe('ada')
    expect(tokens.spent).toBe(0)
    clock.time += LIFE - MINUTE
    expect((await requests.getSession(cookie)).session?.accessToken).toBe('opaque-1')
    expect(await requests.describeSession(cookie)).toMatchObject({ user: { id: 'ada' } })
  })

  it.each<[string, Partial<Grant>]>([
    ['no refresh token', { refreshToken: undefined }],
    ['nobody', { user: undefined }],
    ['no access token', { accessToken: '' }],
  ])('is refused with %s', async (_, part) => {
    const { sessions, grant } = createOpaqueStage()
    const sealing = sessions.sealSession(grant({ user: { id: 'ada' }, ...part }), {
      password,
    })
    await expect(sealing).rejects.toMatchObject({ code: 'bad_response' })
  })

  it('goes on where its tokens were read before: the seal was made for JWTs', async () => {
    const stage = createOpaqueStage()
    const claims = { sub: 'ada', sid: 'session_1', iat: START / 1000, exp: START / 1000 + 60 }
    const signed = createSealedSessions({
      provider: { id: 'by-hand', refresh: async () => null },
      verification: { secret: 'a secret of the issuer, which is long', audience: false },
      now: stage.clock.now,
    })
    const old = await signed.sealSession(
      {
        accessToken: jwt(claims),
        refreshToken: 'refresh-0',
        lifetime: MINUTE,
        user: { id: 'ada' },
      },
      { password },
    )
    expect(await opened(old)).not.toHaveProperty('expiresAt')
    expect(await stage.load(old).getSession()).toMatchObject({
      signedIn: true,
      sessionId: 'session_1',
      expiresAt: START + MINUTE,
    })
    stage.clock.time += MINUTE
    expect(await stage.load(old).getSession()).toMatchObject({ reason: 'invalid_jwt' })
    expect(await stage.load(old).refreshSession()).toMatchObject({ signedIn: true })
  })
})
