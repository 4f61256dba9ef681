import type { Impersonator } from '../core/session.js'
import type { WorkOSUser } from '../providers/workos/types.js'
import type { AuthenticateSuccess } from '../server/sealed/results.js'

/** Somebody is signed in. */
export interface UserInfo {
  readonly user: WorkOSUser
  readonly sessionId: string
  readonly organizationId: string | undefined
  readonly role: string | undefined
  readonly roles: string[] | undefined
  readonly permissions: string[] | undefined
  readonly entitlements: string[] | undefined
  readonly featureFlags: string[] | undefined
  readonly impersonator: Impersonator | undefined
  readonly accessToken: string
}

/** Nobody is signed in. */
export type NoUserInfo = { readonly [Field in Exclude<keyof UserInfo, 'user'>]?: undefined } & {
  readonly user: null
}

/** The answer when nobody is signed in. */
export const NO_USER: NoUserInfo = Object.freeze({ user: null })

const copy = (list: readonly string[] | undefined): string[] | undefined => list && [...list]

/** A session as an app sees it. */
export function toUserInfo(session: AuthenticateSuccess<WorkOSUser>): UserInfo {
  const { user, sessionId = '', organizationId, role, impersonator, accessToken } = session
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
    accessToken,
  }
}
