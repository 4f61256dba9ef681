/**
 * What an app needs to go on with a sign-in that wants another step. A provider whose server says more
 * adds it to this type, by declaration merging.
 */
export interface RequiredStep {
  /** The server's code for it. */
  readonly step: string
  readonly email?: string | undefined
  /** The organizations to choose from. */
  readonly organizations?: readonly { readonly id: string; readonly name: string }[] | undefined
  /** Where the server wants the browser to go. */
  readonly redirectUrl?: string | undefined
  /**
   * Whether the refresh that met it has spent its token: nobody sends that any more, and only the step
   * itself or another sign-in brings the next one.
   */
  readonly spent?: boolean | undefined
}

/** Why a request was refused, as far as the server says more than its code. */
export interface RefusalDetails {
  readonly reasons?: readonly string[] | undefined
}

/** Every way an operation can fail, with what is known beyond the code. */
export interface AuthErrorDetails {
  /** There is no token to refresh with, or the answer came without a session. */
  session_missing: undefined
  /** The server's definite word: this refresh token is worth nothing any more. */
  refresh_rejected: undefined
  /** No answer: offline, refused, reset, blocked. */
  network: undefined
  /** No answer in time. */
  timeout: undefined
  /** 429. */
  rate_limited: undefined
  /** 408, 409, 425 or 5xx: worth another try. */
  server_error: undefined
  /** An answer that is not what the protocol promises: a gateway's page, half a session. */
  bad_response: undefined
  /** Wrong password, code or link. */
  invalid_credentials: undefined
  /** The server refused the request; `serverCode` says why. */
  rejected: RefusalDetails | undefined
  /** The server wants another step before it gives a session, such as SSO. */
  step_required: RequiredStep
  /** Nobody used the session for as long as `timeouts` allows. */
  idle_timeout: undefined
  /** The session has lasted as long as `timeouts` allows. */
  absolute_timeout: undefined
  /** Another sign-in or sign-out came in between, so this result was not made current. */
  superseded: undefined
  /** Storage failed, hung or is blocked. */
  storage: undefined
  /** The caller's signal aborted the wait; `cause` is its reason. */
  aborted: undefined
  /** The client was disposed of. */
  disposed: undefined
  /** The call or the configuration is wrong and will never work. */
  invalid_argument: undefined
}

/** The closed union of error codes. */
export type AuthErrorCode = keyof AuthErrorDetails

/** Every code, and whether the same call may succeed later unless the error says otherwise. */
const RETRYABLE: Readonly<Record<AuthErrorCode, boolean>> = {
  session_missing: false,
  refresh_rejected: false,
  network: true,
  timeout: true,
  rate_limited: true,
  server_error: true,
  bad_response: true,
  invalid_credentials: false,
  rejected: false,
  step_required: false,
  idle_timeout: false,
  absolute_timeout: false,
  superseded: false,
  storage: true,
  aborted: false,
  disposed: false,
  invalid_argument: false,
}

/** Whether a text is one of the codes. */
export const isAuthErrorCode = (text: string): text is AuthErrorCode =>
  Object.hasOwn(RETRYABLE, text)

/** What an `AuthError` may carry besides its message. */
export interface AuthErrorOptions<Code extends AuthErrorCode = AuthErrorCode> {
  /** Whether the same call may succeed later. Default: as the code suggests. */
  readonly retryable?: boolean | undefined
  readonly status?: number | undefined
  /** Milliseconds the server asked to wait. */
  readonly retryAfter?: number | undefined
  /** The server's own code for it. */
  readonly serverCode?: string | undefined
  readonly cause?: unknown
  readonly details?: AuthErrorDetails[Code] | undefined
}

/** The one error that Holdfast throws. Narrow it with {@link isAuthError}. */
export class AuthError<Code extends AuthErrorCode = AuthErrorCode> extends Error {
  /** Tells this class apart from others of its name, also across realms and copies. */
  readonly library = 'holdfast'
  readonly code: Code
  readonly retryable: boolean
  readonly status: number | undefined
  /** Milliseconds the server asked to wait. */
  readonly retryAfter: number | undefined
  readonly serverCode: string | undefined
  readonly details: AuthErrorDetails[Code] | undefined

  constructor(code: Code, message: string, options: AuthErrorOptions<Code> = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AuthError'
    this.code = code
    this.retryable = options.retryable ?? RETRYABLE[code]
    this.status = options.status
    this.retryAfter = options.retryAfter && Math.ceil(options.retryAfter)
    this.serverCode = options.serverCode
    this.details = options.details
  }
}

/** Thrown when there is no token to refresh with, or a refresh comes back without a session. */
export class AuthSessionMissingError extends AuthError<'session_missing'> {
  constructor(
    message = 'There is no session to refresh: sign in first, or pass a refresh token.',
    options: AuthErrorOptions<'session_missing'> = {},
  ) {
    super('session_missing', message, options)
    this.name = 'AuthSessionMissingError'
  }
}

/** An `AuthError` of any code: switching on `code` narrows `details`. */
export type AnyAuthError = { [Code in AuthErrorCode]: AuthError<Code> }[AuthErrorCode]

/**
 * Whether `error` is an `AuthError`, of this realm or another copy, and of `code` if given.
 * @example
 * ```ts
 * import { isAuthError } from 'holdfast'
 *
 * try {
 *   await auth.signIn({ email, password })
 * } catch (error) {
 *   if (!isAuthError(error, 'invalid_credentials')) throw error
 *   alert('This address and password do not go together.')
 * }
 * ```
 */
export function isAuthError(error: unknown): error is AnyAuthError
export function isAuthError<Code extends AuthErrorCode>(
  error: unknown,
  code: Code,
): error is AuthError<Code>
export function isAuthError(error: unknown, code?: AuthErrorCode): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'library' in error &&
    error.library === 'holdfast' &&
    (code === undefined || ('code' in error && error.code === code))
  )
}

/**
 * Whether `error` says that there is no session to refresh.
 * @example
 * ```ts
 * import { isAuthSessionMissingError } from 'holdfast'
 *
 * try {
 *   await auth.refreshSession()
 * } catch (error) {
 *   if (!isAuthSessionMissingError(error)) throw error
 *   location.href = '/sign-in'
 * }
 * ```
 */
export function isAuthSessionMissingError(error: unknown): error is AuthSessionMissingError {
  return isAuthError(error, 'session_missing')
}

/** Whether the same call may succeed later. */
export function isRetryableAuthError(error: unknown): error is AnyAuthError {
  return isAuthError(error) && error.retryable
}
