import { text } from '../shared/json.js'
import { invalid, trimSlashes } from '../shared/url.js'

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

/** That of a tenant of Entra ID. @throws AuthError `invalid_argument` for what is no id of one. */
export function entraIssuer(tenantId: unknown): string {
  const id = part('tenantId', tenantId, /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/)
  return `https://login.microsoftonline.com/${id}/v2.0`
}

/** That of a user pool of Cognito, whose id begins with its region. @throws AuthError `invalid_argument`. */
export function cognitoIssuer(userPoolId: unknown): string {
  const id = part('userPoolId', userPoolId, /^[a-z\d-]+_\w+$/)
  return `https://cognito-idp.${id.split('_')[0]}.amazonaws.com/${id}`
}

/** That of an instance of Zitadel. @throws AuthError `invalid_argument`. */
export const zitadelIssuer = (domain: unknown): string => host(domain)
