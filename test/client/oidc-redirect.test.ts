import { describe, expect, it } from 'vitest'
import { type OidcMetadata, pushRequest, userinfo } from '../../src/providers/oidc/index.js'
import { CALLBACK, DOCUMENT, ISSUER, oidcPage, tokenBody } from '../support/oidc-wire.js'
import { jwt } from '../support/wire.js'

/** An id token whose header is another. */
const headed = (header: object, claims: object): string => {
  const [, payload, mark] = jwt({ ...claims }).split('.')
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), payload, mark].join('.')
}

describe('the address for a sign-in', () => {
  it('asks for a code, with PKCE, a state and a nonce of its own', async () => {
    const { begin } = oidcPage({})
    const { url, parameters } = await begin()
    expect(url.origin + url.pathname).toBe(DOCUMENT.authorization_endpoint)
    expect(parameters).toEqual({
      response_type: 'code',
      client_id: 'app',
      redirect_uri: CALLBACK,
      scope: 'openid profile email offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: parameters.state,
      code_challenge: parameters.state,
      code_challenge_method: 'S256',
    })
    expect((await begin()).parameters.state).not.toBe(parameters.state)
  })

  it('says everything that a sign-in may be asked for, by the names of OAuth', async () => {
    const { begin } = oidcPage({ parameters: { kc_idp_hint: 'github', prompt: 'login' } })
    const { parameters } = await begin({
      prompt: 'consent',
      loginHint: 'ada@example.com',
      acrValues: 'gold silver',
      maxAge: 90_500,
      uiLocales: 'fr de',
      claims: { id_token: { email: null } },
      resource: 'https://api.example',
      audience: 'api',
      organization: 'org_1',
      scope: 'openid',
      parameters: { screen_hint: 'signup', client_id: 'other', state: 'mine' },
    })
    expect(parameters).toMatchObject({
      kc_idp_hint: 'github',
      prompt: 'consent',
      login_hint: 'ada@example.com',
      acr_values: 'gold silver',
      max_age: '90',
      ui_locales: 'fr de',
      claims: '{"id_token":{"email":null}}',
      resource: 'https://api.example',
      audience: 'api',
      organization: 'org_1',
      scope: 'openid',
      screen_hint: 'signup',
      client_id: 'app',
    })
    expect(parameters.state).not.toBe('mine')
  })

  it('keeps the query that the endpoint has', async () => {
    const metadata = { ...DOCUMENT, authorization_endpoint: 'https://id.example/a?policy=b2c' }
    const { url } = await oidcPage({ metadata }).begin()
    expect(url.searchParams.get('policy')).toBe('b2c')
  })

  it.each<readonly [string, object]>([
    ['a maximum age that is none', { maxAge: -1 }],
    ['a maximum age without end', { maxAge: Infinity }],
    ['a list for a scope', { scope: ['openid'] }],
    ['claims as a text', { claims: '{}' }],
    ['parameters that are no texts', { parameters: { a: 1 } }],
    ['a list of parameters', { parameters: [] }],
    ['a page of another origin to return to', { returnTo: 'https://evil.example/' }],
  ])('is refused with %s', async (_name, wish) => {
    await expect(oidcPage({}).auth.actions.signInUrl(wish)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('is short where the server wants requests pushed to it', async () => {
    const metadata = {
      ...DOCUMENT,
      pushed_authorization_request_endpoint: 'https://id.example/par',
      require_pushed_authorization_requests: true,
    }
    const { begin, sent } = oidcPage({ metadata, pushRequest }, [201, { request_uri: 'urn:1' }])
    const { parameters } = await begin({ loginHint: 'ada' })
    expect(parameters).toEqual({ client_id: 'app', request_uri: 'urn:1' })
    expect(sent[0]).toMatchObject({
      url: 'https://id.example/par',
      form: { login_hint: 'ada', code_challenge_method: 'S256' },
    })
    await expect(oidcPage({ metadata }).begin()).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('is pushed where the server takes that, and whole where it does not', async () => {
    const pushed_authorization_request_endpoint = 'https://id.example/par'
    const metadata = { ...DOCUMENT, pushed_authorization_request_endpoint }
    const offered = oidcPage({ metadata, pushRequest }, [201, { request_uri: 'urn:1' }])
    expect((await offered.begin()).parameters).toEqual({ client_id: 'app', request_uri: 'urn:1' })
    const none = oidcPage({ pushRequest })
    const { parameters } = await none.begin({ loginHint: 'ada' })
    expect(parameters).toMatchObject({ login_hint: 'ada', code_challenge_method: 'S256' })
    expect(none.sent).toEqual([])
  })
})

describe('a sign-in by redirect', () => {
  it('trades the code with its verifier, and tells whose session it is', async () => {
    const { auth, signIn, sent, tab } = oidcPage({})
    const result = await signIn(
      { email: 'ada@example.com', acr: 'gold', auth_time: 990 },
      {
        returnTo: '/dashboard',
        state: 'mine',
      },
    )
    expect(result).toMatchObject({
      user: { id: 'ada', email: 'ada@example.com' },
      state: 'mine',
      returnTo: 'https://app.example/dashboard',
    })
    expect(sent).toMatchObject([
      {
        url: DOCUMENT.token_endpoint,
        form: {
          grant_type: 'authorization_code',
          code: 'code-1',
          redirect_uri: CALLBACK,
          client_id: 'app',
          code_verifier: expect.stringMatching(/^[\w-]{43}$/),
        },
      },
    ])
    expect((await auth.getSession())?.extras).toMatchObject({
      scope: 'openid profile',
      oidc: { subject: 'ada', acr: 'gold', authTime: 990_000 },
    })
    // The address is clean, whatever the server added.
    expect(tab.environment.page.href()).toBe(CALLBACK)
  })

  it('knows which scope it got where the server does not say', async () => {
    const { begin, comeBack, replies, auth } = oidcPage({ scope: 'openid email' })
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, { ...tokenBody({ nonce }), scope: undefined }])
    await comeBack({ code: 'c', state })
    expect((await auth.getSession())?.extras.scope).toBe('openid email')
  })

  it('cleans what Keycloak and Hydra add, and leaves the app’s own fields alone', async () => {
    const { begin, comeBack, replies, tab } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, tokenBody({ nonce })])
    await comeBack({ tab: '2', code: 'c', state, session_state: 's', scope: 'openid', iss: ISSUER })
    expect(tab.environment.page.href()).toBe(`${CALLBACK}?tab=2`)
  })

  it('may be begun several times at once, and each comes back as itself', async () => {
    const { begin, comeBack, replies } = oidcPage({})
    const [first, second] = [await begin({ state: 'one' }), await begin({ state: 'two' })]
    for (const [flow, state] of [
      [first, 'one'],
      [second, 'two'],
    ] as const) {
      const { nonce, state: id = '' } = flow.parameters
      replies.push([200, tokenBody({ nonce })])
      expect(await comeBack({ code: 'c', state: id })).toMatchObject({ state })
    }
  })

  it('at a plain OAuth 2 server has no id token, and the user is whoever the app says', async () => {
    const { begin, comeBack, replies, auth } = oidcPage({
      scope: 'read',
      loadUser: async ({ accessToken, claims }) => ({ id: `number-of-${accessToken}`, claims }),
    })
    const { state = '', nonce } = (await begin()).parameters
    expect(nonce).toBeUndefined()
    replies.push([200, { access_token: 'a', refresh_token: 'r', token_type: 'bearer' }])
    await comeBack({ code: 'c', state })
    expect((await auth.getSession())?.user).toEqual({ id: 'number-of-a', claims: null })
  })

  it('at one that says nothing of people is nobody’s in particular', async () => {
    const { begin, comeBack, replies, auth } = oidcPage({ scope: 'read' })
    const { state = '' } = (await begin()).parameters
    replies.push([200, { access_token: 'a', token_type: 'bearer', expires_in: 60 }])
    await comeBack({ code: 'c', state })
    expect(await auth.getSession()).toMatchObject({ user: null, refreshToken: null })
  })

  it('takes what the userinfo endpoint says, and the id token’s word while that fails', async () => {
    const user = async (...answers: Parameters<typeof oidcPage>[1][]) => {
      const { signIn, auth, sent } = oidcPage({ loadUser: userinfo }, ...answers)
      const result = await signIn({ name: 'Ada' })
      return { result, user: (await auth.getSession())?.user, sent }
    }
    const asked = await user([200, { sub: 'ada', email: 'ada@example.com' }])
    expect(asked.user).toEqual({ id: 'ada', name: 'Ada', email: 'ada@example.com' })
    expect(asked.sent[1]).toMatchObject({ method: 'GET', url: DOCUMENT.userinfo_endpoint })
    expect(asked.sent[1]?.headers.get('Authorization')).toBe('Bearer access-1')
    expect((await user([503, {}])).user).toEqual({ id: 'ada', name: 'Ada' })
    expect((await user([200, { sub: 'eve' }])).result).toMatchObject({ code: 'bad_response' })
  })

  it('goes on where it is tried again after nobody could say who it is: the code is spent', async () => {
    const { begin, comeBack, replies, sent, auth } = oidcPage({ scope: 'read', loadUser: userinfo })
    const { state = '' } = (await begin()).parameters
    replies.push([200, { access_token: 'a', refresh_token: 'r' }], [503, {}], 'lost')
    const fields = { code: 'c', state }
    expect(await comeBack(fields)).toMatchObject({ code: 'server_error', retryable: true })
    expect(await comeBack(fields)).toMatchObject({ code: 'network', retryable: true })
    replies.push([200, { sub: 'ada' }])
    expect(await comeBack(fields)).toMatchObject({ user: { id: 'ada' } })
    expect(await auth.getSession()).toMatchObject({ refreshToken: 'r' })
    expect(sent.filter(({ form }) => form.code)).toHaveLength(1)
    // Nothing of it is kept: an answer that comes twice was used already.
    expect(await comeBack(fields)).toMatchObject({ code: 'invalid_credentials' })
  })

  it('is asked for its code again where the answer held no token', async () => {
    const { begin, comeBack, replies, sent } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, { token_type: 'Bearer', id_token: tokenBody({ nonce }).id_token }])
    expect(await comeBack({ code: 'c', state })).toMatchObject({ code: 'bad_response' })
    replies.push([400, { error: 'invalid_grant' }])
    expect(await comeBack({ code: 'c', state })).toMatchObject({ code: 'invalid_credentials' })
    expect(sent).toHaveLength(2)
  })

  it.each<readonly [string, () => Promise<never> | Promise<{ id: string }>]>([
    ['fails', () => Promise.reject(new Error('no database'))],
    ['names nobody', async () => ({ id: '' })],
  ])('is refused where `loadUser` %s', async (_name, loadUser) => {
    const { signIn, auth } = oidcPage({ loadUser })
    expect(await signIn()).toMatchObject({ code: 'rejected' })
    expect(await auth.getSession()).toBeNull()
  })
})

