import type { CoreNewSession, CoreRefresh, CoreScope, CoreVerify } from './core-api.js'
import type { SessionPayload } from './types.js'
import { type Ability, can, type Version } from './versions.js'

/** A request to a core. */
export interface CoreRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the host's address. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly json?: Readonly<Record<string, unknown>> | undefined
}

/** What is asked of a core, as one version of its interface has it. */
export interface CoreRequests {
  createSession(session: CoreNewSession): CoreRequest
  refresh(refresh: CoreRefresh): CoreRequest
  verify(question: CoreVerify): CoreRequest
  /**
   * Another payload for a session, and an access token that has it; since 2.0. Without one, that which
   * the core knows by now.
   */
  regenerate(accessToken: string, userDataInJWT?: SessionPayload): CoreRequest
  /** Ends sessions; since 2.0. */
  remove(handles: readonly string[]): CoreRequest
  /** Ends the sessions of a person; since 2.0. */
  removeAll(userId: string, scope: CoreScope): CoreRequest
  /** Ends one session, or those of a person; 1.0 only. */
  removeFirst(of: { readonly sessionHandle: string } | { readonly userId: string }): CoreRequest
  handles(userId: string, scope: CoreScope): CoreRequest
  /** What is known of a session; since 2.8. */
  information(sessionHandle: string): CoreRequest
  /** What the app keeps with a session: by itself before 2.8. */
  sessionData(sessionHandle: string): CoreRequest
  updateSessionData(sessionHandle: string, data: SessionPayload): CoreRequest
  /** What the next access tokens of a session hold: by itself before 2.8. */
  payload(sessionHandle: string): CoreRequest
  /** What the next access tokens of a session are to hold; since 2.0. */
  updatePayload(sessionHandle: string, payload: SessionPayload): CoreRequest
  /** The core's settings of cookies; before 2.4. */
  handshake(): CoreRequest
}

/** The fields that say how far a call about a person goes. */
function reachOf(
  { tenantId, linkedAccounts }: CoreScope,
  has: (ability: Ability) => boolean,
  names: { readonly tenants: string; readonly linked: string },
): Readonly<Record<string, boolean>> {
  const linked = has('linkedAccounts') && linkedAccounts !== undefined
  return {
    ...(has('tenants') && { [names.tenants]: tenantId === undefined }),
    ...(linked && { [names.linked]: linkedAccounts }),
  }
}

const OF_REMOVAL = { tenants: 'revokeAcrossAllTenants', linked: 'revokeSessionsForLinkedAccounts' }
const OF_LIST = { tenants: 'fetchAcrossAllTenants', linked: 'fetchSessionsForAllLinkedAccounts' }

/** Writes the requests of one version. */
export function requestsOf(version: Version): CoreRequests {
  const has = (ability: Ability): boolean => can(version, ability)
  const recipe = has('recipe')
  const at = (path: string, tenantId?: string): string =>
    `${tenantId === undefined ? '' : `/${tenantId}`}${recipe ? '/recipe' : ''}${path}`
  const post = (path: string, json: CoreRequest['json']): CoreRequest => ({
    method: 'POST',
    path,
    json,
  })
  const get = (path: string, query: CoreRequest['query']): CoreRequest => ({
    method: 'GET',
    path,
    query,
  })
  const put = (path: string, json: CoreRequest['json']): CoreRequest => ({
    method: 'PUT',
    path: at(path),
    json,
  })
  const information = (sessionHandle: string): CoreRequest => get(at('/session'), { sessionHandle })
  const data = (path: string, sessionHandle: string): CoreRequest =>
    has('information') ? information(sessionHandle) : get(at(path), { sessionHandle })

  return {
    createSession({ enableAntiCsrf, useDynamicSigningKey, tenantId, ...session }) {
      const { userId, userDataInJWT, userDataInDatabase } = session
      return post(at('/session', tenantId), {
        userId,
        userDataInJWT,
        userDataInDatabase,
        ...(has('antiCsrfPerRequest') && { enableAntiCsrf }),
        ...(has('jwt') && { useDynamicSigningKey }),
      })
    },
    refresh: ({ refreshToken, antiCsrfToken, enableAntiCsrf, useDynamicSigningKey }) =>
      post(at('/session/refresh'), {
        refreshToken,
        ...(has('antiCsrfAtRefresh') && antiCsrfToken !== undefined && { antiCsrfToken }),
        ...(has('antiCsrfPerRequest') && { enableAntiCsrf }),
        ...(has('tenants') && { useDynamicSigningKey }),
      }),
    verify: ({ accessToken, antiCsrfToken, doAntiCsrfCheck, enableAntiCsrf, checkDatabase }) =>
      post(at('/session/verify'), {
        accessToken,
        ...(antiCsrfToken !== undefined && { antiCsrfToken }),
        doAntiCsrfCheck,
        ...(has('antiCsrfPerRequest') && { enableAntiCsrf }),
        ...(has('jwt') && { checkDatabase }),
      }),
    regenerate: (accessToken, userDataInJWT) =>
      post(at('/session/regenerate'), { accessToken, ...(userDataInJWT && { userDataInJWT }) }),
    remove: (sessionHandles) => post(at('/session/remove'), { sessionHandles }),
    removeAll: (userId, scope) =>
      post(at('/session/remove', scope.tenantId), { userId, ...reachOf(scope, has, OF_REMOVAL) }),
    removeFirst: (of) => ({ method: 'DELETE', path: at('/session'), json: of }),
    handles(userId, scope) {
      const reach = Object.entries(reachOf(scope, has, OF_LIST))
      const query = Object.fromEntries(reach.map(([name, value]) => [name, String(value)]))
      return get(at('/session/user', scope.tenantId), { userId, ...query })
    },
    information,
    sessionData: (sessionHandle) => data('/session/data', sessionHandle),
    updateSessionData: (sessionHandle, userDataInDatabase) =>
      put('/session/data', { sessionHandle, userDataInDatabase }),
    payload: (sessionHandle) => data('/jwt/data', sessionHandle),
    updatePayload: (sessionHandle, userDataInJWT) =>
      put('/jwt/data', { sessionHandle, userDataInJWT }),
    handshake: () => post('/handshake', {}),
  }
}
