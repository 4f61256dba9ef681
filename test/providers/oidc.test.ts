import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError, type Session } from '../../src/index.js'
import { type OidcOptions, type OidcUser, oidc } from '../../src/providers/oidc/index.js'
import {
  DOCUMENT,
  ENDPOINTS,
  ID_CLAIMS,
  ISSUER,
  oidcPage,
  oidcWire,
  tokenBody,
} from '../support/oidc-wire.js'
import { context, jwt, type Reply } from '../support/wire.js'

const SECRET = 'secret-refresh-token'

/** A session as a sign-in left it. */
const SESSION: Session<OidcUser> = {
  accessToken: 'access-0',
  refreshToken: SECRET,
  expiresAt: 0,
  user: { id: 'ada' },
  sessionId: 'session-0',
  extras: {
    id_token: 'id-token-0',
    scope: 'openid profile email',
    oidc: { server: ENDPOINTS, subject: 'ada', acr: 'gold', authTime: 500_000 },
  },
}

/** The outcome of a refresh that was answered so, of the session above. */
async function refresh(reply: Reply, session: Session<OidcUser> | null = SESSION) {
  const { provider, sent } = oidcWire({}, reply)
  const outcome = await provider
    .refresh(SECRET, { ...context(), session })
    .catch((error: unknown) => error)
  return { outcome, sent }
}

afterEach(() => void vi.unstubAllGlobals())

