import type { CallOptions, SignInResult } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import type { HttpOptions } from '../shared/http.js'

/** A claim that a session lacks, or whose value is not enough, as the backend's validator says. */
export interface FailedClaim {
  /** The validator's, such as `st-role`. */
  readonly id: string
  /** Whatever it says of it: JSON. */
  readonly reason?: unknown
}

declare module '../../core/errors.js' {
  interface RequiredStep {
    /** What a session of SuperTokens lacks for the request, for the step `invalid claim`. */
    readonly claimValidationErrors?: readonly FailedClaim[] | undefined
  }
}

/**
 * Options of `supertokens`. A backend on another origin must allow it, with credentials, the headers
 * `rid`, `fdi-version`, `st-auth-mode`, `anti-csrf`, `authorization` and `content-type`.
 */
export interface SuperTokensProviderOptions extends Omit<HttpOptions, 'url' | 'credentials'> {
  /**
   * Where the API is: an absolute URL, or a path of the page's own origin.
   * @default '' the page's own origin
   */
  readonly url?: string | undefined
  /** Where the backend serves `/session/refresh` and `/signout`, after `url`. @default '/auth' */
  readonly apiBasePath?: string | undefined
  /**
   * Who holds the tokens: the browser, in cookies that no script can read, or this client, which
   * puts them into headers.
   * @default 'cookie'
   */
  readonly transfer?: 'cookie' | 'header' | undefined
  /** With what status the backend says that a session is over, as it is set there. @default 401 */
  readonly sessionExpiredStatusCode?: number | undefined
  /** With what status the backend says that a session lacks a claim, as it is set there. @default 403 */
  readonly invalidClaimStatusCode?: number | undefined
  /**
   * Whether a page that knows no session asks at its start, by one refresh, if the cookies hold one.
   * Where it is off, a session that was made without this client takes `actions.adopt`. Switch it
   * off where the backend wants anti-CSRF tokens: who knows no session has none to show, and some
   * backends end the session then. For cookies only.
   * @default true
   */
  readonly lookForSession?: boolean | undefined
  /**
   * Milliseconds since the epoch. Only asked where neither the token nor the answer is dated.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined
}

/** A user as the access token describes them. */
export interface SuperTokensUser extends SessionUser {
  /** What is in the access token, unverified: the claims that the backend put there among them. */
  readonly payload: Readonly<Record<string, unknown>>
}

/** A request to a sign-in route of the app, which makes the session by its answer's headers. */
export interface SignInRequest {
  /** After `url`, such as `/login` or `/auth/signin`. The route answers JSON, or nothing. */
  readonly path: string
  /** The body: whatever the route wants. */
  readonly json?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What this provider can do beyond the contract: `auth.actions`. */
export interface SuperTokensActions<User extends SuperTokensUser = SuperTokensUser> {
  /**
   * Makes the session in an answer to a request of the app's own the current one; hand it over at
   * once.
   * @throws AuthError `bad_response` when it has no readable `front-token`, nor tokens where
   *   headers carry them.
   */
  adopt(response: Pick<Response, 'headers'>, call?: CallOptions): Promise<SignInResult<User>>
}
