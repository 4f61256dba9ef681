import { isAuthError } from '../../core/errors.js'
import { applyCookies } from '../requests/apply-session.js'
import { refuse } from './answers.js'
import { problemOfSignIn } from './problems.js'
import type { BackendOptions, Call } from './types.js'

/** Answers a sign-in that failed, whose browser is to see a page. @throws what is no AuthError. */
export type FailSignIn = (
  call: Pick<Call, 'request'>,
  error: unknown,
  setCookies?: readonly string[],
) => Promise<Response>

/** Makes the answers to sign-ins that failed: the app's own, or the error as JSON. */
export const createSignInFailure =
  ({ onSignInError }: Pick<BackendOptions, 'onSignInError'>): FailSignIn =>
  async ({ request }, error, setCookies = []) => {
    if (!isAuthError(error)) throw error
    if (!onSignInError) return refuse(problemOfSignIn(error), setCookies)
    const made = await onSignInError(error, request)
    // The headers of some responses cannot be changed, those of `Response.redirect` for one.
    const response = new Response(made.body, made)
    applyCookies(response.headers, setCookies)
    return response
  }
