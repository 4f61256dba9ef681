import { describe, expect, it, vi } from 'vitest'
import {
  createOidc,
  createOidcSessions,
  type OidcSessionsOptions,
} from '../../../src/server/oidc/index.js'
import { PATIENT } from '../../support/patient.js'
import { context, jwt } from '../../support/wire.js'
import {
  createOidcServerWorld,
  errorOf,
  ISSUER,
  MINUTE,
  PASSWORD,
  SECRET,
} from './oidc-server-world.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })
const API = 'https://api.example'

describe('a session whose tokens nobody but its server can read', () => {
  it('is somebody as long as the server said, by the word of its seal, and nobody is asked', async () => {
    const { seal, load, clock, server } = createOidcServerWorld()
    const session = load(await seal())
    server.clearLog()
    expect(await session.getSession()).toMatchObject({ signedIn: true, user: { id: 'ada' } })
    await clock.advance(MINUTE)
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    expect(server.requests).toEqual([])
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    expect(await session.getSession()).toMatchObject({ signedIn: true })
  })

  it('is one exchange for a crowd of requests, each of whom gets what came of it', async () => {
    const { signIn, jar, sessions, clock, server } = createOidcServerWorld()
    await signIn()
    const cookie = jar.header()
    await clock.advance(MINUTE)
    const crowd = Array.from({ length: 100 }, () => sessions.getSession(cookie))
    const tokens = (await Promise.all(crowd)).map(({ session }) => session?.accessToken)
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toBeDefined()
    expect(server.count('refresh_token')).toBe(1)
    expect(server.liveSessions()).toBe(1)
  })

  it('is one exchange for all processes that share a coordinator', async () => {
    const { seal, load, settings, sealedOptions, server } = createOidcServerWorld()
    const value = await seal()
    const other = createOidcSessions({ ...sealedOptions, server: createOidc(settings) })
    const cookie = { value, password: PASSWORD }
    const results = await Promise.all([
      load(value).refreshSession(),
      other.openSession(cookie).refreshSession(),
    ])
    expect(results.every(({ signedIn }) => signedIn)).toBe(true)
    expect(server.count('refresh_token')).toBe(1)
  })

  it('survives an outage, in which one request asks for all, and obeys what the server says', async () => {
    const { signIn, jar, sessions, clock, server } = createOidcServerWorld()
    await signIn()
    const cookie = jar.header()
    await clock.advance(MINUTE)
    const headers = { 'retry-after': '20' }
    server.fail({ type: 'status', status: 503, headers }, { grant: 'refresh_token', times: 100 })
    const ask = async () =>
      Promise.all(Array.from({ length: 20 }, () => sessions.getSession(cookie)))
    for (let second = 0; second < 15; second += 5) {
      const found = await ask()
      expect(found.every(({ failure }) => failure?.retryable === true)).toBe(true)
      expect(found.every(({ sealed, setCookies }) => sealed && setCookies.length === 0)).toBe(true)
      await clock.advance(5_000)
    }
    expect(server.count('refresh_token')).toBe(1)
    server.heal()
    await clock.advance(10_000)
    expect((await ask()).every(({ session }) => session?.user.id === 'ada')).toBe(true)
    expect(server.count('refresh_token')).toBe(2)
  })

  it.each<[string, number, object]>([
    ['a client that was switched off', 401, { error: 'invalid_client' }],
    ['a realm that was locked', 403, { error: 'access_denied' }],
    ['the right word in an outage', 500, { error: 'invalid_grant' }],
  ])('survives %s', async (_, status, body) => {
    const { seal, load, server, clock } = createOidcServerWorld()
    const session = load(await seal())
    server.fail({ type: 'status', status, body: JSON.stringify(body) }, { grant: 'refresh_token' })
    expect(await session.refreshSession()).toMatchObject({ signedIn: false, retryable: true })
    await clock.advance(MINUTE)
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
  })

  it('keeps the token first and judges afterwards: an odd answer is a session', async () => {
    const { seal, load, server } = createOidcServerWorld()
    const session = load(await seal())
    const odd = {
      access_token: 'a',
      refresh_token: 'r',
      expires_in: null,
      id_token: 'none',
      scope: [],
    }
    server.fail({ type: 'body', body: JSON.stringify(odd) }, { grant: 'refresh_token' })
    expect(await session.refreshSession()).toMatchObject({ session: { refreshToken: 'r' } })
    expect(await session.getSession()).toMatchObject({ signedIn: true, accessToken: 'a' })
  })

  it('keeps the refresh token of an answer that holds no access token, also in a cookie of its own', async () => {
    const { signIn, jar, sessions, clock, server, sealedOptions, settings } =
      createOidcServerWorld()
    await signIn()
    await clock.advance(MINUTE)
    const odd = JSON.stringify({ refresh_token: 'the next one', access_token: null })
    server.fail({ type: 'body', body: odd }, { grant: 'refresh_token' })
    const { session, failure, sealed } = await sessions.refreshSession(jar.header())
    expect(session).toBeNull()
    expect(failure).toMatchObject({ retryable: true, error: { code: 'bad_response' } })
    const value = sealed ?? expect.fail('Nothing was sealed.')
    const elsewhere = createOidcSessions({ ...sealedOptions, server: createOidc(settings) })
    const later = elsewhere.openSession({ value, password: PASSWORD })
    await clock.advance(MINUTE)
    server.clearLog()
    await later.refreshSession()
    expect(server.requests.at(-1)).toMatchObject({ presented: 'the next one' })
  })

  it('cannot be had in another organization, for which the server is not asked again and again', async () => {
    const { seal, load, server } = createOidcServerWorld()
    const session = load(await seal())
    const refused = { reason: 'rejected', retryable: false }
    expect(await session.refreshSession({ organizationId: 'org_2' })).toMatchObject(refused)
    // A second time, as the first answer may have been one that got lost before.
    expect(server.count('refresh_token')).toBe(2)
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
  })

  it('is not ended by a second factor that Auth0 asks a refresh for: whoever comes, its token is sent once', async () => {
    const world = createOidcServerWorld({ scripted: { manners: 'auth0' } })
    const { signIn, jar, sessions, clock, server, sealedOptions, settings } = world
    await signIn()
    server.requireSecondFactor()
    const old = jar.header()
    await clock.advance(50_000)
    const crowd = await Promise.all([1, 2, 3].map(() => sessions.getSession(old)))
    const late = await sessions.getSession(old)
    for (const { session, setCookies } of [...crowd, late]) {
      expect(session).toMatchObject({ user: { id: 'ada' } })
      jar.take(new Response(null, { headers: setCookies.map((value) => ['Set-Cookie', value]) }))
    }
    const value = crowd[0]?.sealed ?? ''
    const others = createOidcSessions({ ...sealedOptions, server: createOidc(settings) })
    await clock.advance(5 * MINUTE)
    for (const ask of [sessions.getSession, sessions.refreshSession]) {
      const { session, failure, setCookies } = await ask(jar.header())
      expect(session).toBeNull()
      expect(failure).toMatchObject({
        reason: 'mfa_required',
        retryable: false,
        error: { code: 'step_required', details: { step: 'mfa_required', spent: true } },
      })
      expect(setCookies).toEqual([])
    }
    const elsewhere = others.openSession({ value, password: PASSWORD })
    expect(await elsewhere.refreshSession()).toMatchObject({ reason: 'mfa_required' })
    expect(server.count('refresh_token')).toBe(1)
    expect(server.liveSessions()).toBe(1)
    await signIn()
    expect(await sessions.refreshSession(jar.header())).toMatchObject({
      session: { user: { id: 'ada' } },
      failure: null,
    })
  })

  it('ends by the definite word alone', async () => {
    const { seal, load, server, heard } = createOidcServerWorld()
    const session = load(await seal())
    server.endSessions()
    expect(await session.refreshSession()).toMatchObject({
      reason: 'invalid_grant',
      retryable: false,
    })
    expect(heard).toEqual(['refresh-refused'])
  })

  it('never becomes another person’s, also where users come from elsewhere', async () => {
    const loadUser = async () => ({ id: 'user_1' })
    const { seal, load, server } = createOidcServerWorld({ oidc: { loadUser } })
    const session = load(await seal())
    const claims = { iss: ISSUER, aud: 'web', sub: 'bob', iat: 1, exp: 61 }
    const body = { access_token: 'a', refresh_token: 'r', id_token: jwt(claims) }
    server.fail({ type: 'body', body: JSON.stringify(body) }, { grant: 'refresh_token' })
    const result = await session.refreshSession()
    expect(result).toMatchObject({ reason: 'invalid_grant', retryable: false })
    expect(result.sealed).toBeUndefined()
  })
})

