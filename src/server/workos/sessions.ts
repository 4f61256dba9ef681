import { AuthSessionMissingError } from '../../core/errors.js'
import type { WorkOSUser } from '../../providers/workos/index.js'
import { createSealedSessions, type SealedSessionsOptions } from '../sealed/sealed-sessions.js'
import { checkObject } from '../shared/arguments.js'
import type { TokenChecks } from '../verification/verify.js'
import { withSdkNames } from './sdk-face.js'
import type { WorkOSSessions } from './sdk-types.js'
import { workosServer } from './server.js'
import type { WorkOSServerOptions } from './types.js'

/** Options of {@link createWorkOSSessions}. */
export interface WorkOSSessionsOptions
  extends WorkOSServerOptions,
    Pick<
      SealedSessionsOptions,
      | 'coordinator'
      | 'now'
      | 'reuseWindow'
      | 'limits'
      | 'maxSize'
      | 'store'
      | 'list'
      | 'report'
      | 'onReuse'
      | 'onSecurityEvent'
      | 'onRefresh'
      | 'onRefreshError'
      | 'refreshMargin'
      | 'claims'
    >,
    Pick<TokenChecks, 'issuer' | 'clockTolerance'> {}

/**
 * Sealed sessions of WorkOS, also under the names that `workos.userManagement` of its SDK has.
 * @example
 * ```ts
 * import { createWorkOSSessions } from 'holdfast/server/workos'
 *
 * const sessions = createWorkOSSessions({ clientId, apiKey })
 * const session = sessions.loadSealedSession({ sessionData: token, cookiePassword: password })
 * const result = await session.authenticate()
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createWorkOSSessions(options: WorkOSSessionsOptions): WorkOSSessions {
  checkObject('options', options)
  const { issuer, clockTolerance, coordinator, requestTimeout, now, ...rest } = options
  const { reuseWindow, limits, maxSize, store, list, report, ...others } = rest
  const { refreshMargin, claims, onReuse, onSecurityEvent, ...more } = others
  const { onRefresh, onRefreshError, ...client } = more
  const workos = workosServer({ ...client, requestTimeout })
  const sessions = createSealedSessions<WorkOSUser>({
    provider: workos,
    verification: {
      jwksUrl: workos.jwksUrl,
      fetch: options.fetch,
      dangerouslyAllowInsecureHttp: options.dangerouslyAllowInsecureHttp,
      algorithms: ['RS256'],
      audience: false,
      issuer,
      clockTolerance,
    },
    coordinator,
    signOutUrl({ session: { sessionId }, returnTo }) {
      if (sessionId) return workos.signOutUrl({ sessionId, returnTo })
      throw new AuthSessionMissingError('The cookie names no session to end.')
    },
    reuseWindow,
    limits,
    maxSize,
    store,
    list,
    report,
    onReuse,
    onSecurityEvent,
    onRefresh,
    onRefreshError,
    refreshMargin,
    claims,
    requestTimeout,
    now,
  })
  return withSdkNames(sessions)
}
