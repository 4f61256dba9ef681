import { AuthError, type AuthErrorCode, isAuthError } from '../../core/errors.js'
import type { HttpAnswer, HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { toPassing } from '../shared/passing.js'
import type { GoTrueOptions } from './types.js'

/** The server's definite words about a refresh token (GoTrue 2.196, token_refresh.go). */
const TERMINAL: readonly string[] = [
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_banned',
  'validation_failed',
]

/** The words by which an access token is refused for good (GoTrue 2.196, auth.go). */
const DEAD: readonly string[] = ['bad_jwt', 'session_not_found', 'user_not_found', 'user_banned']

const CREDENTIALS: readonly string[] = [
  'invalid_grant',
  'invalid_credentials',
  'otp_expired',
  'bad_code_verifier',
  'flow_state_not_found',
  'flow_state_expired',
  'mfa_verification_failed',
  'mfa_challenge_expired',
]

/** The word by which a password is refused that is too weak (GoTrue 2.196, apierrors/errorcode.go). */
const WEAK = 'weak_password'

/** Limits that tell their seconds in words only, as "… after 59 seconds."; before v2.164.0 without a code. */
const SENDING = /^(over_(email|sms)_send_rate_limit)?$/

const OAUTH_CLIENT =
  'This session belongs to an OAuth client: it is refreshed at /oauth/token, with a client id.'

/** What a refusal says, in the words of all versions. */
interface Refusal {
  /** With the API version `code` is it, without it `error_code`. */
  readonly word: string | undefined
  /** Of OAuth style (RFC 6749 §5.2): all that there was before v2.164.0. */
  readonly oauth: string | undefined
  /** Whether it has no word, but the form of all other refusals before v2.164.0. */
  readonly wordless: boolean
  readonly message: string | undefined
  /** Why a password is too weak. */
  readonly reasons: unknown
}

function read(body: unknown): Refusal {
  const { error_code, code, error, message, msg, error_description, weak_password } =
    asObject(body) ?? {}
  const { reasons } = asObject(weak_password) ?? {}
  return {
    // Weak passwords had their reasons before there were codes.
    word: text(error_code) ?? text(code) ?? (reasons ? WEAK : undefined),
    reasons,
    oauth: text(error),
    wordless: typeof code === 'number' && text(msg) !== undefined,
    message: text(message) ?? text(msg) ?? text(error_description),
  }
}

/** Whether this is the server's definite word about a refresh token. */
const isDefinite = ({ word, oauth }: Refusal): boolean =>
  word === undefined ? oauth === 'invalid_grant' : TERMINAL.includes(word)

const isRefresh = ({ query }: HttpRequest): boolean => query?.grant_type === 'refresh_token'

/**
 * Whether what was shown is to blame for a refusal that has no word: the verifier of a flow, the code or
 * secret of a message (401, 403 and 404; 400 and 422 are about the request), or the code of a second
 * factor (400 and 422; 401 and 403 are about the token).
 */
const isProof = ({ path, query, token }: HttpRequest, status: number): boolean =>
  query?.grant_type === 'pkce' ||
  (path.endsWith('/verify') && [400, 422].includes(status) === Boolean(token))

function classify(status: number, refusal: Refusal, request: HttpRequest): AuthErrorCode {
  const word = refusal.word ?? refusal.oauth
  if (status < 400) return 'bad_response'
  if (!word && !refusal.wordless) return 'bad_response'
  if (!word) return isProof(request, status) ? 'invalid_credentials' : 'rejected'
  if (isRefresh(request)) return isDefinite(refusal) ? 'refresh_rejected' : 'rejected'
  if (word === 'insufficient_aal') return 'step_required'
  return CREDENTIALS.includes(word) ? 'invalid_credentials' : 'rejected'
}

/**
 * Whether GoTrue refused a password as too weak: `details.reasons` are its words for why.
 * @example
 * ```ts
 * import { isWeakPassword } from 'holdfast/providers/gotrue'
 *
 * try {
 *   await auth.actions.signUp({ email, password })
 * } catch (error) {
 *   if (!isWeakPassword(error)) throw error
 *   alert(error.details?.reasons) // ['length']
 * }
 * ```
 */
export const isWeakPassword = (error: unknown): error is AuthError<'rejected'> =>
  isAuthError(error, 'rejected') && error.serverCode === WEAK

/** How long to wait, in ms: by the header, or else by the text of a limit of messages. */
function waitOf({ retryAfter }: HttpAnswer, { word, message }: Refusal): number | undefined {
  const seconds = SENDING.test(word ?? '') && message?.match(/after (\d{1,4}) second/)?.[1]
  return retryAfter ?? (seconds ? Number(seconds) * 1000 : undefined)
}

/** The app's own word about a refusal. One that throws says nothing. */
function isTerminal(error: AuthError, terminal: GoTrueOptions['terminal']): boolean {
  try {
    return terminal?.(error) === true
  } catch {
    return false
  }
}

/**
 * The error that a refusal is. One to a refresh that is not the server's definite word about the token,
 * nor the app's, keeps the session.
 */
export function toError(
  answer: HttpAnswer,
  request: HttpRequest,
  terminal: GoTrueOptions['terminal'],
): AuthError {
  const refusal = read(answer.body)
  const serverCode = refusal.word ?? refusal.oauth
  const { status } = answer
  const retryAfter = waitOf(answer, refusal)
  const passing = toPassing({ ...answer, retryAfter }, { message: refusal.message, serverCode })
  if (passing) return passing
  const code = classify(status, refusal, request)
  const said = refusal.message ?? 'No reason given.'
  const options = { status, serverCode, retryAfter }
  if (isRefresh(request) && code !== 'refresh_rejected' && status >= 400) {
    const message = serverCode === 'invalid_client' ? OAUTH_CLIENT : said
    const undecided = new AuthError(code, message, { ...options, retryable: true })
    return isTerminal(undecided, terminal)
      ? new AuthError('refresh_rejected', message, options)
      : undecided
  }
  if (code === 'rejected' && serverCode === WEAK) {
    const { reasons } = refusal
    const details = { reasons: Array.isArray(reasons) ? reasons.map(String) : [] }
    return new AuthError(code, said, { ...options, details })
  }
  if (code === 'step_required') {
    return new AuthError(code, said, { ...options, details: { step: 'insufficient_aal' } })
  }
  return new AuthError(code, said, options)
}

/**
 * Whether an access token was refused for good. Before v2.164.0 the status is all there is, and a
 * gateway's page has one too.
 */
export function isDeadToken({ code, serverCode, status }: AuthError): boolean {
  if (code !== 'rejected') return false
  if (serverCode !== undefined) return DEAD.includes(serverCode)
  return status === 401 || status === 403
}
