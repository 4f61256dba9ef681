import {
  AuthError,
  type AuthErrorCode,
  type AuthErrorOptions,
  isAuthError,
} from '../../core/errors.js'

/** What can go wrong with a session of SuperTokens, and the numbers of its first SDKs. */
export const SUPERTOKENS_ERRORS = {
  /** Nothing is known about the session: an outage, a mistake in the configuration. */
  GENERAL_ERROR: 1000,
  /** The session is over. */
  UNAUTHORISED: 2000,
  /** The access token is no longer good; the refresh token tells the rest. */
  TRY_REFRESH_TOKEN: 3000,
  /** A refresh token came that had been replaced: two parties have this session. */
  TOKEN_THEFT_DETECTED: 4000,
  /** The session goes on, but its claims do not allow this request. No SDK ever had a number for it. */
  INVALID_CLAIMS: 5000,
} as const

/** The kinds of {@link SuperTokensError}. */
export type SuperTokensErrorType = keyof typeof SUPERTOKENS_ERRORS

/** What the functions for SuperTokens throw. Narrow it with {@link isSuperTokensError}. */
export class SuperTokensError<
  Type extends SuperTokensErrorType = SuperTokensErrorType,
> extends AuthError {
  readonly type: Type
  /** The number of `type`: 1000 to 5000. */
  readonly errType: (typeof SUPERTOKENS_ERRORS)[Type]

  constructor(type: Type, message: string, options: SuperTokensErrorOptions) {
    super(options.code, message, options)
    this.name = 'SuperTokensError'
    this.type = type
    this.errType = SUPERTOKENS_ERRORS[type]
  }
}

/** What a `SuperTokensError` says besides its type and message. */
export interface SuperTokensErrorOptions extends AuthErrorOptions {
  readonly code: AuthErrorCode
}

/** Nothing is known about the session: `code` says what failed. Nobody is signed out by it. */
export class GeneralError extends SuperTokensError<'GENERAL_ERROR'> {
  constructor(message: string, options: SuperTokensErrorOptions) {
    super('GENERAL_ERROR', message, options)
  }
}

/** The session is over, or was never there: then `code` is `session_missing`. */
export class UnauthorisedError extends SuperTokensError<'UNAUTHORISED'> {
  constructor(message: string, options: Partial<SuperTokensErrorOptions> = {}) {
    super('UNAUTHORISED', message, { code: 'refresh_rejected', ...options })
  }
}

/** The access token is no longer good. `code` is `rejected`. */
export class TryRefreshTokenError extends SuperTokensError<'TRY_REFRESH_TOKEN'> {
  constructor(message: string, options: Partial<SuperTokensErrorOptions> = {}) {
    super('TRY_REFRESH_TOKEN', message, { code: 'rejected', ...options })
  }
}

/** Whose session two parties have. */
export interface StolenSession {
  readonly sessionHandle: string
  readonly userId: string
}

/** A refresh token came that had been replaced. `code` is `refresh_rejected`. */
export class TokenTheftDetectedError extends SuperTokensError<'TOKEN_THEFT_DETECTED'> {
  readonly sessionHandle: string
  readonly userId: string

  constructor({ sessionHandle, userId }: StolenSession) {
    const message = 'A refresh token was used that had been replaced.'
    super('TOKEN_THEFT_DETECTED', message, { code: 'refresh_rejected' })
    this.sessionHandle = sessionHandle
    this.userId = userId
  }
}

/** Which validator refused a session, and why, as front ends of SuperTokens read it. */
export interface ClaimValidationError {
  readonly id: string
  /** What JSON can hold. */
  readonly reason?: unknown
}

/** What a session claims does not allow the request. `code` is `rejected`. */
export class InvalidClaimsError extends SuperTokensError<'INVALID_CLAIMS'> {
  readonly claimValidationErrors: readonly ClaimValidationError[]

  constructor(claimValidationErrors: readonly ClaimValidationError[]) {
    const ids = claimValidationErrors.map(({ id }) => `\`${id}\``)
    super('INVALID_CLAIMS', `The session lacks what is asked for: ${ids.join(', ')}.`, {
      code: 'rejected',
    })
    this.claimValidationErrors = claimValidationErrors
  }
}

/**
 * Whether `error` came from the functions for SuperTokens, of this copy of the package or another.
 * @example
 * ```ts
 * import { isSuperTokensError } from 'holdfast/server/supertokens'
 *
 * await superTokens.refreshSession(token).catch((error) => {
 *   if (!isSuperTokensError(error, 'UNAUTHORISED')) throw error
 * })
 * ```
 */
export function isSuperTokensError(error: unknown): error is SuperTokensError
export function isSuperTokensError(
  error: unknown,
  type: 'TOKEN_THEFT_DETECTED',
): error is TokenTheftDetectedError
export function isSuperTokensError(
  error: unknown,
  type: 'INVALID_CLAIMS',
): error is InvalidClaimsError
export function isSuperTokensError<Type extends SuperTokensErrorType>(
  error: unknown,
  type: Type,
): error is SuperTokensError<Type>
export function isSuperTokensError(error: unknown, type?: SuperTokensErrorType): boolean {
  return (
    isAuthError(error) &&
    'type' in error &&
    String(error.type) in SUPERTOKENS_ERRORS &&
    (type === undefined || error.type === type)
  )
}
