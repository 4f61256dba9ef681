import { text } from './json.js'

/** Stands in an issuer of Entra ID for the tenant that somebody is of, where an app is for all of them. */
export const TENANT = '{tenantid}'

/** The id of a tenant, a GUID. */
const ID = /^[\da-f-]{36}$/

/**
 * Whether a server that calls itself so is the one that is meant: byte for byte, but for the tenant where the
 * `issuer` is for all of them. `tenant`: what says which, such as the claim `tid` of a token.
 */
export function isIssuer(said: unknown, issuer: string, tenant?: unknown): boolean {
  const start = issuer.indexOf(TENANT)
  const id = text(tenant ?? text(said)?.slice(start, start + 36)) ?? ''
  return said === (start < 0 ? issuer : ID.test(id) && issuer.replace(TENANT, id))
}
