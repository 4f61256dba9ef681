import type { AuthErrorCode } from '../../core/errors.js'

/** Why it could not be done now. The session is as good as before: keep its cookie. */
export type TransientReason = 'rate_limit_exceeded' | 'timeout' | 'server_error' | 'network_error'

/** The one table of both: each word, and the code of the error that it stands for. */
const CODES: Readonly<Record<TransientReason, AuthErrorCode>> = {
  rate_limit_exceeded: 'rate_limited',
  timeout: 'timeout',
  server_error: 'server_error',
  network_error: 'network',
}

/** Whether a text is one of those words. */
export const isTransientReason = (word: string): word is TransientReason =>
  Object.hasOwn(CODES, word)

/** The code of the error that a word stands for. */
export const codeOf = (reason: TransientReason): AuthErrorCode => CODES[reason]

/** The word for an error that may pass: one that has none is the server's. */
export const transientReasonOf = (code: AuthErrorCode): TransientReason =>
  Object.keys(CODES)
    .filter(isTransientReason)
    .find((word) => CODES[word] === code) ?? 'server_error'
