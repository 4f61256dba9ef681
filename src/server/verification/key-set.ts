import type { CryptoKey, JWSHeaderParameters } from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import * as errors from 'jose/errors'
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote'
import { AuthError, isAuthError } from '../../core/errors.js'
import { readText } from '../../providers/shared/body.js'
import { asObject, text } from '../../providers/shared/json.js'
import { checkUrl } from '../../providers/shared/url.js'
import { checkPositive } from '../coordination/coordinator.js'
import { isLately } from '../shared/lately.js'

/** Where the issuer publishes its keys (RFC 7517 §5). */
export interface KeySetLocation {
  readonly jwksUrl: string
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /**
   * How long keys are used before they are looked at again, in ms: one that the issuer withdraws is
   * good for so long. A key id that is new is looked up at once. @default 600_000
   */
  readonly jwksRefreshInterval?: number | undefined
  /** Allows plain `http:` to hosts other than this device: keys can then be forged on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** A key as jose takes it: a public one, or a shared secret. */
export type VerificationKey = CryptoKey | Uint8Array

/** Finds the key that a token names. */
export type KeyLookup = (header: JWSHeaderParameters) => Promise<VerificationKey>

/** The keys of an issuer. */
export interface KeySet {
  /**
   * Finds the key for a token with this header. While nothing new is known of the keys it is always
   * the same object, and never one of a set that has been replaced since.
   */
  readonly keyFor: KeyLookup
  /** The key of a token with this header, of those at hand: nothing is waited for. It throws as jose does. */
  readonly keyAtHand: KeyLookup
  /** Resolves as soon as there are keys, looked at anew where that is due. @throws AuthError as `keyFor` */
  ready(): Promise<void>
  /**
   * Looks for keys anew, unless that was just done: one may have been replaced under its own name.
   * @throws AuthError as `keyFor`
   */
  lookAgain(): Promise<void>
  /**
   * Lets the key of a token be looked up at once that the issuer has just given: no forger has
   * written its key id, and to wait would be to exchange it again and again.
   */
  hurry(token: string): void
}

/** jose's default, in ms. */
const INTERVAL = 600_000
/** Between two lookups of unknown key ids, in ms. jose's default; forged ids must not cost more. */
const COOLDOWN = 30_000
/** Between two lookups while the issuer fails and no key is known, in ms. */
const RETRY = 2_000
/** One lookup, in ms. jose's default. */
const TIMEOUT = 5_000

const isTimeout = (error: unknown): boolean =>
  isAuthError(error, 'timeout') ||
  (error instanceof Error && (error.name === 'TimeoutError' || isTimeout(error.cause)))

function keySetError(error: unknown): AuthError {
  if (isTimeout(error)) return new AuthError('timeout', 'The key set did not come in time.')
  return error instanceof errors.JOSEError
    ? new AuthError('server_error', 'The answer is no key set that can be used.')
    : new AuthError('network', 'The key set could not be fetched.')
}

/** The shortest key of RSA that may be used, in bits (RFC 7518 §3.3). */
const SHORTEST = 2_048

const isTooShort = ({ algorithm }: CryptoKey): boolean =>
  'modulusLength' in algorithm && Number(algorithm.modulusLength) < SHORTEST

const isKey = (value: unknown): boolean => text(asObject(value)?.kty) !== undefined

/** A key set without what is no key at all: jose would refuse the others with it. */
async function withoutOddKeys(response: Response): Promise<Response> {
  if (response.status !== 200) return response
  // More than anybody's keys take is no key set either.
  const body = (await readText(response)) ?? ''
  try {
    const fields = asObject(JSON.parse(body))
    if (fields && Array.isArray(fields.keys)) {
      return Response.json({ keys: fields.keys.filter(isKey) })
    }
  } catch {
    // It is for jose to say that this is no JSON.
  }
  return new Response(body)
}

/**
 * Makes the lookup of keys for `jwtVerify`. jose fetches, shares and parses; when to fetch is
 * decided here, by `now` in ms. It throws jose's `JWKSNoMatchingKey` for a key id that the newest
 * lookup did not bring, and that no other is due for: a refresh tells the truth then.
 * @throws AuthError `invalid_argument` for an address that keys must not come from; when used,
 * `network`, `timeout` or `server_error` while the issuer fails or must not be asked again yet.
 */
export function createKeySet(location: KeySetLocation, now: () => number): KeySet {
  checkUrl(location.jwksUrl, location.dangerouslyAllowInsecureHttp)
  const interval = checkPositive('jwksRefreshInterval', location.jwksRefreshInterval ?? INTERVAL)
  const remote = createRemoteJWKSet(new URL(location.jwksUrl), {
    timeoutDuration: TIMEOUT,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
    [customFetch]: async (url, init) =>
      withoutOddKeys(await (location.fetch ?? globalThis.fetch)(url, init)),
  })
  let loadedAt: number | undefined
  let failedAt: number | undefined
  let missedAt: number | undefined
  let failure: AuthError | undefined

  const within = (at: number | undefined, span: number): boolean => isLately(at, span, now())

  async function load(): Promise<void> {
    try {
      await remote.reload()
      // An issuer without keys is broken, which is no word about anybody's token.
      if (!remote.jwks()?.keys.length) throw new errors.JWKSInvalid()
      loadedAt = now()
      failure = undefined
    } catch (error) {
      failedAt = now()
      failure = keySetError(error)
    }
  }

  /** Looks again for a key id, unless it was just done. @throws AuthError when the set was not to be had. */
  async function lookAgain(): Promise<void> {
    const resting = within(missedAt, COOLDOWN) || (failure && within(failedAt, RETRY))
    if (!resting) {
      await load()
      if (!failure) missedAt = now()
    }
    if (failure) throw failure
  }

  function isKnown(token: string): boolean {
    try {
      const { kid } = decodeProtectedHeader(token)
      return remote.jwks()?.keys.some((key) => key.kid === kid) ?? false
    } catch {
      // No key is looked up for what is no token.
      return true
    }
  }

  /** Looks for keys where that is due; whether it was. @throws AuthError while there are none. */
  async function freshen(): Promise<boolean> {
    const pause = loadedAt === undefined ? RETRY : COOLDOWN
    const due = !within(loadedAt, interval) && !within(failedAt, pause)
    if (due) await load()
    if (loadedAt === undefined && failure) throw failure
    return due
  }

  /** The key of those at hand. One that cannot be used is none. */
  async function find(header: JWSHeaderParameters): Promise<CryptoKey> {
    try {
      const key = await remote(header)
      if (!isTooShort(key)) return key
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error
      if (error instanceof errors.JWKSNoMatchingKey) throw error
    }
    // Where there is no other, the issuer is broken: that is no word about anybody's token.
    const isOnly = remote.jwks()?.keys.length === 1
    throw isOnly ? new errors.JWKSInvalid() : new errors.JWKSNoMatchingKey()
  }

  async function keyFor(header: JWSHeaderParameters): Promise<CryptoKey> {
    const due = await freshen()
    try {
      return await find(header)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    if (!due || failure) await lookAgain()
    return find(header)
  }

  return {
    keyFor,
    async keyAtHand(header) {
      // jose would look for them itself.
      if (loadedAt === undefined) throw new errors.JWKSNoMatchingKey()
      return find(header)
    },
    async ready() {
      await freshen()
    },
    lookAgain,
    hurry(token) {
      if (!isKnown(token) && !within(loadedAt, RETRY)) missedAt = undefined
    },
  }
}