describe('what comes back and is not believed', () => {
  const ANNOUNCED = { ...DOCUMENT, authorization_response_iss_parameter_supported: true }

  it.each<readonly [string, object, (state: string) => Record<string, string>]>([
    ['without a state', {}, () => ({ code: 'c' })],
    ['with a foreign state', {}, () => ({ code: 'c', state: 'foreign' })],
    ['from another issuer', {}, (state) => ({ code: 'c', state, iss: 'https://evil.example' })],
    [
      'from an issuer that differs by a slash',
      {},
      (state) => ({ code: 'c', state, iss: `${ISSUER}/` }),
    ],
    [
      'without an issuer, where the server always says it',
      ANNOUNCED,
      (state) => ({ code: 'c', state }),
    ],
    [
      'as an error of another issuer',
      ANNOUNCED,
      (state) => ({ error: 'x', state, iss: 'https://evil.example' }),
    ],
  ])('is an answer %s', async (_name, metadata, fields) => {
    const { begin, comeBack, sent, auth } = oidcPage({ metadata: { ...DOCUMENT, ...metadata } })
    const { state = '' } = (await begin()).parameters
    expect(await comeBack(fields(state))).toMatchObject({ code: 'invalid_credentials' })
    expect(sent).toEqual([])
    expect(await auth.getSession()).toBeNull()
  })

  it('is an answer that was used already', async () => {
    const { signIn, comeBack, begin, replies } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, tokenBody({ nonce })])
    await comeBack({ code: 'c', state })
    expect(await comeBack({ code: 'c', state })).toMatchObject({ code: 'invalid_credentials' })
    expect(await signIn()).toMatchObject({ user: { id: 'ada' } })
  })

  it.each<readonly [string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['whose issuer differs by a slash', { iss: `${ISSUER}/` }],
    ['without an issuer', { iss: undefined }],
    ['for another client', { aud: 'other' }],
    ['for nobody', { aud: undefined }],
    ['for other clients', { aud: ['other', 'third'] }],
    ['for this client and others, issued to another', { aud: ['app', 'other'], azp: 'other' }],
    ['for this client and others, issued to nobody', { aud: ['app', 'other'] }],
    ['with another nonce', { nonce: 'other' }],
    ['without a nonce', { nonce: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose subject is a number', { sub: 5 }],
    ['without an expiry', { exp: undefined }],
    ['without the time of its issue', { iat: undefined }],
    ['that ended before it began', { iat: 1_000, exp: 999 }],
  ])('is an id token %s', async (_name, claims) => {
    const { signIn, auth } = oidcPage({})
    expect(await signIn(claims)).toMatchObject({
      code: 'bad_response',
      retryable: false,
      serverCode: 'invalid_id_token',
    })
    expect(await auth.getSession()).toBeNull()
  })

  it.each<readonly [string, (claims: object) => unknown]>([
    ['missing', () => undefined],
    ['unsigned', (claims) => headed({ alg: 'none' }, claims)],
    ['unsigned, in capitals', (claims) => headed({ alg: 'NONE' }, claims)],
    ['without an algorithm', (claims) => headed({}, claims)],
    ['without a signature', (claims) => jwt({ ...claims }).replace(/[^.]*$/, '')],
    ['encrypted', () => 'a.b.c.d.e'],
    ['no JWT', () => 'opaque'],
    ['no text', () => 5],
  ])('is an id token that is %s', async (_name, make) => {
    const { begin, comeBack, replies, auth } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    const claims = { iss: ISSUER, aud: 'app', sub: 'ada', iat: 1, exp: 2, nonce }
    replies.push([200, { ...tokenBody(), id_token: make(claims) }])
    expect(await comeBack({ code: 'c', state })).toMatchObject({ serverCode: 'invalid_id_token' })
    expect(await auth.getSession()).toBeNull()
  })

  it('is not an id token whose life is over by this device’s clock, or has not begun', async () => {
    for (const [iat, exp] of [
      [1, 2],
      [9_000_000_000, 9_000_000_060],
    ]) {
      expect(await oidcPage({}).signIn({ iat, exp })).toMatchObject({ user: { id: 'ada' } })
    }
  })

  it('is a token that needs a proof with it', async () => {
    const { begin, comeBack, replies } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, { ...tokenBody({ nonce }), token_type: 'DPoP' }])
    expect(await comeBack({ code: 'c', state })).toMatchObject({ code: 'rejected' })
  })
})

