import { AuthError, type AuthErrorCode } from '../../core/errors.js'
import type { HttpAnswer } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { isFine, toPassing } from '../shared/passing.js'

/** How `front-token` says that there is no session any more. */
const REMOVE = 'remove'

/** How a backend says that the access token is no longer good, which the session outlives. */
const TRY_REFRESH = 'try refresh token'

/** The definite words of backends about a session. */
const OVER: readonly string[] = ['unauthorised', 'token theft detected']

/** Whether an answer brings a session. */
export const hasSession = (answer: HttpAnswer): boolean =>
  isFine(answer) && (answer.headers.get('front-token') ?? REMOVE) !== REMOVE

const wordOf = ({ body }: HttpAnswer): string | undefined => text(asObject(body)?.message)

/** Whether an answer, of this status when sessions are over, is about the access token only. */
export const wantsRefresh = (answer: HttpAnswer, expired: number): boolean =>
  answer.status === expired && wordOf(answer) === TRY_REFRESH

function classify(answer: HttpAnswer, expired: number): AuthErrorCode {
  const { status, headers } = answer
  const word = wordOf(answer)
  const removed = headers.get('front-token') === REMOVE
  if (isFine(answer)) return removed ? 'refresh_rejected' : 'bad_response'
  if (status === expired) {
    if (removed || OVER.includes(word ?? '')) return 'refresh_rejected'
    if (word === TRY_REFRESH) return 'server_error'
  }
  return status >= 400 && word ? 'rejected' : 'bad_response'
}

/**
 * The error that an answer without a session is, to a refresh or a sign-out. Only the backend's
 * definite word ends the session, which it says with the status `expired`.
 */
export function toError(answer: HttpAnswer, expired: number): AuthError {
  const { status, retryAfter } = answer
  const code = classify(answer, expired)
  const serverCode = wordOf(answer)
  // The app may have chosen one of the passing statuses for its definite word.
  const passing =
    code !== 'refresh_rejected' && toPassing(answer, { message: serverCode, serverCode })
  if (passing) return passing
  const said =
    code === 'bad_response'
      ? 'The answer has no `front-token`, or Access-Control-Expose-Headers does not name it.'
      : (serverCode ?? 'No reason given.')
  return new AuthError(code, said, { status, serverCode, retryAfter })
}

/** The error that a sign-in route's answer is; `null` when it is no refusal. */
export function toSignInError(answer: HttpAnswer): AuthError | null {
  const { status, body, retryAfter } = answer
  const fields = asObject(body) ?? {}
  const [word, message] = [text(fields.status), text(fields.message)]
  const fine = isFine({ status })
  if (fine && (word ?? 'OK') === 'OK') return null
  const wrong = status === 401 || word === 'WRONG_CREDENTIALS_ERROR'
  const refused = fine || status >= 400 ? 'rejected' : 'bad_response'
  const code = wrong ? 'invalid_credentials' : refused
  const serverCode = word ?? message
  const passing = toPassing(answer, { message, serverCode })
  if (passing) return passing
  return new AuthError(code, message ?? 'No reason given.', { status, serverCode, retryAfter })
}
