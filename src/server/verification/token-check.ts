import type {
  JWSHeaderParameters,
  JWTPayload,
  JWTVerifyGetKey,
  JWTVerifyOptions,
  JWTVerifyResult,
} from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import * as errors from 'jose/errors'
import { UnsecuredJWT } from 'jose/jwt/unsecured'
import { jwtVerify } from 'jose/jwt/verify'
import { isIssuer, TENANT } from '../../providers/shared/issuer.js'
import { text } from '../../providers/shared/json.js'
import { readClaims } from '../../providers/shared/jwt.js'
import { deepFreeze } from '../shared/deep-freeze.js'
import { createRecent } from '../shared/recent.js'
import type { KeyLookup, VerificationKey } from './key-set.js'
import { createQuickSignatures } from './quick-signatures.js'

/** Whether a token is genuine and alive. The claims are frozen: all who ask get the same. */
export type Checked =
  | { readonly ok: true; readonly claims: Readonly<JWTPayload> }
  | { readonly ok: false; readonly reason: 'invalid_jwt' | 'expired' }

/** What tokens are checked by. */
export interface TokenCheckDeps {
  readonly keyFor: KeyLookup
  /** For `jwtVerify`, all but the time. */
  readonly options: JWTVerifyOptions & { readonly algorithms: string[] }
}

/** What is known of a token that was found genuine. */
interface Statement {
  /** What to say of it while it is alive. */
  readonly success: Checked
  /** Seconds since the epoch, as jose has read them. */
  readonly exp: number
  readonly nbf: number | undefined
}

/** A token that was found genuine, and the key by which it was. */
interface GenuineToken extends Statement {
  readonly header: JWSHeaderParameters
  readonly key: VerificationKey
}

/** No session's token lives longer than a cookie may (RFC 6265bis §5.5), in ms. */
const LONGEST_LIFE = 400 * 24 * 3_600_000
/** What access tokens call their type (RFC 7519 §5.1, RFC 9068 §2.1); many say nothing. */
const TYPE = /^(application\/)?(at\+)?jwt$/i
/** The most tokens that are remembered, and characters of them and their claims. */
const KEPT = { entries: 2_000, size: 8_000_000 }
const INVALID: Checked = { ok: false, reason: 'invalid_jwt' }
/** The header of a token without a signature (RFC 7519 §6.1). */
const UNSIGNED = 'eyJhbGciOiJub25lIn0'

/** The header of what has the form of a token; nothing where jose has a word to say about it. */
function headerOf(token: string): JWSHeaderParameters | null {
  try {
    const header = decodeProtectedHeader(token)
    const plain = token.split('.').length === 3 && !('crit' in header) && !('b64' in header)
    return plain ? header : null
  } catch {
    return null
  }
}

/**
 * Checks a token by every key that may be meant: without a key id, or with two keys of one.
 * @throws errors of jose, and what `keyFor` throws.
 */