describe('a sign-in that the server refuses', () => {
  it.each([
    ['login_required', 'step_required'],
    ['interaction_required', 'step_required'],
    ['consent_required', 'step_required'],
    ['access_denied', 'rejected'],
    ['invalid_scope', 'rejected'],
  ])('with %s is %s, in words that are marked', async (error, code) => {
    const { begin, comeBack, tab } = oidcPage({})
    const { state = '' } = (await begin()).parameters
    const outcome = await comeBack({ error, state, error_description: 'As it is.' })
    const message = 'The address says: “As it is.”'
    expect(outcome).toMatchObject({ code, serverCode: error, message })
    expect(tab.environment.page.href()).toBe(CALLBACK)
  })

  it.each(['server_error', 'temporarily_unavailable'])(
    'with %s is server_error, whose words nobody reads: they may name its database',
    async (error) => {
      const { begin, comeBack } = oidcPage({})
      const { state = '' } = (await begin()).parameters
      const outcome = await comeBack({ error, state, error_description: 'db-7.internal' })
      const message = 'The server cannot answer now.'
      expect(outcome).toMatchObject({ code: 'server_error', serverCode: error, message })
    },
  )

  it('shows nobody markup', async () => {
    const { begin, comeBack } = oidcPage({})
    const { state = '' } = (await begin()).parameters
    const error_description = '<script>alert(1)</script>'
    const outcome = await comeBack({ error: 'access_denied', state, error_description })
    expect(outcome).toMatchObject({ message: 'The sign-in was refused.' })
  })

  it('at the token endpoint may come with 200, as at GitHub', async () => {
    const { begin, comeBack, replies } = oidcPage({ scope: 'read:user' })
    const { parameters } = await begin()
    const said = { error: 'bad_verification_code', error_description: 'secret-code is wrong.' }
    replies.push([200, said])
    const refused = await comeBack({ code: 'secret-code', state: parameters.state ?? '' })
    const serverCode = 'bad_verification_code'
    expect(refused).toMatchObject({ code: 'rejected', status: 200, serverCode })
    expect(`${refused}`).not.toContain('secret-code')
  })

  it('of a refresh may come with 200, too, and costs no session', async () => {
    const { signIn, auth, replies } = oidcPage({ scope: 'read:user' })
    await signIn()
    replies.push([200, { error: 'bad_refresh_token', error_description: 'secret is wrong.' }])
    const refused = await auth.refreshSession().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'rejected', serverCode: 'bad_refresh_token' })
    expect(`${refused}`).not.toContain('secret is wrong')
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it('at the token endpoint is invalid_credentials for a code that is spent', async () => {
    const { begin, comeBack, replies } = oidcPage({})
    const { state = '' } = (await begin()).parameters
    replies.push([400, { error: 'invalid_grant' }])
    expect(await comeBack({ code: 'c', state })).toMatchObject({ code: 'invalid_credentials' })
  })
})

