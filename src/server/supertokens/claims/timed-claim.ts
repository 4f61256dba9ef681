import { asObject } from '../../../providers/shared/json.js'
import { PROTECTED_CLAIMS } from '../access-token.js'
import { GeneralError } from '../errors.js'
import type { SessionPayload } from '../types.js'
import type { ClaimOptions, ClaimValidator, SessionClaim } from './types.js'

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for a key that no claim can have. */
export function checkClaim<Value>(options: ClaimOptions<Value>): ClaimOptions<Value> {
  if (typeof options !== 'object' || options === null)
    return reject('Pass `options`, as an object.')
  const { key, fetchValue, defaultMaxAgeInSeconds } = options
  if (typeof key !== 'string' || key === '' || key === '__proto__') {
    return reject('The `key` of a claim is a text that is not empty.')
  }
  if (PROTECTED_CLAIMS.includes(key)) return reject(`The claim \`${key}\` is SuperTokens' own.`)
  if (typeof fetchValue !== 'function') return reject(`\`fetchValue\` of \`${key}\` is a function.`)
  checkMaxAge(key, defaultMaxAgeInSeconds)
  return options
}

function checkMaxAge(key: string, maxAgeInSeconds: number | undefined): void {
  if (maxAgeInSeconds === undefined || maxAgeInSeconds >= 0) return
  reject(`\`maxAgeInSeconds\` of \`${key}\` is a number of seconds.`)
}

/** What a payload has under a key; `null` for no object. */
export const fieldsAt = (
  payload: SessionPayload,
  key: string,
): Readonly<Record<string, unknown>> | null =>
  Object.hasOwn(payload, key) ? asObject(payload[key]) : null

/**
 * Makes a claim that lies in the token as `{ v, t }`, its value and when it was fetched in ms, as
 * supertokens-node writes those of all its kinds. `read` gives `undefined` for no value of this kind.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export function createTimedClaim<Value>(
  options: ClaimOptions<Value>,
  read: (value: unknown) => Value | undefined,
): SessionClaim<Value> {
  const { key, fetchValue } = checkClaim(options)
  return {
    key,
    fetchValue,
    toPayload: (value, _, now) => ({ v: value, t: now }),
    getValueFromPayload: (payload) => read(fieldsAt(payload, key)?.v),
    getLastRefetchTime(payload) {
      const time = fieldsAt(payload, key)?.t
      return typeof time === 'number' ? time : undefined
    },
  }
}

/**
 * What a validator is to ask for.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for nothing, as a misspelt name gives: what
 * nobody has excludes nobody.
 */
export function needWanted<Wanted>(key: string, wanted: Wanted | undefined): Wanted {
  if (wanted !== undefined) return wanted
  return reject(`A validator of \`${key}\` was not told what to ask for.`)
}

/** What one validator asks of a value. */
export interface ValueRule<Value> {
  /** Else the claim's key. */
  readonly id?: string | undefined
  readonly maxAgeInSeconds?: number | undefined
  isMet(value: Value): boolean
  /** What the front end is told of what was asked for. */
  readonly expected: SessionPayload
}

/**
 * Makes a validator of one value. A value of which nobody knows how old it is counts as too old where
 * an age is asked for.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for an age that is none.
 */
export function createValueValidator<Value>(
  claim: SessionClaim<Value>,
  { id = claim.key, maxAgeInSeconds, isMet, expected }: ValueRule<Value>,
): ClaimValidator {
  checkMaxAge(claim.key, maxAgeInSeconds)
  const ageOf = (payload: SessionPayload, now: number): number | undefined => {
    const age = (now - (claim.getLastRefetchTime(payload) ?? Number.NaN)) / 1000
    // By a clock that was ahead it would be new for as long.
    return age >= 0 ? age : undefined
  }
  const isOld = (age: number | undefined): boolean =>
    maxAgeInSeconds !== undefined && (age === undefined || age > maxAgeInSeconds)
  return {
    id,
    claim,
    shouldRefetch: (payload, now) =>
      claim.getValueFromPayload(payload) === undefined || isOld(ageOf(payload, now)),
    validate(payload, now) {
      const actualValue = claim.getValueFromPayload(payload)
      if (actualValue === undefined) {
        return { isValid: false, reason: { message: 'value does not exist', ...expected } }
      }
      const ageInSeconds = ageOf(payload, now)
      if (isOld(ageInSeconds)) {
        return { isValid: false, reason: { message: 'expired', ageInSeconds, maxAgeInSeconds } }
      }
      if (isMet(actualValue)) return { isValid: true }
      return { isValid: false, reason: { message: 'wrong value', ...expected, actualValue } }
    },
  }
}
