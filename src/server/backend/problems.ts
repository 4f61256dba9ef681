import { type AuthError, type AuthErrorCode, isAuthError } from '../../core/errors.js'
import type { RequiredStep } from '../../providers/shared/steps.js'
import type { RefreshFailure } from '../sealed/results.js'
import type { Problem } from './answers.js'

/** How long to leave a server alone that did not say how long, in ms. */
const WAIT = 1_000

/** For people, while nothing is known. */
export const CANNOT_TELL =
  'Whether somebody is signed in cannot be told now: try again in a moment.'

/** Nothing is known now: the page keeps what it has, and asks again. */
const unavailable = (reason: string, retryAfter = WAIT): Problem => ({
  status: 503,
  code: 'unavailable',
  message: CANNOT_TELL,
  serverCode: reason,
  retryAfter,
})

function stepOf(error: AuthError<'step_required'>): Problem {
  // The pending token is worth something with this server's secret only, which pages have not.
  const step: RequiredStep = error.details ?? { step: error.code }
  const { pendingAuthenticationToken: _, ...details } = step
  const { code, message, serverCode } = error
  return { status: 403, code, message, serverCode, details }
}

/** Why a request has no session, or no new one. */
export function problemOf(failure: RefreshFailure | null): Problem {
  if (failure?.retryable) return unavailable(failure.reason, failure.retryAfter)
  const { reason = 'no_session_cookie_provided', error } = failure ?? {}
  if (isAuthError(error, 'step_required')) return stepOf(error)
  if (error?.code === 'rejected') {
    const { code, message, serverCode = reason } = error
    return { status: 403, code, message, serverCode }
  }
  return {
    status: 401,
    code: 'session_missing',
    message: error?.message ?? 'Nobody is signed in.',
    serverCode: reason,
  }
}

const BAD_REQUESTS: readonly AuthErrorCode[] = [
  'invalid_credentials',
  'invalid_argument',
  'rejected',
]

/** Why a sign-in did not succeed. */
export function problemOfSignIn(error: AuthError): Problem {
  const { code, message, serverCode, retryAfter, retryable } = error
  if (isAuthError(error, 'step_required')) return stepOf(error)
  if (code === 'rate_limited') return { status: 429, code, message, serverCode, retryAfter }
  if (retryable) return { status: 503, code, message, serverCode, retryAfter: retryAfter ?? WAIT }
  return { status: BAD_REQUESTS.includes(code) ? 400 : 500, code, message, serverCode }
}
