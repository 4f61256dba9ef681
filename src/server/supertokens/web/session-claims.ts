import { runAppCode } from '../claims/app-code.js'
import { checkValidators } from '../claims/check-claims.js'
import type { ClaimSubject, ClaimValidator } from '../claims/types.js'
import { PUBLIC_TENANT } from '../core-api.js'
import type { SessionIdentity } from '../types.js'
import type { WebSettings } from './delivery.js'

/** Of whom a session is, for those who fetch claims. */
export const subjectOf = ({
  userId,
  recipeUserId = userId,
  tenantId = PUBLIC_TENANT,
  userDataInJWT: payload,
}: Omit<SessionIdentity, 'handle'>): ClaimSubject => ({ userId, recipeUserId, tenantId, payload })

/** What says which validators are asked, in the place of the global ones. */
export type Override = (
  globalClaimValidators: readonly ClaimValidator[],
) => readonly ClaimValidator[] | Promise<readonly ClaimValidator[]>

/**
 * The validators that are asked.
 * @throws SuperTokensError `GENERAL_ERROR` when the app's function throws, takes too long, or gives none.
 */
export async function wantedValidators(
  { globalClaimValidators, claimsTimeout }: WebSettings,
  override: Override | undefined,
): Promise<readonly ClaimValidator[]> {
  if (!override) return globalClaimValidators
  const step = { name: '`overrideGlobalClaimValidators`' }
  const wanted = await runAppCode(claimsTimeout, step, () => override(globalClaimValidators))
  return checkValidators('overrideGlobalClaimValidators', wanted)
}
