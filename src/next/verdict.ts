import { AuthError } from '../core/errors.js'
import type { RefreshFailure } from '../server/sealed/results.js'
import { codeOf, isTransientReason, type TransientReason } from '../server/shared/failure-words.js'

/**
 * The request header by which the proxy tells the readers of a request what it found: `known`,
 * `nobody`, or why nobody can tell at the moment. One that comes from outside is dropped.
 */
export const VERDICT_HEADER = 'x-holdfast-session'
/** The request header by which readers know which page was asked for. */
export const PATH_HEADER = 'x-holdfast-path'

const KNOWN = 'known'
const NOBODY = 'nobody'

function transient(reason: TransientReason, retryAfter?: number): AuthError {
  const message = 'Nobody can tell at the moment whether somebody is signed in. Try again.'
  return new AuthError(codeOf(reason), message, { retryable: true, retryAfter })
}

/** Why there is no session, as an error. */
export function toAuthError(failure: RefreshFailure): AuthError {
  if (failure.error) return failure.error
  if (failure.retryable) return transient(failure.reason, failure.retryAfter)
  return new AuthError('refresh_rejected', 'The session has ended.')
}

/** What the proxy tells: `null` for somebody who is signed in. */
export function writeVerdict(failure: RefreshFailure | null): string {
  if (!failure) return KNOWN
  if (!failure.retryable) return NOBODY
  return `${failure.reason} ${failure.retryAfter ?? ''}`.trim()
}

/**
 * What the proxy told of a session that is due: `null` that it is nobody's, nothing when it was not asked. Somebody whose
 * token has died since the proxy looked, as in an outage, is not signed out: the next request refreshes it.
 */
export function readVerdict(header: string | null): AuthError | null | undefined {
  if (header === null) return undefined
  if (header === KNOWN) return transient('server_error')
  const [reason = '', wait] = header.split(' ')
  if (!isTransientReason(reason)) return null
  return transient(reason, Number(wait) > 0 ? Number(wait) : undefined)
}
