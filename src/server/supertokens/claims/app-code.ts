import { isAuthError } from '../../../core/errors.js'
import { withinTime } from '../../shared/time-limit.js'
import { GeneralError } from '../errors.js'

/** What code of the app is about, for messages: it changes while that runs. */
export interface Step {
  name: string
}

function failed(name: string, cause: unknown): GeneralError {
  if (isAuthError(cause, 'timeout')) {
    return new GeneralError(`${name} took too long.`, { code: 'timeout' })
  }
  const kind = cause instanceof Error ? cause.name : typeof cause
  return new GeneralError(`${name} failed (${kind}).`, { code: 'server_error', cause })
}

/**
 * Runs code of the app for so many ms. Whatever it throws says nothing of the session: nobody is
 * signed out by it, and nobody let in.
 * @throws SuperTokensError `GENERAL_ERROR` and nothing else: `timeout`, or `server_error` with what it
 * threw as the cause.
 */
export async function runAppCode<T>(
  limit: number,
  step: Step,
  work: () => T | Promise<T>,
): Promise<T> {
  // What is thrown inside is told from a time limit outside by this.
  let thrown: { readonly cause: unknown } | undefined
  try {
    return await withinTime(limit, async () => {
      try {
        return await work()
      } catch (cause) {
        thrown = { cause }
        throw cause
      }
    })
  } catch (late) {
    if (thrown?.cause instanceof GeneralError) throw thrown.cause
    throw failed(step.name, thrown ? thrown.cause : late)
  }
}
