import { TENANT } from '../shared/issuer.js'
import { text } from '../shared/json.js'
import { invalid, trimSlashes } from '../shared/url.js'
import type { OidcMetadata } from './types.js'

/** What is asked of servers that have no `offline_access`, or need it for no refresh token. */
export const PLAIN = 'openid profile email'

/** The id of a tenant of Entra ID, or a word for all of them. */
const ENTRA = /^([\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}|common|organizations)$/i

/** A part of an address, as it is. @throws AuthError `invalid_argument` for what would change it. */
function part(name: string, value: unknown, fits = /^[\w.-]+$/): string {
  const word = text(value) ?? ''
  return fits.test(word) ? word : invalid(`\`${name}\` is missing, or wrong.`)
}

/** A host, as of `https://` and nothing more. */
const host = (domain: unknown): string => `https://${part('domain', domain)}`

/** The issuer of a realm of Keycloak. @throws AuthError `invalid_argument` for what is no such name. */
export function keycloakIssuer(url: unknown, realm: unknown): string {
  const base = trimSlashes(part('url', url, /^https?:/))
  return `${base}/realms/${part('realm', realm, /^[^/?#.][^/?#]*$/)}`
}

/** That of a tenant of Auth0, which ends with a slash. @throws AuthError `invalid_argument`. */
export const auth0Issuer = (domain: unknown): string => `${host(domain)}/`

/**
 * The page of such a tenant that ends a session, which each has; documents of those that were made before 14
 * November 2023 name it only where somebody has switched that on.
 */
export const auth0SignOut = (issuer: string): string => `${issuer}oidc/logout`

/** That of an authorization server of Okta. @throws AuthError `invalid_argument`. */
export function oktaIssuer(domain: unknown, authorizationServer: unknown): string {
  const id = part('authorizationServer', authorizationServer)
  return `${host(domain)}/oauth2/${id}`
}

/** Where Entra ID is, and what it is like. */
export interface EntraServer {
  readonly issuer: string
  /** Of all tenants: their document is none of this issuer's own. */
  readonly metadata?: OidcMetadata
}

/**
 * A tenant of Entra ID, or all of them (`organizations`, or `common` with personal accounts): each has an issuer
 * of its own then, by the claim `tid` of its tokens. @throws AuthError `invalid_argument` for what is no id of one.
 */
export function entraServer(tenantId: unknown): EntraServer {
  const id = part('tenantId', tenantId, ENTRA).toLowerCase()
  const base = 'https://login.microsoftonline.com/'
  if (id.includes('-')) return { issuer: `${base}${id}/v2.0` }
  const at = (path: string): string => `${base}${id}/${path}`
  const metadata = {
    authorization_endpoint: at('oauth2/v2.0/authorize'),
    token_endpoint: at('oauth2/v2.0/token'),
    end_session_endpoint: at('oauth2/v2.0/logout'),
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    jwks_uri: at('discovery/v2.0/keys'),
  }
  return { issuer: `${base}${TENANT}/v2.0`, metadata }
}

/** That of a user pool of Cognito, whose id begins with its region. @throws AuthError `invalid_argument`. */
export function cognitoIssuer(userPoolId: unknown): string {
  const id = part('userPoolId', userPoolId, /^[a-z\d-]+_\w+$/)
  return `https://cognito-idp.${id.split('_')[0]}.amazonaws.com/${id}`
}

/** That of an instance of Zitadel. @throws AuthError `invalid_argument`. */
export const zitadelIssuer = (domain: unknown): string => host(domain)