/** Claims that want one of these as the `acr` (OIDC Core §5.5.1.1). */
const essential = (values: readonly string[]) => ({
  id_token: { acr: { essential: true, values } },
})

describe('a stronger or fresher sign-in', () => {
  it('is asked of nobody whose time of proof is no number, where none is wanted', async () => {
    const auth_time = [{ toString: 0 }]
    expect(await oidcPage({}).signIn({ auth_time })).toMatchObject({ user: { id: 'ada' } })
    const wanted = await oidcPage({}).signIn({ auth_time }, { maxAge: 60_000 })
    expect(wanted).toMatchObject({ code: 'step_required' })
  })

  it('may be wanted by one value, and by a parameter of the app’s own', async () => {
    const claims = { id_token: { acr: { essential: true, value: 'gold' } } }
    const parameters = { claims: JSON.stringify(claims) }
    for (const wish of [{ claims }, { parameters }]) {
      const { signIn } = oidcPage({})
      expect(await signIn({ acr: 'bronze' }, wish)).toMatchObject({
        details: { step: 'insufficient_user_authentication', claims },
      })
    }
  })

  it.each<readonly [string, Record<string, unknown>, object]>([
    ['of another strength', { acr: 'bronze' }, { acrValues: 'gold silver' }],
    ['of no known strength', {}, { acrValues: 'gold' }],
    [
      'of another strength than claims want',
      { acr: 'bronze' },
      { claims: essential(['gold', 'silver']) },
    ],
    ['of no strength that claims want', {}, { claims: essential(['gold']) }],
    [
      'of one strength, where two are wanted',
      { acr: 'silver' },
      { acrValues: 'silver', claims: essential(['gold']) },
    ],
    ['that is too old', { auth_time: 500 }, { maxAge: 300_000 }],
    ['of no known age', {}, { maxAge: 300_000 }],
  ])('is not one %s: that is a step, and nobody is signed in', async (_name, claims, wish) => {
    const { signIn, auth } = oidcPage({})
    expect(await signIn(claims, wish)).toMatchObject({
      code: 'step_required',
      details: { step: 'insufficient_user_authentication', ...wish },
    })
    expect(await auth.getSession()).toBeNull()
  })

  it.each<readonly [string, Record<string, unknown>, object]>([
    ['of one of the strengths', { acr: 'silver' }, { acrValues: 'gold silver' }],
    [
      'of one of the strengths that claims want',
      { acr: 'silver' },
      { claims: essential(['gold', 'silver']) },
    ],
    [
      'of another strength than claims would like',
      { acr: 'bronze' },
      { claims: { id_token: { acr: { values: ['gold'] } } } },
    ],
    [
      'of any strength, where claims name none',
      {},
      { claims: { id_token: { acr: { essential: true } } } },
    ],
    ['that is new enough by the server’s clock', { auth_time: 800 }, { maxAge: 300_000 }],
    ['of this moment', { auth_time: 1_000 }, { maxAge: 0 }],
  ])('is one %s', async (_name, claims, wish) => {
    expect(await oidcPage({}).signIn(claims, wish)).toMatchObject({ user: { id: 'ada' } })
  })
})

