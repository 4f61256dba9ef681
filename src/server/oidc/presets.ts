import {
  auth0Issuer,
  auth0SignOut,
  cognitoIssuer,
  entraServer,
  keycloakIssuer,
  oktaIssuer,
  PLAIN,
  zitadelIssuer,
} from '../../providers/oidc/issuers.js'
import type {
  Auth0Options,
  CognitoOptions,
  EntraOptions,
  KeycloakOptions,
  OktaOptions,
  ZitadelOptions,
} from '../../providers/oidc/presets.js'
import { checkObject } from '../shared/arguments.js'
import type { OidcServerOptions } from './types.js'

/** What `createOidc` is told about one vendor's server: `createOidc({ ...preset, clientId, … })`. */
export type OidcPreset = Pick<
  OidcServerOptions,
  | 'issuer'
  | 'metadata'
  | 'scope'
  | 'parameters'
  | 'postLogoutParameter'
  | 'endSessionEndpoint'
  | 'hintParameters'
  | 'revokesTokens'
  | 'assertionAudience'
>

/**
 * Keycloak; the hint `provider` is the alias of an identity provider.
 * @example
 * ```ts
 * import { createOidc, keycloakPreset } from 'holdfast/server/oidc'
 *
 * const realm = keycloakPreset({ url: 'https://sso.example', realm: 'main' })
 * const server = createOidc({ ...realm, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument` for what is no such name.
 */
export function keycloakPreset(options: Pick<KeycloakOptions, 'url' | 'realm'>): OidcPreset {
  checkObject('options', options)
  return {
    issuer: keycloakIssuer(options.url, options.realm),
    scope: PLAIN,
    hintParameters: { provider: 'kc_idp_hint' },
  }
}

/**
 * Auth0. Documents of older tenants name no page that ends a session: theirs is where all have it.
 * @example
 * ```ts
 * import { auth0Preset, createOidc } from 'holdfast/server/oidc'
 *
 * const tenant = auth0Preset({ domain: 'tenant.eu.auth0.com', audience: 'https://api.example' })
 * const server = createOidc({ ...tenant, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument` for what is no such name.
 */
export function auth0Preset(options: Pick<Auth0Options, 'domain' | 'audience'>): OidcPreset {
  checkObject('options', options)
  const { domain, audience } = options
  const issuer = auth0Issuer(domain)
  return {
    issuer,
    endSessionEndpoint: auth0SignOut(issuer),
    ...(audience && { parameters: { audience } }),
    hintParameters: {
      provider: 'connection',
      connectionId: 'connection',
      invitationToken: 'invitation',
    },
  }
}

/**
 * Okta; the hint `provider` is the id of an identity provider.
 * @example
 * ```ts
 * import { createOidc, oktaPreset } from 'holdfast/server/oidc'
 *
 * const okta = oktaPreset({ domain: 'dev-1.okta.com' })
 * const server = createOidc({ ...okta, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument`.
 */
export function oktaPreset(
  options: Pick<OktaOptions, 'domain' | 'authorizationServer'>,
): OidcPreset {
  checkObject('options', options)
  const { domain, authorizationServer = 'default' } = options
  return { issuer: oktaIssuer(domain, authorizationServer), hintParameters: { provider: 'idp' } }
}

/**
 * Microsoft Entra ID, for one tenant or for all. It revokes no tokens: what was ended here is kept out here. It knows a
 * `privateKey` by its `certificate`.
 * @example
 * ```ts
 * import { createOidc, entraPreset } from 'holdfast/server/oidc'
 *
 * const tenant = entraPreset({ tenantId: '11111111-2222-3333-4444-555555555555' })
 * const server = createOidc({ ...tenant, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument` for what is no id of a tenant.
 */
export function entraPreset(options: Pick<EntraOptions, 'tenantId'>): OidcPreset {
  checkObject('options', options)
  return {
    ...entraServer(options.tenantId),
    revokesTokens: false,
    assertionAudience: 'token_endpoint',
  }
}

/**
 * Amazon Cognito, which refuses `offline_access` and calls the page to return to `logout_uri`.
 * @example
 * ```ts
 * import { cognitoPreset, createOidc } from 'holdfast/server/oidc'
 *
 * const pool = cognitoPreset({ userPoolId: 'eu-west-1_AbCdEfGhI' })
 * const server = createOidc({ ...pool, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument` for what is no id of a user pool.
 */
export function cognitoPreset(options: Pick<CognitoOptions, 'userPoolId'>): OidcPreset {
  checkObject('options', options)
  return {
    issuer: cognitoIssuer(options.userPoolId),
    scope: PLAIN,
    postLogoutParameter: 'logout_uri',
    hintParameters: { provider: 'identity_provider' },
  }
}

/**
 * Zitadel.
 * @example
 * ```ts
 * import { createOidc, zitadelPreset } from 'holdfast/server/oidc'
 *
 * const zitadel = zitadelPreset({ domain: 'my-app.zitadel.cloud' })
 * const server = createOidc({ ...zitadel, clientId: 'my-app', clientSecret: 'secret' })
 * ```
 * @throws AuthError `invalid_argument` for what is no such name.
 */
export function zitadelPreset(options: Pick<ZitadelOptions, 'domain'>): OidcPreset {
  checkObject('options', options)
  return { issuer: zitadelIssuer(options.domain) }
}

/**
 * Google, which gives refresh tokens to those only who are asked for consent, and knows no `offline_access`.
 * It has no page that ends a session: after a sign-out people are signed in at Google all the same.
 * @example
 * ```ts
 * import { createOidc, googlePreset } from 'holdfast/server/oidc'
 *
 * const server = createOidc({ ...googlePreset(), clientId: 'my-app', clientSecret: 'secret' })
 * ```
 */
export function googlePreset(): OidcPreset {
  return {
    issuer: 'https://accounts.google.com',
    scope: PLAIN,
    parameters: { access_type: 'offline', prompt: 'consent' },
    hintParameters: { domainHint: 'hd' },
  }
}
