import { describe, expect, it } from 'vitest'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import {
  createOidc,
  type OidcServer,
  type OidcServerOptions,
} from '../../../src/server/oidc/index.js'
import {
  answering,
  CALLBACK,
  DOCUMENT,
  ID_CLAIMS,
  ISSUER,
  tokenBody,
} from '../../support/oidc-wire.js'
import { context, jwt, type Reply } from '../../support/wire.js'
import { createOidcServerWorld, errorOf } from './oidc-server-world.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })

/** A client whose requests are recorded and answered by hand. It knows its endpoints. */
function wire(options: Partial<OidcServerOptions>, ...replies: Reply[]) {
  const { sent, fetch } = answering(...replies)
  const metadata = { ...DOCUMENT, introspection_endpoint: 'https://id.example/introspect' }
  const base = { issuer: ISSUER, clientId: 'app', clientSecret: 'secret-of-the-app', metadata }
  return { oidc: createOidc({ ...base, fetch, ...options }), sent }
}

/** A code and the verifier that belongs to it, with answers whose id token has these claims. */
async function redeem(claims: object, options: Partial<OidcServerOptions> = {}, body: object = {}) {
  const { verifier, challenge } = await createPkce()
  const answer = { ...tokenBody({ nonce: challenge, ...claims }), ...body }
  const { oidc, sent } = wire(options, [200, answer])
  const exchange = { code: 'code-1', codeVerifier: verifier, redirectUri: CALLBACK }
  return {
    result: await oidc.exchangeCode(exchange).catch((error: unknown) => error),
    sent,
    verifier,
  }
}

