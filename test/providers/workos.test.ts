import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage, type Session } from '../../src/index.js'
import { HTTP_ONLY, hasSessionCookie, workos } from '../../src/providers/workos/index.js'
import { context, jwt, type Reply } from '../support/wire.js'
import { sessionBody, workosWire } from '../support/workos-wire.js'

const SECRET = 'secret-refresh-token'
const refresh = async (...replies: Reply[]) => {
  const { provider, sent } = workosWire({}, ...replies)
  const outcome = await provider.refresh(SECRET, context()).catch((error: unknown) => error)
  return { outcome, sent }
}

afterEach(() => void vi.unstubAllGlobals())

describe('a refresh', () => {
  it('goes to the endpoint as WorkOS wants it from a public client', async () => {
    vi.stubGlobal('document', {})
    const { provider, sent } = workosWire({}, [200, sessionBody()])
    await provider.refresh(SECRET, { ...context(), organizationId: 'org_2' })
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: { href: 'https://api.workos.com/user_management/authenticate' },
        credentials: 'omit',
        // A rotated token must not be lost with the page.
        keepalive: true,
        body: {
          client_id: 'client_1',
          grant_type: 'refresh_token',
          refresh_token: SECRET,
          organization_id: 'org_2',
        },
      },
    ])
  })

  it('becomes a grant: claims, milliseconds, camelCase, and the rest as extras', async () => {
    const body = {
      ...sessionBody({ act: { sub: 'admin@example.com' } }),
      user: {
        object: 'user',
        id: 'user_1',
        email: 'ada@example.com',
        email_verified: true,
        first_name: 'Ada',
        last_name: null,
        external_id: 'x-1',
        metadata: { favourite_colour: 'blue' },
      },
      impersonator: { email: 'admin@example.com', reason: 'A ticket.' },
      oauth_tokens: { access_token: 'gho_1' },
    }
    const { outcome } = await refresh([200, body])
    expect(outcome).toEqual({
      accessToken: body.access_token,
      refreshToken: 'next-token',
      lifetime: 300_000,
      user: {
        object: 'user',
        id: 'user_1',
        email: 'ada@example.com',
        emailVerified: true,
        firstName: 'Ada',
        lastName: null,
        externalId: 'x-1',
        metadata: { favourite_colour: 'blue' },
      },
      sessionId: 'session_1',
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['posts:write'],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
      impersonator: { email: 'admin@example.com', reason: 'A ticket.' },
      authenticationMethod: 'Password',
      extras: { oauth_tokens: { access_token: 'gho_1' } },
    })
  })

  it('knows nothing that the server did not say: what is absent stays absent', async () => {
    const access_token = jwt({ sub: 'user_1', sid: 'session_1' })
    const { outcome } = await refresh([200, { user: { id: 'user_1' }, access_token }])
    expect(outcome).toEqual({
      accessToken: access_token,
      lifetime: 300_000,
      user: { id: 'user_1' },
      sessionId: 'session_1',
      extras: {},
    })
  })

  it.each([
    ['claims of wrong types', { role: 5, roles: 'admin', permissions: [1, 'a'], exp: 'x' }],
    ['a life that ended before it began', { iat: 400, exp: 100 }],
  ])('survives %s', async (_name, claims) => {
    const { outcome } = await refresh([200, sessionBody(claims)])
    expect(outcome).toMatchObject({ lifetime: 300_000, sessionId: 'session_1' })
    if ('role' in claims) {
      expect(outcome).toMatchObject({ role: undefined, roles: undefined, permissions: ['a'] })
    }
  })

  it('keeps the new token, though the dates of the access token cannot be made numbers', async () => {
    const odd = { toString: 1, valueOf: 1 }
    const { outcome } = await refresh([200, sessionBody({ exp: odd, iat: odd })])
    expect(outcome).toMatchObject({ refreshToken: 'next-token' })
  })

  it('lives as long as its token says, whatever the clock says', async () => {
    const { outcome } = await refresh([
      200,
      sessionBody({ iat: 9_000_000_000, exp: 9_000_000_060 }),
    ])
    expect(outcome).toMatchObject({ lifetime: 60_000 })
  })

  it('cannot reach a prototype', async () => {
    const text = JSON.stringify(sessionBody()).replace(
      '"first_name"',
      '"__proto__":{"admin":true},"a"',
    )
    const { outcome } = await refresh(new Response(text))
    const { user } = outcome as { user: object }
    expect(Object.keys(user)).toEqual(['object', 'id', 'email', 'a'])
  })

  it('takes the organization from the body when the token does not name it', async () => {
    const { outcome } = await refresh([200, sessionBody({ org_id: undefined })])
    expect(outcome).toMatchObject({ organizationId: 'org_1' })
  })

  it.each([{}, { access_token: null }, { user: { id: 'user_1' } }])(
    'that answers %j came back without a session',
    async (answer) => {
      expect((await refresh([200, answer])).outcome).toBeNull()
    },
  )

  it('never puts the token into an error', async () => {
    for (const reply of ['lost', [500, {}], [400, { error: 'invalid_grant' }]] as const) {
      const { outcome } = await refresh(reply)
      const text = JSON.stringify(outcome) + String(outcome) + String((outcome as Error).stack)
      expect(text).not.toContain(SECRET)
    }
  })
})

