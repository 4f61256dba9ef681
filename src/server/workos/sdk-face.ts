import type { WorkOSUser } from '../../providers/workos/index.js'
import type { RefreshFailure } from '../sealed/results.js'
import type { SealedSession, SealedSessions } from '../sealed/sealed-sessions.js'
import { checkObject } from '../shared/arguments.js'
import type { WorkOSRefreshFailure, WorkOSSealedSession, WorkOSSessions } from './sdk-types.js'

/** A refusal that ends no session is, at WorkOS, one of an organization. */
function inTheirWords(refused: RefreshFailure): WorkOSRefreshFailure {
  const { signedIn: authenticated, sealed, ...failure } = refused
  const kept = { authenticated, ...(sealed !== undefined && { sealedSession: sealed }) }
  if (failure.retryable || failure.reason !== 'rejected') return { ...failure, ...kept }
  return { ...failure, ...kept, reason: 'organization_not_authorized' }
}

const faceOf = (session: SealedSession<WorkOSUser>): WorkOSSealedSession => ({
  async authenticate() {
    const found = await session.getSession()
    if (!found.signedIn) {
      const { signedIn: authenticated, ...failure } = found
      return { authenticated, ...failure }
    }
    const { signedIn: authenticated, ...known } = found
    return { authenticated, ...known }
  },
  async refresh(options = {}) {
    checkObject('options', options)
    const { cookiePassword: password, ...wanted } = options
    const result = await session.refreshSession({ ...wanted, password })
    if (!result.signedIn) return inTheirWords(result)
    const { signedIn: authenticated, sealed: sealedSession, ...renewed } = result
    return { authenticated, ...renewed, sealedSession }
  },
  getLogoutUrl: session.getSignOutUrl,
  noteUse: session.noteUse,
})

/** Puts the names of WorkOS's SDK beside ours: who comes from there changes an import. */
export function withSdkNames(sessions: SealedSessions<WorkOSUser>): WorkOSSessions {
  const loadSealedSession: WorkOSSessions['loadSealedSession'] = (cookie) => {
    checkObject('cookie', cookie)
    const { sessionData: value, cookiePassword: password, ...rest } = cookie
    return faceOf(sessions.openSession({ ...rest, value, password }))
  }
  return {
    ...sessions,
    loadSealedSession,
    async refreshAndSealSessionData(options) {
      checkObject('options', options)
      const { organizationId, fresh, ...cookie } = options
      const result = await loadSealedSession(cookie).refresh({ organizationId, fresh })
      if (!result.authenticated) return result
      return { authenticated: true, sealedSession: result.sealedSession }
    },
  }
}
