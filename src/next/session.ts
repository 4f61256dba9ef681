import type { SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import { begin, end, look, renew, requestOf, urlFor } from './acts.js'
import type {
  EnsureSignedIn,
  RefreshSessionOptions,
  ReturnOutage,
  ThrowOutage,
  WithAuthOptions,
} from './call-options.js'
import type { NextFramework } from './framework.js'
import type { SessionReaders } from './types.js'
import { NO_USER, type NoUserInfo, type UnknownUserInfo, type UserInfo } from './user-info.js'
import { currentVisit, type Visit } from './visit.js'
import type { World } from './world.js'

/** What readers work with. */
export interface ReaderDeps<User extends SessionUser> {
  readonly framework: NextFramework
  /** @throws AuthError `invalid_argument` for settings that are missing or wrong. */
  world(): World<User>
}

type Ensure = Pick<WithAuthOptions, 'ensureSignedIn'>

/** Makes the functions that say who is signed in. */
export function createReaders<User extends SessionUser>({
  framework,
  world,
}: ReaderDeps<User>): SessionReaders<User, RefreshSessionOptions> {
  type Somebody = UserInfo<User>

  const nobody = async (visit: Visit, ensureSignedIn: boolean | undefined): Promise<NoUserInfo> =>
    ensureSignedIn ? framework.redirect(urlFor(world(), visit, { page: 'sign-in' })) : NO_USER

  async function urlOf(page: 'sign-in' | 'sign-up', options: SignInUrlOptions = {}) {
    const visit = await currentVisit(framework)
    return urlFor(world(), visit, { ...options, page })
  }

  function withAuth(options: EnsureSignedIn & ReturnOutage): Promise<Somebody | UnknownUserInfo>
  function withAuth(options: EnsureSignedIn & ThrowOutage): Promise<Somebody>
  function withAuth(
    options: Ensure & ReturnOutage,
  ): Promise<Somebody | NoUserInfo | UnknownUserInfo>
  function withAuth(options?: Ensure & ThrowOutage): Promise<Somebody | NoUserInfo>
  async function withAuth({ ensureSignedIn, onOutage }: WithAuthOptions = {}) {
    const visit = await currentVisit(framework)
    const who = await look(world(), visit)
    if (who.user === null) return nobody(visit, ensureSignedIn)
    if (who.outage && onOutage !== 'return') throw who.outage
    return who
  }

  function refreshSession(options: RefreshSessionOptions & EnsureSignedIn): Promise<Somebody>
  function refreshSession(options?: RefreshSessionOptions): Promise<Somebody | NoUserInfo>
  async function refreshSession({ organizationId, ensureSignedIn }: RefreshSessionOptions = {}) {
    const visit = await currentVisit(framework)
    const who = await renew(world(), visit, organizationId)
    return who.user ? who : nobody(visit, ensureSignedIn)
  }

  return {
    withAuth,
    refreshSession,
    async setSession(grant) {
      const visit = await currentVisit(framework)
      await begin(world(), visit, grant)
    },
    async signOut(options) {
      const visit = await currentVisit(framework)
      return framework.redirect(await end(world(), visit, options))
    },
    async listSessions() {
      const visit = await currentVisit(framework)
      return world().sessions.listSessions(visit.cookie(), { request: requestOf(visit) })
    },
    async endListedSession(sessionId) {
      const visit = await currentVisit(framework)
      const request = requestOf(visit)
      return world().sessions.endListedSession(visit.cookie(), sessionId, { request })
    },
    getSignInUrl: (options) => urlOf('sign-in', options),
    getSignUpUrl: (options) => urlOf('sign-up', options),
  }
}