describe('a refused refresh', () => {
  // status, the server's word, our code, whether it may pass
  it.each([
    [400, 'invalid_grant', 'refresh_rejected', false],
    [403, 'invalid_grant', 'refresh_rejected', false],
    [400, 'sso_required', 'step_required', false],
    [403, 'mfa_enrollment', 'step_required', false],
    [403, 'mfa_challenge', 'step_required', false],
    [403, 'mfa_verification', 'step_required', false],
    [403, 'organization_selection_required', 'step_required', false],
    [403, 'email_verification_required', 'step_required', false],
    [403, 'application_consent_required', 'step_required', false],
    [400, 'organization_authentication_methods_required', 'step_required', false],
    [403, 'radar_challenge', 'step_required', false],
    [403, 'radar_email_challenge', 'step_required', false],
    [400, 'organization_not_authorized', 'rejected', false],
    [400, 'organization_not_found', 'rejected', false],
    [400, 'organization_membership_not_found', 'rejected', false],
    [400, 'invalid_organization_id', 'rejected', false],
    [403, 'authentication_method_not_allowed', 'rejected', false],
    [400, 'invalid_client', 'rejected', true],
    [401, 'unauthorized_client', 'rejected', true],
    [400, 'invalid_request', 'rejected', true],
    [400, 'token_too_big', 'rejected', true],
    [404, 'entity_not_found', 'rejected', true],
    [422, 'invalid_request_parameters', 'rejected', true],
    [400, 'slow_down', 'rejected', true],
    [429, 'too_many_requests', 'rate_limited', true],
    [429, 'invalid_grant', 'rate_limited', true],
    [408, 'request_timeout', 'server_error', true],
    [409, 'conflict', 'server_error', true],
    [425, 'too_early', 'server_error', true],
    [500, 'internal_error', 'server_error', true],
    [503, 'invalid_grant', 'server_error', true],
    [503, 'sso_required', 'server_error', true],
  ])('with %i %s is %s in every envelope', async (status, word, code, retryable) => {
    for (const answer of [
      { error: word, error_description: 'Words.' },
      { code: word, message: 'Words.' },
      { error: { code: word, message: 'Words.' } },
      { error: 'Bad Request', code: word, message: 'Words.', statusCode: status },
    ]) {
      const { outcome } = await refresh([status, answer])
      expect(outcome).toMatchObject({
        code,
        retryable,
        status,
        message: status < 500 ? 'Words.' : `The server cannot answer now (${status}).`,
        serverCode: word,
      })
    }
  })

  it('finds the definite word in either field', async () => {
    const { outcome } = await refresh([400, { code: 'bad_request', error: 'invalid_grant' }])
    expect(outcome).toMatchObject({ code: 'refresh_rejected', serverCode: 'invalid_grant' })
  })

  it('that brings a token nobody can read keeps the refresh token that came with it', async () => {
    const { outcome } = await refresh([200, { ...sessionBody(), access_token: 'opaque' }])
    expect(outcome).toMatchObject({ accessToken: 'opaque', lifetime: 300_000 })
    expect(outcome).toHaveProperty('refreshToken', sessionBody().refresh_token)
  })

  it.each([
    ['401 with words only', [401, { message: 'Unauthorized' }], 'rejected'],
    ['404 with words only', [404, { message: 'Not Found' }], 'rejected'],
    ['words that look like a code', [400, { message: 'invalid_grant' }], 'rejected'],
    ['nothing but a status', [400, {}], 'bad_response'],
    ['a list', [200, []], 'bad_response'],
    ['an empty success', new Response(null, { status: 200 }), 'bad_response'],
    ['a gateway’s page with 200', new Response('<html>Wi-Fi'), 'bad_response'],
    ['a gateway’s page with 400', new Response('<html>', { status: 400 }), 'bad_response'],
    ['a gateway’s page with 502', new Response('<html>', { status: 502 }), 'server_error'],
    ['a token that is a number', [200, { ...sessionBody(), access_token: 5 }], 'bad_response'],
    ['no user', [200, { ...sessionBody(), user: null }], 'bad_response'],
    ['another person’s token', [200, sessionBody({ sub: 'user_2' })], 'bad_response'],
    ['nothing at all', 'lost', 'network'],
  ] as const)('that meets %s is %s and may pass', async (_name, reply, code) => {
    expect((await refresh(reply)).outcome).toMatchObject({ code, retryable: true })
  })

  it.each([
    ['2', 2_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['soon', undefined],
  ])('tells how long to wait: Retry-After %s', async (header, expected) => {
    const headers = { 'Retry-After': header, Date: 'Thu, 01 Jan 2026 00:00:00 GMT' }
    const body = JSON.stringify({ error: 'too_many_requests' })
    const { outcome } = await refresh(new Response(body, { status: 429, headers }))
    expect(outcome).toHaveProperty('retryAfter', expected)
  })
})

describe('a step that is missing', () => {
  it.each([
    [
      {
        error: 'sso_required',
        error_description: 'Sign in by SSO.',
        connection_ids: ['conn_1', 7],
        email: 'ada@example.com',
        pending_authentication_token: 'pending',
        authkit_redirect_url: 'https://auth.example/sso',
      },
      {
        step: 'sso_required',
        pendingAuthenticationToken: 'pending',
        email: 'ada@example.com',
        connectionIds: ['conn_1'],
        redirectUrl: 'https://auth.example/sso',
      },
    ],
    [
      {
        code: 'organization_selection_required',
        message: 'Choose.',
        pending_authentication_token: 'pending',
        user: { id: 'user_1', email: 'ada@example.com' },
        organizations: [{ id: 'org_1', name: 'One' }, { id: 'org_2' }, { name: 'None' }, null],
      },
      {
        step: 'organization_selection_required',
        pendingAuthenticationToken: 'pending',
        email: 'ada@example.com',
        organizations: [
          { id: 'org_1', name: 'One' },
          { id: 'org_2', name: 'org_2' },
        ],
      },
    ],
    [
      {
        error: 'organization_authentication_methods_required',
        sso_connection_ids: ['conn_2'],
        organizations: 'none',
        authkit_redirect_url: 'javascript:alert(1)',
      },
      { step: 'organization_authentication_methods_required', connectionIds: ['conn_2'] },
    ],
  ])('%j tells what the app needs to go on', async (answer, details) => {
    const { outcome } = await refresh([403, answer])
    expect(outcome).toMatchObject({ code: 'step_required', serverCode: details.step })
    expect((outcome as { details: unknown }).details).toEqual(details)
  })
})

describe('signing in with a code', () => {
  const credentials = { code: 'code_1', codeVerifier: 'verifier' }

  it('trades it with its proof', async () => {
    const { provider, sent } = workosWire({}, [200, sessionBody()])
    const grant = await provider.signIn?.(credentials, context())
    expect(grant).toMatchObject({ refreshToken: 'next-token', user: { firstName: 'Ada' } })
    expect(sent[0]?.body).toEqual({
      client_id: 'client_1',
      grant_type: 'authorization_code',
      code: 'code_1',
      code_verifier: 'verifier',
    })
  })

  it.each([
    [
      400,
      { error: 'invalid_grant', error_description: 'The code has expired.' },
      'invalid_credentials',
    ],
    [400, { code: 'invalid_one_time_code', message: 'No.' }, 'invalid_credentials'],
    [400, { code: 'invalid_pending_authentication_token', message: 'No.' }, 'invalid_credentials'],
    [403, { code: 'mfa_challenge', message: 'More.' }, 'step_required'],
    [400, { error: 'invalid_client' }, 'rejected'],
    [401, { message: 'Unauthorized' }, 'rejected'],
  ])('refused with %i %j is %s, and not retryable', async (status, answer, code) => {
    const { provider } = workosWire({}, [status, answer])
    const attempt = provider.signIn?.(credentials, context())
    await expect(attempt).rejects.toMatchObject({ code, retryable: false })
  })

  it('that brings no session is no success', async () => {
    const { provider } = workosWire({}, [200, {}])
    const attempt = provider.signIn?.(credentials, context())
    await expect(attempt).rejects.toMatchObject({ code: 'bad_response' })
  })

  it('or without one is the caller’s mistake, and sends nothing', async () => {
    const { provider, sent } = workosWire({})
    for (const wrong of [{}, { code: 'c' }, { code: '', codeVerifier: 'v' }, null, undefined]) {
      // @ts-expect-error JavaScript callers have no types.
      const attempt = provider.signIn?.(wrong, context())
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    expect(sent).toEqual([])
  })
})

describe('a refresh token that stays in the browser’s cookies', () => {
  const cookies = { cookies: true, hasSession: () => true }
  const name = `${HTTP_ONLY}session_1`

  it('is never seen by the page: the session has a name for it', async () => {
    const { provider, sent } = workosWire(cookies, [200, sessionBody()], [200, sessionBody()])
    const grant = await provider.signIn?.({ code: 'c', codeVerifier: 'v' }, context())
    expect(grant?.refreshToken).toBe(name)
    const fresh = await provider.refresh(name, { ...context(), organizationId: 'org_1' })
    expect(fresh?.refreshToken).toBe(name)
    expect(JSON.stringify([grant, fresh])).not.toContain('next-token')
    expect(sent.map(({ credentials }) => credentials)).toEqual(['include', 'include'])
    expect(sent[1]?.body).toEqual({
      client_id: 'client_1',
      grant_type: 'refresh_token',
      organization_id: 'org_1',
    })
  })

  it('that belongs to another sign-in by now ends this session, not that one', async () => {
    const other = { ...sessionBody({ sub: 'user_2', sid: 'session_2' }), user: { id: 'user_2' } }
    const { provider } = workosWire(cookies, [200, other])
    const attempt = provider.refresh(name, context())
    await expect(attempt).rejects.toMatchObject({ code: 'refresh_rejected', retryable: false })
  })

  it('is not asked for by a client that does without cookies', async () => {
    const { provider, sent } = workosWire({})
    const attempt = provider.refresh(name, context())
    await expect(attempt).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(sent).toEqual([])
  })

  it('does not keep a token that the client holds from being used', async () => {
    const { provider, sent } = workosWire(cookies, [200, sessionBody()])
    expect((await provider.refresh(SECRET, context()))?.refreshToken).toBe('next-token')
    expect(sent[0]?.body).toMatchObject({ refresh_token: SECRET })
  })

  it('is tried at start when the app says that there may be one, and storage has none', async () => {
    const { provider } = workosWire(cookies, [200, sessionBody()])
    expect(await provider.resume?.ask(null, context())).toMatchObject({ refreshToken: name })
    expect(workosWire({ cookies: true }).provider.resume).toBeUndefined()
    expect(workosWire({ hasSession: () => true }).provider.resume).toBeUndefined()
    const without = workosWire({ ...cookies, hasSession: () => false })
    expect(await without.provider.resume?.ask(null, context())).toBeUndefined()
    const settled = workosWire(cookies)
    expect(await settled.provider.resume?.ask(known, context())).toBeUndefined()
    expect([...without.sent, ...settled.sent]).toEqual([])
  })

  it.each([
    [[400, { error: 'invalid_grant' }], null],
    [[400, { error: 'invalid_request', error_description: 'No refresh token.' }], null],
    [[403, { code: 'mfa_enrollment' }], null],
    [[200, {}], null],
    [[503, {}], 'server_error'],
    [[429, {}], 'rate_limited'],
    [new Response('<html>'), 'bad_response'],
    ['lost', 'network'],
  ] as const)('that meets %j at start is %s', async (reply, expected) => {
    const { provider } = workosWire(cookies, reply)
    const outcome = await provider.resume?.ask(null, context()).catch((error: unknown) => error)
    if (expected === null) expect(outcome).toBeNull()
    else expect(outcome).toMatchObject({ code: expected })
  })

  it.each([
    ['workos-has-session=1', true],
    ['a=b; workos-has-session=client_0.client_1', true],
    ['workos-has-session=client_2; workos-has-session=client_1', true],
    ['workos-has-session=client_11', false],
    ['not-workos-has-session=1', false],
    ['', false],
  ])('is announced by the cookies %j: %s', (text, expected) => {
    expect(hasSessionCookie(text, 'client_1')).toBe(expected)
  })
})

const known: Session = {
  accessToken: 'a',
  refreshToken: 'r',
  expiresAt: 0,
  user: null,
  extras: {},
  sessionId: 'session_1',
}

describe('signing out', () => {
  const page = new Response(null, { status: 200 })

  it('asks for the page that ends the session, as a browser would', async () => {
    const { provider, sent } = workosWire({}, page)
    await provider.signOut?.(known, 'local', context())
    expect(sent).toMatchObject([
      {
        method: 'GET',
        url: {
          href: 'https://api.workos.com/user_management/sessions/logout?session_id=session_1',
        },
        credentials: 'include',
        mode: 'no-cors',
        body: null,
      },
    ])
  })

  it('of a session without an id asks for nothing', async () => {
    const { provider, sent } = workosWire({})
    await provider.signOut?.({ ...known, sessionId: undefined }, 'local', context())
    expect(sent).toEqual([])
  })

  it('of a session without an id has no address to go to', async () => {
    const { provider } = workosWire({}, [200, sessionBody({ sid: undefined })])
    const auth = new AuthClient({ provider, storage: memoryStorage() })
    await auth.signIn({ code: 'c', codeVerifier: 'v' })
    await expect(auth.actions.signOutUrl()).rejects.toMatchObject({ code: 'rejected' })
    auth.dispose()
  })

  it.each([
    ['others', 0],
    ['global', 1],
  ] as const)('%s is more than a public client can do, and says so', async (scope, requests) => {
    const { provider, sent } = workosWire({}, page.clone())
    const attempt = provider.signOut?.(known, scope, context())
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent.length).toBe(requests)
  })

  it('offline is an AuthError like everything else', async () => {
    const { provider } = workosWire({}, 'lost')
    const attempt = provider.signOut?.(known, 'local', context())
    await expect(attempt).rejects.toMatchObject({ code: 'network' })
  })
})

describe('a configuration', () => {
  it.each([
    [{ clientId: '' }],
    [{ clientId: 'c', url: 'http://auth.example' }],
    [{ clientId: 'c', url: 'nonsense' }],
    [{ clientId: 'c', url: 'https://u:p@auth.example' }],
    [{ clientId: 'c', redirectUri: '/callback' }],
  ])('%j that cannot work is refused at once', (options) => {
    expect(() => workos(options)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('may be on this device, or insecure in so many words', () => {
    workos({ clientId: 'c', url: 'http://localhost:4010' })
    workos({ clientId: 'c', url: 'http://auth.example', dangerouslyAllowInsecureHttp: true })
  })

  it('makes an id that no other client id and no other host shares', () => {
    const ids = [
      workos({ clientId: 'client_1' }).id,
      workos({ clientId: 'client_2' }).id,
      workos({ clientId: 'client_1', url: 'https://auth.example' }).id,
    ]
    expect(ids[0]).toBe('workos.api.workos.com.client_1')
    expect(new Set(ids).size).toBe(3)
  })
})
