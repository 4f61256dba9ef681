import { type AuthErrorCode, isAuthError } from '../../core/errors.js'
import { withinTime } from '../shared/time-limit.js'
import { GeneralError, isSuperTokensError, type SuperTokensError } from './errors.js'

/** Codes that say that a session is over. Nothing but the core's own word may. */
const FINAL: readonly AuthErrorCode[] = ['refresh_rejected', 'session_missing']

/**
 * Any failure as one of SuperTokens. What is none was not the core's word about a session: a
 * timeout, another process's failure, a mistake in this code.
 */
export function toSuperTokensError(error: unknown): SuperTokensError {
  if (isSuperTokensError(error)) return error
  if (!isAuthError(error)) {
    // It is not kept as the cause: nobody knows what may be in it.
    const kind = error instanceof Error ? error.name : typeof error
    return new GeneralError(`Something unexpected failed (${kind}).`, { code: 'server_error' })
  }
  const { message, retryable, status, retryAfter, serverCode } = error
  const code = FINAL.includes(error.code) ? 'server_error' : error.code
  return new GeneralError(message, { code, retryable, status, retryAfter, serverCode })
}

/** Runs `work` for so many ms. @throws SuperTokensError and nothing else. */
export async function guarded<T>(limit: number, work: () => Promise<T>): Promise<T> {
  try {
    return await withinTime(limit, work)
  } catch (error) {
    throw toSuperTokensError(error)
  }
}
