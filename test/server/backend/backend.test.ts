import { describe, expect, it } from 'vitest'
import { createBackend } from '../../../src/server/backend/index.js'
import { ADA, APP, BOB, COOKIE, createBackendWorld, MINUTE, PASSWORD } from './backend-world.js'

async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld(options)
  await world.signIn()
  const { session } = await world.sessions.getSession(world.jar.header())
  return { ...world, session, sessionId: session?.sessionId }
}

/** Everything of an answer that a page can see. */
const seen = async (response: Response): Promise<string> =>
  `${await response.text()} ${JSON.stringify(
    [...response.headers].filter(([name]) => name !== 'set-cookie'),
  )}`

describe('GET /session', () => {
  it('tells who is signed in, without a token', async () => {
    const { call, session } = await signedIn()
    const response = await call('/auth/session')
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    const text = await response.clone().text()
    expect(JSON.parse(text)).toEqual({
      session: {
        sessionId: session?.sessionId,
        authenticatedAt: session?.authenticatedAt,
        user: session?.user,
        organizationId: 'org_1',
        role: 'admin',
        roles: ['admin'],
        permissions: ['posts:write'],
        authenticationMethod: 'Password',
        handle: expect.stringMatching(/^[\w-]{43}$/),
        expiresIn: 5 * MINUTE,
      },
    })
    const whole = await seen(response)
    for (const part of (session?.accessToken ?? 'x').split('.')) expect(whole).not.toContain(part)
  })

  it('names the same token alike, and another one otherwise', async () => {
    const { call, clock } = await signedIn()
    const handle = async () => (await (await call('/auth/session')).json()).session.handle
    const first = await handle()
    expect(await handle()).toBe(first)
    await clock.advance(4 * MINUTE)
    expect(await handle()).not.toBe(first)
    expect(await handle()).toBe(await handle())
  })

  it('gives the token where the app has asked for that', async () => {
    const { call, session } = await signedIn({ backend: { exposeAccessToken: true } })
    const body = await (await call('/auth/session')).json()
    expect(body.session.accessToken).toBe(session?.accessToken)
    expect(JSON.stringify(body)).not.toContain('refresh')
  })

  it('says that nobody is, and erases a cookie that is nobody’s', async () => {
    const { call, jar } = createBackendWorld()
    expect(await (await call('/auth/session')).json()).toEqual({ session: null })
    jar.cookies.set(COOKIE, 'nonsense')
    const response = await call('/auth/session')
    expect([response.status, await response.json()]).toEqual([200, { session: null }])
    expect(jar.cookies.size).toBe(0)
  })

  it('refreshes ahead of expiry, and sets the cookie', async () => {
    const { call, clock, workos, jar } = await signedIn()
    await clock.advance(4 * MINUTE)
    const before = jar.cookies.get(COOKIE)
    const { session } = await (await call('/auth/session')).json()
    expect(session.expiresIn).toBe(5 * MINUTE)
    expect(jar.cookies.get(COOKIE)).not.toBe(before)
    expect(workos.count('refresh_token')).toBe(1)
  })

  it.each([
    ['an outage', { type: 'status', status: 503 }, '1'],
    ['a limit', { type: 'rate-limited', retryAfter: 7 }, '7'],
    ['no answer', { type: 'drop' }, '1'],
  ] as const)('does not know, and says when to ask again: %s', async (_name, fault, retryAfter) => {
    const { call, clock, workos, jar } = await signedIn()
    await clock.advance(6 * MINUTE)
    workos.fail(fault, { grant: 'refresh_token', times: 2 })
    const before = jar.header()
    const response = await call('/auth/session')
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe(retryAfter)
    expect(await response.json()).toMatchObject({ status: 503, code: 'unavailable' })
    expect(jar.header()).toBe(before)
    workos.heal()
    await clock.advance(Number(retryAfter) * 1_000)
    expect((await call('/auth/session')).status).toBe(200)
  })
})

