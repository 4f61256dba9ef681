import { parseJson } from '../../core/json.js'
import type { Grant } from '../../core/session.js'
import { decodeBase64 } from '../shared/base64.js'
import { asObject, text as textOf } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import type { AnyMetadata, GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

/** How `@supabase/ssr` marks a session that it encoded. */
const BASE64 = 'base64-'

/** Texts that were made JSON of once more, as some storages do, are undone so often. */
const ROUNDS = 3

/** What a text of auth-js stands for. @throws SyntaxError where it cannot be read. */
export function decode(stored: string): unknown {
  let value: unknown = stored
  for (let round = 0; round < ROUNDS && typeof value === 'string'; round++) {
    value = parseJson(value.startsWith(BASE64) ? decodeBase64(value.slice(BASE64.length)) : value)
  }
  return value
}

/** The fields of a session that auth-js stored; `null` for what is none. @throws as `decode` */
export function fieldsOf(stored: string): Readonly<Record<string, unknown>> | null {
  const outer = asObject(decode(stored))
  return asObject(outer?.currentSession) ?? outer
}

/** What a token says of its person. */
const TOLD = ['email', 'phone', 'app_metadata', 'user_metadata', 'role', 'is_anonymous']

const describedBy = (claims: object): object =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => TOLD.includes(name)))

/**
 * Reads a session as `@supabase/auth-js` persists it, for `takeOver`; `null` when there is none. It
 * knows the forms of v1 and v2, of `@supabase/ssr`, and those without the user, who is then described
 * by the token; so is one who is not the token's. What auth-js kept in `userStorage` comes with it
 * by {@link authJsStorage}. `now` is in ms since the epoch. A dead token gets 1 ms to live, so that
 * it is refreshed at once.
 * @example
 * ```ts
 * import { AuthClient, takeOver } from 'holdfast'
 * import { gotrue, parseAuthJsSession } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   takeOver: takeOver({ key: 'sb-project-auth-token', parse: parseAuthJsSession }),
 * })
 * ```
 */
export function parseAuthJsSession<Metadata extends object = AnyMetadata>(
  text: string,
  now: number,
): Grant<GoTrueUser<Metadata>> | null {
  try {
    const body = fieldsOf(text)
    const claims = readClaims(String(body?.access_token))
    const kept = asObject(body?.user)
    // One that lay elsewhere may have stayed there when somebody else signed in.
    const isTheirs = kept?.id === (textOf(claims?.sub) ?? kept?.id)
    const user = kept && isTheirs ? kept : describedBy(claims ?? {})
    const grant = toGrant<Metadata>({ ...body, user })
    if (!grant?.refreshToken) return null
    const left = Number(body?.expires_at ?? claims?.exp) * 1000 - now
    return { ...grant, lifetime: positive(Math.min(left, grant.lifetime)) ?? 1 }
  } catch {
    return null
  }
}

/**
 * The session that `@supabase/ssr` keeps under this name in cookies, whole or in pieces, as text for
 * `parseAuthJsSession`; `null` when there is none. `cookies` is `document.cookie`, or the header.
 */
export function readAuthJsCookies(cookies: string, name: string): string | null {
  const pieces = new Map<number, string>()
  for (const pair of cookies.split(/; */)) {
    const [key = '', value = ''] = pair.split(/=(.*)/s)
    const number = key.startsWith(`${name}.`) ? key.slice(name.length + 1) : ''
    if (key === name) pieces.set(-1, value)
    else if (/^\d+$/.test(number)) pieces.set(Number(number), value)
  }
  let text = pieces.get(-1) ?? ''
  for (let number = 0; !pieces.has(-1) && pieces.has(number); number++) text += pieces.get(number)
  try {
    return decodeURIComponent(text) || null
  } catch {
    return null
  }
}
