import type { CoreNewSession, CoreRefresh, CoreVerify } from './core-api.js'
import type { SessionPayload } from './types.js'
import { isSince, type Version } from './versions.js'

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
  /** Ends sessions; since 2.0. */
  remove(handles: readonly string[]): CoreRequest
  /** Ends the sessions of a person; since 2.0. */
  removeAll(userId: string): CoreRequest
  /** Ends one session, or those of a person; 1.0 only. */
  removeFirst(of: { readonly sessionHandle: string } | { readonly userId: string }): CoreRequest
  handles(userId: string): CoreRequest
  /** What is known of a session: all of it since 2.21, what the app keeps with it before. */
  session(sessionHandle: string): CoreRequest
  updateSessionData(sessionHandle: string, data: SessionPayload): CoreRequest
  /** The core's settings; before 2.21. */
  handshake(): CoreRequest
}

/** Writes the requests of one version. */
export function requestsOf(version: Version): CoreRequests {
  const today = isSince(version, '2.21')
  const tenants = isSince(version, '3.0')
  const path = (end = ''): string => `${today ? '/recipe' : ''}/session${end}`
  const post = (end: string, json: CoreRequest['json']): CoreRequest => ({
    method: 'POST',
    path: path(end),
    json,
  })
  return {
    createSession({ enableAntiCsrf, useDynamicSigningKey, ...session }) {
      const { userId, userDataInJWT, userDataInDatabase } = session
      const settings = today && { enableAntiCsrf, useDynamicSigningKey }
      return post('', { userId, userDataInJWT, userDataInDatabase, ...settings })
    },
    refresh: ({ refreshToken, antiCsrfToken, enableAntiCsrf, useDynamicSigningKey }) =>
      post('/refresh', {
        refreshToken,
        ...(isSince(version, '2.3') && antiCsrfToken !== undefined && { antiCsrfToken }),
        ...(today && { enableAntiCsrf }),
        ...(tenants && { useDynamicSigningKey }),
      }),
    verify: ({ accessToken, antiCsrfToken, doAntiCsrfCheck, enableAntiCsrf, checkDatabase }) =>
      post('/verify', {
        accessToken,
        ...(antiCsrfToken !== undefined && { antiCsrfToken }),
        doAntiCsrfCheck,
        ...(today && { enableAntiCsrf, checkDatabase }),
      }),
    remove: (sessionHandles) => post('/remove', { sessionHandles }),
    removeAll: (userId) =>
      post('/remove', { userId, ...(tenants && { revokeAcrossAllTenants: true }) }),
    removeFirst: (of) => ({ method: 'DELETE', path: path(), json: of }),
    handles(userId) {
      const query = { userId, ...(tenants && { fetchAcrossAllTenants: 'true' }) }
      return { method: 'GET', path: path('/user'), query }
    },
    session: (sessionHandle) => ({
      method: 'GET',
      path: today ? path() : path('/data'),
      query: { sessionHandle },
    }),
    updateSessionData: (sessionHandle, userDataInDatabase) => ({
      method: 'PUT',
      path: path('/data'),
      json: { sessionHandle, userDataInDatabase },
    }),
    handshake: () => ({ method: 'POST', path: '/handshake', json: {} }),
  }
}