describe('POST /refresh', () => {
  it('brings what has changed since', async () => {
    const { call, workos, clock, sessionId } = await signedIn()
    workos.setMembership(ADA, 'org_1', { role: 'guest' })
    await clock.advance(1_000)
    const response = await call('/auth/refresh', { json: { sessionId } })
    expect(await response.json()).toMatchObject({ session: { sessionId, role: 'guest' } })
    expect((await (await call('/auth/session')).json()).session.role).toBe('guest')
  })

  it('is an exchange of its own, also for a cookie that another request has traded', async () => {
    const { call, workos, clock, jar } = await signedIn()
    const headers = { Cookie: jar.header() ?? '' }
    for (const role of ['guest', 'owner']) {
      workos.setMembership(ADA, 'org_1', { role })
      await clock.advance(1)
      const response = await call('/auth/refresh', { method: 'POST', headers })
      expect((await response.json()).session.role).toBe(role)
    }
    expect(workos.count('refresh_token')).toBe(2)
  })

  it('switches the organization', async () => {
    const { call, sessionId } = await signedIn()
    const json = { sessionId, organizationId: 'org_2' }
    const body = await (await call('/auth/refresh', { json })).json()
    expect(body.session).toMatchObject({ organizationId: 'org_2', permissions: ['posts:read'] })
    const next = await (await call('/auth/session')).json()
    expect(next.session).toMatchObject({ organizationId: 'org_2' })
  })

  it('needs no body', async () => {
    const { call } = await signedIn()
    expect((await call('/auth/refresh', { method: 'POST' })).status).toBe(200)
  })

  it('of another session than the page’s changes nothing', async () => {
    const { call, workos, signIn, sessionId } = await signedIn()
    await signIn(BOB)
    const json = { sessionId, organizationId: 'org_1' }
    const response = await call('/auth/refresh', { json })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'session_changed', status: 409 })
    expect(workos.count('refresh_token')).toBe(0)
  })

  it('of nobody, or of a session that is over, is refused for good', async () => {
    const { call, workos, jar, sessionId } = await signedIn()
    workos.endSession(sessionId ?? '')
    const ended = await call('/auth/refresh', { json: { sessionId } })
    expect(ended.status).toBe(401)
    expect(await ended.json()).toMatchObject({
      code: 'session_missing',
      serverCode: 'invalid_grant',
    })
    expect(jar.cookies.size).toBe(0)
    const nobody = await call('/auth/refresh', { json: { sessionId } })
    expect(nobody.status).toBe(401)
    expect(await nobody.json()).toMatchObject({ serverCode: 'no_session_cookie_provided' })
  })

  it('tells what step an organization wants, without the token for it, and the session goes on', async () => {
    const { call, workos, sessionId } = await signedIn()
    const redirectUrl = 'https://auth.example/go'
    workos.setOrganization('org_2', { requires: 'sso', redirectUrl })
    const json = { sessionId, organizationId: 'org_2' }
    const response = await call('/auth/refresh', { json })
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      status: 403,
      code: 'step_required',
      serverCode: 'sso_required',
      message: expect.any(String),
      details: {
        step: 'sso_required',
        email: ADA,
        connectionIds: ['conn_org_2'],
        redirectUrl,
      },
    })
    expect((await (await call('/auth/session')).json()).session.organizationId).toBe('org_1')
  })

  it('refuses an organization that is not the person’s, and the session goes on', async () => {
    const { call, sessionId } = await signedIn()
    const json = { sessionId, organizationId: 'org_9' }
    const response = await call('/auth/refresh', { json })
    expect([response.status, (await response.json()).code]).toEqual([403, 'rejected'])
    expect((await (await call('/auth/session')).json()).session).not.toBeNull()
  })

  it('in an outage is refused for now, though the token lives', async () => {
    const { call, workos, jar } = await signedIn()
    workos.fail({ type: 'drop' }, { times: 2 })
    const before = jar.header()
    const response = await call('/auth/refresh', { method: 'POST' })
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(jar.header()).toBe(before)
  })

  it.each([
    ['no JSON', 'sessionId=1'],
    ['half of one', '{"sessionId":'],
    ['a list', '[1]'],
    ['a text', '"session_1"'],
    ['null', 'null'],
    ['too long', JSON.stringify({ organizationId: 'x'.repeat(20_000) })],
  ])('refuses a body that is %s', async (_name, body) => {
    const { call, workos } = createBackendWorld()
    for (const path of ['/auth/refresh', '/auth/sign-out']) {
      const response = await call(path, { method: 'POST', body })
      expect([response.status, (await response.json()).code]).toEqual([400, 'invalid_request'])
    }
    expect(workos.requests).toEqual([])
  })
})