export async function verifyByAny(
  token: string,
  keyFor: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keyFor, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options)
      } catch (refusal) {
        // What one key does not fit is no word about the others; what the claims say is.
        if (
          refusal instanceof errors.JWTExpired ||
          refusal instanceof errors.JWTClaimValidationFailed
        ) {
          throw refusal
        }
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/**
 * What jose says of the claims of a token whose signature was checked before: it has its checks of
 * claims for tokens without a signature too. @throws as `jwtVerify` does.
 */
function checkClaims(token: string, options: JWTVerifyOptions): JWTPayload {
  return UnsecuredJWT.decode(`${UNSIGNED}.${token.split('.')[1]}.`, options).payload
}

/** Who may have issued a token: where that is Entra for all tenants, the one that the token names (`tid`). */
function issuersFor(token: string, issuer: JWTVerifyOptions['issuer']): JWTVerifyOptions['issuer'] {
  const names = [issuer ?? []].flat()
  if (!names.some((name) => name.includes(TENANT))) return issuer
  const { iss, tid = '' } = readClaims(token) ?? {}
  return names.some((name) => isIssuer(iss, name, tid)) ? text(iss) : []
}

/** The claims are read when somebody wants them: whoever holds a session has read them already. */
function successOf(token: string): Checked {
  let claims: Readonly<JWTPayload> | undefined
  return Object.freeze({
    ok: true,
    get claims() {
      // The same claims, of which jose keeps keys that would be prototypes elsewhere.
      claims ??= deepFreeze(readClaims(token) ?? {})
      return claims
    },
  })
}

/**
 * What time tells against a genuine token, by the seconds in which jose counts it: it ends, or has not
 * begun. What jose does not look at is how far off the end is.
 */
function verdictAt({ success, exp, nbf }: Statement, at: number, tolerance: number): Checked {
  const now = Math.floor(new Date(at).getTime() / 1000)
  if (nbf !== undefined && nbf > now + tolerance) return INVALID
  if (exp <= now - tolerance) return { ok: false, reason: 'expired' }
  return exp * 1000 - at <= LONGEST_LIFE ? success : INVALID
}

/** What a genuine token is worth, whose claims jose has found good. */
function judge(
  header: JWSHeaderParameters,
  statement: Statement,
  { at, tolerance }: { readonly at: number; readonly tolerance: number },
): Checked {
  if (header.typ !== undefined && !TYPE.test(header.typ)) return INVALID
  return verdictAt(statement, at, tolerance)
}

const statementOf = (token: string, { exp, nbf }: JWTPayload): Statement => ({
  success: successOf(token),
  exp: Number(exp),
  nbf,
})

/**
 * What a token is worth if its signature is genuine, which the caller must find out in another way.
 * @throws errors of jose.
 */
export function checkAllButSignature(
  token: string,
  options: TokenCheckDeps['options'],
  at: number,
): Checked {
  const header = headerOf(token)
  if (!header || !options.algorithms.includes(text(header.alg) ?? '')) return INVALID
  const payload = checkClaims(token, { ...options, currentDate: new Date(at) })
  const tolerance = Number(options.clockTolerance ?? 0)
  return judge(header, statementOf(token, payload), { at, tolerance })
}

/**
 * Makes what checks tokens. It remembers which texts were genuine, and by which key; that key is looked
 * up anew for each use, so that a token is known exactly as long as its key is the one to use: one that
 * was replaced, or cannot be had, speaks against it as against one that was never seen. The time is
 * looked at for each use too. A text that was not found genuine is not remembered, so that nobody
 * but the issuer decides what is in here.
 * @throws errors of jose, and what `keyFor` throws.
 */
export function createTokenCheck({
  keyFor,
  options,
}: TokenCheckDeps): (token: string, at: number) => Promise<Checked> {
  const { algorithms, clockTolerance = 0 } = options
  const tolerance = Number(clockTolerance)
  const signatures = createQuickSignatures()
  const genuine = createRecent<GenuineToken>(KEPT)

  /** The key that a header names; nothing where it may be one of several, or jose refuses it unseen. */
  async function keyOf(header: JWSHeaderParameters | null): Promise<VerificationKey | null> {
    if (!header || !algorithms.includes(text(header.alg) ?? '')) return null
    try {
      return await keyFor(header)
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return null
      throw error
    }
  }

  async function again(token: string, at: number): Promise<Checked | null> {
    const known = genuine.get(token)
    // What no clock says is for jose to refuse.
    if (!known || Number.isNaN(new Date(at).getTime())) return null
    if ((await keyOf(known.header)) === known.key) return verdictAt(known, at, tolerance)
    genuine.delete(token)
    return null
  }

  /** What jose finds, as `jwtVerify` gives it; the key where one was named. */
  async function look(token: string, checks: JWTVerifyOptions) {
    const header = headerOf(token)
    const key = await keyOf(header)
    if (!header || !key) return { ...(await verifyByAny(token, keyFor, checks)), key: null }
    const isSigned = signatures.isSigned({ token, header, key })
    if (isSigned === false) throw new errors.JWSSignatureVerificationFailed()
    if (isSigned) return { payload: checkClaims(token, checks), protectedHeader: header, key }
    const result = await jwtVerify(token, key, checks)
    signatures.learn({ token, header, key })
    return { ...result, key }
  }

  async function anew(token: string, at: number): Promise<Checked> {
    const issuer = issuersFor(token, options.issuer)
    const checks = { ...options, ...(issuer && { issuer }), currentDate: new Date(at) }
    const { payload, protectedHeader: header, key } = await look(token, checks)
    const statement = statementOf(token, payload)
    const verdict = judge(header, statement, { at, tolerance })
    if (key && verdict.ok) genuine.set(token, { ...statement, header, key }, 2 * token.length)
    return verdict
  }

  return async (token, at) => (await again(token, at)) ?? anew(token, at)
}
