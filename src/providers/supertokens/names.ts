import { HTTP_ONLY } from '../shared/http-only.js'
import type { FrontToken } from './front-token.js'

/** What the refresh token of a session in cookies is the name of. */
export interface SessionName {
  /** The handle, or the user's id where the handle is not known; encoded. */
  readonly name: string
  /** What requests show to the backend, where it wants that. */
  readonly antiCsrf: string | undefined
}

/** A name and, after a slash, what is visible ASCII and so fit for a header. */
const NAMED = /^([^/]+)(?:\/([!-~]+))?$/

/** What a refresh token names; `null` for a token that is none of a session in cookies. */
export function readName(token: string): SessionName | null {
  const [, name, antiCsrf] =
    (token.startsWith(HTTP_ONLY) && NAMED.exec(token.slice(HTTP_ONLY.length))) || []
  return name ? { name, antiCsrf } : null
}

/** Whether an answer is the session of this name. The handle may be known since this answer only. */
export const isNamed = (front: FrontToken, { name }: SessionName): boolean =>
  front.names.includes(name)

/** What each new token has anew, whatever the app keeps in it. */
const OF_EACH_TOKEN = /^(iat|exp|antiCsrfToken|\w*efreshTokenHash1)$/

/** What a payload says of the person and the session, as a text to compare. */
export const claimsOf = (payload: FrontToken['payload']): string =>
  JSON.stringify(Object.entries(payload).filter(([name]) => !OF_EACH_TOKEN.test(name)))

/** A short name of a text. */
function digest(long: string): string {
  let sum = 0
  for (let at = 0; at < long.length; at += 1) sum = (sum * 31 + long.charCodeAt(at)) >>> 0
  return sum.toString(36)
}

/**
 * The names that stand for tokens in cookies. That of an access token is another one after each
 * refresh, and with each payload. The anti-CSRF token is part of the refresh token's, so that it is
 * saved with the session and shared among contexts.
 */
export function namesOf(
  front: FrontToken,
  antiCsrf: string | undefined,
): { readonly accessToken: string; readonly refreshToken: string } {
  const name = `${HTTP_ONLY}${front.names[0]}`
  // Tokens that were made within one second have the same expiry.
  const mark = digest(JSON.stringify(front.payload))
  return {
    accessToken: `${name}.${front.expiry}.${mark}`,
    refreshToken: antiCsrf ? `${name}/${antiCsrf}` : name,
  }
}
