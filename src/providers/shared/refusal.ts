import { AuthError } from '../../core/errors.js'
import { text } from './json.js'

/**
 * Text that a person may be shown: servers and links may say anything, in markup, from right to left, or at
 * length. Entra's further lines are for its support.
 */
export const plain = (value: unknown, otherwise: string): string =>
  text(value)?.match(/^[^<>\p{Cc}\u202a-\u202e\u2066-\u2069]{1,500}(?=\r?\n[^<>]*$|$)/u)?.[0] ??
  otherwise

/** A text of an address, which anybody can write, marked as what it is. */
export const quote = (said: string): string => `The address says: “${said}”`

/** What says that a server failed (RFC 6749 §4.1.2.1; GoTrue's codes of 5xx, statuses before v2.164.0). */
const FAILED = /^(server_error|temporarily_unavailable|unexpected_failure|request_timeout|5\d\d)$/

/**
 * The error that an address says, in which `get` looks. What a server says that has failed is not quoted: it
 * may be what nobody should read, such as the name of its database.
 */
export function refusalIn(
  get: (name: string) => string | null | undefined,
  most?: number,
): AuthError<'rejected' | 'server_error'> {
  // GoTrue says `server_error` of many a refusal too: its own code is the better one.
  const words = ['error_code', 'error'].flatMap((name) => get(name) || [])
  const failed = FAILED.test(words[0] ?? '')
  const said = plain(get('error_description'), '').slice(0, most)
  const refused = said ? quote(said) : 'The sign-in was refused.'
  return new AuthError(
    failed ? 'server_error' : 'rejected',
    failed ? 'The server cannot answer now.' : refused,
    // Digits, which are a status or Facebook's, say less than the word beside them.
    { serverCode: words.find((word) => /^[a-z][\w.-]{0,63}$/i.test(word)) },
  )
}
