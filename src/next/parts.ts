import type { SessionUser } from '../core/session.js'
import type { SealedSessionsOptions } from '../server/sealed/sealed-sessions.js'
import type { NextAppOptions, NextBackendOptions } from './options.js'

/** What sealed sessions are told by an app, whatever their auth server is. */
type SealedPart =
  | 'reuseWindow'
  | 'limits'
  | 'maxSize'
  | 'store'
  | 'list'
  | 'refreshMargin'
  | 'claims'
  | 'onReuse'
  | 'onSecurityEvent'
  | 'onRefresh'
  | 'onRefreshError'
  | 'requestTimeout'

/** The options that an app passes in one object, for all the parts that it is made of. */
export type Whole<User extends SessionUser> = NextBackendOptions<User> &
  NextAppOptions &
  Pick<SealedSessionsOptions<User>, SealedPart>

type AppPart =
  | keyof NextAppOptions
  | Exclude<keyof NextBackendOptions<SessionUser>, 'fetch' | 'now'>

/** The same, by whose they are. */
export interface Divided<User extends SessionUser, Options> {
  /** For what makes the sealed sessions. */
  readonly sealed: Pick<SealedSessionsOptions<User>, SealedPart | 'report' | 'now'>
  /** For `createNextSessions`. */
  readonly app: NextBackendOptions<User> & NextAppOptions
  /** What one auth server has of its own, and what it shares with the others. */
  readonly rest: Omit<Options, AppPart | Exclude<SealedPart, 'requestTimeout'>>
}

/** Divides the options of an app by whose they are. */
export function divide<User extends SessionUser, Options extends Whole<User>>(
  options: Options,
): Divided<User, Options> {
  const {
    reuseWindow,
    limits,
    maxSize,
    store,
    refreshMargin,
    claims,
    onReuse,
    onSecurityEvent,
    onRefresh,
    onRefreshError,
    basePath,
    signInPage,
    exposeAccessToken,
    upstreams,
    crossSiteHints,
    signOutParameters,
    onSignIn,
    onSignInError,
    events,
    globalRevocation,
    frontChannelLogout,
    list,
    report,
    redirectUris,
    deviceBound,
    ...rest
  } = options
  const { requestTimeout, fetch, now } = options
  const listeners = { onReuse, onSecurityEvent, onRefresh, onRefreshError }
  const limited = { reuseWindow, limits, maxSize, store, list, refreshMargin, claims }
  const routes = { basePath, signInPage, exposeAccessToken, upstreams, crossSiteHints }
  const endings = { events, globalRevocation, frontChannelLogout, signOutParameters }
  return {
    sealed: { ...limited, ...listeners, report, requestTimeout, now },
    app: {
      ...routes,
      ...endings,
      redirectUris,
      deviceBound,
      onSignIn,
      onSignInError,
      report,
      fetch,
      now,
    },
    rest,
  }
}
