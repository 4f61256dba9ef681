import * as errors from 'jose/errors'
import { AuthError, isAuthError } from '../../core/errors.js'
import { checkObject } from '../shared/arguments.js'
import { type TransientReason, transientReasonOf } from '../shared/failure-words.js'
import { createKeySet, type KeySet, type KeySetLocation } from './key-set.js'
import {
  type Checked,
  checkAllButSignature,
  createTokenCheck,
  type TokenCheckDeps,
} from './token-check.js'

/** What a token must be besides signed. */
export interface TokenChecks {
  /**
   * The only signature algorithms to accept.
   * @default ['RS256'] with a key set, ['HS256'] with a secret
   */
  readonly algorithms?: readonly string[] | undefined
  /**
   * Who may have issued it; WorkOS has two forms of its name. `{tenantid}` in that of Entra ID stands for the tenant that
   * the token names (`tid`): look at that before you let somebody in. @default anybody with the key
   */
  readonly issuer?: string | readonly string[] | undefined
  /**
   * Whom it must be meant for; `false` where the issuer names nobody, as WorkOS. With the audience of
   * an API, a token that the same issuer made for another one does not open this one.
   */
  readonly audience: string | readonly string[] | false
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
  /** Milliseconds that the issuer's clock may be off. @default 0 */
  readonly clockTolerance?: number | undefined
}

/** A secret of at least 32 bytes (RFC 7518 §3.2), which the issuer shares. */
export interface SharedSecret {
  readonly secret: string
}

/** How to tell that an access token is genuine: by published keys, or by a shared secret. */
export type Verification = TokenChecks & (KeySetLocation | SharedSecret)

/** The shortest secret, in bytes: as long as the digest of HS256 (RFC 7518 §3.2). */
const SHORTEST = 32
/** `retryable` when the keys could not be had, so that nothing is known about the token. */
export type Verified =
  | Checked
  | {
      readonly ok: false
      readonly reason: 'network_error' | 'timeout' | 'server_error'
      readonly retryable: true
    }

/** Checks access tokens. */
export interface Verifier {
  /** Whether `token` is genuine and alive. Never throws. */
  verify(token: string): Promise<Verified>
  /** As `verify`, at another moment than now: `at` in ms since the epoch, by the issuer's clock. */
  verifyAt(token: string, at: number): Promise<Verified>
  /** Says that the issuer has just given a token: its key is looked up at once where it is new. */
  hurry(token: string): void
}

function createSecret(secret: string): Pick<KeySet, 'keyFor' | 'hurry'> {
  const key = new TextEncoder().encode(secret)
  if (key.length < SHORTEST) reject(`The \`secret\` is ${SHORTEST} bytes or more.`)
  return { keyFor: async () => key, hurry: () => {} }
}

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

function checkNames(
  names: string | readonly string[] | undefined,
  option: string,
): string[] | undefined {
  if (names === undefined) return undefined
  const list = [names].flat()
  return list.length > 0 && list.every(isText)
    ? list
    : reject(`\`${option}\` is a text or a list of texts, none of them empty.`)
}

function checkAlgorithms(names: readonly string[], symmetric: boolean): string[] {
  // A public key taken for a secret is the classic forgery (RFC 8725 §2.1).
  const fit = (name: string): boolean =>
    (symmetric ? /^HS(256|384|512)$/ : /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/).test(name)
  const list = [names].flat()
  return list.length > 0 && list.every(fit)
    ? list
    : reject(`\`algorithms\` fits no ${symmetric ? 'shared secret' : 'set of public keys'}.`)
}

function checkOptions(verification: TokenChecks, symmetric: boolean): TokenCheckDeps['options'] {
  const { algorithms = symmetric ? ['HS256'] : ['RS256'], clockTolerance = 0 } = verification
  const issuer = checkNames(verification.issuer, 'issuer')
  if (verification.audience === undefined) {
    reject('Pass the `audience` of the tokens, or `false` where their issuer names none.')
  }
  const audience = checkNames(
    verification.audience === false ? undefined : verification.audience,
    'audience',
  )
  if (!(clockTolerance >= 0 && clockTolerance < Number.POSITIVE_INFINITY)) {
    reject('`clockTolerance` is a number of milliseconds.')
  }
  return {
    algorithms: checkAlgorithms(algorithms, symmetric),
    clockTolerance: clockTolerance / 1000,
    // A session's token that never ends is none.
    requiredClaims: ['exp'],
    ...(issuer && { issuer }),
    ...(audience && { audience }),
  }
}

function toVerified(error: unknown): Verified {
  if (error instanceof errors.JWTExpired) return { ok: false, reason: 'expired' }
  // What jose says of a token it says by errors of its own, other than those about keys.
  const known = error instanceof errors.JOSEError
  const ofKeys = error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid
  if (known && !ofKeys) return { ok: false, reason: 'invalid_jwt' }
  return toUnknown(transientReasonOf(isAuthError(error) ? error.code : 'server_error'))
}

/** What is said of a token while nothing is known. Who was asked too often is an outage to whoever has one. */
export const toUnknown = (reason: TransientReason): Verified => ({
  ok: false,
  reason: reason === 'rate_limit_exceeded' ? 'server_error' : reason,
  retryable: true,
})

/**
 * Makes what checks all of a token but its signature, for a secret that only the issuer has.
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createClaimsCheck(checks: TokenChecks): (token: string, at: number) => Verified {
  const options = checkOptions(checks, true)
  return (token, at) => {
    try {
      return checkAllButSignature(token, options, at)
    } catch (error) {
      return toVerified(error)
    }
  }
}

/**
 * Makes the one that checks access tokens. It fetches nothing until it is asked, shares lookups,
 * goes on with the keys it has while the issuer fails, and forged key ids cost one lookup in 30 s.
 * A token of another type than an access token's, or that lives for years, is none.
 * A key id that the newest lookup did not bring is `invalid_jwt`, also where the next one is not due
 * yet, and of a key that cannot be used, beside others: a refresh decides. Nothing is known only where there are no
 * keys to be had.
 * @example
 * ```ts
 * import { createVerifier } from 'holdfast/server'
 *
 * const verifier = createVerifier({
 *   jwksUrl: 'https://project.example/auth/v1/.well-known/jwks.json',
 *   audience: 'authenticated', // whom the token must be meant for
 *   algorithms: ['ES256'],
 * })
 * const result = await verifier.verify(token)
 * const userId = result.ok ? result.claims.sub : null
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createVerifier(verification: Verification): Verifier {
  checkObject('verification', verification)
  const { now = Date.now } = verification
  const symmetric = 'secret' in verification
  if (symmetric && ('jwksUrl' in verification || !isText(verification.secret))) {
    reject('Verification takes a `jwksUrl` or a `secret` that is not empty, and not both.')
  }
  const options = checkOptions(verification, symmetric)
  const { keyFor, hurry } = symmetric
    ? createSecret(verification.secret)
    : createKeySet(verification, now)
  const check = createTokenCheck({ keyFor, options })
  const verifyAt = (token: string, at: number): Promise<Verified> =>
    check(token, at).catch(toVerified)

  return { verify: async (token) => verifyAt(token, now()), verifyAt, hurry }
}
