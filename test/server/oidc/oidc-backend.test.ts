import { describe, expect, it } from 'vitest'
import { userinfo } from '../../../src/providers/oidc/index.js'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import { jwt } from '../../support/wire.js'
import {
  ADA,
  APP,
  CALLBACK,
  createOidcServerWorld,
  ISSUER,
  MINUTE,
  SECRET,
} from './oidc-server-world.js'

/** As a page of the app calls. */
const POST = { method: 'POST', headers: { 'X-Holdfast': '1' } }

describe('a sign-in through the backend', () => {
  it('asks with state, nonce and proof, comes back, and is a session', async () => {
    const { begin, comeBack, call, jar, server } = createOidcServerWorld({
      oidc: { loadUser: userinfo },
    })
    const { asked, back } = await begin('?returnTo=/home&loginHint=ada')
    const parameters = Object.fromEntries(asked.searchParams)
    expect(parameters).toEqual({
      client_id: 'web',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid profile email offline_access',
      state: parameters.state,
      nonce: parameters.state,
      code_challenge: parameters.state,
      code_challenge_method: 'S256',
      login_hint: 'ada',
    })
    expect(parameters.state).toMatch(/^[\w-]{43}$/)
    const answer = await comeBack(back)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${APP}/home`])
    const { session } = await (await call('/auth/session')).json()
    expect(session).toMatchObject({ user: { id: 'ada', name: 'Ada', email: ADA.email } })
    // Neither cookies nor pages show a token, and addresses no secret.
    const tokens = server.requests.flatMap(({ returned }) => returned ?? [])
    const shown = `${JSON.stringify(session)} ${jar.header()} ${asked} ${back}`
    expect(tokens.filter((token) => shown.includes(token))).toEqual([])
    expect(shown).not.toContain(encodeURIComponent(SECRET))
  })

  it('begins with the registration where the server knows that, and as ever where not', async () => {
    for (const [values, prompt] of [
      [['none', 'create'], 'create'],
      [undefined, null],
    ] as const) {
      const metadata = {
        authorization_endpoint: `${ISSUER}/auth`,
        token_endpoint: `${ISSUER}/token`,
        prompt_values_supported: values,
      }
      const { send } = createOidcServerWorld({ oidc: { metadata } })
      const address = new URL((await send('/auth/sign-up')).headers.get('location') ?? '')
      expect(address.searchParams.get('prompt')).toBe(prompt)
    }
  })

  it('is pushed where the server takes no others', async () => {
    const { begin, comeBack, call } = createOidcServerWorld({
      scripted: { pushedRequests: 'required' },
    })
    const { asked, back } = await begin('?loginHint=ada@example.com')
    expect([...asked.searchParams.keys()]).toEqual(['client_id', 'request_uri'])
    await comeBack(back)
    expect(await (await call('/auth/session')).json()).toMatchObject({
      session: { user: { id: 'ada' } },
    })
  })

  it('passes hints on by the names that the server has for them, and refuses what has none', async () => {
    const { begin, send } = createOidcServerWorld({
      oidc: { hintParameters: { provider: 'kc_idp_hint' } },
    })
    const { asked } = await begin('?organizationId=org_1&domainHint=a.b&provider=google')
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      organization: 'org_1',
      domain_hint: 'a.b',
      kc_idp_hint: 'google',
    })
    const refused = await send('/auth/sign-in?connectionId=conn_1')
    expect([refused.status, (await refused.json()).code]).toEqual([400, 'invalid_argument'])
  })

  it('is refreshed for pages, and over at the server when somebody signs out', async () => {
    const { signIn, call, server, jar } = createOidcServerWorld()
    await signIn()
    expect((await call('/auth/refresh', 'POST')).status).toBe(200)
    expect(server.count('refresh_token')).toBe(1)
    const answer = await call('/auth/sign-out', 'POST')
    const page = new URL((await answer.json()).logoutUrl)
    expect(`${page.origin}${page.pathname}`).toBe(`${ISSUER}/session/end`)
    const { id_token_hint, ...rest } = Object.fromEntries(page.searchParams)
    expect(id_token_hint?.split('.')).toHaveLength(3)
    expect(rest).toEqual({ client_id: 'web' })
    expect(server.liveSessions()).toBe(0)
    expect(jar.header()).toBeNull()
  })

  it('tells the server’s page at a sign-out what the app lets pages tell it', async () => {
    const signOutParameters = ['logout_hint', 'ui_locales']
    const { signIn, send } = createOidcServerWorld({ backend: { signOutParameters } })
    await signIn()
    const body = JSON.stringify({ parameters: { logout_hint: 'ada', ui_locales: 'de' } })
    const answer = await send('/auth/sign-out', { ...POST, body })
    const page = new URL((await answer.json()).logoutUrl)
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      ...{ client_id: 'web', logout_hint: 'ada', ui_locales: 'de' },
    })
  })

  it.each<[string, readonly string[] | undefined, unknown]>([
    ['where the app lets them tell nothing', undefined, { logout_hint: 'ada' }],
    ['that the app does not list', ['ui_locales'], { logout_hint: 'ada' }],
    ['that is no text', ['logout_hint'], { logout_hint: ['ada'] }],
    ['that is no object', ['logout_hint'], 'logout_hint'],
    ['under a name that every object has', ['logout_hint'], { constructor: 'x' }],
  ])('lets a page tell nothing at a sign-out %s', async (_name, signOutParameters, parameters) => {
    const world = createOidcServerWorld({ backend: { signOutParameters } })
    await world.signIn()
    const init = { ...POST, body: JSON.stringify({ parameters }) }
    const answer = await world.send('/auth/sign-out', init)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_argument'])
    expect(world.server.liveSessions()).toBe(1)
    expect((await (await world.call('/auth/session')).json()).session).toBeTruthy()
  })

  it('hears in which languages its pages are to be, from any link too', async () => {
    const { send } = createOidcServerWorld()
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const answer = await send('/auth/sign-in?uiLocales=fr-CA+fr&loginHint=ada', { headers })
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(searchParams.get('ui_locales')).toBe('fr-CA fr')
    expect(searchParams.get('login_hint')).toBeNull()
  })
})

describe('a callback that is an attack', () => {
  it.each<[string, Readonly<Record<string, string | null>>]>([
    ['names another issuer (mix-up)', { iss: 'https://evil.example' }],
    ['names the issuer not quite byte for byte', { iss: `${ISSUER}/` }],
    ['names no issuer, though the server says that it does', { iss: null }],
  ])('%s: it is refused, and its code is sent nowhere', async (_, fields) => {
    const { begin, comeBack, call, server } = createOidcServerWorld()
    const { back } = await begin()
    const answer = await comeBack(back, fields)
    expect(answer.status).toBe(400)
    expect((await answer.json()).code).toBe('invalid_credentials')
    expect(server.count('authorization_code')).toBe(0)
    expect(await (await call('/auth/session')).json()).toEqual({ session: null })
    // It is used up: the right answer does not count any more.
    expect((await comeBack(back)).headers.get('location')).toMatch(/\/auth\/sign-in\?again=1$/)
  })

  it('was begun in another browser (login CSRF): nobody is signed in', async () => {
    const mallory = createOidcServerWorld()
    const { back } = await mallory.begin()
    const victim = createOidcServerWorld()
    const answer = await victim.comeBack(back)
    expect(answer.headers.get('location')).toBe(`${APP}/auth/sign-in?again=1`)
    expect(victim.server.requests.filter(({ path }) => path === '/token')).toEqual([])
    expect(victim.jar.header()).toBeNull()
  })

  it('has the code of another sign-in: the proof does not fit', async () => {
    const { begin, comeBack } = createOidcServerWorld()
    const [one, other] = [await begin(), await begin()]
    const answer = await comeBack(one.back, { code: other.back.searchParams.get('code') })
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_credentials'])
  })

  it('is a refusal of another issuer: its words are shown to nobody', async () => {
    const { begin, comeBack } = createOidcServerWorld()
    const { back } = await begin()
    const words = 'Call 555-0100 to have your account back.'
    const iss = 'https://evil.example'
    const fields = { code: null, error: 'access_denied', error_description: words, iss }
    const answer = await comeBack(back, fields)
    expect(answer.status).toBe(400)
    const said = await answer.json()
    expect(said.code).toBe('invalid_credentials')
    expect(JSON.stringify(said)).not.toContain('555-0100')
  })

  it('is a refusal of a tenant of Entra, where the app is for all of them: its words are shown', async () => {
    const { oidc } = createOidcServerWorld()
    const entra = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`
    const signIn = { ...oidc, issuer: entra('{tenantid}') }
    const { begin, comeBack } = createOidcServerWorld({ backend: { signIn } })
    const refused = { code: null, error: 'access_denied', error_description: 'Declined.' }
    const said = async (tenant: string) => {
      const { back } = await begin()
      return (await comeBack(back, { ...refused, iss: entra(tenant) })).json()
    }
    expect((await said('11111111-2222-3333-4444-555555555555')).code).toBe('rejected')
    expect((await said('common')).code).toBe('invalid_credentials')
  })

  it('says in markup why it was refused: nobody is shown it', async () => {
    const { begin, comeBack } = createOidcServerWorld()
    const { back } = await begin()
    const description = '<script>alert(1)</script>'
    const fields = { code: null, error: 'access_denied', error_description: description }
    const answer = await comeBack(back, fields)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await answer.text()).not.toContain('<script')
  })

  it('says why in the first of several lines, as Entra does: that one is shown', async () => {
    const { begin, comeBack } = createOidcServerWorld()
    const { back } = await begin()
    const description = 'AADSTS65004: The user declined to consent.\r\nTrace ID: 1\r\nTimestamp: 2'
    const fields = { code: null, error: 'access_denied', error_description: description }
    const answer = await comeBack(back, fields)
    expect(await answer.json()).toMatchObject({
      message: 'The address says: “AADSTS65004: The user declined to consent.”',
    })
  })
})