describe('a session whose server gave no refresh token', () => {
  it('ends with its access token, and no server is sent what stands for one', async () => {
    const { seal, grant, load, clock, server, sealed, heard, oidc } = createOidcServerWorld({
      oidc: { scope: 'openid' },
    })
    const [one, other] = [await seal(), await seal()]
    expect(await load(one).getSession()).toMatchObject({ signedIn: true })
    const [first, second] = [await grant(), await grant()]
    expect(first.refreshToken).not.toBe(second.refreshToken)
    expect(await errorOf(oidc.refresh(first.refreshToken ?? '', context()))).toMatchObject({
      code: 'refresh_rejected',
      serverCode: 'no_refresh_token',
    })
    await sealed.signOut({ value: other, password: PASSWORD })
    expect(await load(one).getSession()).toMatchObject({ signedIn: true })
    expect(server.liveSessions()).toBe(3)
    await clock.advance(MINUTE)
    expect(await load(one).refreshSession()).toMatchObject({ reason: 'session_expired' })
    expect(server.count('refresh_token')).toBe(0)
    expect(heard).toEqual([])
  })

  it('is not over by a refresh that somebody asks for, and its cookie goes when it is', async () => {
    const { signIn, call, clock, jar, sessions } = createOidcServerWorld({
      oidc: { scope: 'openid' },
    })
    await signIn()
    await clock.advance(MINUTE - 1)
    expect(await (await call('/auth/session')).json()).toMatchObject({
      session: { user: { id: 'ada' } },
    })
    expect(await sessions.getSession(jar.header())).toMatchObject({ failure: null })
    const asked = await call('/auth/refresh', 'POST')
    expect([asked.status, await asked.json()]).toMatchObject([
      403,
      { code: 'step_required', details: { step: 'login_required' } },
    ])
    expect(jar.header()).not.toBeNull()
    await clock.advance(1)
    expect(await (await call('/auth/session')).json()).toEqual({ session: null })
    expect(jar.header()).toBeNull()
  })

  it('is over as well where the server says that its token is', async () => {
    const { seal, load, server, clock } = createOidcServerWorld({
      oidc: { scope: 'openid' },
      sessions: { verification: { type: 'introspection', cacheFor: 1 } },
    })
    const session = load(await seal())
    server.fail({ type: 'status', status: 503 }, { path: '/token/introspection' })
    expect(await session.refreshSession()).toMatchObject({ retryable: true })
    server.endSessions()
    await clock.advance(5_000)
    expect(await session.refreshSession()).toMatchObject({ reason: 'session_expired' })
  })

  it('is over also while the server fails, and is no sign that it is well again', async () => {
    const { seal, grant, sealed, load, server, clock } = createOidcServerWorld()
    const given = { ...(await grant()), refreshToken: 'holdfast.none.1' }
    const [without, other] = [await sealed.sealSession(given, { password: PASSWORD }), await seal()]
    const outage = { type: 'status', status: 503, headers: { 'retry-after': '20' } } as const
    server.fail(outage, { grant: 'refresh_token', times: 100 })
    await clock.advance(MINUTE)
    await load(other).refreshSession()
    expect(await load(without).refreshSession()).toMatchObject({ reason: 'session_expired' })
    await clock.advance(20_000)
    expect(await load(without).refreshSession()).toMatchObject({ reason: 'session_expired' })
    const crowd = await Promise.all(Array.from({ length: 5 }, () => seal()))
    await Promise.all(crowd.map((value) => load(value).refreshSession()))
    expect(server.count('refresh_token')).toBe(2)
  })

  it('has nothing that is sent anywhere, whoever asks for it', async () => {
    const { oidc, grant, server } = createOidcServerWorld({ oidc: { scope: 'openid' } })
    const { refreshToken: subjectToken = '' } = await grant()
    server.clearLog()
    await oidc.revoke(subjectToken)
    expect(await errorOf(oidc.introspect(subjectToken))).toEqual(invalid)
    expect(await errorOf(oidc.exchangeToken({ subjectToken }))).toEqual(invalid)
    const actorToken = subjectToken
    expect(await errorOf(oidc.exchangeToken({ subjectToken: 'a', actorToken }))).toEqual(invalid)
    expect(server.requests).toEqual([])
  })
})