describe('a refresh', () => {
  it('goes to the endpoint as a form, byte for byte as the server wrote the address', async () => {
    vi.stubGlobal('document', {})
    const { outcome, sent } = await refresh([200, tokenBody()])
    expect(isAuthError(outcome)).toBe(false)
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: DOCUMENT.token_endpoint,
        // A rotated token must not be lost with the page.
        keepalive: true,
        form: { grant_type: 'refresh_token', refresh_token: SECRET, client_id: 'app' },
      },
    ])
    expect(Object.keys(sent[0]?.form ?? {})).toHaveLength(3)
    expect(sent[0]?.headers.get('Content-Type')).toMatch('application/x-www-form-urlencoded')
  })

  it('becomes a grant: facts, the user, the id token, and the rest by the server’s own names', async () => {
    const body = {
      ...tokenBody({
        sid: 'session-1',
        org_id: 'org_1',
        amr: ['pwd', 'otp'],
        email: 'ada@example.com',
        email_verified: true,
        given_name: 'Ada',
      }),
      session_state: 'state-1',
    }
    const { outcome } = await refresh([200, body])
    expect(outcome).toEqual({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      lifetime: 60_000,
      user: { id: 'ada', email: 'ada@example.com', emailVerified: true, givenName: 'Ada' },
      sessionId: 'session-1',
      organizationId: 'org_1',
      amr: [{ method: 'pwd' }, { method: 'otp' }],
      extras: {
        token_type: 'Bearer',
        session_state: 'state-1',
        scope: 'openid profile',
        id_token: body.id_token,
        oidc: { server: ENDPOINTS, subject: 'ada', acr: 'gold', authTime: 500_000 },
      },
    })
  })

  it('leaves names of claims that are addresses, or have a prefix, as they are', async () => {
    const claims = {
      'https://app.example/user_roles': ['admin'],
      'custom:tenant_id': 't1',
      'urn:zitadel:iam:user:resourceowner:primary_domain': 'app.example',
      _claim_names: { address: 'src1' },
      preferred_username: 'ada',
    }
    const { outcome } = await refresh([200, tokenBody(claims)])
    const { preferred_username: preferredUsername, ...others } = claims
    expect(outcome).toMatchObject({ user: { id: 'ada', preferredUsername, ...others } })
  })

  it('asks for JSON, which GitHub and its like give nobody else, unless the app asks for more', async () => {
    const { sent } = await refresh([200, tokenBody()])
    expect(sent[0]?.headers.get('Accept')).toBe('application/json')
    const headers = { Accept: 'application/json, application/jwt' }
    const own = oidcWire({ headers }, [200, tokenBody()])
    await own.provider.refresh(SECRET, { ...context(), session: SESSION })
    expect(own.sent[0]?.headers.get('Accept')).toBe(headers.Accept)
  })

  it.each<readonly [string, (token: ReturnType<typeof tokenBody>) => Reply]>([
    ['whose `expires_in` is null', (body) => [200, { ...body, expires_in: null }]],
    ['whose `expires_in` is empty', (body) => [200, { ...body, expires_in: '' }]],
    ['whose `expires_in` is negative', (body) => [200, { ...body, expires_in: -1 }]],
    ['without a `token_type`', (body) => [200, { ...body, token_type: undefined }]],
    ['whose `token_type` is N_A', (body) => [200, { ...body, token_type: 'N_A' }]],
    ['whose `scope` is null', (body) => [200, { ...body, scope: null }]],
    ['whose `scope` is a list', (body) => [200, { ...body, scope: ['openid', 'email'] }]],
    ['whose id token is null', (body) => [200, { ...body, id_token: null }]],
    ['whose id token is empty', (body) => [200, { ...body, id_token: '' }]],
    [
      'whose id token is over by this device’s clock',
      (body) => [200, { ...body, id_token: jwt({ ...ID_CLAIMS, iat: 1, exp: 2 }) }],
    ],
    [
      'whose issuer differs by a slash',
      (body) => [200, { ...body, id_token: jwt({ ...ID_CLAIMS, iss: `${ISSUER}/` }) }],
    ],
    [
      'for a second audience',
      (body) => [200, { ...body, id_token: jwt({ ...ID_CLAIMS, aud: ['app', 'other'] }) }],
    ],
    [
      'whose `iat` is a text',
      (body) => [200, { ...body, id_token: jwt({ ...ID_CLAIMS, iat: '1000' }) }],
    ],
    [
      'signed by an algorithm that nobody announced',
      (body) => {
        const [, ...rest] = body.id_token.split('.')
        const head = Buffer.from('{"alg":"EdDSA"}').toString('base64url')
        return [200, { ...body, id_token: [head, ...rest].join('.') }]
      },
    ],
    ['that came with 201', (body) => [201, body]],
    ['with an id token that is no JWT', (body) => [200, { ...body, id_token: 'opaque' }]],
    ['with fields of wrong types', (body) => [200, { ...body, expires_in: [60], scope: 5 }]],
  ])('with an odd answer is one: the tokens are taken from one %s', async (_name, reply) => {
    const { outcome } = await refresh(reply(tokenBody()))
    expect(outcome).toMatchObject({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      sessionId: 'session-0',
      extras: { oidc: { subject: 'ada' } },
    })
    const { lifetime } = outcome as { lifetime: number }
    expect(lifetime > 0 && Number.isFinite(lifetime)).toBe(true)
  })

  it.each([null, '', undefined])(
    'with %j for the next refresh token keeps the old one',
    async (none) => {
      const { outcome } = await refresh([200, { ...tokenBody(), refresh_token: none }])
      expect(outcome).toMatchObject({ accessToken: 'access-1', refreshToken: undefined })
    },
  )

  it('without an id token keeps the first, and the user', async () => {
    const { id_token: _, ...body } = tokenBody()
    const { outcome } = await refresh([200, body])
    expect(outcome).toMatchObject({ user: undefined })
    expect((outcome as { extras: object }).extras).not.toHaveProperty('id_token')
  })

  it('of a token that is not this issuer’s or not for this client keeps user and id token', async () => {
    for (const wrong of [{ iss: 'https://other.example' }, { aud: 'other' }, { azp: 'other' }]) {
      const { outcome } = await refresh([200, tokenBody({ ...wrong, email: 'x@example.com' })])
      expect(outcome).toMatchObject({ accessToken: 'access-1', user: undefined })
    }
  })

  it('lives as long as the shorter of what the answer and the token itself say', async () => {
    const access_token = jwt({ iat: 9_000_000_000, exp: 9_000_000_030 })
    const lives = async (expires_in: unknown, token: string) =>
      (await refresh([200, { ...tokenBody(), access_token: token, expires_in }])).outcome
    expect(await lives(60, access_token)).toMatchObject({ lifetime: 30_000 })
    expect(await lives(20, access_token)).toMatchObject({ lifetime: 20_000 })
    expect(await lives('20', access_token)).toMatchObject({ lifetime: 20_000 })
    expect(await lives(undefined, access_token)).toMatchObject({ lifetime: 30_000 })
    expect(await lives(true, 'opaque')).toMatchObject({ lifetime: 3_600_000 })
  })

  it('has a life in numbers, however long the server says that it is', async () => {
    const { outcome } = await refresh([200, { ...tokenBody(), expires_in: 1e307 }])
    expect(outcome).toMatchObject({ lifetime: 3_600_000 })
  })

  it('never ends a session by `refresh_expires_in`, which is 0 for one that never ends', async () => {
    const { outcome } = await refresh([200, { ...tokenBody(), refresh_expires_in: 0 }])
    expect(outcome).toMatchObject({ accessToken: 'access-1' })
  })

  it('cannot be told where the next one goes by its answer', async () => {
    const server = { ...DOCUMENT, token_endpoint: 'https://evil.example/token' }
    const body = { ...tokenBody(), oidc: { server, subject: 'eve' } }
    const { outcome } = await refresh([200, body])
    expect(outcome).toMatchObject({ extras: { oidc: { server: ENDPOINTS, subject: 'ada' } } })
  })

  it('cannot name a key for the session by its answer', async () => {
    const { outcome } = await refresh([200, { ...tokenBody(), dpop: { key: 'k', jkt: 'j' } }])
    expect(outcome).not.toHaveProperty('keyId')
    expect(Object(outcome).extras).not.toHaveProperty('dpop')
  })

  it('asks for a resource, an audience and a scope where they are wanted, and for none else', async () => {
    const { provider, sent } = oidcWire({}, [200, tokenBody()], [200, tokenBody()])
    const target = { resource: 'https://api.example', audience: 'api', scope: 'read' }
    await provider.refresh(SECRET, { ...context(), ...target, session: SESSION })
    const kept = { ...SESSION, extras: { oidc: { resource: 'https://own.example' } } }
    await provider.refresh(SECRET, { ...context(), session: kept })
    expect(sent[0]?.form).toMatchObject(target)
    expect(sent[1]?.form).toEqual({
      grant_type: 'refresh_token',
      refresh_token: SECRET,
      client_id: 'app',
      resource: 'https://own.example',
    })
  })
})

