import { AuthError, type AuthErrorCode, isAuthErrorCode, type RequiredStep } from './errors.js'
import { isObject, isText } from './record.js'

/** What is kept of a step: no secret by which it goes on, and no word about the person. */
interface StepNote extends Pick<RequiredStep, 'step'> {
  /** What the next sign-in has to ask for, at servers that say it. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** What storage says of an error to the other contexts, and to those that start later. */
export interface ErrorNote {
  readonly code: AuthErrorCode
  readonly message: string
  readonly status?: number | undefined
  readonly serverCode?: string | undefined
  /** ms. */
  readonly retryAfter?: number | undefined
  readonly details?: StepNote | undefined
}

/** How much of a text is kept: messages of servers can be pages. */
const LONGEST = 200
/** How long claims may be, as JSON: what servers ask for is a line. */
const MOST_CLAIMS = 1_000

/** What may be a token: servers repeat what they were sent. */
const TOKEN = /\S{24,}/g

/** A text without what may be one. */
const clean = (text: string): string => text.replace(TOKEN, '…').slice(0, LONGEST)

/** Whether none of the parts of a text may be one. */
const isHarmless = (text: string, between: RegExp): boolean =>
  text.replace(between, ' ').search(TOKEN) < 0

/** A server's own word. What is made of names is no token, however long it is. */
const word = (text: string): string =>
  /^[a-z_]+$/.test(text) && isHarmless(text, /_/g) ? text.slice(0, LONGEST) : clean(text)

/** Claims without what may be a token: else none, for half of them would ask for something else. */
function cleanClaims(value: unknown): StepNote['claims'] {
  if (!isObject(value)) return undefined
  try {
    const json = JSON.stringify(value)
    return json.length <= MOST_CLAIMS && isHarmless(json, /"/g) ? value : undefined
  } catch {
    return undefined
  }
}

function toStep(details: unknown): StepNote | undefined {
  if (!isObject(details) || !isText(details.step)) return undefined
  return { step: word(details.step), claims: cleanClaims(details.claims) }
}

/** What of an error may lie in storage. */
export const toNote = ({
  code,
  message,
  status,
  serverCode,
  retryAfter,
  details,
}: AuthError): ErrorNote => ({
  code,
  message: clean(message),
  status,
  serverCode: serverCode && word(serverCode),
  retryAfter,
  details: toStep(details),
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
      ...(isText(serverCode) && { serverCode: word(serverCode) }),
      ...(typeof retryAfter === 'number' && retryAfter >= 0 && { retryAfter }),
      details: code === 'step_required' ? toStep(note.details) : undefined,
    },
  )
}
