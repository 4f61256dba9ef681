import {
  checkClaims,
  checkValidators,
  fetchClaims,
  needClaim,
  updateOf,
} from '../claims/check-claims.js'
import { InvalidClaimsError, isSuperTokensError, UnauthorisedError } from '../errors.js'
import type { SessionIdentity, SessionInformation, SessionPayload } from '../types.js'
import { clearingWhenOver, clearTokens, deliver, type Turn } from './delivery.js'
import { subjectOf } from './session-claims.js'
import type { SessionObject, SessionReading } from './session-types.js'
import { roomFor } from './token-cookies.js'
import type { TokenTransfer } from './types.js'

/** Whose session it is, and the token that shows it. */
export interface KnownSession {
  readonly session: SessionIdentity
  readonly accessToken: string
}

/** A session whose payload has changed. */
export const withUpdate = (
  { session, accessToken }: KnownSession,
  update: SessionPayload,
): KnownSession => {
  const userDataInJWT = { ...session.userDataInJWT, ...update }
  return { session: { ...session, userDataInJWT }, accessToken }
}

/** What a session says of itself, as it is by the time that it is asked. */
export const readingOf = (known: () => KnownSession): SessionReading => ({
  getUserId: () => known().session.userId,
  getRecipeUserId: () => known().session.recipeUserId,
  getHandle: () => known().session.handle,
  getTenantId: () => known().session.tenantId,
  getJWTPayload: () => known().session.userDataInJWT,
  getAccessToken: () => known().accessToken,
  getClaimValue: (claim) => needClaim(claim).getValueFromPayload(known().session.userDataInJWT),
})

type PayloadPart = Pick<
  SessionObject,
  | 'mergeIntoAccessTokenPayload'
  | 'fetchAndSetClaim'
  | 'setClaimValue'
  | 'removeClaim'
  | 'assertClaims'
>

/** A session that changes, and how its token came. */
interface Changing {
  current: KnownSession
  readonly transfer: TokenTransfer
}

/** The functions of a session that change its access token. */
function payloadPart(turn: Turn, state: Changing): PayloadPart {
  const { settings } = turn
  const { superTokens } = settings

  async function merge(update: SessionPayload): Promise<void> {
    const { accessToken, session } = state.current
    const longestToken = roomFor(state.transfer)
    const changed = await clearingWhenOver(turn, () =>
      superTokens.mergeIntoAccessTokenPayload(session.handle, update, {
        accessToken,
        longestToken,
      }),
    )
    if (!changed) return
    const { session: next, accessToken: replaced } = changed
    state.current = { session: next, accessToken: replaced?.token ?? accessToken }
    if (replaced) await deliver(turn, { session: next, accessToken: replaced }, state.transfer)
  }

  /**
   * What was fetched counts for this request also while the core cannot be told: whoever may pass by it
   * does, and the next request fetches again.
   */
  async function keep(update: SessionPayload): Promise<void> {
    try {
      await merge(update)
    } catch (error) {
      if (!isSuperTokensError(error, 'GENERAL_ERROR') || !error.retryable) throw error
      state.current = withUpdate(state.current, update)
    }
  }

  return {
    mergeIntoAccessTokenPayload: merge,
    fetchAndSetClaim: async (claim) =>
      merge(await fetchClaims([claim], subjectOf(state.current.session), settings)),
    setClaimValue: async (claim, value) => merge(await updateOf(claim, value, settings)),
    removeClaim: async (claim) => merge({ [needClaim(claim).key]: null }),
    async assertClaims(claimValidators) {
      const asked = checkValidators('claimValidators', claimValidators)
      const subject = subjectOf(state.current.session)
      const { update, errors } = await checkClaims(subject, asked, settings)
      if (Object.keys(update).length > 0) await keep(update)
      if (errors.length > 0) throw new InvalidClaimsError(errors)
    },
  }
}

/** The session of a request, for the app. */
export function createSessionObject(
  turn: Turn,
  known: KnownSession,
  transfer: TokenTransfer,
): SessionObject {
  const { superTokens } = turn.settings
  const state: Changing = { current: known, transfer }
  const { handle } = known.session

  const information = (): Promise<SessionInformation> =>
    clearingWhenOver(turn, async () => {
      const found = await superTokens.getSessionInformation(handle)
      if (found) return found
      throw new UnauthorisedError('The session does not exist any more.')
    })

  return {
    ...readingOf(() => state.current),
    ...payloadPart(turn, state),
    getSessionData: () => clearingWhenOver(turn, () => superTokens.getSessionData(handle)),
    updateSessionData: (data) =>
      clearingWhenOver(turn, () => superTokens.updateSessionData(handle, data)),
    getTimeCreated: async () => (await information()).timeCreated,
    getExpiry: async () => (await information()).expiry,
    async revokeSession() {
      await clearingWhenOver(turn, () => superTokens.revokeSession(handle))
      // Whether there was one to end or not: now there is none.
      await clearTokens(turn)
    },
  }
}