describe('POST /sign-out', () => {
  it.each(['everything', '', 5, null, ['local']])(
    'ends nothing for a scope that there is not: %j',
    async (scope) => {
      const { call, jar, signIn } = createBackendWorld()
      await signIn()
      const before = new Map(jar.cookies)
      const answer = await call('/auth/sign-out', { json: { scope } })
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { code: 'invalid_argument' },
      ])
      expect(new Map(jar.cookies)).toEqual(before)
    },
  )

  it('ends the session here and at the server, and tells where to go', async () => {
    const { call, workos, jar, sessionId } = await signedIn()
    const old = jar.header()
    const json = { sessionId, returnTo: '/bye' }
    const { logoutUrl } = await (await call('/auth/sign-out', { json })).json()
    expect(Object.fromEntries(new URL(logoutUrl).searchParams)).toEqual({
      session_id: sessionId,
      return_to: `${APP}/bye`,
    })
    expect(jar.cookies.size).toBe(0)
    expect(workos.sessions()).toEqual([])
    const again = await call('/auth/session', { headers: { Cookie: old ?? '' } })
    expect(await again.json()).toEqual({ session: null })
  })

  it('may be asked for twice, or by nobody', async () => {
    const { call } = await signedIn()
    await call('/auth/sign-out', { method: 'POST' })
    const again = await call('/auth/sign-out', { json: { sessionId: 'session_1' } })
    expect([again.status, await again.json()]).toEqual([200, {}])
  })

  it('of another session than the page’s ends nothing', async () => {
    const { call, signIn, sessionId, jar } = await signedIn()
    await signIn(BOB)
    const before = jar.header()
    expect((await call('/auth/sign-out', { json: { sessionId } })).status).toBe(409)
    expect(jar.header()).toBe(before)
  })

  it('never leads elsewhere, and reports a server that could not be told', async () => {
    const { call, workos, reports } = await signedIn()
    workos.fail({ type: 'drop' }, { path: '/user_management/sessions/revoke' })
    const json = { returnTo: '//evil.example' }
    const { logoutUrl } = await (await call('/auth/sign-out', { json })).json()
    expect(new URL(logoutUrl).searchParams.get('return_to')).toBe(`${APP}/`)
    expect(reports).toMatchObject([{ code: 'network' }])
  })

  it('is one line in the log, whoever writes it, and an outage is one for all', async () => {
    const log: unknown[] = []
    const backend = { report: (error: unknown) => void log.push(error) }
    const onSecurityEvent = (event: unknown): void => void log.push(event)
    for (const [sealed, lines] of [
      [{ onSecurityEvent }, ['revocation-failed', 'revocation-failed', 'revocation-failed']],
      [{}, ['network']],
    ] as const) {
      const world = createBackendWorld({ backend, sealed })
      world.workos.fail(
        { type: 'drop' },
        { path: '/user_management/sessions/revoke', times: Number.POSITIVE_INFINITY },
      )
      for (let person = 0; person < 3; person += 1) {
        await world.signIn()
        await world.call('/auth/sign-out', { json: {} })
      }
      expect(log.splice(0).map((line) => Object(line).type ?? Object(line).code)).toEqual(lines)
    }
  })
})

