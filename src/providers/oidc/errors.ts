import { AuthError, type AuthErrorCode, type RequiredStep } from '../../core/errors.js'
import type { HttpAnswer } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { isFine, toPassing } from '../shared/passing.js'
import { plain, refusalIn } from '../shared/refusal.js'

/** Another step that the server wants first; made for `signInUrl` to take. */
export interface OidcStep extends RequiredStep {
  readonly acrValues?: string | undefined
  /** In ms. */
  readonly maxAge?: number | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** The server's definite word about a refresh token (RFC 6749 §5.2), and the statuses it comes with. */
const TERMINAL = 'invalid_grant'
const STATUSES: readonly number[] = [400, 401, 403]

/** What only the person can do (OIDC Core §3.1.2.6, RFC 9470, Auth0). */
const STEPS =
  /^((interaction|login|consent|account_selection|mfa)_required|insufficient_user_authentication)$/

/** Auth0's word for the one that costs a refresh its token. */
const MFA = 'mfa_required'

/**
 * Entra's word beside `invalid_grant`, that this is a step and no definite end: it has more of them than are
 * documented. Its numbers may change, this does not.
 */
const SUBERROR = /^\w{1,100}$/

/** The error that a step is. */
export const stepError = (
  details: OidcStep,
  message: unknown,
  status?: number,
): AuthError<'step_required'> =>
  new AuthError('step_required', plain(message, 'The server wants another step first.'), {
    status,
    serverCode: details.step,
    details,
  })

/** What was asked: a sign-in, the next tokens, or one more token for another resource. */
export type Asked = 'sign-in' | 'refresh' | 'token'

const codeOf = (word: string, status: number, asked: Asked): AuthErrorCode => {
  if (word !== TERMINAL || !STATUSES.includes(status)) return 'rejected'
  return asked === 'sign-in' ? 'invalid_credentials' : 'refresh_rejected'
}

/** The claims that are asked for, out of a text of JSON. */
export function claimsIn(json: unknown): OidcStep['claims'] {
  try {
    return asObject(JSON.parse(text(json) ?? '')) ?? undefined
  } catch {
    return undefined
  }
}

/**
 * The error that a refusal is. Of a refresh token only `invalid_grant` ends the session, with 400, 401
 * or 403: a client that is switched off or a realm that is locked may heal, and 200 bears no such word out.
 */
export function toError(answer: HttpAnswer, asked: Asked): AuthError {
  const { status, body, retryAfter } = answer
  const fields = asObject(body) ?? {}
  const serverCode = text(fields.error)
  const message = plain(fields.error_description, 'No reason given.')
  const passing = toPassing(answer, { message, serverCode })
  if (passing) return passing
  // 404, 405 and 410 are what hosts say, in any words, where no endpoint is, and redirects lead elsewhere.
  if (!serverCode || (status > 299 && status < 400) || (status > 403 && status < 411)) {
    return new AuthError('bad_response', 'The answer is not one of this protocol.', { status })
  }
  const said = serverCode === TERMINAL ? text(fields.suberror) : undefined
  const [step] = STEPS.exec(serverCode) ?? SUBERROR.exec(said ?? '') ?? []
  if (step) {
    const claims = claimsIn(fields.claims)
    // Auth0 has rotated the refresh token before it asks; a proof brings the next one.
    const spent = asked !== 'sign-in' && step === MFA && { spent: true }
    const pendingAuthenticationToken = text(fields.mfa_token)
    return stepError({ step, pendingAuthenticationToken, claims, ...spent }, message, status)
  }
  const code = codeOf(serverCode, status, asked)
  const mayPass = asked === 'refresh' && code === 'rejected' && { retryable: true }
  return new AuthError(code, message, { status, serverCode, retryAfter, ...mayPass })
}

/** An answer that is a refusal, or nothing; GitHub and its like refuse with 200. */
export function refusedIn(answer: HttpAnswer): HttpAnswer | null {
  if (!isFine(answer)) return answer
  const { error, access_token, refresh_token } = asObject(answer.body) ?? {}
  // What it says besides may repeat what was sent.
  return error && !access_token && !refresh_token ? { ...answer, body: { error } } : null
}

/** The tokens of an answer, as an object of whatever it holds. @throws the error that a refusal is. */
export function tokensIn(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  const refused = refusedIn(answer)
  if (refused) throw toError(refused, 'sign-in')
  return asObject(answer.body) ?? {}
}

/** The error that a redirect without a code is. */
export function toRefusal(query: ReadonlyMap<string, string>): AuthError {
  const step = query.get('error') ?? ''
  const refusal = refusalIn((name) => query.get(name))
  return STEPS.test(step) ? stepError({ step }, refusal.message) : refusal
}
