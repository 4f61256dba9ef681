import type { SignInUrlOptions } from '../providers/backend/types.js'
import type { PathPattern } from './paths.js'
import type { NoUserInfo, UserInfo } from './user-info.js'

/** Options of `withAuth`. */
export interface WithAuthOptions {
  /** Whether to redirect to the sign-in when nobody is signed in. @default false */
  readonly ensureSignedIn?: boolean | undefined
}

/** Options of `refreshSession`. */
export interface RefreshSessionOptions extends WithAuthOptions {
  /** The organization to switch to. @default the one that the session is in */
  readonly organizationId?: string | undefined
}

/** Options that promise a session. */
export interface EnsureSignedIn {
  readonly ensureSignedIn: true
}

/** Options of `proxy`. */
export interface ProxyOptions {
  /**
   * The pages that only somebody who is signed in may see: all, or these. Others are sent to the
   * sign-in, and their background requests answered with 401. Paths are matched without the
   * `basePath` of Next, as they are written and decoded; one that cannot be read is protected.
   * @default none, or all when there are `unauthenticatedPaths`
   */
  readonly protect?: boolean | readonly PathPattern[] | undefined
  /** The pages that anybody may see: a path counts only if every way to read it leads there. */
  readonly unauthenticatedPaths?: readonly PathPattern[] | undefined
}

/** Answers a request of Next. */
export type NextHandler = (request: Request) => Promise<Response>

/** Who is signed in, for Server Components, Server Actions and Route Handlers. */
export interface SessionReaders {
  /**
   * Who is signed in. Never refreshes: the proxy has done that for this request.
   * @throws TokenRefreshError (`isTransient`) when nobody can tell, because the session is due and
   *   could not be refreshed; it is still there.
   * @throws AuthError `invalid_argument` when it is due and the proxy does not cover this path.
   */
  withAuth(options: WithAuthOptions & EnsureSignedIn): Promise<UserInfo>
  withAuth(options?: WithAuthOptions): Promise<UserInfo | NoUserInfo>
  /**
   * Gets the session anew from the server, by a request that starts after this call, and sets its
   * cookie. Call it in a Server Action or Route Handler.
   * @throws TokenRefreshError when there is a session that could not be refreshed: `code` is
   *   `step_required` when the server wants a step first, such as `sso_required`.
   * @throws AuthError `invalid_argument` where no cookie can be set, before anything is spent.
   */
  refreshSession(options: RefreshSessionOptions & EnsureSignedIn): Promise<UserInfo>
  refreshSession(options?: RefreshSessionOptions): Promise<UserInfo | NoUserInfo>
  /**
   * Switches to another organization, and goes to `returnTo` if there is one. Where the organization
   * wants a step first, such as SSO, it redirects there.
   * @throws as `refreshSession` does.
   */
  switchToOrganization(
    organizationId: string,
    options?: { readonly returnTo?: string | undefined },
  ): Promise<UserInfo>
  /**
   * Signs out, and redirects by way of WorkOS, which then forgets the person too. `returnTo` is an
   * absolute URL on WorkOS's list, or a path of this app that is.
   * @throws AuthError `invalid_argument` where no cookie can be set, and for a bad `returnTo`.
   */
  signOut(options?: { readonly returnTo?: string | undefined }): Promise<never>
  /**
   * Where to navigate for signing in: a path of this app, for `<a href>` and `redirect`. It leads back
   * to the page that was asked for, unless told otherwise.
   */
  getSignInUrl(options?: SignInUrlOptions): Promise<string>
  /** As `getSignInUrl`, beginning with the registration. */
  getSignUpUrl(options?: SignInUrlOptions): Promise<string>
}

/** What `createNextAuth` makes. */
export interface NextAuth extends SessionReaders {
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
   * export const proxy = auth.proxy()
   * export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] }
   * ```
   * @throws AuthError `invalid_argument` for a pattern that is none.
   */
  proxy(options?: ProxyOptions): NextHandler
}
