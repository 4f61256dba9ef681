import { type PrimitiveArrayClaim, primitiveArrayClaim } from './primitive-array-claim.js'
import { type BooleanClaim, booleanClaim } from './primitive-claims.js'
import type { ClaimValidator, ReadyClaimOptions } from './types.js'

/** A claim of texts whose key is SuperTokens' own. */
export type ReadyListOptions = ReadyClaimOptions<readonly string[]>

/**
 * The roles of a person, under `st-role`, where SuperTokens' front ends look for `UserRoleClaim`.
 * @example
 * ```ts
 * import { createSuperTokensSessions, userRoleClaim } from 'holdfast/server/supertokens'
 *
 * const roles = userRoleClaim({ fetchValue: async ({ userId }) => (userId === 'user-1' ? ['admin'] : []) })
 * const sessions = createSuperTokensSessions({ superTokens, claims: [roles] })
 * ```
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export const userRoleClaim = (options: ReadyListOptions): PrimitiveArrayClaim =>
  primitiveArrayClaim({ ...options, key: 'st-role' })

/**
 * What the roles of a person allow, under `st-perm`, where front ends look for `PermissionClaim`.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export const permissionClaim = (options: ReadyListOptions): PrimitiveArrayClaim =>
  primitiveArrayClaim({ ...options, key: 'st-perm' })

/** Whether somebody's address is known to be theirs. Ages in seconds. */
export interface EmailVerificationClaim extends BooleanClaim {
  readonly validators: BooleanClaim['validators'] & {
    /**
     * The address is verified. One that was not, such a while ago, is looked up again: the link in
     * the mail may have been opened in another browser.
     */
    isVerified(refetchTimeOnFalseInSeconds?: number, maxAgeInSeconds?: number): ClaimValidator
  }
}

/** As in supertokens-node, in seconds. */
const REFETCH_ON_FALSE = 10

/**
 * Whether a person's address is verified, under `st-ev`, where front ends look for
 * `EmailVerificationClaim`.
 * @example
 * ```ts
 * import { createSuperTokensSessions, emailVerificationClaim } from 'holdfast/server/supertokens'
 *
 * const verified = emailVerificationClaim({ fetchValue: async ({ userId }) => userId === 'user-1' })
 * const globalClaimValidators = [verified.validators.isVerified()]
 * const sessions = createSuperTokensSessions({ superTokens, claims: [verified], globalClaimValidators })
 * ```
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export function emailVerificationClaim(
  options: ReadyClaimOptions<boolean>,
): EmailVerificationClaim {
  const claim = booleanClaim({ ...options, key: 'st-ev' })
  const { validators } = claim
  return {
    ...claim,
    validators: {
      ...validators,
      isVerified(refetchTimeOnFalseInSeconds = REFETCH_ON_FALSE, maxAgeInSeconds) {
        const isTrue = validators.isTrue(maxAgeInSeconds)
        const isFalse = validators.isFalse(refetchTimeOnFalseInSeconds)
        return {
          ...isTrue,
          shouldRefetch: (payload, now) =>
            isTrue.shouldRefetch?.(payload, now) === true ||
            (claim.getValueFromPayload(payload) === false &&
              isFalse.shouldRefetch?.(payload, now) === true),
        }
      },
    },
  }
}
