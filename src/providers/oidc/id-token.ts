import { AuthError } from '../../core/errors.js'
import { isIssuer } from '../shared/issuer.js'
import { camelCased, text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import type { OidcClaims, OidcUser } from './types.js'

/** What an id token must say. */
export interface Expected {
  readonly issuer: string
  readonly clientId: string
  /** What the server called itself as it sent the person back, where it did (RFC 9207). */
  readonly said?: string | undefined
  /** Where the sign-in had one. */
  readonly nonce?: string | undefined
}

/** Claims about the token, not about the person. */
const ABOUT_TOKEN =
  /^(iss|sub|aud|exp|iat|nbf|jti|nonce|azp|(at|c|s)_hash|acr|amr|auth_time|sid|org_id|client_id|rat|typ|session_state)$/

/** The first thing that is wrong with the claims, by the name of the claim (OIDC Core §3.1.3.7). */
function wrongClaim(
  claims: OidcClaims,
  { issuer, clientId, said, nonce }: Expected,
): string | undefined {
  const { iss, aud, azp, sub, exp, iat } = claims
  const audience = Array.isArray(aud) ? aud : [aud]
  const rules = {
    // Of all tenants, too, one answer is of one.
    iss: isIssuer(iss, issuer, claims.tid ?? '') && iss === (said ?? iss),
    aud: audience.includes(clientId),
    // With others beside this client, it must say that it was issued to this one.
    azp: azp === clientId || (azp === undefined && audience.length === 1),
    sub: text(sub) !== undefined,
    // By its own clock alone: this device's may be wrong by any amount.
    exp: typeof exp === 'number' && typeof iat === 'number' && exp > iat,
    nonce: nonce === undefined || claims.nonce === nonce,
  }
  return Object.entries(rules).find(([, holds]) => !holds)?.[0]
}

/**
 * The claims of an id token that came from the token endpoint over TLS, which needs no signature check
 * (OIDC Core §3.1.3.7, number 6).
 * @throws AuthError `bad_response`, not retryable, for one that is unsigned, encrypted, for another
 *   client, of another issuer or of another sign-in.
 */
export function readIdToken(token: unknown, expected: Expected): OidcClaims {
  const given = text(token) ?? ''
  const claims = readClaims(given)
  const alg = text(readClaims(`.${given.split('.')[0]}.`)?.alg)
  const unsigned = !alg || /^none$/i.test(alg) || given.endsWith('.')
  const wrong = !claims || unsigned ? 'token itself' : wrongClaim(claims, expected)
  if (claims && !wrong) return claims
  throw new AuthError('bad_response', `The id token cannot be believed: see its ${wrong}.`, {
    retryable: false,
    serverCode: 'invalid_id_token',
  })
}

/** The person that claims describe, if they name one. */
export function toUser(claims: OidcClaims): OidcUser | undefined {
  const id = text(claims.sub)
  if (!id) return undefined
  const about = Object.entries(claims).filter(([name]) => !ABOUT_TOKEN.test(name))
  const { email, phone_number } = claims
  return {
    ...camelCased(Object.fromEntries(about)),
    id,
    email: text(email),
    phone: text(phone_number),
  }
}