describe('a sign-out', () => {
  it('revokes the refresh token, and brings nobody back whose request was under way', async () => {
    const { seal, load, sealed, server } = createOidcServerWorld()
    const value = await seal()
    const session = load(value)
    const refreshed = session.refreshSession()
    const end = sealed.signOut({ value, password: PASSWORD })
    await Promise.all([refreshed, end])
    expect(await end).toMatchObject({ error: null })
    expect(await load(value).getSession()).toMatchObject({ signedIn: false })
    expect(await session.getSession()).toMatchObject({ signedIn: false })
    expect(server.liveSessions()).toBe(0)
  })

  it('is over here also where the server fails, which is told again later', async () => {
    const { seal, load, sealed, server, clock, heard } = createOidcServerWorld()
    const value = await seal()
    server.fail({ type: 'status', status: 503 }, { path: '/token/revocation' })
    const ended = await sealed.signOut({ value, password: PASSWORD })
    expect(ended.error).toMatchObject({ code: 'server_error' })
    expect(heard).toEqual(['revocation-failed'])
    expect(server.liveSessions()).toBe(1)
    await clock.advance(2 * MINUTE)
    expect(await load(value).refreshSession()).toMatchObject({ signedIn: false })
    await vi.waitUntil(() => server.liveSessions() === 0, PATIENT)
  })

  it('says so where the server revokes nothing, and is silent where the app knows it', async () => {
    const metadata = {
      authorization_endpoint: `${ISSUER}/auth`,
      token_endpoint: `${ISSUER}/token`,
    }
    for (const [revokesTokens, error] of [
      [true, { code: 'rejected' }],
      [false, null],
    ] as const) {
      const { seal, load, sealed, clock } = createOidcServerWorld({
        oidc: { metadata, revokesTokens },
      })
      const value = await seal()
      const ended = await sealed.signOut({ value, password: PASSWORD })
      if (error) expect(ended.error).toMatchObject(error)
      else expect(ended.error).toBeNull()
      // A stolen cookie is nobody's, as long as its refresh token may live.
      await clock.advance(399 * 24 * 60 * MINUTE)
      expect(await load(value).refreshSession()).toMatchObject({ signedIn: false })
    }
  })

  it('leads to the server’s page with the newest id token, or without one where seals have none', async () => {
    const { seal, load } = createOidcServerWorld()
    const session = load(await seal())
    const hintOf = async (one: typeof session): Promise<string | null> =>
      new URL(await one.getSignOutUrl()).searchParams.get('id_token_hint')
    const first = await hintOf(session)
    expect(first?.split('.')).toHaveLength(3)
    await session.refreshSession()
    expect(await hintOf(session)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    const lean = createOidcServerWorld({ oidc: { keepIdToken: false } })
    const sealed = await lean.seal()
    expect(await hintOf(lean.load(sealed))).toBeNull()
    expect(sealed.length).toBeLessThan((await seal()).length)
  })
})

describe('tokens that are asked about', () => {
  it('are somebody’s while the server says so, which is asked once in a while', async () => {
    const { seal, load, server, clock } = createOidcServerWorld({
      sessions: { verification: { type: 'introspection', cacheFor: 10_000 } },
    })
    const session = load(await seal())
    const asked = (): number =>
      server.requests.filter(({ path }) => path === '/token/introspection').length
    for (let i = 0; i < 5; i++) {
      expect(await session.getSession()).toMatchObject({ signedIn: true })
    }
    expect(asked()).toBe(1)
    server.endSessions()
    await clock.advance(10_000)
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    server.fail({ type: 'status', status: 503 }, { path: '/token/introspection' })
    await clock.advance(10_000)
    expect(await session.getSession()).toMatchObject({ retryable: true, reason: 'server_error' })
  })
})

describe('tokens that are JWTs', () => {
  const scripted = {
    accessTokens: 'jwt',
    signing: 'es256',
    clients: [
      {
        id: 'web',
        secret: SECRET,
        redirectUris: ['https://app.example/auth/callback'],
        audience: API,
      },
    ],
  } as const
  const verification = { type: 'jwt', audience: API, algorithms: ['ES256'] } as const

  it('are checked by the keys that the issuer names, for the API that they are for', async () => {
    const world = createOidcServerWorld({ scripted, sessions: { verification } })
    const value = await world.seal()
    expect(await world.load(value).getSession()).toMatchObject({ signedIn: true })
    const { sealedOptions } = world
    for (const wrong of [
      { ...verification, audience: 'https://other.example' },
      { ...verification, issuer: 'https://evil.example' },
      { ...verification, algorithms: ['RS256'] },
    ] as const) {
      const sessions = createOidcSessions({ ...sealedOptions, verification: wrong })
      const session = sessions.openSession({ value, password: PASSWORD })
      expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    }
  })

  it('are none whose dates cannot even be made numbers, which costs no refresh its answer', async () => {
    const { grant, sealed } = createOidcServerWorld({ scripted, sessions: { verification } })
    for (const odd of [
      { exp: { toString: 0 } },
      { iat: [{ toString: 0 }] },
      { nbf: { toString: 0 } },
    ]) {
      const accessToken = jwt({ sub: 'ada', iat: 1, exp: 61, ...odd })
      const value = await sealed.sealSession(
        { ...(await grant()), accessToken },
        { password: PASSWORD },
      )
      const session = sealed.openSession({ value, password: PASSWORD })
      expect(await session.getSession()).toMatchObject({ signedIn: false })
      expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    }
  })

  it('are not refused while the keys cannot be had, and follow a rotation', async () => {
    const { seal, load, server, clock } = createOidcServerWorld({
      scripted,
      sessions: { verification },
    })
    const session = load(await seal())
    server.fail({ type: 'status', status: 503 }, { path: '/jwks' })
    expect(await session.getSession()).toMatchObject({ signedIn: false, retryable: true })
    await clock.advance(5_000)
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    server.rotateKey()
    await clock.advance(40_000)
    await session.refreshSession()
    expect(await session.getSession()).toMatchObject({ signedIn: true })
  })

  it('keep the session where one cannot be read any more: the refresh token counts', async () => {
    const { seal, load, server } = createOidcServerWorld({ scripted, sessions: { verification } })
    const session = load(await seal())
    const body = { access_token: 'opaque', refresh_token: 'r', expires_in: 60 }
    server.fail({ type: 'body', body: JSON.stringify(body) }, { grant: 'refresh_token' })
    const result = await session.refreshSession()
    expect(result).toMatchObject({ signedIn: false, retryable: true })
    expect(result.sealed).toBeDefined()
  })
})

describe('a mistake of the app is an AuthError', () => {
  const { oidc } = createOidcServerWorld()
  it.each<[string, object]>([
    ['no server', { server: undefined }],
    ['a server that is none', { server: {} }],
    ['a verification that nobody knows', { verification: { type: 'trust' } }],
    ['no audience', { verification: { type: 'jwt' } }],
    ['no verification', { verification: null }],
    ['no time for an answer to count', { verification: { type: 'introspection', cacheFor: 0 } }],
  ])('%s', async (_, wrong) => {
    const options: Partial<OidcSessionsOptions> = { server: oidc, ...wrong }
    const make = async (): Promise<unknown> => Reflect.apply(createOidcSessions, null, [options])
    expect(await errorOf(make())).toEqual(invalid)
  })
})
