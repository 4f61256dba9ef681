/** Why a password is too weak. */
export type WeakPasswordReasons = 'length' | 'characters' | 'pwned'

/** What an error is as JSON. */
export interface AuthErrorJson {
  name: string
  message: string
  status: number | undefined
  code: string | undefined
}

/**
 * Any failure, as auth-js names them. `status` is the answer's, or what auth-js puts there; `code` the
 * server's word. `cause` is the error of Holdfast behind it, where there is one.
 */
export class AuthError extends Error {
  code: string | undefined
  status: number | undefined

  constructor(message: string, status?: number, code?: string) {
    super(message)
    this.name = 'AuthError'
    this.status = status
    this.code = code
    // By this the guards of both libraries know each other's errors.
    Object.assign(this, { __isAuthError: true })
  }

  toJSON(): AuthErrorJson {
    const { name, message, status, code } = this
    return { name, message, status, code }
  }
}

/** An error whose class says what happened. */
export class CustomAuthError extends AuthError {
  constructor(message: string, name: string, status?: number, code?: string) {
    super(message, status, code)
    this.name = name
  }
}

/** The server refused. */
export class AuthApiError extends AuthError {
  declare status: number

  constructor(message: string, status: number, code?: string) {
    super(message, status, code)
    this.name = 'AuthApiError'
  }
}

/** Something failed that has no name; `originalError` is what it was. */
export class AuthUnknownError extends AuthError {
  originalError: unknown

  constructor(message: string, originalError: unknown) {
    super(message)
    this.name = 'AuthUnknownError'
    this.originalError = originalError
  }
}

/** Nobody is signed in. */
export class AuthSessionMissingError extends CustomAuthError {
  constructor() {
    super('Auth session missing!', 'AuthSessionMissingError', 400)
  }
}

/** The answer holds no session, or nobody that it is of. */
export class AuthInvalidTokenResponseError extends CustomAuthError {
  constructor() {
    super('Auth session or user missing', 'AuthInvalidTokenResponseError', 500)
  }
}

/** The call is wrong: what it needs is missing. */
export class AuthInvalidCredentialsError extends CustomAuthError {
  constructor(message: string) {
    super(message, 'AuthInvalidCredentialsError', 400)
  }
}

/** This browser did not begin the sign-in whose code it has. */
export class AuthPKCECodeVerifierMissingError extends CustomAuthError {
  constructor() {
    super(
      'No PKCE code verifier is stored here: open the link in the browser in which it was asked for.',
      'AuthPKCECodeVerifierMissingError',
      400,
      'pkce_code_verifier_not_found',
    )
  }
}

/** The server could not be reached (`status` 0) or cannot answer now: the same call may succeed later. */
export class AuthRetryableFetchError extends CustomAuthError {
  declare status: number

  constructor(message: string, status: number) {
    super(message, 'AuthRetryableFetchError', status)
  }
}

/** Another sign-in or sign-out came in between. */
export class AuthRefreshDiscardedError extends CustomAuthError {
  constructor(message = 'The session changed meanwhile: the result was not made current.') {
    super(message, 'AuthRefreshDiscardedError', 409)
  }
}

/** The password is too weak; `reasons` as the server gives them. */
export class AuthWeakPasswordError extends CustomAuthError {
  reasons: WeakPasswordReasons[]

  constructor(message: string, status: number, reasons: WeakPasswordReasons[]) {
    super(message, 'AuthWeakPasswordError', status, 'weak_password')
    this.reasons = reasons
  }

  override toJSON(): AuthErrorJson & { reasons: WeakPasswordReasons[] } {
    return { ...super.toJSON(), reasons: this.reasons }
  }
}
