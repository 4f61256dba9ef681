import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../src/core/session.js'
import { type GoTrueUser, gotrue } from '../../../src/providers/gotrue/index.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { createScriptedGoTrue } from '../../../src/testing/index.js'
import { opened, PASSWORD, START, success } from './sealed-sessions-stage.js'

const URL_OF_GOTRUE = 'http://localhost/auth/v1'
const ADA = { email: 'ada@example.test', password: 'secret-1' }
const password = PASSWORD

/** GoTrue, a server app and its time. */
function createStage() {
  const clock = { time: START, now: () => clock.time }
  const server = createScriptedGoTrue({ clock, users: [ADA], signing: 'es256' })
  const provider = gotrue({ url: URL_OF_GOTRUE, fetch: server.fetch, now: clock.now })
  const sessions = createSealedSessions({
    provider,
    verification: {
      audience: 'authenticated',
      jwksUrl: `${URL_OF_GOTRUE}/.well-known/jwks.json`,
      algorithms: ['ES256'],
      fetch: server.fetch,
    },
    now: clock.now,
  })
  const signal = new AbortController().signal
  return {
    clock,
    server,
    sessions,
    async signIn(): Promise<string> {
      const grant = await provider.signIn?.(ADA, { signal })
      if (!grant) throw new Error('There is no session.')
      return sessions.sealSession(grant, { password })
    },
    load: (value: string) => sessions.openSession({ value, password }),
  }
}

describe('a sealed session of GoTrue', () => {
  it('authenticates, refreshes and ends', async () => {
    const { signIn, load, server, sessions, clock } = createStage()
    const session = load(await signIn())
    const facts = {
      signedIn: true,
      sessionId: server.sessions()[0]?.id,
      role: 'authenticated',
      user: { email: ADA.email },
    }
    expect(await session.getSession()).toMatchObject(facts)
    clock.time += 3_600_000
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    const { sealed: value, ...result } = success(await session.refreshSession())
    expect(result).toMatchObject(facts)
    expect(await session.getSession()).toMatchObject(facts)
    expect(await sessions.signOut({ value, password })).toEqual({
      sessionId: facts.sessionId,
      error: null,
    })
    expect(server.sessions()).toEqual([])
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
  })

  it('is exchanged once for many, and lives through an outage', async () => {
    const { signIn, load, server, clock } = createStage()
    const sealed = await signIn()
    server.fail({ type: 'status', status: 503 })
    expect(await load(sealed).refreshSession()).toMatchObject({
      retryable: true,
      reason: 'server_error',
    })
    clock.time += 1_000
    const results = await Promise.all(
      Array.from({ length: 50 }, () => load(sealed).refreshSession()),
    )
    expect(new Set(results.map((one) => success(one).session.refreshToken)).size).toBe(1)
    expect(server.count('refresh_token')).toBe(2)
  })

  it('ends with the definite word of the server', async () => {
    const { signIn, load, sessions, server } = createStage()
    const sealed = await signIn()
    const { accessToken: token } = await opened(sealed)
    await server.fetch(`${URL_OF_GOTRUE}/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await load(sealed).refreshSession()).toMatchObject({
      retryable: false,
      reason: 'invalid_grant',
    })
    // What is gone already is what was asked for.
    expect(await sessions.signOut({ value: sealed, password })).toMatchObject({
      error: null,
    })
  })

  it('knows no organizations: a switch is refused, and the session goes on', async () => {
    const { signIn, load } = createStage()
    const session = load(await signIn())
    const result = await session.refreshSession({ organizationId: 'org_1' })
    expect(result).toMatchObject({ retryable: false, reason: 'rejected' })
    expect(result.sealed).toEqual(expect.any(String))
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
  })

  it('may be verified by the secret that older projects share', async () => {
    const secret = 'the secret that signs the tokens of a project'
    const user: GoTrueUser = { id: 'user_1' }
    const sign = (text: string): Promise<string> =>
      new SignJWT({
        sub: user.id,
        session_id: 'session_1',
        exp: Math.floor(Date.now() / 1000) + 300,
      })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(text))
    const sessions = createSealedSessions({
      provider: gotrue({ url: URL_OF_GOTRUE }),
      verification: { secret, audience: false },
    })
    const seal = async (text: string) => {
      const tokens = { accessToken: await sign(text), refreshToken: 'r', lifetime: 1 }
      const grant: Grant<GoTrueUser> = { ...tokens, user }
      const value = await sessions.sealSession(grant, { password })
      return sessions.openSession({ value, password })
    }
    expect(await (await seal(secret)).getSession()).toMatchObject({
      signedIn: true,
      sessionId: 'session_1',
    })
    expect(await (await seal(`${secret}!`)).getSession()).toMatchObject({ reason: 'invalid_jwt' })
  })
})
