import type { Grant, SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import type { ListedSession } from '../server/sealed/listing.js'
import type { SignOutPageOptions } from '../server/sealed/sealed-sessions.js'
import type { EndedWhich, EndSessionsOptions } from '../server/sealed/shared-ends.js'
import type {
  EnsureSignedIn,
  NextRefreshOptions,
  ReturnOutage,
  ThrowOutage,
  WithAuthOptions,
} from './call-options.js'
import type { PagesRequest, PagesResponse, PagesSession } from './pages-types.js'
import type { ProxyOptions, ProxySession } from './proxy-types.js'
import type { NoUserInfo, UnknownUserInfo, UserInfo } from './user-info.js'

/** Answers a request of Next. */
export type NextHandler = (request: Request) => Promise<Response>

/** Who is signed in, for Server Components, Server Actions and Route Handlers. */
export interface SessionReaders<
  User extends SessionUser = SessionUser,
  Refresh extends NextRefreshOptions = NextRefreshOptions,
> {
  /**
   * Who is signed in. Never refreshes: the proxy has done that for this request.
   * @throws TokenRefreshError (`isTransient`) when nobody can tell, because the session is due and
   *   could not be refreshed; it is still there. With `onOutage: 'return'` that is the `outage` of the answer.
   * @throws AuthError `invalid_argument` when it is due and the proxy does not cover this path.
   */
  withAuth(options: EnsureSignedIn & ReturnOutage): Promise<UserInfo<User> | UnknownUserInfo>
  withAuth(options: EnsureSignedIn & ThrowOutage): Promise<UserInfo<User>>
  withAuth(
    options: Pick<WithAuthOptions, 'ensureSignedIn'> & ReturnOutage,
  ): Promise<UserInfo<User> | NoUserInfo | UnknownUserInfo>
  withAuth(
    options?: Pick<WithAuthOptions, 'ensureSignedIn'> & ThrowOutage,
  ): Promise<UserInfo<User> | NoUserInfo>
  /**
   * Gets the session anew from the server, by a request that starts after this call, and sets its
   * cookie. Call it in a Server Action or Route Handler.
   * @throws TokenRefreshError when there is a session that could not be refreshed, also when it has ended
   *   (`refresh_rejected`): `code` is `step_required` when the server wants a step first, such as `sso_required`.
   * @throws AuthError `invalid_argument` where no cookie can be set, before anything is spent.
   */
  refreshSession(options: Refresh & EnsureSignedIn): Promise<UserInfo<User>>
  refreshSession(options?: Refresh): Promise<UserInfo<User> | NoUserInfo>
  /**
   * Signs somebody in by what a sign-in of the app's own brought, such as a password's or a one-time code's. Whoever
   * was signed in in this browser no longer is.
   * @throws AuthError `invalid_argument` where no cookie can be set, and for a session that is too large for one;
   *   `bad_response` when the grant is not the whole session of one person.
   */
  setSession(grant: Grant<User>): Promise<void>
  /**
   * Signs out, and redirects by way of the auth server, where that has a page for it, so that it forgets the person
   * too. `returnTo` is an absolute URL on its list, or a path of this app that is.
   * @throws AuthError `invalid_argument` where no cookie can be set, and for a bad `returnTo`.
   */
  signOut(options?: SignOutPageOptions): Promise<never>
  /**
   * Where the person of this request is signed in: see `listSessions` of the request sessions.
   * @throws AuthError as that does.
   */
  listSessions(): Promise<readonly ListedSession[]>
  /**
   * Ends one of those sessions, by its id; resolves to whether it was one of that person's.
   * @throws AuthError as `listSessions` and `endSessions` do.
   */
  endListedSession(sessionId: string): Promise<boolean>
  /**
   * Where to navigate for signing in: an absolute URL of this app, for `<a href>` and `redirect`. It leads back
   * to the page that was asked for, unless told otherwise. `returnTo` is a path as browsers see it, with the
   * `basePath` of Next. A link takes all options. After `redirect`, somebody who came to your page from a mail, a
   * bookmark or another site is not signed in by `organizationId`, `loginHint`, `domainHint`, `provider`,
   * `connectionId` or `state`, unless `crossSiteHints` lists the hint: for the browser that is a link of a stranger.
   */
  getSignInUrl(options?: SignInUrlOptions): Promise<string>
  /** As `getSignInUrl`, beginning with the registration. */
  getSignUpUrl(options?: SignInUrlOptions): Promise<string>
}

/** What `createNextSessions` makes. */
export interface NextSessions<
  User extends SessionUser = SessionUser,
  Refresh extends NextRefreshOptions = NextRefreshOptions,
> extends SessionReaders<User, Refresh> {
  /**
   * The routes of the sign-in, for `app/auth/[...holdfast]/route.ts`, and the callback's, where that
   * is another:
   *
   * ```ts
   * export const { GET, POST } = auth.handlers
   * ```
   */
  readonly handlers: Readonly<
    Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS', NextHandler>
  >
  /**
   * Makes the proxy, which refreshes sessions ahead of expiry and lets every reader of the same
   * request see the new one:
   *
   * ```ts
   * export const proxy = auth.proxy() // `middleware`, in middleware.ts, before Next.js 16
   * export const config = { matcher: ['/((?!_next/static/|_next/image/?$|favicon\\.ico$).*)'] }
   * ```
   * @throws AuthError `invalid_argument` for a pattern that is none.
   */
  proxy(options?: ProxyOptions): NextHandler
  /** What `proxy` does with a request, for a proxy of the app's own: its rules, rewrites and languages. */
  sessionOf(request: Request): Promise<ProxySession<User>>
  /**
   * Ends sessions wherever their cookies are, as for a webhook of the auth server: see `endSessions` of the sealed
   * sessions. It needs no request of the person.
   * @throws AuthError as that does.
   */
  endSessions(
    which: EndedWhich | readonly EndedWhich[],
    options?: EndSessionsOptions,
  ): Promise<boolean>
  /**
   * Reads the settings now, and not at first use: for `register()` in `instrumentation.ts`, which Next calls when a
   * server starts and not in a build: the error is in its log from the start, and it serves nobody (16.4, seen).
   * @throws AuthError `invalid_argument` that names the environment variable or the option which is missing or wrong.
   */
  assertConfigured(): void
  /** The same for the Pages Router: what `getServerSideProps` and API routes are given. */
  pages(request: PagesRequest, response: PagesResponse): PagesSession<User, Refresh>
}
