import type { SessionUser } from '../core/session.js'
import type { SessionFacts } from '../providers/shared/claims.js'
import type { ServerSession } from '../server/sealed/results.js'
import type { TokenRefreshError } from './errors.js'

/** The facts that are lists, which an app gets as copies: it may sort them. */
type ListFact = 'roles' | 'permissions' | 'entitlements' | 'featureFlags'

/** Somebody is signed in: who, and what the auth server says of the session. */
export interface UserInfo<User extends SessionUser = SessionUser>
  extends Omit<SessionFacts, ListFact | 'keyId'> {
  readonly user: User
  /** Where the auth server has no name for the session, that of the user. */
  readonly sessionId: string
  readonly roles?: string[] | undefined
  readonly permissions?: string[] | undefined
  readonly entitlements?: string[] | undefined
  readonly featureFlags?: string[] | undefined
  readonly accessToken: string
  readonly outage?: undefined
}

/** What is known of a session when there is none. */
type Nothing = { readonly [Field in Exclude<keyof UserInfo, 'user' | 'outage'>]?: undefined }

/** Nobody is signed in. */
export type NoUserInfo = Nothing & { readonly user: null; readonly outage?: undefined }

/**
 * Nobody can tell at the moment whether somebody is signed in: the session is due, and could not be refreshed. It is
 * still there.
 */
export type UnknownUserInfo = Nothing & {
  readonly user: undefined
  /** Why; its `retryAfter` says for how long, in ms, where the auth server did. */
  readonly outage: TokenRefreshError
}

/** What can be said of who is signed in. */
export type Who<User extends SessionUser = SessionUser> =
  | UserInfo<User>
  | NoUserInfo
  | UnknownUserInfo

/** The answer when nobody is signed in. */
export const NO_USER: NoUserInfo = Object.freeze({ user: null })

const copy = (list: readonly string[] | undefined): string[] | undefined => list && [...list]

/** A session as an app sees it. */
export function toUserInfo<User extends SessionUser>(session: ServerSession<User>): UserInfo<User> {
  const { user, sessionId = user.id, organizationId, role, impersonator, accessToken } = session
  const { authenticationMethod, authenticatedAt, aal, amr, claims } = session
  return {
    user,
    sessionId,
    organizationId,
    role,
    roles: copy(session.roles),
    permissions: copy(session.permissions),
    entitlements: copy(session.entitlements),
    featureFlags: copy(session.featureFlags),
    impersonator,
    authenticationMethod,
    authenticatedAt,
    aal,
    amr,
    claims,
    accessToken,
  }
}
