import type { CallOptions } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import type { HttpOptions } from '../shared/http.js'
import type { HandleRedirect } from '../shared/redirect.js'

/** Options of `workos`: a public client, which has no secret. */
export interface WorkOSOptions extends Omit<HttpOptions, 'url' | 'credentials'> {
  readonly clientId: string
  /** Your custom authentication domain, where you have one. @default 'https://api.workos.com' */
  readonly url?: string | undefined
  /** Where WorkOS sends people back to; it must be on its list. @default the page's origin */
  readonly redirectUri?: string | undefined
  /**
   * Whether the refresh token stays in a cookie on the API's domain, which no script can read. It
   * takes a custom authentication domain of the app's own site, or the browser withholds the cookie.
   * @default false: the client holds the token
   */
  readonly cookies?: boolean | undefined
  /**
   * Whether this browser may hold a session that storage does not know, so that it is worth a
   * request at start; `() => hasSessionCookie(document.cookie, clientId)` tells. A server that renders the page,
   * and a worker, take it for no where there is no `document` to look at. For `cookies` only. @default never
   */
  readonly hasSession?: (() => boolean) | undefined
}

/** A user as WorkOS describes them, the names of the fields in camelCase. */
export interface WorkOSUser extends SessionUser {
  readonly emailVerified?: boolean
  readonly name?: string | null
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly profilePictureUrl?: string | null
  readonly lastSignInAt?: string | null
  readonly locale?: string | null
  readonly externalId?: string | null
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly createdAt?: string
  readonly updatedAt?: string
}

/** The code of a redirect, exchanged by hand. `actions.handleRedirect()` does this for you. */
export interface WorkOSCredentials {
  readonly code: string
  readonly codeVerifier: string
}

/** What a sign-in may be asked for. */
export interface AuthorizeOptions {
  readonly organizationId?: string | undefined
  readonly loginHint?: string | undefined
  readonly domainHint?: string | undefined
  readonly invitationToken?: string | undefined
  /** Such as `login`, `consent` or `none`, where the connection knows it. */
  readonly prompt?: string | undefined
  /** How long ago, in ms, somebody may have signed in without being asked again. */
  readonly maxAge?: number | undefined
  /** Which page of AuthKit comes first. */
  readonly screenHint?: 'sign-in' | 'sign-up' | undefined
  /** @default 'authkit', unless there is a `connectionId` */
  readonly provider?: string | undefined
  readonly connectionId?: string | undefined
  /** Your own text. It stays in this browser; `handleRedirect` gives it back. */
  readonly state?: string | undefined
  /** The page of this origin to return to; `handleRedirect` gives it back as an absolute URL. */
  readonly returnTo?: string | undefined
}

/** What WorkOS can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface WorkOSActions {
  /** The address to navigate to for signing in. Several may be under way at once. */
  signInUrl(options?: AuthorizeOptions): Promise<string>
  /** As `signInUrl`, beginning with the registration. */
  signUpUrl(options?: Omit<AuthorizeOptions, 'screenHint'>): Promise<string>
  /**
   * Finishes what a redirect began, and cleans the address. `null` when the address is not the
   * redirect URI with an answer. What this browser did not begin is refused, and left as it is.
   * @throws AuthError when the server or the person refused; `invalid_credentials` for answers
   *   that are not the expected one; `step_required` when there is more to do, which a public
   *   client does on AuthKit's pages: for `organization_selection_required`, navigate to
   *   `signInUrl({ organizationId })` (the grant for its token takes a client secret).
   */
  readonly handleRedirect: HandleRedirect<WorkOSUser>
  /**
   * Where to navigate when somebody signs out, so that AuthKit forgets them too. Ask for it when
   * they do, while the session is there to be named; then `await auth.signOut()`, which leaves the
   * server to the navigation; then navigate. Without it `auth.signOut()` asks the server to end the
   * session, unseen, but AuthKit may sign the same person in again unasked. `returnTo` must be on
   * WorkOS's list.
   * @throws AuthSessionMissingError when nobody is signed in.
   * @throws AuthError, retryable, when the token is dead and the server cannot be reached now:
   *   `auth.signOut()` alone still ends the session here.
   */
  signOutUrl(
    options?: { readonly returnTo?: string | undefined },
    call?: CallOptions,
  ): Promise<string>
}
