import { isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { applyCookies } from '../requests/apply-session.js'
import { refuse } from './answers.js'
import { problemOfSignIn } from './problems.js'
import type { BackendOptions, Call } from './types.js'

/** Answers a sign-in that failed. @throws what is no AuthError: a fault of this server. */
export type FailSignIn = (
  call: Pick<Call, 'request'>,
  error: unknown,
  setCookies?: readonly string[],
) => Promise<Response>

/** Makes the answer to sign-ins that failed: the app's, or the error as JSON. */
export function createSignInFailure<User extends SessionUser>({
  onSignInError,
}: Pick<BackendOptions<User>, 'onSignInError'>): FailSignIn {
  return async ({ request }, error, setCookies = []) => {
    if (!isAuthError(error)) throw error
    if (!onSignInError) return refuse(problemOfSignIn(error), setCookies)
    const made = await onSignInError(error, request)
    // The headers of some responses cannot be changed, those of `Response.redirect` for one.
    const response = new Response(made.body, made)
    applyCookies(response.headers, setCookies)
    return response
  }
}
