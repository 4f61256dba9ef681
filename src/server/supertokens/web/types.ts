import type { AnswerHeaders } from '../../requests/answer-headers.js'
import type { OriginGuardOptions } from '../../requests/origin-guard.js'
import type { SessionPayload, SuperTokens } from '../types.js'

/** How a request carries its tokens: in cookies, or in headers that the page's code writes. */
export type TokenTransfer = 'cookie' | 'header'

/** What is read of a request. */
export interface WebRequest {
  readonly method: string
  readonly headers: Headers
  /** Where it is known. */
  readonly url?: string | undefined
}

/** A request, and the headers of its answer. */
export interface WebExchange {
  readonly request: WebRequest
  readonly answer: AnswerHeaders | Headers
}

/** Options of `createSuperTokensSessions`. */
export interface SuperTokensSessionsOptions extends OriginGuardOptions {
  readonly superTokens: SuperTokens
  /** Which ways of carrying tokens are served. @default 'any' */
  readonly transfer?: 'any' | TokenTransfer | undefined
  /** The status that tells the front end to refresh, or to sign in. @default 401 */
  readonly sessionExpiredStatusCode?: number | undefined
  /** Where a POST signs out. @default '/auth/signout' */
  readonly signOutPath?: string | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What a new session holds. */
export interface NewSessionOptions {
  /**
   * Goes into the access token, which the page can read. A cookie holds some 2 kB of it; what is too
   * large is `invalid_argument` before there is a session. @default {}
   */
  readonly jwtPayload?: SessionPayload | undefined
  /** Stays with the core. @default {} */
  readonly sessionData?: SessionPayload | undefined
}

/** How the session of a request is looked at. */
export interface GetSessionOptions {
  /**
   * Whether the request must show that a page of the app sent it: by the browser's word for its
   * origin, or a header of SuperTokens' front ends, and as `antiCsrf` says. Requests that carry their
   * token in a header always have. @default true, but for GET, HEAD and OPTIONS
   */
  readonly antiCsrfCheck?: boolean | undefined
  /** Asks the core whether the session was revoked meanwhile. @default false */
  readonly checkDatabase?: boolean | undefined
  /** Whether a request without a session is an error. @default true */
  readonly sessionRequired?: boolean | undefined
}

/** The session of a request. What its functions change goes into the answer. */
export interface SessionObject {
  getUserId(): string
  getHandle(): string
  /** Since interface 3.0 of the core. */
  getTenantId(): string | undefined
  /** What the app put into the access token. */
  getJWTPayload(): SessionPayload
  getAccessToken(): string
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over: the tokens are cleared. */
  getSessionData(): Promise<SessionPayload>
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over: the tokens are cleared. */
  updateSessionData(sessionData: SessionPayload): Promise<void>
  /**
   * Ends the session and clears the tokens, also when it was over before.
   * @throws SuperTokensError `GENERAL_ERROR` when the core cannot be asked: nothing is cleared.
   */
  revokeSession(): Promise<void>
}

/**
 * Sessions in the cookies and headers of requests. Every function throws `SuperTokensError` and
 * nothing else. `UNAUTHORISED` of the core and `TOKEN_THEFT_DETECTED` clear the tokens;
 * `TRY_REFRESH_TOKEN` and `GENERAL_ERROR` never do, nor does a request without a token, but for a
 * refresh by a page of the app that has an access token which is over, and nothing to refresh by.
 */
export interface SuperTokensSessions {
  /** Begins a session and puts its tokens into the answer. */
  createNewSession(
    exchange: WebExchange,
    userId: string,
    options?: NewSessionOptions,
  ): Promise<SessionObject>
  /** Tells whose request it is. A request without a token is `UNAUTHORISED`, `session_missing`. */
  getSession(
    exchange: WebExchange,
    options?: GetSessionOptions & { readonly sessionRequired?: true | undefined },
  ): Promise<SessionObject>
  getSession(exchange: WebExchange, options: GetSessionOptions): Promise<SessionObject | undefined>
  /** Trades the request's refresh token for new tokens. */
  refreshSession(exchange: WebExchange): Promise<SessionObject>
  /**
   * Serves POST to the refresh path and to the sign-out path; `null` for all else. Errors are
   * answered as {@link SuperTokensSessions.toResponse} does.
   * @throws SuperTokensError where that leaves the answer to the app.
   */
  handle(request: Request): Promise<Response | null>
  /**
   * The same for frameworks that keep an answer's headers: they go into `exchange.answer`, status
   * and body are returned, and every error is thrown. `path` is the request's path, without query.
   */
  serve(exchange: WebExchange, path: string): Promise<Response | null>
  /**
   * The answer to an error, without the headers that clear tokens: 503 for what may work later.
   * `null` for what the app must answer: mistakes in the configuration, and errors of others.
   */
  toResponse(error: unknown): Response | null
}
