import { createTimedClaim, createValueValidator, needWanted } from './timed-claim.js'
import type { ClaimOptions, ClaimPrimitive, ClaimValidator, SessionClaim } from './types.js'

/** A claim of one value. Ages in seconds; without one that of the claim holds. */
export interface PrimitiveClaim<Value extends ClaimPrimitive = ClaimPrimitive>
  extends SessionClaim<Value> {
  readonly validators: {
    hasValue(value: Value, maxAgeInSeconds?: number, id?: string): ClaimValidator
  }
}

/** A claim that is true or false. Ages in seconds; without one that of the claim holds. */
export interface BooleanClaim extends PrimitiveClaim<boolean> {
  readonly validators: PrimitiveClaim<boolean>['validators'] & {
    isTrue(maxAgeInSeconds?: number, id?: string): ClaimValidator
    isFalse(maxAgeInSeconds?: number, id?: string): ClaimValidator
  }
}

const readBoolean = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined

/** One value of JSON that is no list and no object; `undefined` for all else. */
export const readPrimitive = (value: unknown): ClaimPrimitive | undefined =>
  value === null || typeof value === 'string' || typeof value === 'number'
    ? value
    : readBoolean(value)

function createOneValueClaim<Value extends ClaimPrimitive>(
  options: ClaimOptions<Value>,
  read: (value: unknown) => Value | undefined,
): PrimitiveClaim<Value> {
  const claim = createTimedClaim(options, read)
  const { defaultMaxAgeInSeconds } = options
  return {
    ...claim,
    validators: {
      hasValue(given, maxAgeInSeconds = defaultMaxAgeInSeconds, id) {
        const wanted = needWanted(claim.key, given)
        return createValueValidator(claim, {
          id,
          maxAgeInSeconds,
          isMet: (value) => value === wanted,
          expected: { expectedValue: wanted },
        })
      },
    },
  }
}

/**
 * Makes a claim of one text, number or boolean.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export const primitiveClaim = (options: ClaimOptions<ClaimPrimitive>): PrimitiveClaim =>
  createOneValueClaim(options, readPrimitive)

/**
 * Makes a claim that is true or false.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export function booleanClaim(options: ClaimOptions<boolean>): BooleanClaim {
  const claim = createOneValueClaim(options, readBoolean)
  const { hasValue } = claim.validators
  return {
    ...claim,
    validators: {
      hasValue,
      isTrue: (maxAgeInSeconds, id) => hasValue(true, maxAgeInSeconds, id),
      isFalse: (maxAgeInSeconds, id) => hasValue(false, maxAgeInSeconds, id),
    },
  }
}
