import { AuthError, isAuthError } from '../../core/errors.js'
import { text } from './json.js'

/** What a server may have said in an answer. */
export interface Said {
  readonly message?: unknown
  readonly serverCode?: unknown
}

/** What of an answer is looked at here. `retryAfter`: ms. */
interface Answered {
  readonly status: number
  readonly retryAfter: number | undefined
}

/** Whether an answer is a success. */
export const isFine = ({ status }: Pick<Answered, 'status'>): boolean =>
  status >= 200 && status < 300

/** Whether a failure of this status may pass, whatever the body says (RFC 9110, RFC 6585 §4). */
export const mayPass = (status: number): boolean =>
  [408, 409, 425, 429].includes(status) || status >= 500

/**
 * Whether a sign-in that failed so can never succeed. Whoever gave it up, or was disposed of with its
 * client, may not have sent it: the next page can.
 */
export const isFinal = (error: unknown): boolean =>
  !isAuthError(error) || !(error.retryable || /aborted|disposed/.test(error.code))

/**
 * The error that an answer is by its status alone; `null` for one whose status says too little. A
 * provider may look for its definite word first, where that has one of these statuses.
 */
export function toPassing({ status, retryAfter }: Answered, said: Said = {}): AuthError | null {
  if (!mayPass(status)) return null
  const word = text(said.serverCode)
  // A server that fails may say what nobody should read, such as the name of its database.
  const failed = status >= 500
  const message = (!failed && text(said.message)) || `The server cannot answer now (${status}).`
  return new AuthError(status === 429 ? 'rate_limited' : 'server_error', message, {
    status,
    retryAfter,
    serverCode: failed ? word?.match(/^\w+$/)?.[0] : word,
  })
}