describe('a code', () => {
  it('is traded for a session, with the proof and the address of its sign-in', async () => {
    const { result, sent, verifier } = await redeem({ sid: 'session_1', name: 'Ada' })
    expect(sent[0]?.form).toEqual({
      grant_type: 'authorization_code',
      code: 'code-1',
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    })
    expect(result).toMatchObject({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      lifetime: 60_000,
      sessionId: 'session_1',
      user: { id: 'ada', name: 'Ada' },
    })
  })

  it.each<[string, object]>([
    ['for another client', { aud: 'other' }],
    [
      'for another client too, which is named as the one that asked',
      { aud: ['app', 'b'], azp: 'b' },
    ],
    ['for another client too, and issued to nobody', { aud: ['app', 'b'] }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of another sign-in', { nonce: 'another' }],
    ['of no sign-in', { nonce: undefined }],
    ['of nobody', { sub: undefined }],
  ])('brings no session with an id token %s', async (_, claims) => {
    expect((await redeem(claims)).result).toMatchObject({
      code: 'bad_response',
      serverCode: 'invalid_id_token',
      retryable: false,
    })
  })

  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  it.each<[string, unknown]>([
    ['that nobody signed (`alg: none`)', `${part({ alg: 'none' })}.${part(ID_CLAIMS)}.c2ln`],
    ['whose signature was cut off', `${part({ alg: 'RS256' })}.${part(ID_CLAIMS)}.`],
    ['that is encrypted', 'a.b.c.d.e'],
    ['that is none', 5],
    ['that is missing', undefined],
  ])('brings no session with an id token %s', async (_, id_token) => {
    const { result } = await redeem({}, {}, { id_token })
    expect(result).toMatchObject({ code: 'bad_response', serverCode: 'invalid_id_token' })
  })

  it('brings no session with a token that must be proven', async () => {
    expect((await redeem({}, {}, { token_type: 'DPoP' })).result).toMatchObject({
      code: 'rejected',
    })
  })

  it('brings a session of OAuth alone, with the user from elsewhere', async () => {
    const loadUser = async ({ accessToken }: { accessToken: string }) => ({ id: accessToken })
    const { result } = await redeem({}, { scope: 'profile', loadUser }, { id_token: undefined })
    expect(result).toMatchObject({ user: { id: 'access-1' } })
  })

  it('is for the API that the options name, at each step', async () => {
    const resource = 'https://api.example'
    const { sent } = await redeem({}, { resource })
    expect(sent[0]?.form).toMatchObject({ resource })
    const { oidc, sent: refreshed } = wire({ resource }, [200, tokenBody()])
    await oidc.refresh('refresh-1', context())
    expect(refreshed[0]?.form).toMatchObject({ resource })
    const { challenge: codeChallenge } = await createPkce()
    const url = await oidc.authorizeUrl({ redirectUri: CALLBACK, state: 's', codeChallenge })
    expect(new URL(url).searchParams.get('resource')).toBe(resource)
  })
})

describe('what a refresh is answered with', () => {
  it.each<[string, Reply, object]>([
    ['the definite word', [400, { error: 'invalid_grant' }], { code: 'refresh_rejected' }],
    ['the definite word of Auth0', [403, { error: 'invalid_grant' }], { code: 'refresh_rejected' }],
    ['that word in an outage', [500, { error: 'invalid_grant' }], { code: 'server_error' }],
    ['a client that is switched off', [401, { error: 'invalid_client' }], { retryable: true }],
    ['a realm that is locked', [403, { error: 'access_denied' }], { retryable: true }],
    ['a scope that is gone', [400, { error: 'invalid_scope' }], { retryable: true }],
    ['too many requests', [429, {}], { code: 'rate_limited' }],
    ['a step', [400, { error: 'interaction_required' }], { code: 'step_required' }],
    [
      'a step of Entra',
      [400, { error: 'invalid_grant', suberror: 'basic_action' }],
      { code: 'step_required', details: { step: 'basic_action' } },
    ],
    [
      'a page to sign in',
      new Response(null, { status: 302, headers: { location: '/login' } }),
      { code: 'bad_response', retryable: true },
    ],
    ['a page', new Response('<html>'), { code: 'bad_response', retryable: true }],
    [
      'the page of a gateway',
      new Response('<html>', { status: 502 }),
      { code: 'server_error', retryable: true },
    ],
    ['no answer', 'lost', { code: 'network', retryable: true }],
  ])('%s', async (_, reply, expected) => {
    expect(await errorOf(wire({}, reply).oidc.refresh('refresh-1', context()))).toMatchObject(
      expected,
    )
  })

  it.each<[string, object]>([
    ['no life', { expires_in: null }],
    ['a life below none', { expires_in: -1 }],
    ['no type', { token_type: undefined }],
    ['another type', { token_type: 'N_A' }],
    ['a list of rights', { scope: ['openid'] }],
    ['an id token for another client', { id_token: jwt({ ...ID_CLAIMS, aud: 'other' }) }],
    ['an id token that is none', { id_token: '' }],
  ])('odd, but with the only copy of a token: %s', async (_, odd) => {
    const { oidc } = wire({}, [200, { ...tokenBody(), refresh_token: 'refresh-2', ...odd }])
    expect(await oidc.refresh('refresh-1', context())).toMatchObject({ refreshToken: 'refresh-2' })
  })
})

describe('a word for a refusal that is none', () => {
  it.each<[string, string]>([
    ['half a megabyte', 'x'.repeat(500_000)],
    ['several lines, for a log', 'invalid_grant\n14:00 ada signed in'],
    ['markup with letters of no protocol', '<b>è</b>'],
  ])('is repeated to nobody, and ends nothing: %s', async (_, error) => {
    const { oidc } = wire({}, [400, { error, error_description: 'No.' }])
    const refused = await errorOf(oidc.refresh('refresh-1', context()))
    expect(refused).toMatchObject({ code: 'bad_response', retryable: true, serverCode: undefined })
  })
})

describe('calls that are about no session', () => {
  it('bring tokens of the client itself', async () => {
    const { oidc, server } = createOidcServerWorld({ scripted: { accessTokens: 'jwt' } })
    const audience = 'https://api.example'
    const tokens = await oidc.clientCredentials({ scope: 'read', audience })
    expect(tokens).toMatchObject({ lifetime: 60_000, tokenType: 'Bearer', scope: 'read' })
    expect(tokens.refreshToken).toBeUndefined()
    const [, claims = ''] = tokens.accessToken.split('.')
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString())
    expect(said).toMatchObject({ sub: 'web', client_id: 'web', aud: audience })
    expect(server.count('client_credentials')).toBe(1)
  })

  it('trade a token for one of another API', async () => {
    const { oidc, grant } = createOidcServerWorld({ scripted: { accessTokens: 'jwt' } })
    const { accessToken: subjectToken } = await grant()
    const resource = 'https://orders.example'
    const tokens = await oidc.exchangeToken({ subjectToken, resource })
    expect(tokens.issuedTokenType).toBe('urn:ietf:params:oauth:token-type:access_token')
    const [, claims = ''] = tokens.accessToken.split('.')
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString())
    expect(said).toMatchObject({ sub: 'ada', aud: resource })
    const refused = await errorOf(oidc.exchangeToken({ subjectToken: 'nobody knows it' }))
    expect(refused).toMatchObject({ code: 'rejected', serverCode: 'invalid_request' })
  })

  it('say all that a trade may, by the names of RFC 8693', async () => {
    const { oidc, sent } = wire({}, [200, { access_token: 'a', token_type: 'N_A' }])
    await oidc.exchangeToken({
      subjectToken: 'subject',
      subjectTokenType: 'id_token',
      actorToken: 'actor',
      actorTokenType: 'urn:example:mine',
      requestedTokenType: 'jwt',
      audience: 'b',
      scope: 'read write',
      parameters: { organization: 'org_1', grant_type: 'password' },
    })
    const type = 'urn:ietf:params:oauth:token-type:'
    expect(sent[0]?.form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'subject',
      subject_token_type: `${type}id_token`,
      actor_token: 'actor',
      actor_token_type: 'urn:example:mine',
      requested_token_type: `${type}jwt`,
      audience: 'b',
      scope: 'read write',
      organization: 'org_1',
    })
  })

  it('ask whether a token lives, and end one', async () => {
    const { oidc, grant, server } = createOidcServerWorld()
    const { accessToken, refreshToken = '' } = await grant()
    expect(await oidc.introspect(accessToken)).toMatchObject({ active: true, sub: 'ada' })
    await oidc.revoke(refreshToken)
    expect(await oidc.introspect(accessToken)).toEqual({ active: false })
    await oidc.revoke('nobody knows it')
    expect(server.liveSessions()).toBe(0)
  })

  it('end a session without a refresh token by its access token', async () => {
    const { sent, oidc } = wire({}, [200, {}])
    const session = { refreshToken: null, expiresAt: 0, user: null, extras: {} }
    await oidc.signOut?.({ ...session, accessToken: 'access-1' }, 'local', context())
    expect(sent.map(({ form }) => form)).toMatchObject([
      { token: 'access-1', token_type_hint: 'access_token' },
    ])
  })

  it.each<[string, Reply, object]>([
    ['no word', [200, {}], { code: 'bad_response' }],
    ['no word but a text', [200, { active: 'true' }], { code: 'bad_response' }],
    ['a refusal', [401, { error: 'invalid_client' }], { code: 'rejected' }],
    ['an outage', [503, {}], { code: 'server_error' }],
  ])('say of no token that it lives by %s', async (_, reply, expected) => {
    expect(await errorOf(wire({}, reply).oidc.introspect('token'))).toMatchObject(expected)
  })

  it('are refused by a server that has no such endpoint', async () => {
    const { authorization_endpoint, token_endpoint } = DOCUMENT
    const { oidc } = wire({ metadata: { authorization_endpoint, token_endpoint } })
    for (const call of [oidc.introspect('token'), oidc.revoke('token'), oidc.signOutUrl()]) {
      expect(await errorOf(call)).toMatchObject({ code: 'rejected', retryable: false })
    }
  })

  it('bring a refusal that comes with 200, as at GitHub', async () => {
    const { oidc } = wire({}, [200, { error: 'incorrect_client_credentials' }])
    expect(await errorOf(oidc.clientCredentials())).toMatchObject({
      code: 'rejected',
      status: 200,
      serverCode: 'incorrect_client_credentials',
    })
  })

  it('repeat no secret of a refusal that comes with 200', async () => {
    const { oidc } = wire({}, [200, { error: 'wrong secret-of-the-app' }])
    expect(await errorOf(oidc.clientCredentials())).toMatchObject({ serverCode: 'wrong …' })
  })

  it('bring nothing where the answer holds none', async () => {
    for (const body of [{}, { access_token: 5 }, []]) {
      const { oidc } = wire({}, [200, body])
      expect(await errorOf(oidc.clientCredentials())).toMatchObject({ code: 'bad_response' })
    }
  })
})

