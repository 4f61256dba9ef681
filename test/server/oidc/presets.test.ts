import { describe, expect, it } from 'vitest'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import {
  auth0Preset,
  cognitoPreset,
  createOidc,
  entraPreset,
  googlePreset,
  keycloakPreset,
  type OidcPreset,
  oktaPreset,
  zitadelPreset,
} from '../../../src/server/oidc/index.js'
import { answering } from '../../support/oidc-wire.js'
import { jwt } from '../../support/wire.js'
import { errorOf } from './oidc-server-world.js'

const CHALLENGE = 'x'.repeat(43)
const TENANT = '11111111-2222-3333-4444-555555555555'
const OFFLINE = 'openid profile email offline_access'
const PLAIN = 'openid profile email'

/** Each preset, the issuer that its server has, and what a sign-in there asks for. */
const PRESETS: readonly (readonly [string, OidcPreset, string, object])[] = [
  [
    'Keycloak',
    keycloakPreset({ url: 'https://sso.example/auth/', realm: 'main' }),
    'https://sso.example/auth/realms/main',
    { scope: PLAIN, kc_idp_hint: 'idp-1' },
  ],
  [
    'Auth0',
    auth0Preset({ domain: 'tenant.eu.auth0.com', audience: 'api' }),
    'https://tenant.eu.auth0.com/',
    { scope: OFFLINE, audience: 'api', connection: 'idp-1' },
  ],
  [
    'Okta',
    oktaPreset({ domain: 'dev-1.okta.com' }),
    'https://dev-1.okta.com/oauth2/default',
    { scope: OFFLINE, idp: 'idp-1' },
  ],
  [
    'Cognito',
    cognitoPreset({ userPoolId: 'eu-west-1_AbC' }),
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC',
    { scope: PLAIN, identity_provider: 'idp-1' },
  ],
  [
    'Entra',
    entraPreset({ tenantId: TENANT }),
    `https://login.microsoftonline.com/${TENANT}/v2.0`,
    { scope: OFFLINE },
  ],
  [
    'Zitadel',
    zitadelPreset({ domain: 'my-app.zitadel.cloud' }),
    'https://my-app.zitadel.cloud',
    { scope: OFFLINE },
  ],
  [
    'Google',
    googlePreset(),
    'https://accounts.google.com',
    { scope: PLAIN, access_type: 'offline', prompt: 'consent' },
  ],
]

/** A client of a server that says of itself what a preset wants to hear. */
function clientOf(preset: OidcPreset) {
  const document = {
    issuer: preset.issuer,
    authorization_endpoint: 'https://id.example/authorize',
    token_endpoint: 'https://id.example/token',
    end_session_endpoint: 'https://id.example/logout',
  }
  const asked: string[] = []
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    asked.push(String(input))
    return Response.json(document)
  }
  const oidc = createOidc({ ...preset, clientId: 'app', clientSecret: 'secret', fetch })
  return { oidc, asked }
}

