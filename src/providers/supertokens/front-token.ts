import { parseJson } from '../../core/json.js'
import { decodeBase64 } from '../shared/base64.js'
import { asObject, text } from '../shared/json.js'
import { positive } from '../shared/jwt.js'

/** What a `front-token` says of the access token that came with it. */
export interface FrontToken {
  readonly userId: string
  /** Tokens before version 3 name none. */
  readonly handle: string | undefined
  /** The handle, if any, and the user's id, as they go in names. */
  readonly names: readonly string[]
  readonly payload: Readonly<Record<string, unknown>>
  /** When the access token expires by the server's clock, in ms since the epoch. */
  readonly expiry: number
}

/** No header line is as long as this many characters. */
const LARGEST = 65_536
/** The last moment that is a date, in ms since the epoch (ECMA-262 §21.4.1.1). */
const LAST = 8.64e15
/** What is nested deeper is no claim, and would be too deep to walk through. */
const DEEPEST = 32

/** Whether nothing in a value is nested too deep. */
export const isShallow = (value: unknown, depth: number = DEEPEST): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1)))

/** Reads the header `front-token`; `null` for anything but base64 of `{ uid, ate, up }`. */
export function parseFrontToken(encoded: string): FrontToken | null {
  if (encoded.length > LARGEST) return null
  try {
    const { uid, ate, up } = asObject(parseJson(decodeBase64(encoded))) ?? {}
    const [userId, expiry, payload] = [text(uid), positive(ate), asObject(up)]
    if (!userId || !expiry || expiry > LAST || !payload || !isShallow(payload)) return null
    const handle = text(payload.sessionHandle)
    // Throws at broken UTF-16.
    const names = [handle ?? userId, userId].map((name) => encodeURIComponent(name))
    return { userId, handle, names, payload, expiry }
  } catch {
    return null
  }
}