describe('the address of a page', () => {
  it('pushes what a sign-in asks for where the server takes that, as the client that it is', async () => {
    const endpoint = 'https://id.example/par'
    const metadata = { ...DOCUMENT, pushed_authorization_request_endpoint: endpoint }
    const answer: Reply = [201, { request_uri: 'urn:example:1', expires_in: 60 }]
    const { challenge: codeChallenge } = await createPkce()
    const request = { redirectUri: CALLBACK, state: 'state-1', codeChallenge }
    for (const options of [
      { metadata: { ...metadata, require_pushed_authorization_requests: true } },
      { metadata, pushRequests: true },
      { metadata },
    ]) {
      const { oidc, sent } = wire(options, answer)
      const url = new URL(await oidc.authorizeUrl(request))
      expect(Object.fromEntries(url.searchParams)).toEqual({
        client_id: 'app',
        request_uri: 'urn:example:1',
      })
      expect(sent[0]).toMatchObject({ url: endpoint, form: { state: 'state-1', client_id: 'app' } })
      expect(sent[0]?.headers.get('authorization')).toMatch(/^Basic /)
    }
    for (const options of [{ metadata, pushRequests: false }, {}]) {
      const { oidc, sent } = wire(options)
      expect(new URL(await oidc.authorizeUrl(request)).searchParams.get('state')).toBe('state-1')
      expect(sent).toEqual([])
    }
    expect(await errorOf(wire({ pushRequests: true }).oidc.authorizeUrl(request))).toEqual(invalid)
  })

  it('is whole where the server lets this client push nothing, unless it or the app wants that', async () => {
    const pushed_authorization_request_endpoint = 'https://id.example/par'
    const metadata = { ...DOCUMENT, pushed_authorization_request_endpoint }
    const required = { ...metadata, require_pushed_authorization_requests: true }
    const { challenge: codeChallenge } = await createPkce()
    const request = { redirectUri: CALLBACK, state: 'state-1', codeChallenge }
    const refusals: readonly (() => Reply)[] = [
      () => [401, { error: 'invalid_client' }],
      () => [400, { error: 'unauthorized_client' }],
      () => [403, { error: 'access_denied' }],
      () => [404, {}],
      () => new Response('', { status: 302, headers: { location: '/login' } }),
    ]
    for (const refusal of refusals) {
      const url = new URL(await wire({ metadata }, refusal()).oidc.authorizeUrl(request))
      expect(url.searchParams.get('state')).toBe('state-1')
      for (const options of [{ metadata, pushRequests: true }, { metadata: required }]) {
        const { oidc } = wire(options, refusal())
        expect(await errorOf(oidc.authorizeUrl(request))).toMatchObject({ name: 'AuthError' })
      }
    }
    const wrong: readonly Reply[] = [[400, { error: 'invalid_request' }], [503, {}], 'lost']
    for (const answer of wrong) {
      const { oidc } = wire({ metadata }, answer)
      expect(await errorOf(oidc.authorizeUrl(request))).toMatchObject({ name: 'AuthError' })
    }
  })

  it('is whole at once for ten minutes where a push was refused: no sign-in pays for another try', async () => {
    const pushed_authorization_request_endpoint = 'https://id.example/par'
    const metadata = { ...DOCUMENT, pushed_authorization_request_endpoint }
    const { challenge: codeChallenge } = await createPkce()
    const request = { redirectUri: CALLBACK, state: 'state-1', codeChallenge }
    let time = 0
    const refusal: Reply = [400, { error: 'unauthorized_client' }]
    const taken: Reply = [201, { request_uri: 'urn:example:1', expires_in: 60 }]
    const { oidc, sent } = wire({ metadata, now: () => time }, refusal, taken)
    for (time of [0, 599_999]) {
      const url = new URL(await oidc.authorizeUrl(request))
      expect([url.searchParams.get('state'), sent.length]).toEqual(['state-1', 1])
    }
    time = 600_000
    const url = new URL(await oidc.authorizeUrl(request))
    expect([url.searchParams.get('request_uri'), sent.length]).toEqual(['urn:example:1', 2])
  })

  it('to sign out has the id token, and where to go then by the server’s name for it', async () => {
    const { oidc } = wire({ postLogoutParameter: 'logout_uri' })
    const returnTo = 'https://app.example/bye'
    const url = new URL(await oidc.signOutUrl({ idToken: 'hint', returnTo, state: 'x' }))
    expect(Object.fromEntries(url.searchParams)).toEqual({
      realm: 'one',
      client_id: 'app',
      id_token_hint: 'hint',
      logout_uri: returnTo,
      state: 'x',
    })
    expect(await errorOf(oidc.signOutUrl({ returnTo: 'javascript:alert(1)' }))).toEqual(invalid)
    const more = { logout_hint: 'ada', client_id: 'other' }
    const { searchParams } = new URL(await oidc.signOutUrl({ parameters: more }))
    expect([searchParams.get('logout_hint'), searchParams.get('client_id')]).toEqual(['ada', 'app'])
  })

  it('asks for what the options say, which no sign-in replaces', async () => {
    const parameters = { audience: 'https://api.example', prompt: 'consent', scope: 'all' }
    const { oidc } = wire({ scope: 'openid', parameters })
    const { challenge: codeChallenge } = await createPkce()
    const request = {
      redirectUri: CALLBACK,
      state: 's',
      codeChallenge,
      uiLocales: 'de',
      prompt: 'login',
    }
    const url = await oidc.authorizeUrl({ ...request, parameters: { client_id: 'b', a: 'b' } })
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      ...{ client_id: 'app', scope: 'openid', prompt: 'login', a: 'b', ui_locales: 'de' },
      audience: 'https://api.example',
    })
  })
})

