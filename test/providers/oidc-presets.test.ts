import { describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import type { OidcProvider } from '../../src/providers/oidc/index.js'
import { auth0, cognito, entra, keycloak, okta, zitadel } from '../../src/providers/oidc/presets.js'
import { answering, CALLBACK, DOCUMENT, tokenBody } from '../support/oidc-wire.js'
import { context, jwt } from '../support/wire.js'

const OTHER = 'aaaaaaaa-2222-3333-4444-555555555555'
const TENANT = '11111111-2222-3333-4444-555555555555'
const ENTRA = 'https://login.microsoftonline.com'
const INVALID = { serverCode: 'invalid_id_token' }
const MIXED_UP = { code: 'invalid_credentials' }
const own = { clientId: 'app', redirectUri: CALLBACK }
const OFFLINE = 'openid profile email offline_access'
const PLAIN = 'openid profile email'

type Fetch = typeof fetch

/** Each preset, the issuer that its server has, and the scope that it is asked for. */
const PRESETS: Readonly<
  Record<string, readonly [make: (fetch: Fetch) => OidcProvider, issuer: string, scope: string]>
> = {
  keycloak: [
    (fetch) => keycloak({ ...own, url: 'https://sso.example/auth/', realm: 'main', fetch }),
    'https://sso.example/auth/realms/main',
    PLAIN,
  ],
  auth0: [
    (fetch) => auth0({ ...own, domain: 'tenant.eu.auth0.com', audience: 'api', fetch }),
    'https://tenant.eu.auth0.com/',
    OFFLINE,
  ],
  okta: [
    (fetch) => okta({ ...own, domain: 'dev-1.okta.com', fetch }),
    'https://dev-1.okta.com/oauth2/default',
    OFFLINE,
  ],
  entra: [
    (fetch) => entra({ ...own, tenantId: TENANT, fetch }),
    `https://login.microsoftonline.com/${TENANT}/v2.0`,
    OFFLINE,
  ],
  cognito: [
    (fetch) => cognito({ ...own, userPoolId: 'eu-west-1_AbC', fetch }),
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC',
    PLAIN,
  ],
  zitadel: [
    (fetch) => zitadel({ ...own, domain: 'my-app.zitadel.cloud', fetch }),
    'https://my-app.zitadel.cloud',
    OFFLINE,
  ],
}

describe('a preset', () => {
  it.each(Object.entries(PRESETS))(
    'of %s signs in at its server, and out',
    async (name, preset) => {
      const [make, issuer, scope] = preset
      const { sent, fetch, replies } = answering([200, { ...DOCUMENT, issuer }])
      const auth = new AuthClient({ provider: make(fetch), storage: memoryStorage() })
      const { searchParams } = new URL(await auth.actions.signInUrl())
      expect(sent[0]?.url).toBe(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
      expect(searchParams.get('scope')).toBe(scope)
      expect(searchParams.get('audience')).toBe(name === 'auth0' ? 'api' : null)
      const state = searchParams.get('state') ?? ''
      const claims = { iss: issuer, aud: 'app', sub: 'ada', iat: 1, exp: 61, nonce: state }
      replies.push([200, { ...tokenBody(), id_token: jwt(claims) }])
      const url = `${CALLBACK}?${new URLSearchParams({ code: 'c', state })}`
      expect(await auth.actions.handleRedirect({ url })).toMatchObject({ user: { id: 'ada' } })
      const leave = { postLogoutRedirectUri: 'https://app.example/' }
      const bye = new URL(await auth.actions.signOutUrl(leave)).searchParams
      const back = name === 'cognito' ? 'logout_uri' : 'post_logout_redirect_uri'
      expect(bye.get(back)).toBe('https://app.example/')
      auth.dispose()
    },
  )

  it('of Auth0 signs out where a tenant’s document does not say, at the page that each one has', async () => {
    const { end_session_endpoint: _, ...document } = DOCUMENT
    const issuer = 'https://tenant.eu.auth0.com/'
    const { fetch, replies } = answering([200, { ...document, issuer }])
    const provider = auth0({ ...own, domain: 'tenant.eu.auth0.com', fetch })
    const auth = new AuthClient({ provider, storage: memoryStorage() })
    const state = new URL(await auth.actions.signInUrl()).searchParams.get('state') ?? ''
    const claims = { iss: issuer, aud: 'app', sub: 'ada', iat: 1, exp: 61, nonce: state }
    const id_token = jwt(claims)
    replies.push([200, { ...tokenBody(), id_token }])
    await auth.actions.handleRedirect({
      url: `${CALLBACK}?${new URLSearchParams({ code: 'c', state })}`,
    })
    const bye = new URL(await auth.actions.signOutUrl({ postLogoutRedirectUri: CALLBACK }))
    expect(bye.origin + bye.pathname).toBe('https://tenant.eu.auth0.com/oidc/logout')
    expect(Object.fromEntries(bye.searchParams)).toEqual({
      client_id: 'app',
      id_token_hint: id_token,
      post_logout_redirect_uri: CALLBACK,
    })
    auth.dispose()
  })

  it.each([
    ['is of its tenant', TENANT, TENANT, { user: { id: 'ada', tid: TENANT } }],
    ['is of another one than it says', OTHER, TENANT, { serverCode: 'invalid_id_token' }],
    ['does not say of which', TENANT, undefined, { serverCode: 'invalid_id_token' }],
  ])('of Entra is for all tenants, too: a token that %s', async (_, from, tid, outcome) => {
    const { sent, fetch, replies } = answering()
    const provider = entra({ ...own, tenantId: 'organizations', fetch })
    const auth = new AuthClient({ provider, storage: memoryStorage() })
    const asked = new URL(await auth.actions.signInUrl())
    const base = 'https://login.microsoftonline.com'
    expect(asked.origin + asked.pathname).toBe(`${base}/organizations/oauth2/v2.0/authorize`)
    const state = asked.searchParams.get('state') ?? ''
    const iss = `${base}/${from}/v2.0`
    const claims = { iss, tid, aud: 'app', sub: 'ada', iat: 1, exp: 61, nonce: state }
    replies.push([200, { ...tokenBody(), id_token: jwt(claims) }])
    const url = `${CALLBACK}?${new URLSearchParams({ code: 'c', state })}`
    const back = await auth.actions.handleRedirect({ url }).catch((error: unknown) => error)
    expect(back).toMatchObject(outcome)
    // Nobody had to be asked where to go.
    expect(sent.map((one) => one.url)).toEqual([`${base}/organizations/oauth2/v2.0/token`])
    auth.dispose()
  })

  it.each<[string, string, object]>([
    ['its own tenant', `${ENTRA}/${TENANT}/v2.0`, { user: { id: 'ada', tid: TENANT } }],
    ['another tenant than its id token', `${ENTRA}/${OTHER}/v2.0`, INVALID],
    ['no tenant', `${ENTRA}/{tenantid}/v2.0`, MIXED_UP],
    ['what is no id of one', `${ENTRA}/common/v2.0`, MIXED_UP],
    ['a tenant and more', `${ENTRA}/${TENANT}/v2.0/`, MIXED_UP],
    ['a tenant elsewhere', `https://evil.example/${TENANT}/v2.0`, MIXED_UP],
  ])(
    'of Entra for all tenants takes an answer whose `iss` is of %s as it should',
    async (_, iss, outcome) => {
      const { fetch, replies } = answering()
      const provider = entra({ ...own, tenantId: 'common', fetch })
      const auth = new AuthClient({ provider, storage: memoryStorage() })
      const state = new URL(await auth.actions.signInUrl()).searchParams.get('state') ?? ''
      const claims = { iss: `${ENTRA}/${TENANT}/v2.0`, tid: TENANT, aud: 'app', sub: 'ada' }
      const id_token = jwt({ ...claims, iat: 1, exp: 61, nonce: state })
      replies.push([200, { ...tokenBody(), id_token }])
      const url = `${CALLBACK}?${new URLSearchParams({ code: 'c', state, iss })}`
      const back = await auth.actions.handleRedirect({ url }).catch((error: unknown) => error)
      expect(back).toMatchObject(outcome)
      auth.dispose()
    },
  )

  it('of Entra for all tenants goes on with a session of each, by what was kept and by its id token', async () => {
    const id_token = jwt({ iss: `${ENTRA}/${TENANT}/v2.0`, tid: TENANT, sub: 'ada' })
    const issuer = `${ENTRA}/{tenantid}/v2.0`
    for (const extras of [{ oidc: { server: { ...DOCUMENT, issuer } } }, { id_token }]) {
      const { fetch, sent } = answering([200, { access_token: 'access-1' }])
      const provider = entra({ ...own, tenantId: 'common', fetch })
      const session = { accessToken: 'a', refreshToken: 'r', expiresAt: 0, user: null, extras }
      expect(await provider.refresh('r', { ...context(), session })).toBeTruthy()
      expect(sent).toHaveLength(1)
    }
  })

  it('leaves the app the last word', async () => {
    const { fetch } = answering([200, { ...DOCUMENT, issuer: 'https://a.b/oauth2/mine' }])
    const options = { ...own, fetch, domain: 'a.b', authorizationServer: 'mine', scope: 'openid x' }
    const auth = new AuthClient({ provider: okta(options), storage: memoryStorage() })
    const { searchParams } = new URL(await auth.actions.signInUrl())
    expect(searchParams.get('scope')).toBe('openid x')
    auth.dispose()
  })

  it.each<readonly [string, (options: never) => unknown, unknown]>([
    ['no options', zitadel, null],
    ['no realm', keycloak, { ...own, url: 'https://a.b' }],
    ['a realm that leads elsewhere', keycloak, { ...own, url: 'https://a.b', realm: '../x' }],
    ['no url', keycloak, { ...own, realm: 'main' }],
    ['a url over http', keycloak, { ...own, url: 'http://a.b', realm: 'main' }],
    ['an address for a domain', auth0, { ...own, domain: 'https://a.b' }],
    ['a path in the domain', okta, { ...own, domain: 'a.b/c' }],
    ['no tenant', entra, own],
    ['a tenant by a word that is none', entra, { ...own, tenantId: 'consumers' }],
    ['a tenant by its domain', entra, { ...own, tenantId: 'contoso.onmicrosoft.com' }],
    ['a pool without its region', cognito, { ...own, userPoolId: 'AbC' }],
    ['an option that nobody knows', zitadel, { ...own, domain: 'a.b', authority: 'x' }],
    ['no client', zitadel, { domain: 'a.b', redirectUri: CALLBACK }],
  ])('is refused with %s', (_name, make, options) => {
    expect(() => Reflect.apply(make, undefined, [options])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