describe('a session whose issuer', () => {
  const own = ({ issuer: _, ...server }: typeof ENDPOINTS) => server
  const of = (extras: object) => ({ ...SESSION, extras: { ...extras } })
  const idToken = (iss: string) => jwt({ ...ID_CLAIMS, iss })

  it.each<[string, object]>([
    ['is another one', { oidc: { server: { ...ENDPOINTS, issuer: 'https://b.example' } } }],
    ['is another one by its id token', { id_token: idToken('https://b.example'), oidc: {} }],
    [
      'is another one by its id token, at addresses that it knows',
      { id_token: idToken('https://b.example'), oidc: { server: own(ENDPOINTS) } },
    ],
    ['is not said, but whose addresses are', { oidc: { server: own(ENDPOINTS) } }],
    ['is no text', { oidc: { server: { ...ENDPOINTS, issuer: [ISSUER] } } }],
  ])('%s is sent to nobody', async (_name, extras) => {
    const { outcome, sent } = await refresh([200, tokenBody()], of(extras))
    expect(outcome).toMatchObject({ code: 'refresh_rejected' })
    expect(sent).toEqual([])
  })

  it.each<[string, object]>([
    ['is this one by its id token', { id_token: idToken(ISSUER), oidc: {} }],
    [
      'is this one by its id token, at addresses that it knows',
      { id_token: idToken(ISSUER), oidc: { server: own(ENDPOINTS) } },
    ],
    ['nobody knows, as the app brought it along', {}],
    ['nobody knows by what is no id token', { id_token: 'opaque', oidc: { subject: 'ada' } }],
  ])('%s goes on', async (_name, extras) => {
    const { outcome } = await refresh([200, tokenBody()], of(extras))
    expect(outcome).toMatchObject({ accessToken: 'access-1' })
  })
})

