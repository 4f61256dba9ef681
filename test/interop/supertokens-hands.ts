import type { SuperTokens } from '../../src/server/supertokens/index.js'
import { type AppSettings, startOurs, startSdk } from './supertokens-apps.js'

/** What a person has of a session. */
export interface Tokens {
  readonly handle: string
  readonly userId: string
  readonly role: unknown
  readonly access: string
  readonly refresh: string
  readonly antiCsrf: string | undefined
}

/** How an access token is shown. */
export interface Showing {
  readonly antiCsrf?: string | undefined
  readonly antiCsrfCheck?: boolean
  readonly checkDatabase?: boolean
}

/** The calls of a side that need no request. */
export interface Hands {
  create(userId: string, payload: object, data: object, tenantId?: string): Promise<Tokens>
  /** Whose it is; `replaced` when there is a new access token. */
  verify(access: string, showing?: Showing): Promise<object>
  refresh(refresh: string, antiCsrf?: string, check?: boolean): Promise<Tokens>
  information(handle: string): Promise<object | undefined>
  update(handle: string, data: object): Promise<unknown>
  /** Changes the payload. */
  merge(handle: string, update: Readonly<Record<string, string | null>>): Promise<unknown>
  revoke(handle: string): Promise<boolean>
  revokeSeveral(handles: readonly string[]): Promise<readonly string[]>
  revokeAll(userId: string, tenantId?: string): Promise<readonly string[]>
  handles(userId: string, tenantId?: string): Promise<readonly string[]>
}

/** `supertokens-node`, without requests. */
export function theirHands(settings: AppSettings): Hands {
  const { SuperTokens: all, Session } = startSdk(settings)
  type Theirs = Awaited<ReturnType<typeof Session.createNewSessionWithoutRequestResponse>>
  const tokensOf = (session: Theirs): Tokens => {
    const {
      accessToken,
      refreshToken = '',
      antiCsrfToken,
    } = session.getAllSessionTokensDangerously()
    return {
      handle: session.getHandle(),
      userId: session.getUserId(),
      role: session.getAccessTokenPayload().role,
      access: accessToken,
      refresh: refreshToken,
      antiCsrf: antiCsrfToken,
    }
  }
  return {
    async create(userId, payload, data, tenantId = 'public') {
      const user = all.convertToRecipeUserId(userId)
      return tokensOf(
        await Session.createNewSessionWithoutRequestResponse(tenantId, user, payload, data),
      )
    },
    async verify(access, { antiCsrf, ...options } = {}) {
      const session = await Session.getSessionWithoutRequestResponse(access, antiCsrf, options)
      const { handle, userId, role } = tokensOf(session)
      const replaced = session.getAllSessionTokensDangerously().accessAndFrontTokenUpdated
      return { handle, userId, role, replaced }
    },
    refresh: async (refresh, antiCsrf, check = true) =>
      tokensOf(await Session.refreshSessionWithoutRequestResponse(refresh, !check, antiCsrf)),
    async information(handle) {
      const found = await Session.getSessionInformation(handle)
      if (!found) return undefined
      const { recipeUserId, sessionDataInDatabase, customClaimsInAccessTokenPayload, ...rest } =
        found
      return {
        ...rest,
        recipeUserId: recipeUserId.getAsString(),
        userDataInDatabase: sessionDataInDatabase,
        userDataInJWT: customClaimsInAccessTokenPayload,
      }
    },
    update: (handle, data) => Session.updateSessionDataInDatabase(handle, data),
    merge: (handle, update) => Session.mergeIntoAccessTokenPayload(handle, update),
    revoke: (handle) => Session.revokeSession(handle),
    revokeSeveral: (handles) => Session.revokeMultipleSessions([...handles]),
    revokeAll: (userId, tenantId) => Session.revokeAllSessionsForUser(userId, true, tenantId),
    handles: (userId, tenantId) => Session.getAllSessionHandlesForUser(userId, true, tenantId),
  }
}

type Ours = Awaited<ReturnType<SuperTokens['createNewSession']>>

const ourTokens = ({ session, accessToken, refreshToken, antiCsrfToken }: Ours): Tokens => ({
  handle: session.handle,
  userId: session.userId,
  role: session.userDataInJWT.role,
  access: accessToken.token,
  refresh: refreshToken.token,
  antiCsrf: antiCsrfToken,
})

/** The same of ours. */
export function ourHands(settings: AppSettings): Hands {
  const superTokens = startOurs(settings)
  return {
    create: async (userId, payload, data, tenantId) =>
      ourTokens(
        await superTokens.createNewSession(userId, { ...payload }, { ...data }, { tenantId }),
      ),
    async verify(access, { antiCsrf, antiCsrfCheck, checkDatabase } = {}) {
      const options = { antiCsrfToken: antiCsrf, doAntiCsrfCheck: antiCsrfCheck, checkDatabase }
      const { session, accessToken } = await superTokens.getSession(access, options)
      const { handle, userId, userDataInJWT } = session
      return { handle, userId, role: userDataInJWT.role, replaced: accessToken !== undefined }
    },
    refresh: async (refresh, antiCsrfToken, doAntiCsrfCheck) =>
      ourTokens(await superTokens.refreshSession(refresh, { antiCsrfToken, doAntiCsrfCheck })),
    information: (handle) => superTokens.getSessionInformation(handle),
    update: (handle, data) => superTokens.updateSessionData(handle, { ...data }),
    merge: superTokens.mergeIntoAccessTokenPayload,
    revoke: superTokens.revokeSession,
    revokeSeveral: superTokens.revokeMultipleSessions,
    revokeAll: (userId, tenantId) => superTokens.revokeAllSessionsForUser(userId, { tenantId }),
    handles: (userId, tenantId) => superTokens.getAllSessionHandlesForUser(userId, { tenantId }),
  }
}

/** What came of a call: its result, or the kind of its error. */
export async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const type = 'type' in error ? error.type : 'GENERAL_ERROR'
    const stolen = 'payload' in error ? error.payload : error
    if (type !== 'TOKEN_THEFT_DETECTED') return type
    const { sessionHandle, userId } = { sessionHandle: null, userId: null, ...Object(stolen) }
    return { type, sessionHandle, userId }
  }
}