describe.each(PRESETS)('the preset of %s', (name, preset, issuer, wanted) => {
  it('finds its server, and asks it for what it knows', async () => {
    const { oidc, asked } = clientOf(preset)
    const request = { redirectUri: 'https://app.example/cb', state: 's', codeChallenge: CHALLENGE }
    const provider = preset.hintParameters?.provider && 'idp-1'
    const url = await oidc.authorizeUrl({ ...request, provider })
    expect(asked).toEqual([`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`])
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(wanted)
    if (provider) return
    expect(await errorOf(oidc.authorizeUrl({ ...request, provider: 'idp-1' }))).toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('signs out as its server does', async () => {
    const { oidc } = clientOf(preset)
    const url = new URL(await oidc.signOutUrl({ returnTo: 'https://app.example/bye' }))
    const parameter = name === 'Cognito' ? 'logout_uri' : 'post_logout_redirect_uri'
    expect(url.searchParams.get(parameter)).toBe('https://app.example/bye')
    expect(oidc.signOut === undefined).toBe(name === 'Entra')
  })
})

describe('the preset of Entra for all tenants', () => {
  it('signs in people of each, and nobody whose token is of another one than it says', async () => {
    const { verifier, challenge } = await createPkce()
    const outcomes: unknown[] = []
    for (const from of [TENANT, TENANT.replaceAll('1', '9')]) {
      const iss = `https://login.microsoftonline.com/${from}/v2.0`
      const claims = { iss, tid: TENANT, aud: 'app', sub: 'ada', iat: 1, exp: 61 }
      const id_token = jwt({ ...claims, nonce: challenge })
      const { sent, fetch } = answering([200, { access_token: 'a', expires_in: 60, id_token }])
      const preset = entraPreset({ tenantId: 'common' })
      const oidc = createOidc({ ...preset, clientId: 'app', clientSecret: 'secret', fetch })
      const code = { code: 'c', codeVerifier: verifier, redirectUri: 'https://app.example/cb' }
      const grant = await oidc.exchangeCode(code).catch((error: unknown) => error)
      outcomes.push([sent[0]?.url, grant])
    }
    const at = 'https://login.microsoftonline.com/common/oauth2/v2.0/token'
    expect(outcomes).toMatchObject([
      [at, { user: { id: 'ada', tid: TENANT } }],
      [at, { serverCode: 'invalid_id_token' }],
    ])
  })
})

describe('the `iss` of a callback of Entra for all tenants', () => {
  const issuerOf = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`
  const other = TENANT.replaceAll('1', '9')

  it.each<[string, string, object]>([
    ['may be that of the id token', issuerOf(TENANT), { user: { id: 'ada', tid: TENANT } }],
    ['is no other tenant’s', issuerOf(other), { serverCode: 'invalid_id_token' }],
    ['names one', issuerOf('{tenantid}'), { code: 'invalid_credentials' }],
    ['is of Entra', `https://evil.example/${TENANT}/v2.0`, { code: 'invalid_credentials' }],
  ])('%s', async (_name, issuer, outcome) => {
    const { verifier, challenge } = await createPkce()
    const claims = { iss: issuerOf(TENANT), tid: TENANT, aud: 'app', sub: 'ada', iat: 1, exp: 61 }
    const id_token = jwt({ ...claims, nonce: challenge })
    const { fetch } = answering([200, { access_token: 'a', expires_in: 60, id_token }])
    const preset = entraPreset({ tenantId: 'organizations' })
    const oidc = createOidc({ ...preset, clientId: 'app', clientSecret: 'secret', fetch })
    const redirectUri = 'https://app.example/cb'
    const exchange = { code: 'c', codeVerifier: verifier, redirectUri, issuer }
    const result = await oidc.exchangeCode(exchange).catch((error: unknown) => error)
    expect(result).toMatchObject(outcome)
  })
})

describe('a preset', () => {
  it('knows a tenant of Entra also by capital letters, which no token has', () => {
    const { issuer } = entraPreset({ tenantId: 'ABCDEF00-2222-3333-4444-55555555555F' })
    expect(issuer).toBe(
      'https://login.microsoftonline.com/abcdef00-2222-3333-4444-55555555555f/v2.0',
    )
  })

  it.each<[string, () => unknown]>([
    ['a realm with a path in it', () => keycloakPreset({ url: 'https://a.b', realm: 'a/b' })],
    ['a domain with a path in it', () => auth0Preset({ domain: 'a.b/c' })],
    ['a tenant that is a name', () => entraPreset({ tenantId: 'contoso.com' })],
    ['a pool without a region', () => cognitoPreset({ userPoolId: 'pool' })],
    ['nothing', () => Reflect.apply(oktaPreset, null, [])],
    ['a domain that is none', () => Reflect.apply(zitadelPreset, null, [{ domain: 5 }])],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})
