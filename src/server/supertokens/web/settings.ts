import { checkPositive } from '../../coordination/coordinator.js'
import { createOriginGuard } from '../../requests/origin-guard.js'
import { checkMethods, checkObject } from '../../shared/arguments.js'
import { TIME_LIMIT } from '../../shared/time-limit.js'
import { LONGEST_ACCESS_TOKEN } from '../access-token.js'
import { checkValidators, needClaim } from '../claims/check-claims.js'
import type { SessionClaim } from '../claims/types.js'
import { GeneralError } from '../errors.js'
import type { WebSettings } from './delivery.js'
import { roomFor } from './token-cookies.js'
import type { AllowedTransfer, ChooseTransfer, SuperTokensSessionsOptions } from './types.js'

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

const TRANSFERS: readonly unknown[] = ['any', 'cookie', 'header']

const isTransfer = (value: unknown): value is AllowedTransfer => TRANSFERS.includes(value)

/** Asks the app for each request, and takes nothing for an answer that is none. */
function asking(choose: ChooseTransfer): ChooseTransfer {
  return (request, purpose) => {
    let chosen: unknown
    try {
      chosen = choose(request, purpose)
    } catch (cause) {
      throw new GeneralError('`transfer` failed.', { code: 'server_error', cause })
    }
    return isTransfer(chosen) ? chosen : reject('`transfer` says any, cookie or header.')
  }
}

function transferOf(given: SuperTokensSessionsOptions['transfer'] = 'any'): ChooseTransfer {
  if (typeof given === 'function') return asking(given)
  return isTransfer(given) ? () => given : reject('`transfer` is any, cookie or header.')
}

function checkStatus(name: string, status: number): number {
  if (Number.isInteger(status) && status >= 400 && status <= 499) return status
  return reject(`\`${name}\` is a status from 400 to 499.`)
}

/** @throws AuthError `invalid_argument` for what is no list of claims, or two of one key. */
function checkClaimList(claims: readonly SessionClaim[]): readonly SessionClaim[] {
  if (!Array.isArray(claims)) reject('`claims` is a list of claims.')
  if (new Set(claims.map((claim) => needClaim(claim).key)).size === claims.length) return claims
  return reject('Two of the `claims` have one key.')
}

/** The options with their defaults. @throws AuthError `invalid_argument` for those that make no sense. */
export function readSettings(options: SuperTokensSessionsOptions): WebSettings {
  checkObject('options', options)
  const {
    superTokens,
    transfer,
    sessionExpiredStatusCode = 401,
    invalidClaimStatusCode = 403,
    claims = [],
    globalClaimValidators = [],
    claimsTimeout = TIME_LIMIT,
    signOutPath = '/auth/signout',
    now = () => Date.now(),
    ...origins
  } = options
  checkMethods(
    superTokens,
    ['createNewSession', 'getSession', 'refreshSession', 'cookieScheme'],
    '`superTokens` is what `createSuperTokens` makes.',
  )
  const isForeign = createOriginGuard(origins)
  checkStatus('sessionExpiredStatusCode', sessionExpiredStatusCode)
  checkStatus('invalidClaimStatusCode', invalidClaimStatusCode)
  if (sessionExpiredStatusCode === invalidClaimStatusCode) {
    reject('Front ends tell a session that is over from its claims by the status: choose two.')
  }
  if (!/^\/[^?#]*$/.test(signOutPath)) reject('`signOutPath` is a path that begins with `/`.')
  return {
    superTokens,
    transferOf: transferOf(transfer),
    // Where a handle is all that is known, its person may have cookies.
    longestToken: transfer === 'header' ? LONGEST_ACCESS_TOKEN : roomFor('cookie'),
    sessionExpiredStatusCode,
    invalidClaimStatusCode,
    claims: checkClaimList(claims),
    globalClaimValidators: checkValidators('globalClaimValidators', globalClaimValidators),
    claimsTimeout: checkPositive('claimsTimeout', claimsTimeout),
    signOutPath,
    now,
    isForeign,
  }
}