describe('a refresh that is answered for another person', () => {
  it('takes the cookie with it, so that its spent token is sent no more, and is told of', async () => {
    const { signIn, call, server, clock, jar, heard } = createOidcServerWorld()
    await signIn()
    await clock.advance(MINUTE)
    const claims = { iss: ISSUER, aud: 'web', sub: 'bob', iat: 1, exp: 61 }
    const body = { access_token: 'a', refresh_token: 'r', id_token: jwt(claims) }
    server.fail({ type: 'body', body: JSON.stringify(body) }, { grant: 'refresh_token' })
    for (let i = 0; i < 2; i++) {
      expect(await (await call('/auth/session')).json()).toEqual({ session: null })
      expect(jar.header()).toBeNull()
    }
    expect(server.count('refresh_token')).toBe(1)
    expect(heard).toEqual(['refresh-refused'])
  })
})

describe('how long ago somebody proved who they are', () => {
  it('is asked for, and looked at when they come back', async () => {
    const { server, begin, comeBack } = createOidcServerWorld({
      scripted: { manners: 'keycloak' },
    })
    const { back } = await begin('?maxAge=60000')
    expect((await comeBack(back)).status).toBe(303)
    // Keycloak's tokens say when; those of this manner do not.
    const silent = createOidcServerWorld()
    const answer = await silent.comeBack((await silent.begin('?maxAge=60000')).back)
    expect([answer.status, (await answer.json()).code]).toEqual([403, 'step_required'])
    expect(server.liveSessions()).toBe(1)
  })

  it('and how, is asked for by a page of the app, and looked at when they come back', async () => {
    const strong = { id_token: { acr: { essential: true, values: ['gold', 'silver'] } } }
    for (const [hints, status] of [
      [{ acrValues: '1' }, 303],
      [{ acrValues: 'gold' }, 403],
      [{ claims: JSON.stringify({ id_token: { acr: { essential: true, value: '1' } } }) }, 303],
      [{ claims: JSON.stringify(strong) }, 403],
    ] as const) {
      const world = createOidcServerWorld({ scripted: { manners: 'keycloak' } })
      const { asked, back } = await world.begin(`?${new URLSearchParams(hints)}`)
      expect(Object.fromEntries(asked.searchParams)).toMatchObject(
        'claims' in hints ? { claims: hints.claims } : { acr_values: hints.acrValues },
      )
      const answer = await world.comeBack(back)
      expect(answer.status).toBe(status)
      if (status === 403) expect((await answer.json()).code).toBe('step_required')
    }
  })

  it('is not asked for by links of others, nor by claims that are none, or too long', async () => {
    const world = createOidcServerWorld({ scripted: { manners: 'keycloak' } })
    const query = new URLSearchParams({ acrValues: 'gold', claims: '{"id_token":{}}' })
    const foreign = { headers: { 'Sec-Fetch-Site': 'cross-site' } }
    const led = await world.send(`/auth/sign-in?${query}`, foreign)
    const { searchParams } = new URL(led.headers.get('location') ?? '')
    expect(searchParams.has('acr_values') || searchParams.has('claims')).toBe(false)
    for (const claims of ['{', '[]', 'null', `{"a":"${'x'.repeat(1_024)}"}`]) {
      const answer = await world.send(`/auth/sign-in?${new URLSearchParams({ claims })}`)
      expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_argument'])
    }
  })

  it('may be asked for by an app’s own routes too, with the kind of proof', async () => {
    const { oidc, server } = createOidcServerWorld({ scripted: { manners: 'keycloak' } })
    const exchanged = async (acrValues: string) => {
      const { verifier, challenge } = await createPkce()
      const request = { redirectUri: CALLBACK, state: 'x', codeChallenge: challenge, acrValues }
      const url = await oidc.authorizeUrl(request)
      expect(new URL(url).searchParams.get('acr_values')).toBe(acrValues)
      const page = await server.fetch(url, { redirect: 'manual' })
      const query = new URL(page.headers.get('location') ?? '').searchParams
      const { code = '', iss: issuer } = Object.fromEntries(query)
      const exchange = { code, issuer, codeVerifier: verifier, redirectUri: CALLBACK, acrValues }
      return oidc.exchangeCode(exchange)
    }
    expect(await exchanged('2 1')).toMatchObject({ user: { id: 'ada' } })
    await expect(exchanged('2')).rejects.toMatchObject({
      code: 'step_required',
      details: { acrValues: '2' },
    })
  })
})
