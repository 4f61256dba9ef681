import { AuthError, type AuthErrorCode, isAuthErrorCode } from './errors.js'
import { isObject, isText } from './record.js'

/** What storage says of an error to the other contexts, and to those that start later. */
export interface ErrorNote {
  readonly code: AuthErrorCode
  readonly message: string
  readonly status?: number | undefined
  readonly serverCode?: string | undefined
  /** ms. */
  readonly retryAfter?: number | undefined
}

/** How much of a text is kept: messages of servers can be pages. */
const LONGEST = 200

/** A text without what may be a token: servers repeat what they were sent. */
const clean = (text: string): string => text.replace(/\S{24,}/g, '…').slice(0, LONGEST)

/** What of an error may lie in storage. */
export const toNote = ({
  code,
  message,
  status,
  serverCode,
  retryAfter,
}: AuthError): ErrorNote => ({
  code,
  message: clean(message),
  status,
  serverCode: serverCode && clean(serverCode),
  retryAfter,
})

/** Reads an error from untrusted data; `null` when it is none. */
export function fromNote(note: unknown): AuthError | null {
  if (!isObject(note) || !isText(note.code)) return null
  const { code, message, status, serverCode, retryAfter } = note
  return new AuthError(
    // A later release may know more of them.
    isAuthErrorCode(code) ? code : 'network',
    isText(message) ? clean(message) : 'It failed in another context.',
    {
      ...(typeof status === 'number' && { status }),
      ...(isText(serverCode) && { serverCode: clean(serverCode) }),
      ...(typeof retryAfter === 'number' && retryAfter >= 0 && { retryAfter }),
    },
  )
}
