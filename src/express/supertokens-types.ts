import type { NodeNext, NodeRequest, NodeResponse } from '../node/types.js'
import type {
  InvalidClaimsError,
  SuperTokensError,
  SuperTokensErrorType,
  TokenTheftDetectedError,
} from '../server/supertokens/errors.js'
import type {
  GetSessionOptions,
  NewSessionOptions,
  NewTokens,
  SessionObject,
  SuperTokensSessions,
} from '../server/supertokens/web/index.js'

/** What `app.use` and routes take. */
export type SuperTokensHandler = (
  request: NodeRequest,
  response: NodeResponse,
  next: NodeNext,
) => void

/** Answers an error in the app's own way. The tokens are cleared already, where they are to be. */
export type SuperTokensErrorAnswer<Failure = SuperTokensError> = (
  error: Failure,
  request: NodeRequest,
  response: NodeResponse,
  next: NodeNext,
) => unknown

type Of<Type extends SuperTokensErrorType> = SuperTokensErrorAnswer<SuperTokensError<Type>>

/** The app's own answers, each in place of the default one. */
export interface SuperTokensErrorAnswers {
  /** @default the `sessionExpiredStatusCode`, and `{"message":"unauthorised"}` */
  readonly unauthorised?: Of<'UNAUTHORISED'> | undefined
  /** @default the `sessionExpiredStatusCode`, and `{"message":"try refresh token"}` */
  readonly tryRefreshToken?: Of<'TRY_REFRESH_TOKEN'> | undefined
  /** @default the `sessionExpiredStatusCode`, and `{"message":"token theft detected"}` */
  readonly tokenTheftDetected?: SuperTokensErrorAnswer<TokenTheftDetectedError> | undefined
  /** @default the `invalidClaimStatusCode`, and what is wrong, as front ends of SuperTokens read it */
  readonly invalidClaims?: SuperTokensErrorAnswer<InvalidClaimsError> | undefined
  /** @default 503 for what may work later; what never will goes on to the app's error handler */
  readonly generalError?: Of<'GENERAL_ERROR'> | undefined
}

/** Options of `createExpressSuperTokens`. */
export interface ExpressSuperTokensOptions {
  readonly sessions: SuperTokensSessions
  readonly on?: SuperTokensErrorAnswers | undefined
}

/** What a new session holds, and for whose request. */
export interface ExpressNewSessionOptions extends NewSessionOptions {
  /** Tells whether the front end wants cookies or headers. @default cookies, where they are served */
  readonly request?: NodeRequest | undefined
}

/** Sessions of SuperTokens in an app on Express, 4 or 5. */
export interface ExpressSuperTokens {
  /**
   * Begins a session and puts its tokens into the response.
   * @throws SuperTokensError `GENERAL_ERROR` also when the response has begun.
   */
  createNewSession(
    response: NodeResponse,
    userId: string,
    options?: ExpressNewSessionOptions,
  ): Promise<SessionObject>
  /** Tells whose request it is. @throws SuperTokensError */
  getSession(
    request: NodeRequest,
    response: NodeResponse,
    options?: GetSessionOptions & { readonly sessionRequired?: true | undefined },
  ): Promise<SessionObject>
  getSession(
    request: NodeRequest,
    response: NodeResponse,
    options: GetSessionOptions,
  ): Promise<SessionObject | undefined>
  /**
   * Trades the request's refresh token for new tokens.
   * @throws SuperTokensError `GENERAL_ERROR` also when the response has begun.
   */
  refreshSession(request: NodeRequest, response: NodeResponse): Promise<SessionObject>
  /**
   * Puts tokens that were had without a request into the response.
   * @throws SuperTokensError `GENERAL_ERROR` also when the response has begun.
   */
  attachToRequestResponse(
    request: NodeRequest,
    response: NodeResponse,
    tokens: NewTokens,
  ): Promise<SessionObject>
  /** Serves the refresh path and the sign-out path. All else goes on to the app. */
  readonly middleware: SuperTokensHandler
  /** Lets pass who has a session; others are answered as `errorHandler` does. */
  verifySession(options?: GetSessionOptions): SuperTokensHandler
  /**
   * The session of a request that `verifySession` let pass.
   * @throws SuperTokensError `UNAUTHORISED`, `session_missing`, when there is none.
   */
  sessionOf(request: NodeRequest): SessionObject
  /** The same where `sessionRequired` is false. */
  optionalSessionOf(request: NodeRequest): SessionObject | undefined
  /** Answers what routes throw. Errors of others go on to the app. */
  readonly errorHandler: (
    error: unknown,
    request: NodeRequest,
    response: NodeResponse,
    next: NodeNext,
  ) => void
}
