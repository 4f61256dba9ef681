import { AuthError, type AuthErrorCode, type RequiredStep } from '../../core/errors.js'
import type { HttpAnswer } from '../shared/http.js'
import { asObject, text, texts } from '../shared/json.js'
import { toPassing } from '../shared/passing.js'
import { readOrganizations, readPageUrl } from '../shared/steps.js'

/** The server's definite word about a refresh token, whether exchanged, expired or ended. */
const TERMINAL = 'invalid_grant'

/** What the server wants before it gives a session (WorkOS's "Authentication errors"). */
const STEPS =
  /^(mfa_(enrollment|challenge|verification)|radar_\w+|(sso|email_verification|organization_selection|organization_authentication_methods|application_consent)_required)$/

const CREDENTIALS = /^invalid_(grant|credentials|one_time_code|pending_authentication_token)$/

/** Refusals of the organization that was asked for: asking again does not help. */
const ORGANIZATION = /organization|authentication_method/

function classify(status: number, word: string | undefined, refresh: boolean): AuthErrorCode {
  if (word === undefined || status < 400) return 'bad_response'
  if (STEPS.test(word)) return 'step_required'
  if (refresh) return word === TERMINAL ? 'refresh_rejected' : 'rejected'
  return CREDENTIALS.test(word) ? 'invalid_credentials' : 'rejected'
}

const stepOf = (step: string, fields: Readonly<Record<string, unknown>>): RequiredStep => ({
  step,
  pendingAuthenticationToken: text(fields.pending_authentication_token),
  email: text(fields.email) ?? text(asObject(fields.user)?.email),
  organizations: readOrganizations(fields.organizations),
  connectionIds: texts(fields.connection_ids ?? fields.sso_connection_ids),
  redirectUrl: readPageUrl(fields.authkit_redirect_url),
})

/**
 * The error that a refusal of WorkOS is. It has two envelopes, `{ error, error_description }` and
 * `{ code, message }`, and `error` may hold either. For a `refresh` only `invalid_grant` ends the
 * session; what is neither that nor about an organization may pass.
 */
export function toError(answer: HttpAnswer, refresh: boolean): AuthError {
  const { status, body, retryAfter } = answer
  const outer = asObject(body) ?? {}
  const fields = { ...outer, ...asObject(outer.error) }
  const words = [fields.code, fields.error].flatMap((word) => text(word) ?? [])
  const serverCode = words.find((word) => word === TERMINAL || STEPS.test(word)) ?? words[0]
  const message = text(fields.error_description) ?? text(fields.message)
  const passing = toPassing(answer, { message, serverCode })
  if (passing) return passing
  // Words without a code are the server's too, but no definite ones.
  const code = classify(status, serverCode ?? (message && ''), refresh)
  const options = { status, serverCode, retryAfter }
  if (code === 'step_required') {
    const details = stepOf(serverCode ?? '', fields)
    return new AuthError(code, message ?? 'Another step is needed.', { ...options, details })
  }
  const mayPass = refresh && code === 'rejected' && !ORGANIZATION.test(serverCode ?? '')
  return new AuthError(code, message ?? 'No reason given.', {
    ...options,
    ...(mayPass && { retryable: true }),
  })
}
