import { type OidcProvider, oidc } from './index.js'
import {
  auth0Issuer,
  auth0SignOut,
  cognitoIssuer,
  entraServer,
  keycloakIssuer,
  oktaIssuer,
  PLAIN,
  zitadelIssuer,
} from './issuers.js'
import type { OidcOptions } from './types.js'

/** What every preset takes besides its own: all of `oidc` but the issuer. */
export type PresetOptions = Omit<OidcOptions, 'issuer'>

/** Where a realm of Keycloak is. */
export interface KeycloakOptions extends PresetOptions {
  /** Of the server, such as `https://sso.example`; with `/auth` where it has that. */
  readonly url: string
  readonly realm: string
}

/**
 * Keycloak. It gives refresh tokens without `offline_access`, which would make a session of another
 * kind there. For an identity provider at once: `signInUrl({ parameters: { kc_idp_hint } })`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { keycloak } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: keycloak({ ...own, url: 'https://sso.example', realm: 'main' }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function keycloak(options: KeycloakOptions): OidcProvider {
  const { url, realm, ...rest } = { ...options }
  return oidc({ scope: PLAIN, ...rest, issuer: keycloakIssuer(url, realm) })
}

/** Where a tenant of Auth0 is. */
export interface Auth0Options extends PresetOptions {
  /** Such as `tenant.eu.auth0.com`, or your own. */
  readonly domain: string
  /** The API that the session's own token is for; without it that token is opaque. */
  readonly audience?: string | undefined
}

/**
 * Auth0, whose issuer ends with a slash. A second factor that a refresh asks for (`step_required`) is
 * finished by `secondFactor`, of `holdfast/providers/oidc/second-factor`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { auth0 } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: auth0({ ...own, domain: 'tenant.eu.auth0.com' }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function auth0(options: Auth0Options): OidcProvider {
  const { domain, audience, parameters, ...rest } = { ...options }
  const asked = { ...(audience && { audience }), ...parameters }
  const issuer = auth0Issuer(domain)
  return oidc({ endSessionEndpoint: auth0SignOut(issuer), ...rest, parameters: asked, issuer })
}

/** Where an authorization server of Okta is. */
export interface OktaOptions extends PresetOptions {
  /** Such as `dev-1.okta.com`. */
  readonly domain: string
  /** Its id. The org's own server has none: its issuer is the domain alone. @default 'default' */
  readonly authorizationServer?: string | undefined
}

/**
 * Okta.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { okta } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: okta({ ...own, domain: 'dev-1.okta.com' }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function okta(options: OktaOptions): OidcProvider {
  const { domain, authorizationServer = 'default', ...rest } = { ...options }
  return oidc({ ...rest, issuer: oktaIssuer(domain, authorizationServer) })
}

/** Which tenant of Entra ID. */
export interface EntraOptions extends PresetOptions {
  /**
   * Its id. `organizations`: people of all tenants, and `common`: those with personal accounts, too. Look at
   * `user.tid` then before you let somebody in.
   */
  readonly tenantId: string
}

/**
 * Microsoft Entra ID, for one tenant or for all. A page's sessions end there 24 hours after the sign-in; a step
 * that a refresh asks for is `step_required`, with the claims for the next sign-in.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { entra } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const tenantId = '11111111-2222-3333-4444-555555555555'
 * const auth = new AuthClient({ provider: entra({ ...own, tenantId }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function entra(options: EntraOptions): OidcProvider {
  const { tenantId, ...rest } = { ...options }
  const { issuer, metadata } = entraServer(tenantId)
  return oidc({ ...rest, metadata: rest.metadata ?? metadata, issuer })
}

/** Which user pool of Cognito. */
export interface CognitoOptions extends PresetOptions {
  /** Such as `eu-west-1_AbCdEfGhI`: it begins with its region. */
  readonly userPoolId: string
}

/**
 * Amazon Cognito, which refuses `offline_access` and calls the page to return to `logout_uri`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { cognito } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: cognito({ ...own, userPoolId: 'eu-west-1_AbCdEfGhI' }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function cognito(options: CognitoOptions): OidcProvider {
  const { userPoolId, ...rest } = { ...options }
  const issuer = cognitoIssuer(userPoolId)
  return oidc({ scope: PLAIN, postLogoutParameter: 'logout_uri', ...rest, issuer })
}

/** Where an instance of Zitadel is. */
export interface ZitadelOptions extends PresetOptions {
  /** Such as `my-app.zitadel.cloud`. */
  readonly domain: string
}

/**
 * Zitadel.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { zitadel } from 'holdfast/providers/oidc/presets'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: zitadel({ ...own, domain: 'my-app.zitadel.cloud' }) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function zitadel(options: ZitadelOptions): OidcProvider {
  const { domain, ...rest } = { ...options }
  return oidc({ ...rest, issuer: zitadelIssuer(domain) })
}
