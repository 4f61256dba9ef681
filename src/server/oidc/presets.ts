import {
  auth0Issuer,
  cognitoIssuer,
  entraIssuer,
  keycloakIssuer,
  oktaIssuer,
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
  'issuer' | 'scope' | 'parameters' | 'postLogoutParameter' | 'hintParameters' | 'revokesTokens'
>

/** For servers that have no `offline_access`, or need it for no refresh token. */
const PLAIN = 'openid profile email'

/**
 * Keycloak; the hint `provider` is the alias of an identity provider.
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

/** Auth0. @throws AuthError `invalid_argument` for what is no such name. */
export function auth0Preset(options: Pick<Auth0Options, 'domain' | 'audience'>): OidcPreset {
  checkObject('options', options)
  const { domain, audience } = options
  return {
    issuer: auth0Issuer(domain),
    ...(audience && { parameters: { audience } }),
    hintParameters: {
      provider: 'connection',
      connectionId: 'connection',
      invitationToken: 'invitation',
    },
  }
}

/** Okta; the hint `provider` is the id of an identity provider. @throws AuthError `invalid_argument`. */
export function oktaPreset(
  options: Pick<OktaOptions, 'domain' | 'authorizationServer'>,
): OidcPreset {
  checkObject('options', options)
  const { domain, authorizationServer = 'default' } = options
  return { issuer: oktaIssuer(domain, authorizationServer), hintParameters: { provider: 'idp' } }
}

/**
 * Microsoft Entra ID, for one tenant. It revokes no tokens: what was ended here is kept out here.
 * @throws AuthError `invalid_argument` for what is no id of a tenant.
 */
export function entraPreset(options: Pick<EntraOptions, 'tenantId'>): OidcPreset {
  checkObject('options', options)
  return { issuer: entraIssuer(options.tenantId), revokesTokens: false }
}

/**
 * Amazon Cognito, which refuses `offline_access` and calls the page to return to `logout_uri`.
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

/** Zitadel. @throws AuthError `invalid_argument` for what is no such name. */
export function zitadelPreset(options: Pick<ZitadelOptions, 'domain'>): OidcPreset {
  checkObject('options', options)
  return { issuer: zitadelIssuer(options.domain) }
}

/** Google, which gives refresh tokens to those only who are asked for consent, and knows no `offline_access`. */
export function googlePreset(): OidcPreset {
  return {
    issuer: 'https://accounts.google.com',
    scope: PLAIN,
    parameters: { access_type: 'offline', prompt: 'consent' },
    hintParameters: { domainHint: 'hd' },
  }
}
