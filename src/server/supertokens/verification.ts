import { isRetryableAuthError } from '../../core/errors.js'
import { createExpiring } from '../coordination/expiring.js'
import { codeOf } from '../shared/failure-words.js'
import { isLately } from '../shared/lately.js'
import { withinTime } from '../shared/time-limit.js'
import { createVerifier, type Verified } from '../verification/verify.js'
import { type AccessTokenInfo, readAccessToken } from './access-token.js'
import { type CoreApi, type CoreVerified, type CoreVerify, LIFE, REST } from './core-api.js'
import {
  GeneralError,
  isSuperTokensError,
  type SuperTokensError,
  TryRefreshTokenError,
  UnauthorisedError,
} from './errors.js'
import { createKept } from './kept.js'
import type { Tombstones } from './tombstones.js'
import type { SessionIdentity, VerifyOptions } from './types.js'

/** What verification works with. Times in ms. */
export interface VerificationDeps {
  readonly core: Pick<CoreApi, 'publishesKeys' | 'switchesKeys' | 'fetch' | 'jwksUrl' | 'verify'>
  readonly tombstones: Tombstones
  /** Whether sessions have anti-CSRF tokens. */
  readonly enableAntiCsrf: boolean
  readonly useDynamicSigningKey: boolean
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
  readonly jwksRefreshInterval?: number | undefined
  /** How long the core is waited for when a token is good without its word. */
  readonly patience: number
  now(): number
}

/** The most sessions that rest at once. */
const LIMIT = 10_000

/** Takes as long wherever they differ. */
function isSame(one: string, other: string): boolean {
  let differences = one.length ^ other.length
  for (let index = 0; index < one.length; index += 1) {
    differences |= one.charCodeAt(index) ^ other.charCodeAt(index)
  }
  return differences === 0
}

function identityOf(info: AccessTokenInfo): SessionIdentity {
  const { handle, userId, userDataInJWT, tenantId, recipeUserId } = info
  return { handle, userId, userDataInJWT, tenantId, recipeUserId }
}

function refusalOf(verified: Extract<Verified, { ok: false }>): SuperTokensError {
  switch (verified.reason) {
    case 'expired':
      return new TryRefreshTokenError('The access token has expired.')
    case 'invalid_jwt':
      return new TryRefreshTokenError('The access token is not one of this core.')
    default: {
      const code = codeOf(verified.reason)
      return new GeneralError('The keys of the core cannot be had.', { code })
    }
  }
}

function checkAntiCsrf({ antiCsrfToken }: AccessTokenInfo, shown: string | undefined): void {
  if (antiCsrfToken === null) return
  if (shown === undefined) {
    const hint = 'Where none is needed, set `doAntiCsrfCheck` to false.'
    throw new TryRefreshTokenError(`The anti-CSRF token is missing. ${hint}`)
  }
  if (!isSame(antiCsrfToken, shown)) {
    throw new TryRefreshTokenError('The anti-CSRF token does not fit the session.')
  }
}

/** Tells whose access tokens are. */
export interface TokenVerification {
  /** @throws SuperTokensError unless the token is good. */
  verify(accessToken: string, options: VerifyOptions): Promise<CoreVerified>
  /**
   * Says that the core has just given a token: its key is looked up at once where it is new, for a
   * refresh would bring another one of that key.
   */
  hurry(accessToken: string): void
  /** The same of a token that a refresh has brought, whose kind of key tells whether the core heeds ours. */
  refreshed(accessToken: string): void
}

/**
 * Makes the one that tells whose access tokens are: by the core's published keys where it has them,
 * and by the core where it has none or must hear of the token.
 */