describe('an answer for another person', () => {
  it('is never served: it ends the session with a reason of its own', async () => {
    const { outcome } = await refresh([200, tokenBody({ sub: 'eve' })])
    expect(outcome).toMatchObject({ code: 'refresh_rejected', serverCode: 'subject_changed' })
  })

  it('is noticed by the subject at the server, whatever the app calls people', async () => {
    const own = { ...SESSION, user: { id: 'number-1' } }
    const { outcome } = await refresh([200, tokenBody()], own)
    expect(outcome).toMatchObject({ accessToken: 'access-1' })
  })

  it('is noticed by its access token where that is a JWT for the same API', async () => {
    const { id_token: _, ...body } = tokenBody()
    const token = (claims: object) => jwt({ iat: 1_000, exp: 1_060, ...claims })
    const answered = async (before: object, after: object) => {
      const own = {
        ...SESSION,
        accessToken: token(before),
        extras: { oidc: { server: ENDPOINTS } },
      }
      return (await refresh([200, { ...body, access_token: token(after) }], own)).outcome
    }
    const changed = { code: 'refresh_rejected', serverCode: 'subject_changed' }
    expect(await answered({ sub: 'ada' }, { sub: 'eve' })).toMatchObject(changed)
    const api = { aud: 'https://api.example' }
    expect(await answered({ sub: 'ada', ...api }, { sub: 'eve', ...api })).toMatchObject(changed)
    // Whoever says nothing, or speaks to another API, may be the same.
    for (const after of [{ sub: 'ada' }, {}, { sub: 'eve', aud: 'https://other.example' }]) {
      expect(await answered({ sub: 'ada' }, after)).toMatchObject({ refreshToken: 'refresh-1' })
      expect(await answered({}, after)).toMatchObject({ refreshToken: 'refresh-1' })
    }
  })

  it('is nothing to a token that is held elsewhere', async () => {
    const { outcome } = await refresh([200, tokenBody({ sub: 'eve' })], null)
    expect(outcome).toMatchObject({ user: { id: 'eve' } })
  })
})

