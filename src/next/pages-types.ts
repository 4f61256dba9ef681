import type { Grant, SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import type { SignOutPageOptions } from '../server/sealed/sealed-sessions.js'
import type { NextRefreshOptions, ReturnOutage, ThrowOutage } from './call-options.js'
import type { NoUserInfo, UnknownUserInfo, UserInfo } from './user-info.js'

/** A request of the Pages Router, which is one of Node. */
export interface PagesRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What of a response of Node is used. */
export interface PagesResponse {
  getHeader(name: string): number | string | string[] | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
}

/** Who is signed in, for `getServerSideProps` and API routes. Nothing redirects by itself there. */
export interface PagesSession<
  User extends SessionUser = SessionUser,
  Refresh extends NextRefreshOptions = NextRefreshOptions,
> {
  /** @throws as `withAuth` of `SessionReaders` does. */
  withAuth(options: ReturnOutage): Promise<UserInfo<User> | NoUserInfo | UnknownUserInfo>
  withAuth(options?: ThrowOutage): Promise<UserInfo<User> | NoUserInfo>
  /** @throws TokenRefreshError as `refreshSession` of `SessionReaders` does. */
  refreshSession(options?: Omit<Refresh, 'ensureSignedIn'>): Promise<UserInfo<User> | NoUserInfo>
  /** @throws AuthError as `setSession` of `SessionReaders` does. */
  setSession(grant: Grant<User>): Promise<void>
  /** Signs out, and resolves to where to send the browser then. @throws AuthError for a bad `returnTo`. */
  signOut(options?: SignOutPageOptions): Promise<string>
  /**
   * Where to send the browser for signing in, and back to the page that was asked for: an absolute URL. After a
   * redirect hints count as those of `getSignInUrl` of `SessionReaders` do.
   */
  getSignInUrl(options?: SignInUrlOptions): Promise<string>
  /** As `getSignInUrl`, beginning with the registration. */
  getSignUpUrl(options?: SignInUrlOptions): Promise<string>
}
