import { AuthError, isAuthError } from '../../core/errors.js'
import { type SealedData, sessionJson, withoutUserData } from './session-data.js'

/** The step that a session waits for whose refresh token is spent on it; another sign-in is the way. */
export const stepError = (step: string): AuthError =>
  new AuthError('step_required', 'The server wants another step first: sign in again.', {
    serverCode: step,
    details: { step, spent: true },
  })

/** The step that has spent the refresh token of an exchange, if that is why it failed. */
export function spentOn(error: unknown): string | undefined {
  const details = isAuthError(error, 'step_required') ? error.details : undefined
  return details?.spent === true ? details.step : undefined
}

/** The JSON of a session that must be kept, whatever somebody has put into their own data. */
export function keptJson(data: SealedData): string {
  try {
    return sessionJson(data)
  } catch {
    return sessionJson(withoutUserData(data))
  }
}
