import type { CallOptions } from '../../core/provider.js'
import type { HttpOptions } from '../shared/http.js'

/** Options of `backend`. */
export interface BackendProviderOptions extends Omit<HttpOptions, 'url' | 'credentials'> {
  /**
   * Where the routes of `createBackend` are: a path of the page's own origin, or an absolute URL. A server that renders
   * the page has none of the browser's cookies and asks for no session there, unless a `fetch` of the app's own is passed.
   * @default '/auth'
   */
  readonly url?: string | undefined
  /**
   * Whether the addresses of the routes end with a slash, as Next.js wants it with its `trailingSlash`: it redirects all
   * others, and requests of a session follow no redirect.
   * @default false
   */
  readonly trailingSlash?: boolean | undefined
}

/** What a page may ask of a sign-in, besides where to return to. */
export interface SignInHints {
  readonly organizationId?: string | undefined
  readonly loginHint?: string | undefined
  readonly domainHint?: string | undefined
  readonly invitationToken?: string | undefined
  /** Such as `login`, `consent` or `none`, where the connection knows it. */
  readonly prompt?: string | undefined
  /** The languages of the server's pages, the best first, with blanks in between: `fr-CA fr en`. */
  readonly uiLocales?: string | undefined
  readonly provider?: string | undefined
  readonly connectionId?: string | undefined
  /** How long ago, in ms, somebody may have signed in without being asked again. */
  readonly maxAge?: number | undefined
  /**
   * How sure the server is to be of who it is, with blanks in between. With `createOidc` the sign-in fails unless
   * the id token names one of them as its `acr`.
   */
  readonly acrValues?: string | undefined
  /**
   * Single claims (OIDC Core §5.5), or what a claims challenge of Entra asks for; of at most 1,024 characters as
   * JSON. With `createOidc` the sign-in fails unless the id token has the `acr` that is `essential` there.
   */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** What a sign-in may be asked for. */
export interface SignInUrlOptions extends SignInHints {
  /** The page of this origin to return to. @default the current one */
  readonly returnTo?: string | undefined
  /** Your own text, of at most 1,024 characters, for the `onSignIn` of the backend. */
  readonly state?: string | undefined
}

/** What the end of a session may be asked for. */
export interface SignOutUrlOptions {
  /** The page of this origin to return to. @default where the auth server leads, or `/` */
  readonly returnTo?: string | undefined
  /** By the auth server's names, such as `logout_hint`; those that the backend's `signOutParameters` let through. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** What a backend can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface BackendActions {
  /** The address to navigate to for signing in. Several sign-ins may be under way at once. */
  signInUrl(options?: SignInUrlOptions): Promise<string>
  /** As `signInUrl`, beginning with the registration. */
  signUpUrl(options?: SignInUrlOptions): Promise<string>
  /**
   * Ends the session that this browser's cookies hold, and resolves to where to navigate then.
   * `await auth.signOut()` before you do, so that all tabs hear of it. Rejects when the backend
   * cannot be reached: then the cookies still hold the session, and nobody is signed out.
   */
  signOut(options?: SignOutUrlOptions, call?: CallOptions): Promise<string>
}