describe('a refused refresh', () => {
  it.each([400, 401, 403])('ends the session by `invalid_grant` with %i', async (status) => {
    const body = { error: 'invalid_grant', error_description: 'Session not active' }
    const { outcome } = await refresh([status, body])
    expect(outcome).toMatchObject({
      code: 'refresh_rejected',
      retryable: false,
      status,
      serverCode: 'invalid_grant',
      message: 'Session not active',
    })
  })

  it.each([
    ['a client that is switched off', 401, 'invalid_client', 'rejected'],
    ['a wrong secret at Keycloak', 401, 'unauthorized_client', 'rejected'],
    ['a realm that is switched off', 403, 'access_denied', 'rejected'],
    ['a scope that nobody knows', 400, 'invalid_scope', 'rejected'],
    ['a request that is wrong', 400, 'invalid_request', 'rejected'],
    ['an unknown word', 400, 'something_new', 'rejected'],
    ['its word with another status', 422, 'invalid_grant', 'rejected'],
    ['its word where no endpoint is', 404, 'invalid_grant', 'bad_response'],
    ['its word from a server that fails', 500, 'invalid_grant', 'server_error'],
    ['Hydra’s word to the loser of two', 500, 'server_error', 'server_error'],
    ['its word with a conflict', 409, 'invalid_grant', 'server_error'],
    ['too many requests', 429, 'too_many_requests', 'rate_limited'],
  ])('keeps the session, and is tried again, after %s', async (_name, status, error, code) => {
    const { outcome } = await refresh([status, { error }])
    expect(outcome).toMatchObject({ code, status, retryable: true })
  })

  it.each(['invalid_grant', 'bad_refresh_token', 'invalid_client'])(
    'that comes with 200 says so, and keeps the session, whatever its word: %s',
    async (error) => {
      const { outcome } = await refresh([200, { error }])
      const kept = { code: 'rejected', retryable: true, status: 200, serverCode: error }
      expect(outcome).toMatchObject(kept)
    },
  )

  it('that comes with 200 repeats no token in its word', async () => {
    const { outcome } = await refresh([200, { error: `unknown ${SECRET}` }])
    expect(outcome).toMatchObject({ code: 'rejected', serverCode: 'unknown …' })
  })

  it('that is a redirect is none of the protocol, whatever its word', async () => {
    const { outcome } = await refresh([302, { error: 'invalid_grant' }])
    expect(outcome).toMatchObject({ code: 'bad_response', status: 302 })
  })

  it.each([
    ['another sign-in', 400, { error: 'interaction_required' }, 'interaction_required'],
    ['a sign-in', 400, { error: 'login_required' }, 'login_required'],
    ['Entra’s step', 400, { error: 'invalid_grant', suberror: 'basic_action' }, 'basic_action'],
    [
      'a step of Entra’s that nobody has documented',
      400,
      { error: 'invalid_grant', suberror: 'protection_policy_required' },
      'protection_policy_required',
    ],
    ['Auth0’s second factor', 403, { error: 'mfa_required', mfa_token: 'm-1' }, 'mfa_required'],
  ])('keeps the session where the server wants %s first', async (_name, status, body, step) => {
    const { outcome } = await refresh([status, body])
    expect(outcome).toMatchObject({ code: 'step_required', serverCode: step, details: { step } })
    const mfa = step === 'mfa_required'
    // Auth0 alone has spent the token by then.
    expect(outcome).toMatchObject({
      details: mfa ? { pendingAuthenticationToken: 'm-1', spent: true } : {},
    })
    expect(Object(outcome).details.spent).toBe(mfa ? true : undefined)
  })

  it.each([
    ['no word beside it', { error: 'invalid_grant', suberror: '' }, 'refresh_rejected'],
    ['what is no word', { error: 'invalid_grant', suberror: '<b>step</b>' }, 'refresh_rejected'],
    ['its word beside another', { error: 'invalid_client', suberror: 'basic_action' }, 'rejected'],
  ])('is no step of Entra’s by %s', async (_name, body, code) => {
    expect((await refresh([400, body])).outcome).toMatchObject({ code })
  })

  it('costs no refresh token where none was sent, as in a sign-in', async () => {
    const refused = oidcPage({})
    const { parameters } = await refused.begin()
    refused.replies.push([403, { error: 'mfa_required', mfa_token: 'm-1' }])
    const error = await refused.comeBack({ code: 'c', state: parameters.state ?? '' })
    expect(error).toMatchObject({ code: 'step_required' })
    expect(Object(error).details.spent).toBeUndefined()
  })

  it('hands on the claims that Entra asks for', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const { outcome } = await refresh([400, { error: 'interaction_required', claims }])
    expect(outcome).toMatchObject({ details: { claims: JSON.parse(claims) } })
  })

  it('for a resource is about that resource alone', async () => {
    const { provider } = oidcWire({}, [400, { error: 'invalid_target' }])
    const wanted = { ...context(), session: SESSION, resource: 'https://api.example' }
    await expect(provider.refresh(SECRET, wanted)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
    })
  })

  it.each([
    ['Spring’s redirect to its login page', new Response('', { status: 302 })],
    ['a redirect that the browser hides', Response.error()],
    ['a gateway’s page', new Response('<html>', { status: 200 })],
    ['a gateway’s page with a refusal', new Response('invalid_grant', { status: 400 })],
    ['no error in it', new Response('{}', { status: 400 })],
    ['an access token that is no text', Response.json({ access_token: 5 })],
  ])('is none, and may pass, with %s', async (_name, reply) => {
    const { outcome } = await refresh(reply)
    expect(outcome).toMatchObject({ code: 'bad_response', retryable: true })
  })

  it('shows nobody markup, nor the token that was sent', async () => {
    const said = async (error_description: string) =>
      (await refresh([400, { error: 'invalid_grant', error_description }])).outcome
    expect(await said('<img src=x onerror=alert(1)>')).toMatchObject({
      message: 'No reason given.',
    })
    expect(await said(`unknown token ${SECRET}`)).toMatchObject({ message: 'unknown token …' })
  })

  it.each([
    ['AADSTS50173: It is revoked.\r\nTrace ID: 1\r\nTimestamp: 2', 'AADSTS50173: It is revoked.'],
    ['One.\nTwo.', 'One.'],
    ['One.\r\n', 'One.'],
    ['\r\nTwo.', 'No reason given.'],
    ['One.\rTwo.', 'No reason given.'],
    ['One.\r\n<b>', 'No reason given.'],
    ['a\u0007', 'No reason given.'],
    [`${'a'.repeat(501)}\r\nTwo.`, 'No reason given.'],
  ])(
    'shows the first line of what is said, and none that can do harm: %j',
    async (said, message) => {
      const body = { error: 'invalid_grant', error_description: said }
      expect((await refresh([400, body])).outcome).toMatchObject({ message })
    },
  )
})

