import { AuthError } from '../../core/errors.js'

/** Whether a failure is the server's, whoever's session it was: nobody else would fare better. */
export const isOfServer = ({ code, status = 0, retryAfter }: AuthError): boolean =>
  code === 'network' ||
  code === 'rate_limited' ||
  retryAfter !== undefined ||
  // A 504 may be what a hook of the server's does for one person.
  status === 502 ||
  status === 503

/** An error for everybody, without the words that the server had for one: they may be about that person. */
export function forAll({ code, status, retryAfter, serverCode }: AuthError): AuthError {
  const message = 'The auth server failed lately, and is left alone for a moment.'
  return new AuthError(code, message, { retryable: true, status, retryAfter, serverCode })
}

/** The same failure, told to somebody who is to come again in `left` ms. */
export function later({ code, message, status, serverCode }: AuthError, left: number): AuthError {
  return new AuthError(code, message, { retryable: true, status, serverCode, retryAfter: left })
}

/** Whether an error says that the server is well: a mistake of ours says nothing of it. */
export const isAnswer = ({ code, retryable }: AuthError): boolean =>
  !retryable && code !== 'invalid_argument' && code !== 'aborted'
