import type { ClaimValidator, SessionClaim } from '../claims/types.js'
import type { ClaimValidationError } from '../errors.js'
import type { SessionPayload } from '../types.js'

/** What a session says of itself. */
export interface SessionReading {
  getUserId(): string
  /** The account that signed in, where accounts are linked. Since interface 4.0 of the core. */
  getRecipeUserId(): string | undefined
  getHandle(): string
  /** Since interface 3.0 of the core. */
  getTenantId(): string | undefined
  /** What the app put into the access token. */
  getJWTPayload(): SessionPayload
  getAccessToken(): string
  /** `undefined` where the token does not tell. */
  getClaimValue<Value>(claim: SessionClaim<Value>): Value | undefined
}

/**
 * The session of a request. What its functions change goes into the answer. Each throws
 * `UNAUTHORISED` when the session is over, and then the tokens are cleared.
 */
export interface SessionObject extends SessionReading {
  getSessionData(): Promise<SessionPayload>
  updateSessionData(sessionData: SessionPayload): Promise<void>
  /** When it began, in ms since the epoch. Since interface 2.8 of the core. */
  getTimeCreated(): Promise<number>
  /** When it ends unless it is refreshed, in ms since the epoch. Since interface 2.8 of the core. */
  getExpiry(): Promise<number>
  /**
   * Changes what is in the access token: fields of `update` take the place of those of their names, and
   * `null` takes one away. The front end gets the new token with this answer, and a session that is
   * refreshed keeps the change. Since interface 2.0 of the core.
   * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for what no token or cookie can hold.
   */
  mergeIntoAccessTokenPayload(update: SessionPayload): Promise<void>
  /** Fetches a claim and puts it into the access token. */
  fetchAndSetClaim(claim: SessionClaim): Promise<void>
  setClaimValue<Value>(claim: SessionClaim<Value>, value: Value): Promise<void>
  removeClaim(claim: SessionClaim): Promise<void>
  /**
   * Fetches what is missing or stale of the claims, puts it into the access token, and asks the
   * validators.
   * @throws SuperTokensError `INVALID_CLAIMS` unless all of them agree; `GENERAL_ERROR` when that cannot
   * be told.
   */
  assertClaims(claimValidators: readonly ClaimValidator[]): Promise<void>
  /**
   * Ends the session and clears the tokens, also when it was over before.
   * @throws SuperTokensError `GENERAL_ERROR` when the core cannot be asked: nothing is cleared.
   */
  revokeSession(): Promise<void>
}

/** Who is signed in while a page is rendered on the server. */
export type SessionForRendering =
  | { readonly status: 'signed-in'; readonly session: SessionReading }
  /** The page must send its person to what is missing, such as another factor. */
  | {
      readonly status: 'invalid-claims'
      readonly session: SessionReading
      readonly claimValidationErrors: readonly ClaimValidationError[]
    }
  /** There are tokens, but the access token is no longer good: the browser must refresh first. */
  | { readonly status: 'try-refresh' }
  | { readonly status: 'signed-out' }

/**
 * The claims of sessions by their handles: what changes is in the tokens from the next refresh on. Each
 * throws `UNAUTHORISED` when the session is over.
 */
export interface ClaimsByHandle {
  /** As that of a session. @throws SuperTokensError */
  mergeIntoAccessTokenPayload(sessionHandle: string, update: SessionPayload): Promise<void>
  fetchAndSetClaim(sessionHandle: string, claim: SessionClaim): Promise<void>
  setClaimValue<Value>(
    sessionHandle: string,
    claim: SessionClaim<Value>,
    value: Value,
  ): Promise<void>
  /** Since interface 2.8 of the core. */
  getClaimValue<Value>(
    sessionHandle: string,
    claim: SessionClaim<Value>,
  ): Promise<Value | undefined>
  removeClaim(sessionHandle: string, claim: SessionClaim): Promise<void>
  /** What is wrong with a session, empty when nothing is. Since interface 2.8 of the core. */
  validateClaimsForSessionHandle(
    sessionHandle: string,
    overrideGlobalClaimValidators?: (
      globalClaimValidators: readonly ClaimValidator[],
    ) => readonly ClaimValidator[] | Promise<readonly ClaimValidator[]>,
  ): Promise<readonly ClaimValidationError[]>
}
