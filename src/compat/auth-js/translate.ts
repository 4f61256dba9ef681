import { type AnyAuthError, isAuthError as isHoldfastError } from '../../core/errors.js'
import type { SignInResult } from '../../core/provider.js'
import type { Session as HoldfastSession } from '../../core/session.js'
import { isWeakPassword } from '../../providers/gotrue/errors.js'
import type { GoTrueUser } from '../../providers/gotrue/types.js'
import { snakeCase } from '../../providers/shared/json.js'
import { numberOf, positive, readClaims } from '../../providers/shared/jwt.js'
import {
  AuthApiError,
  type AuthError,
  AuthInvalidCredentialsError,
  AuthInvalidTokenResponseError,
  AuthPKCECodeVerifierMissingError,
  AuthRefreshDiscardedError,
  AuthRetryableFetchError,
  AuthSessionMissingError,
  AuthUnknownError,
  AuthWeakPasswordError,
  type WeakPasswordReasons,
} from './errors.js'
import { isAuthError } from './guards.js'
import type { Session, User } from './types.js'

/** A user under the server's own names; what it did not say and auth-js promises is empty. */
export function toUser(user: GoTrueUser): User {
  const named = Object.entries(user).map(([name, field]) => [snakeCase(name), field])
  const blank = { app_metadata: {}, user_metadata: {}, aud: '', created_at: '' }
  return { ...blank, ...Object.fromEntries(named), id: user.id }
}

/** A session with auth-js's names and seconds. */
export function toSession(session: HoldfastSession<GoTrueUser>): Session {
  const { accessToken, refreshToken, expiresAt, user, extras } = session
  const claims = readClaims(accessToken)
  const end = Math.floor(expiresAt / 1000)
  const life = positive(numberOf(claims?.exp) - numberOf(claims?.iat))
  return {
    ...extras,
    access_token: accessToken,
    refresh_token: refreshToken ?? '',
    expires_in: life ?? Math.max(0, end - Math.floor(Date.now() / 1000)),
    expires_at: end,
    token_type: 'bearer',
    user: toUser(user ?? { id: '' }),
  }
}

/** What a sign-in of Holdfast brings. */
export type Result = SignInResult<GoTrueUser>

/** What a sign-in brought, in auth-js's names. */
export const toResult = ({
  session,
  user,
}: Result): { user: User | null; session: Session | null } => ({
  user: user && toUser(user),
  session: session && toSession(session),
})

const isReason = (text: string): text is WeakPasswordReasons =>
  ['length', 'characters', 'pwned'].includes(text)

function translate(error: AnyAuthError, refresh: boolean): AuthError {
  const { code, message, status, serverCode } = error
  // The server refused the token of a call, and then to replace it. auth-js hears of the call itself.
  const isLost = code === 'refresh_rejected' && !refresh
  const isMissing = code === 'session_missing' || serverCode === 'session_not_found'
  if (isMissing || (isLost && serverCode !== 'user_banned')) return new AuthSessionMissingError()
  if (isWeakPassword(error)) {
    const reasons = error.details?.reasons ?? []
    return new AuthWeakPasswordError(message, status ?? 422, reasons.filter(isReason))
  }
  if (code === 'network' || code === 'timeout') return new AuthRetryableFetchError(message, 0)
  if (code === 'superseded') return new AuthRefreshDiscardedError()
  if (code === 'invalid_argument') return new AuthInvalidCredentialsError(message)
  if (status === undefined) {
    if (code === 'invalid_credentials') return new AuthPKCECodeVerifierMissingError()
    if (code === 'bad_response') return new AuthInvalidTokenResponseError()
    return new AuthUnknownError(message, error)
  }
  // A page instead of an answer, of a captive portal say, tells nothing of the server.
  if (status < 400) return new AuthRetryableFetchError(message, 0)
  if (status >= 500) return new AuthRetryableFetchError(message, status)
  return new AuthApiError(message, isLost ? 403 : status, serverCode)
}

/**
 * The error of auth-js that says the same; Holdfast's own is its `cause`. `refresh`: of a call that is one
 * itself.
 */
export function toAuthError(cause: unknown, refresh = false): AuthError {
  if (isAuthError(cause)) return cause
  if (!isHoldfastError(cause)) {
    return new AuthUnknownError(cause instanceof Error ? cause.message : String(cause), cause)
  }
  const error = translate(cause, refresh)
  error.cause = cause
  return error
}

/** Whether a sign-out found nothing to end: auth-js takes these answers for done. */
export const isOver = (cause: unknown): boolean =>
  isHoldfastError(cause) &&
  (cause.code === 'session_missing' ||
    cause.code === 'refresh_rejected' ||
    (cause.code === 'rejected' && [401, 403, 404].includes(cause.status ?? 0)))
