import type {
  AuthApiError,
  AuthError,
  AuthPKCECodeVerifierMissingError,
  AuthRefreshDiscardedError,
  AuthRetryableFetchError,
  AuthSessionMissingError,
  AuthWeakPasswordError,
} from './errors.js'
import type { AuthImplicitGrantRedirectError } from './redirect-errors.js'

/** Whether this is an error of auth: of this package, or of auth-js itself. */
export const isAuthError = (error: unknown): error is AuthError =>
  typeof error === 'object' && error !== null && '__isAuthError' in error

const named = (error: unknown, name: string): boolean => isAuthError(error) && error.name === name

/**
 * Whether the server refused.
 * @example
 * ```ts
 * import { AuthClient, isAuthApiError } from 'holdfast/compat/auth-js'
 *
 * const auth = new AuthClient({ url: 'https://project.example/auth/v1', headers: { apikey } })
 * const { error } = await auth.signInWithPassword({ email, password })
 * if (isAuthApiError(error)) alert(error.code)
 * ```
 */
export const isAuthApiError = (error: unknown): error is AuthApiError =>
  named(error, 'AuthApiError')

/** Whether nobody is signed in. */
export const isAuthSessionMissingError = (error: unknown): error is AuthSessionMissingError =>
  named(error, 'AuthSessionMissingError')

/** Whether the same call may succeed later. */
export const isAuthRetryableFetchError = (error: unknown): error is AuthRetryableFetchError =>
  named(error, 'AuthRetryableFetchError')

/** Whether the password is too weak. */
export const isAuthWeakPasswordError = (error: unknown): error is AuthWeakPasswordError =>
  named(error, 'AuthWeakPasswordError')

/** Whether a redirect brought the failure. */
export const isAuthImplicitGrantRedirectError = (
  error: unknown,
): error is AuthImplicitGrantRedirectError => named(error, 'AuthImplicitGrantRedirectError')

/** Whether this browser did not begin the sign-in whose code it has. */
export const isAuthPKCECodeVerifierMissingError = (
  error: unknown,
): error is AuthPKCECodeVerifierMissingError => named(error, 'AuthPKCECodeVerifierMissingError')

/** Whether another sign-in or sign-out came in between. */
export const isAuthRefreshDiscardedError = (error: unknown): error is AuthRefreshDiscardedError =>
  named(error, 'AuthRefreshDiscardedError')
