import { AuthError } from '../core/errors.js'

/** Whose session could not be refreshed, as far as that is known. */
export interface RefreshSubject {
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
}

/**
 * Thrown when a session could not be refreshed, or not told for certain. `code`, `serverCode`,
 * `status`, `retryAfter` and `details` are those of its `cause`; the message names the server's
 * code, such as `sso_required`.
 */
export class TokenRefreshError extends AuthError {
  /** Whether the session is still there, and the same call may succeed later. */
  readonly isTransient: boolean
  readonly userId: string | undefined
  readonly sessionId: string | undefined

  constructor(cause: AuthError, subject: RefreshSubject = {}) {
    const { code, message, retryable, status, retryAfter, serverCode, details } = cause
    const options = { retryable, status, retryAfter, serverCode, cause, details }
    super(code, `Failed to refresh session: ${serverCode ?? code}: ${message}`, options)
    this.name = 'TokenRefreshError'
    this.isTransient = retryable
    this.userId = subject.userId
    this.sessionId = subject.sessionId
  }
}