describe('the address for signing out', () => {
  it('names the session, and where to return to', async () => {
    const { signIn, auth } = oidcPage({})
    await signIn()
    const hint = (await auth.getSession())?.extras.id_token
    const address = await auth.actions.signOutUrl({
      postLogoutRedirectUri: 'https://app.example/bye',
      state: 's',
    })
    expect(address.startsWith(`${DOCUMENT.end_session_endpoint}&`)).toBe(true)
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
      realm: 'one',
      id_token_hint: hint,
      client_id: 'app',
      post_logout_redirect_uri: 'https://app.example/bye',
      state: 's',
    })
  })

  it('says besides what the server knows by names of its own, and nothing else than that', async () => {
    const { signIn, auth } = oidcPage({})
    await signIn()
    const parameters = { federated: '', logout_hint: 'ada', ui_locales: 'fr', client_id: 'other' }
    const address = await auth.actions.signOutUrl({ parameters, idTokenHint: false })
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
      ...parameters,
      realm: 'one',
      client_id: 'app',
    })
    const wrong = Reflect.apply(auth.actions.signOutUrl, null, [{ parameters: { a: 1 } }])
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('holds no token where the app wants none in an address', async () => {
    const { signIn, auth } = oidcPage({})
    await signIn()
    const hint = `${(await auth.getSession())?.extras.id_token}`
    expect(await auth.actions.signOutUrl()).toContain(hint)
    const address = await auth.actions.signOutUrl({ idTokenHint: false })
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
      realm: 'one',
      client_id: 'app',
    })
  })

  it('calls the page to return to as the server does', async () => {
    const { signIn, auth } = oidcPage({ postLogoutParameter: 'logout_uri' })
    await signIn()
    const address = await auth.actions.signOutUrl({ postLogoutRedirectUri: 'https://app.example/' })
    expect(new URL(address).searchParams.get('logout_uri')).toBe('https://app.example/')
  })

  it('is none where the server has no such page, unless the app knows of one', async () => {
    const { end_session_endpoint: _, ...metadata } = DOCUMENT
    const { signIn, auth } = oidcPage({ metadata })
    await signIn()
    await expect(auth.actions.signOutUrl()).rejects.toMatchObject({ code: 'rejected' })
    const endSessionEndpoint = 'https://id.example/bye'
    const page = async (given: OidcMetadata) => {
      const { signIn, auth } = oidcPage({ metadata: given, endSessionEndpoint })
      await signIn()
      return (await auth.actions.signOutUrl()).split('?')[0]
    }
    expect(await page(metadata)).toBe(endSessionEndpoint)
    expect(await page(DOCUMENT)).toBe('https://id.example/logout')
  })
})

describe('two calls for one address', () => {
  it('share one exchange, and who gives up does not give up for the other: React mounts twice', async () => {
    const { auth, tab, replies, sent, begin } = oidcPage({})
    const { state = '', nonce } = (await begin()).parameters
    replies.push([200, tokenBody({ nonce })])
    tab.navigate(`${CALLBACK}?${new URLSearchParams({ code: 'code-1', state })}`)
    const unmounted = new AbortController()
    const first = auth.actions.handleRedirect({}, { signal: unmounted.signal })
    unmounted.abort()
    const second = auth.actions.handleRedirect({}, { signal: new AbortController().signal })
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    expect(await second).toMatchObject({ user: { id: 'ada' } })
    expect(sent).toHaveLength(1)
  })
})