describe('a sign-out', () => {
  it('revokes the refresh token, at the address that the session knows', async () => {
    const { provider, sent } = oidcWire({}, new Response('', { status: 200 }))
    await provider.signOut?.(SESSION, 'local', context())
    expect(sent).toMatchObject([
      {
        url: DOCUMENT.revocation_endpoint,
        form: { token: SECRET, token_type_hint: 'refresh_token', client_id: 'app' },
      },
    ])
  })

  it('revokes the access token where there is no other, and nothing where the server cannot', async () => {
    const alone = oidcWire({}, new Response('', { status: 200 }))
    await alone.provider.signOut?.({ ...SESSION, refreshToken: null }, 'local', context())
    expect(alone.sent[0]?.form).toMatchObject({
      token: 'access-0',
      token_type_hint: 'access_token',
    })
    const { revocation_endpoint: _, ...metadata } = DOCUMENT
    const without = oidcWire({ metadata })
    await without.provider.signOut?.(SESSION, 'local', context())
    expect(without.sent).toEqual([])
  })

  it('of all sessions ends its own, and says that it cannot end others', async () => {
    const { provider, sent } = oidcWire({}, new Response('', { status: 200 }))
    const all = provider.signOut?.(SESSION, 'global', context())
    await expect(all).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toHaveLength(1)
  })
})

describe('the options', () => {
  const base = { issuer: ISSUER, clientId: 'app', redirectUri: 'https://app.example/callback' }

  it.each<readonly [string, object]>([
    ['an issuer over http', { issuer: 'http://id.example' }],
    ['an issuer that is no address', { issuer: 'id.example' }],
    ['an issuer with a query', { issuer: 'https://id.example?tenant=1' }],
    ['no client', { clientId: '' }],
    ['a client with a blank', { clientId: 'a b' }],
    ['no redirect URI', { redirectUri: undefined }],
    ['a page to sign out over http', { endSessionEndpoint: 'http://id.example/bye' }],
    ['a list for a scope', { scope: ['openid'] }],
    ['metadata without endpoints', { metadata: {} }],
    ['metadata of another issuer', { metadata: { ...DOCUMENT, issuer: 'https://id.example' } }],
    ['an endpoint over http', { metadata: { ...DOCUMENT, token_endpoint: 'http://id.example/t' } }],
    [
      'an endpoint that is a script',
      { metadata: { ...DOCUMENT, end_session_endpoint: 'javascript:1' } },
    ],
    ['an option that nobody knows', { authority: ISSUER }],
  ])('are refused when the provider is made, with %s', (_name, wrong) => {
    const options: OidcOptions = { ...base, ...wrong }
    const made = (): unknown => oidc(options)
    expect(made).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('name the server and the client in the storage key', () => {
    expect(oidc(base).id).toBe('oidc.id.example/realms/one.app')
    expect(oidc({ ...base, issuer: 'https://id.example/' }).id).toBe('oidc.id.example.app')
  })
})