export function createVerification(deps: VerificationDeps): TokenVerification {
  const { core, tombstones, enableAntiCsrf, useDynamicSigningKey, patience, now } = deps
  const { dangerouslyAllowInsecureHttp, jwksRefreshInterval } = deps
  /** Whether a token was verified by them: an answer that is fine may hold none. */
  let hasOldKeys = false
  // Old keys do where new ones are late: a core that hangs must leave the time to use them.
  const keys: typeof fetch = (input, init) =>
    hasOldKeys ? withinTime(patience, () => core.fetch(input, init)) : core.fetch(input, init)
  const location = {
    jwksUrl: core.jwksUrl,
    fetch: keys,
    jwksRefreshInterval,
    dangerouslyAllowInsecureHttp,
  }
  const verifier = createVerifier({ ...location, algorithms: ['RS256'], audience: false, now })
  const resting = createExpiring<true>({ limit: LIMIT, now })
  let published = false
  let ignoredAt: number | undefined
  // Where that cannot be told, a refresh could not change the kind now either.
  const switching = createKept({
    life: LIFE,
    now,
    load: () => withinTime(patience, () => core.switchesKeys()).catch(() => false),
  })

  const isOurKind = ({ keyId }: AccessTokenInfo): boolean =>
    keyId?.startsWith(useDynamicSigningKey ? 'd-' : 's-') === true

  /** Whether a refresh would change the kind of key. The first cores of 3.0 and 4.0 leave it as it is. */
  async function isSwitched(): Promise<boolean> {
    return !isLately(ignoredAt, LIFE, now()) && (await switching.get())
  }

  /** A core that had keys goes on having them: the next outage must not make that unknown. */
  async function hasKeys(): Promise<boolean> {
    published ||= await core.publishesKeys()
    return published
  }

  /** @throws SuperTokensError also for a session that was ended here. */
  async function ask(question: CoreVerify): Promise<CoreVerified> {
    try {
      const verified = await core.verify(question)
      const { session, accessToken } = verified
      if (accessToken) {
        tombstones.see(accessToken)
        verifier.hurry(accessToken.token)
      }
      // A new token would bring back a session whose sign-out came in between.
      if ((accessToken || question.checkDatabase) && (await tombstones.has(session.handle))) {
        throw new UnauthorisedError('Somebody has signed out of this session.')
      }
      return verified
    } catch (error) {
      // Cores say so of a token of a branch that was rotated out, whose session lives on.
      const lives =
        isSuperTokensError(error, 'UNAUTHORISED') && /refresh required/.test(error.message)
      throw lives ? new TryRefreshTokenError(error.message) : error
    }
  }

  /** @throws SuperTokensError unless the token is good as far as it says itself. */
  async function checkToken(
    accessToken: string,
    info: AccessTokenInfo,
    options: VerifyOptions,
  ): Promise<void> {
    // Its key may be gone long since, and would be looked for in vain.
    if (info.expiry <= now()) throw refusalOf({ ok: false, reason: 'expired' })
    const verified = await verifier.verify(accessToken)
    if (!verified.ok) throw refusalOf(verified)
    hasOldKeys = true
    // Else the refresh would bring the same kind again, and be asked for without end.
    if (!isOurKind(info) && (await isSwitched())) {
      throw new TryRefreshTokenError('The access token is signed by another kind of key.')
    }
    const { doAntiCsrfCheck = true, antiCsrfToken } = options
    if (enableAntiCsrf && doAntiCsrfCheck) checkAntiCsrf(info, antiCsrfToken)
  }

  /** The core wants to see the first use of a token, but the token is good without it. */
  async function report(info: AccessTokenInfo, question: CoreVerify): Promise<CoreVerified> {
    const known = { session: identityOf(info) }
    if (resting.get(info.handle)) return known
    try {
      return await withinTime(patience, () => ask(question))
    } catch (error) {
      if (!isRetryableAuthError(error)) throw error
      resting.set(info.handle, true, now() + REST)
      return known
    }
  }

  return {
    hurry: verifier.hurry,
    refreshed(accessToken) {
      verifier.hurry(accessToken)
      const info = readAccessToken(accessToken)
      if (info?.keyId) ignoredAt = isOurKind(info) ? undefined : now()
    },
    async verify(accessToken, options) {
      const info = readAccessToken(accessToken)
      if (!info) throw new TryRefreshTokenError('This is no access token of a session.')
      const { antiCsrfToken, doAntiCsrfCheck = true, checkDatabase = false } = options
      const settings = { doAntiCsrfCheck, enableAntiCsrf, checkDatabase }
      const question = { accessToken, antiCsrfToken, ...settings }
      // Its signature is of a kind that only cores know.
      if (info.version < 3 || !(await hasKeys())) return ask(question)
      await checkToken(accessToken, info, options)
      // Was checked; a core would refuse a session that has none.
      const checked = { ...question, doAntiCsrfCheck: false }
      if (checkDatabase) return ask(checked)
      return info.parentRefreshTokenHash1 === null || options.readOnly
        ? { session: identityOf(info) }
        : report(info, checked)
    },
  }
}
