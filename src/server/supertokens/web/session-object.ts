import type { SessionIdentity } from '../types.js'
import { clearingWhenOver, clearTokens, type Turn } from './delivery.js'
import type { SessionObject } from './types.js'

/** Whose session it is, and the token that shows it. */
export interface KnownSession {
  readonly session: SessionIdentity
  readonly accessToken: string
}

/** The session of a request, for the app. */
export function createSessionObject(turn: Turn, known: KnownSession): SessionObject {
  const { superTokens } = turn.settings
  const { session, accessToken } = known
  const { handle } = session
  return {
    getUserId: () => session.userId,
    getHandle: () => handle,
    getTenantId: () => session.tenantId,
    getJWTPayload: () => session.userDataInJWT,
    getAccessToken: () => accessToken,
    getSessionData: () => clearingWhenOver(turn, () => superTokens.getSessionData(handle)),
    updateSessionData: (data) =>
      clearingWhenOver(turn, () => superTokens.updateSessionData(handle, data)),
    async revokeSession() {
      await clearingWhenOver(turn, () => superTokens.revokeSession(handle))
      // Whether there was one to end or not: now there is none.
      await clearTokens(turn)
    },
  }
}
