import type { JWTPayload } from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import * as errors from 'jose/errors'
import { AuthError } from '../../core/errors.js'
import { isIssuer } from '../../providers/shared/issuer.js'
import { text } from '../../providers/shared/json.js'
import { readClaims } from '../../providers/shared/jwt.js'
import { CLOCKS_APART } from '../sealed/receipt.js'
import { createKeySet, type KeySetLocation } from '../verification/key-set.js'
import { verifyByAny } from '../verification/token-check.js'

/** Whose statements are taken, and what they must be. */
export interface StatementOptions {
  readonly issuer: string
  /** Whom they must be meant for. */
  readonly audience: string
  readonly keys: KeySetLocation
  /** What they call their type; many say `JWT`, or nothing (RFC 8725 §3.11). */
  readonly type: string
  /** Milliseconds since the epoch. */
  now(): number
}

/** What a server has said, by a token that is genuine and new enough. */
export interface Statement {
  /** By which it is told from others of this server. */
  readonly id: string
  readonly claims: Readonly<JWTPayload>
  /** How long it may come again, in ms. */
  readonly life: number
}

/**
 * Signatures that only the server can make. Not among them are `none`, and those by a secret, for which a public
 * key could be taken (RFC 8725 §2.1).
 */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** How long one lives that does not say so, in s: as Back-Channel Logout 1.0 §2.4 recommends at the most. */
const LIFE = 120
/** The longest that one may live, in s. Servers say 2 minutes (Keycloak, oidc-provider) or 5 (Okta). */
const LONGEST = 3_600

const refused = (why: string, cause?: unknown): AuthError =>
  new AuthError('rejected', `The token is not one to act on: ${why}.`, { cause })

/** What jose says is wrong, without a word of the token. */
function toRefusal(error: unknown): unknown {
  const ofKeys = error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid
  if (!(error instanceof errors.JOSEError) || ofKeys) return error
  const claim =
    error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
      ? ` (${error.claim})`
      : ''
  return refused(`${error.code}${claim}`)
}

/**
 * Refuses at no cost what is not even meant to be one: to check a signature, and to look for a key, costs.
 * Returns what the server calls itself. @throws AuthError `rejected`
 */
function checkWords(token: string, { issuer, type }: StatementOptions): string {
  let header: ReturnType<typeof decodeProtectedHeader>
  try {
    header = decodeProtectedHeader(token)
  } catch {
    throw refused('it is no signed JWT')
  }
  const named = header.typ === undefined ? 'jwt' : (text(header.typ) ?? '').toLowerCase()
  if (!['jwt', type].includes(named.replace(/^application\//, ''))) {
    throw refused('it is of another type')
  }
  const iss = text(readClaims(token)?.iss) ?? ''
  if (!isIssuer(iss, issuer)) throw refused('it is of another issuer')
  return iss
}

/** Until when it may come, in s. @throws AuthError `rejected` for one that lives too long, or has no id. */
function endOf({ iat = 0, exp = iat + LIFE }: JWTPayload, now: number): number {
  if (exp - iat > LONGEST) throw refused('it lives too long')
  // What says when it ends jose has looked at.
  if (exp <= now / 1000 - CLOCKS_APART / 1000) throw refused('it is over')
  return exp
}

/**
 * Makes what checks the statements of a server: tokens by which it says that something has happened. They are no
 * access tokens and none of theirs is one: types and audiences part them.
 * @throws AuthError `invalid_argument` for keys that cannot be; when used, `rejected` for a token that is not one to
 *   act on; `network`, `timeout` or `server_error` while its keys cannot be had.
 */
export function createStatementCheck(
  options: StatementOptions,
): (token: string) => Promise<Statement> {
  const { audience, keys, now } = options
  const { keyFor } = createKeySet(keys, now)
  return async (token) => {
    const issuer = checkWords(token, options)
    const at = now()
    const { payload: claims } = await verifyByAny(token, keyFor, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      maxTokenAge: LONGEST,
      clockTolerance: CLOCKS_APART / 1000,
      currentDate: new Date(at),
    }).catch((error: unknown) => {
      throw toRefusal(error)
    })
    const id = text(claims.jti)
    if (!id) throw refused('it has no id')
    // As long as clocks that are apart may take it for alive.
    const life = endOf(claims, at) * 1000 - at + 2 * CLOCKS_APART
    return { id, claims, life }
  }
}
