import { checkClaims, fetchClaims, needClaim, updateOf } from '../claims/check-claims.js'
import { UnauthorisedError } from '../errors.js'
import type { SessionInformation, SessionPayload } from '../types.js'
import type { WebSettings } from './delivery.js'
import { subjectOf, wantedValidators } from './session-claims.js'
import type { ClaimsByHandle } from './session-types.js'

/** The claims of sessions that no request is about. */
export function createClaimsByHandle(settings: WebSettings): ClaimsByHandle {
  const { superTokens, longestToken } = settings

  async function merge(sessionHandle: string, update: SessionPayload): Promise<void> {
    await superTokens.mergeIntoAccessTokenPayload(sessionHandle, update, { longestToken })
  }

  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  async function read(sessionHandle: string): Promise<SessionInformation> {
    const found = await superTokens.getSessionInformation(sessionHandle)
    if (found) return found
    throw new UnauthorisedError('The session does not exist any more.')
  }

  return {
    mergeIntoAccessTokenPayload: merge,
    async fetchAndSetClaim(handle, claim) {
      const subject = subjectOf(await read(handle))
      await merge(handle, await fetchClaims([claim], subject, settings))
    },
    setClaimValue: async (handle, claim, value) =>
      merge(handle, await updateOf(claim, value, settings)),
    getClaimValue: async (handle, claim) =>
      needClaim(claim).getValueFromPayload((await read(handle)).userDataInJWT),
    removeClaim: async (handle, claim) => merge(handle, { [needClaim(claim).key]: null }),
    async validateClaimsForSessionHandle(handle, override) {
      const subject = subjectOf(await read(handle))
      const validators = await wantedValidators(settings, override)
      const { update, errors } = await checkClaims(subject, validators, settings)
      if (Object.keys(update).length > 0) await merge(handle, update)
      return errors
    },
  }
}