describe('a mistake of the app is an AuthError', () => {
  const { oidc } = wire({})
  const codeChallenge = 'x'.repeat(43)
  const asked = { redirectUri: CALLBACK, state: 'state', codeChallenge }
  const exchange = { code: 'code', codeVerifier: 'verifier', redirectUri: CALLBACK }
  it.each<[string, keyof OidcServer, readonly unknown[]]>([
    ['no request', 'authorizeUrl', []],
    ['no state', 'authorizeUrl', [{ ...asked, state: '' }]],
    ['no proof', 'authorizeUrl', [{ ...asked, codeChallenge: undefined }]],
    ['a proof that is none', 'authorizeUrl', [{ ...asked, codeChallenge: 'short' }]],
    ['a redirect URI that is none', 'authorizeUrl', [{ ...asked, redirectUri: '/callback' }]],
    ['a maxAge that is no time', 'authorizeUrl', [{ ...asked, maxAge: -1 }]],
    ['a hint that is no text', 'authorizeUrl', [{ ...asked, loginHint: {} }]],
    ['nothing to exchange', 'exchangeCode', [null]],
    ['no code', 'exchangeCode', [{ ...exchange, code: '' }]],
    ['no redirect URI', 'exchangeCode', [{ ...exchange, redirectUri: undefined }]],
    ['no verifier', 'exchangeCode', [{ ...exchange, codeVerifier: undefined }]],
    ['no token to revoke', 'revoke', [undefined]],
    ['an empty token to revoke', 'revoke', ['']],
    ['no token to ask about', 'introspect', ['']],
    ['no token to trade', 'exchangeToken', [{}]],
    ['no kind of token', 'exchangeToken', [{ subjectToken: 'a', subjectTokenType: null }]],
    ['a kind that is none', 'exchangeToken', [{ subjectToken: 'a', requestedTokenType: 5 }]],
    [
      'a kind of actor that is none',
      'exchangeToken',
      [{ subjectToken: 'a', actorToken: 'b', actorTokenType: [] }],
    ],
    [
      'a list of proofs, which would not be looked at',
      'exchangeCode',
      [{ ...exchange, acrValues: ['mfa'] }],
    ],
    ['a maxAge that is no time', 'exchangeCode', [{ ...exchange, maxAge: 'a minute' }]],
    ['a scope that is no text', 'clientCredentials', [{ scope: ['a'] }]],
    ['no request', 'clientCredentials', [null]],
    ['no request', 'signOutUrl', [null]],
  ])('%s: %s', async (_, method, args) => {
    const call = async (): Promise<unknown> => Reflect.apply(Object(oidc[method]), oidc, [...args])
    expect(await errorOf(call())).toEqual(invalid)
  })

  it('as is another scope of a sign-out than this session', async () => {
    const session = { accessToken: 'a', refreshToken: 'r', expiresAt: 0, user: null, extras: {} }
    for (const scope of ['global', 'others'] as const) {
      const end = async () => oidc.signOut?.(session, scope, context())
      expect(await errorOf(end())).toEqual(invalid)
    }
  })
})