describe('any route', () => {
  it.each([
    ['/session', 'POST', 'GET'],
    ['/session', 'HEAD', 'GET'],
    ['/refresh', 'GET', 'POST'],
    ['/sign-out', 'GET', 'POST'],
    ['/sessions', 'POST', 'GET'],
    ['/sessions/end', 'GET', 'POST'],
    ['/sign-in', 'POST', 'GET'],
    ['/callback', 'POST', 'GET'],
  ])('%s says which methods it knows: not %s', async (path, method, allow) => {
    const { call } = createBackendWorld()
    const response = await call(`/auth${path}`, { method })
    expect([response.status, response.headers.get('Allow')]).toEqual([405, allow])
  })

  it.each([
    '/',
    '/auth',
    '/auth/',
    '/auth/session/',
    '/auth/nothing',
    '/authx/session',
    '/session',
  ])('leaves %s to the app', async (path) => {
    const { backend } = createBackendWorld()
    expect(await backend.handle(new Request(`${APP}${path}`))).toBeNull()
  })

  it('may be elsewhere', async () => {
    const { call } = createBackendWorld({ backend: { basePath: '/api/me' } })
    expect((await call('/api/me/session')).status).toBe(200)
    expect((await call('/auth/session')).status).toBe(404)
  })

  it.each(['/session', '/sign-in', '/callback', '/refresh'])(
    '%s is no page to show or to frame, and leaves its address behind',
    async (path) => {
      const { call } = createBackendWorld()
      const { headers } = await call(`/auth${path}`)
      expect(headers.get('Content-Security-Policy')).toBe(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      expect(headers.get('Referrer-Policy')).toBe('no-referrer')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    },
  )

  it('answers when everything else fails, and reports why', async () => {
    const failure = new Error('secret detail')
    const { sessions } = createBackendWorld()
    const broken = createBackendWorld({
      backend: {
        sessions: { ...sessions, getSession: () => Promise.reject(failure) },
      },
    })
    const response = await broken.call('/auth/session')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(broken.reports).toEqual([failure])
  })
})

describe('settings', () => {
  const { sessions } = createBackendWorld()
  const signIn = {
    authorizeUrl: () => 'https://auth.example/',
    exchangeCode: () => Promise.reject(new Error('Not asked.')),
  }
  const make = (wrong: object) => () =>
    createBackend({ sessions, signIn, password: PASSWORD, ...wrong })

  it.each([
    ['a short password', { password: 'short' }],
    ['a base path without a slash', { basePath: 'auth' }],
    ['a base path that ends in one', { basePath: '/auth/' }],
    ['the root as base path', { basePath: '/' }],
    ['an origin with a path', { origin: 'https://app.example/auth' }],
    ['an origin that is none', { origin: 'app.example' }],
    ['an app origin that is none', { appOrigin: 'https://app.example/' }],
    ['a pattern as origin', { allowedOrigins: ['https://*.example'] }],
    ['a null origin', { allowedOrigins: ['null'] }],
    ['a redirect URI that is no address', { redirectUri: '/callback' }],
    ['a redirect URI with a fragment', { redirectUri: 'https://app.example/#x' }],
    ['a redirect URI that is no web page', { redirectUri: 'ftp://app.example/callback' }],
    ['an upstream by http', { upstreams: { api: { target: 'http://api.example' } } }],
    ['an upstream with a password', { upstreams: { api: { target: 'https://a:b@api.example' } } }],
    ['an upstream that is no address', { upstreams: { api: { target: '/api' } } }],
    ['an upstream with an odd name', { upstreams: { 'a/b': { target: 'https://api.example' } } }],
    [
      'an upstream without time',
      { upstreams: { a: { target: 'https://a.example', requestTimeout: 0 } } },
    ],
    ['no sessions', { sessions: undefined }],
    ['null for sessions', { sessions: null }],
    ['sessions that are not of requests', { sessions: { openSession() {}, sealSession() {} } }],
    ['no auth server', { signIn: undefined }],
    ['half an auth server', { signIn: { authorizeUrl() {} } }],
    // As an environment has it: it would be taken for yes.
    ['a text for whether pages see the access token', { exposeAccessToken: 'false' }],
    ['a number for whether there is a page of sign-outs', { frontChannelLogout: 1 }],
    ['a text for several redirect URIs', { redirectUris: 'https://app.example/callback' }],
    ['a number for them', { redirectUris: 5 }],
    ['a text for several origins', { allowedOrigins: 'https://app.example' }],
    ['an object for them', { allowedOrigins: {} }],
    ['null for them', { allowedOrigins: null }],
    ['a text for several hints', { crossSiteHints: 'prompt' }],
    ['a hint that is none', { crossSiteHints: ['prompt', 'password'] }],
    ['null for upstreams', { upstreams: null }],
    ['a list of upstreams', { upstreams: [] }],
    ['a list of pages', { organizationPage: ['/choose'] }],
    ['a page for what is asked at a sign-in', { onSignIn: '/welcome' }],
    ['a page for what is asked after a failure', { onSignInError: '/sorry' }],
    ['a text for what reports', { report: 'console' }],
    ['a text for what fetches', { fetch: 'fetch' }],
    ['a time for a clock', { now: 1_700_000_000_000 }],
    [
      'an upstream that may not wait',
      { upstreams: { a: { target: 'https://a.example', idleTimeout: 0 } } },
    ],
    [
      'an upstream that may wait for no number',
      { upstreams: { a: { target: 'https://a.example', idleTimeout: Number.NaN } } },
    ],
  ])('that cannot work are refused at once: %s', (_name, wrong) => {
    expect(make(wrong)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('may allow plain http to an upstream, by a warning of a name', () => {
    const target = new URL('http://api:3000/v1/')
    expect(
      make({ upstreams: { api: { target, dangerouslyAllowInsecureHttp: true } } }),
    ).not.toThrow()
  })
})
