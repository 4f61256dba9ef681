import type { AnswerHeaders } from '../../requests/answer-headers.js'
import type { OriginGuardOptions } from '../../requests/origin-guard.js'
import type { ClaimValidator, SessionClaim } from '../claims/types.js'
import type { SessionPayload, SessionTokens, SuperTokens } from '../types.js'
import type {
  ClaimsByHandle,
  SessionForRendering,
  SessionObject,
  SessionReading,
} from './session-types.js'

/** How a request carries its tokens: in cookies, or in headers that the page's code writes. */
export type TokenTransfer = 'cookie' | 'header'

/** Which ways of carrying tokens a request may choose. */
export type AllowedTransfer = 'any' | TokenTransfer

/** Says that for one request. It is asked once for each call. */
export type ChooseTransfer = (
  request: WebRequest,
  purpose: { readonly forNewSession: boolean },
) => AllowedTransfer

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

/** All tokens of a session, or a new access token alone. */
export type NewTokens = Pick<SessionTokens, 'session' | 'accessToken'> &
  Partial<Omit<SessionTokens, 'session' | 'accessToken'>>

/** Options of `createSuperTokensSessions`. */
export interface SuperTokensSessionsOptions extends OriginGuardOptions {
  readonly superTokens: SuperTokens
  /** Which ways of carrying tokens are served: to all, or by the request. @default 'any' */
  readonly transfer?: AllowedTransfer | ChooseTransfer | undefined
  /** The status that tells the front end to refresh, or to sign in. @default 401 */
  readonly sessionExpiredStatusCode?: number | undefined
  /** The status that tells the front end that the claims of a session do not do. @default 403 */
  readonly invalidClaimStatusCode?: number | undefined
  /** What is fetched and told in the access token when a session begins. @default none */
  readonly claims?: readonly SessionClaim[] | undefined
  /** What every session must meet, unless a route says otherwise. @default none */
  readonly globalClaimValidators?: readonly ClaimValidator[] | undefined
  /** How long fetching and validating the claims for one request may take, in ms. @default 10_000 */
  readonly claimsTimeout?: number | undefined
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
  /** The tenant to which the session belongs, since interface 3.0. @default the core's own */
  readonly tenantId?: string | undefined
}

/** What a route asks of sessions, in the place of what every session must meet. */
export type OverrideClaimValidators = (
  globalClaimValidators: readonly ClaimValidator[],
  session: SessionReading,
) => readonly ClaimValidator[] | Promise<readonly ClaimValidator[]>

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
  /**
   * Which validators are asked. It gets the global ones, to add to them or leave some out; one that
   * throws lets nobody in. @default the global ones
   */
  readonly overrideGlobalClaimValidators?: OverrideClaimValidators | undefined
}

/**
 * Sessions in the cookies and headers of requests. Every function throws `SuperTokensError` and
 * nothing else. `UNAUTHORISED` of the core and `TOKEN_THEFT_DETECTED` clear the tokens;
 * `TRY_REFRESH_TOKEN` and `GENERAL_ERROR` never do, nor does a request without a token, but for a
 * refresh by a page of the app that has an access token which is over, and nothing to refresh by.
 * `INVALID_CLAIMS` clears none either: the session goes on.
 */
export interface SuperTokensSessions extends ClaimsByHandle {
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
   * Tells whose request it is while its page is rendered, where no cookie can be set: it refreshes
   * nothing and writes nothing, but that a core before 2.21 is asked about the token. The global
   * validators are asked here too, and what they fetch counts for this page alone.
   * @throws SuperTokensError `GENERAL_ERROR` when that cannot be told, as in an outage.
   */
  getSessionForRendering(
    request: Headers | Pick<WebRequest, 'headers'>,
    options?: Pick<GetSessionOptions, 'overrideGlobalClaimValidators'>,
  ): Promise<SessionForRendering>
  /**
   * Puts tokens into an answer that were had without it, by `superTokens.createNewSession` and the like:
   * in the way in which a new session of this request would come.
   */
  attachToRequestResponse(
    exchange: WebExchange,
    tokens: NewTokens,
    transfer?: TokenTransfer,
  ): Promise<SessionObject>
  /**
   * Makes an answer to requests that have a session of one that has a session at hand: what changes of it
   * goes into the answer, and errors are answered as {@link SuperTokensSessions.toResponse} does. A
   * handler that throws anything else is left to the app.
   */
  withSession<Rest extends readonly unknown[]>(
    handler: (
      request: Request,
      session: SessionObject,
      ...rest: Rest
    ) => Response | Promise<Response>,
    options?: Omit<GetSessionOptions, 'sessionRequired'>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /** The path to which the browser sends its refresh token. Never throws. */
  refreshTokenPath(): Promise<string>
  /** Whether {@link SuperTokensSessions.serve} answers at this path. Never throws. */
  owns(path: string): Promise<boolean>
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
   * The answer to an error, without the headers that clear tokens: 503 for what may work later, and to
   * `INVALID_CLAIMS` the status for that with `claimValidationErrors`.
   * `null` for what the app must answer: mistakes in the configuration, and errors of others.
   */
  toResponse(error: unknown): Response | null
}
