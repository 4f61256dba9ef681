import {
  type Cookie,
  type CookiePlace,
  defineCookie,
  LONGEST_COOKIE_LIFE,
} from '../../cookies/cookies.js'
import { LONGEST_ACCESS_TOKEN } from '../access-token.js'
import type { CookieScheme, CookieSpot } from '../cookie-types.js'
import { GeneralError } from '../errors.js'
import { checkRoom } from '../session-size.js'
import type { CookieName } from './credentials.js'
import type { TokenTransfer } from './types.js'

/** A cookie that holds a token, wherever it may be. */
export interface TokenCookie {
  readonly name: CookieName
  readonly spot: CookieSpot
  readonly formerly: readonly CookiePlace[]
}

/** What browsers keep of a name and a value, in bytes (RFC 6265bis §5.6). */
const LARGEST = 4096

/** The cookie of a name, where the app and the core have it now. */
export function cookieIn({ formerly, ...spots }: CookieScheme, name: CookieName): TokenCookie {
  const spot = name === 'sRefreshToken' ? spots.refreshToken : spots.accessToken
  return { name, spot, formerly }
}

/** @throws SuperTokensError `GENERAL_ERROR` for a place that no cookie can have. */
function define({ name, spot, formerly }: TokenCookie): Cookie {
  const { path, domain, sameSite } = spot
  const secure = spot.secure || sameSite === 'none'
  // A place that names only a domain is meant for the path that each cookie has.
  const places = formerly.flatMap((place) =>
    place.path === undefined ? [place, { ...place, path }] : [place],
  )
  try {
    return defineCookie({ name, path, domain, sameSite, secure, formerly: places })
  } catch (cause) {
    const message = 'No cookie can be as `cookies` and the core say.'
    throw new GeneralError(message, { code: 'invalid_argument', cause })
  }
}

const lineOf = (
  { name, attributes }: Cookie,
  { place, value, expires }: { readonly [key in 'place' | 'value']: string } & { expires: number },
): string => `${name}=${value}${place}; Expires=${new Date(expires).toUTCString()}${attributes}`

/** `Set-Cookie` values that erase the cookie where it was in earlier releases. */
export function eraseFormer(cookie: TokenCookie): readonly string[] {
  const defined = define(cookie)
  return defined.formerPlaces.map((place) => lineOf(defined, { place, value: '', expires: 0 }))
}

/** `Set-Cookie` values that erase the cookie wherever it may be. */
export function eraseEverywhere(cookie: TokenCookie): readonly string[] {
  const defined = define(cookie)
  const { place } = defined
  return [lineOf(defined, { place, value: '', expires: 0 }), ...eraseFormer(cookie)]
}

/**
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, unless a cookie can hold a value of so
 * many characters.
 */
export const checkCookieRoom = (name: CookieName, length: number): void =>
  checkRoom({ name: `\`${name}\``, most: LARGEST }, name.length + length)

/** The most characters that an access token may have which is carried in such a way. */
export const roomFor = (transfer: TokenTransfer): number =>
  transfer === 'cookie' ? LARGEST - 'sAccessToken'.length : LONGEST_ACCESS_TOKEN

/** What a cookie is to hold. Times in ms since the epoch. */
export interface TokenValue {
  readonly token: string
  readonly expires: number
  readonly now: number
}

/**
 * The `Set-Cookie` value that stores a token, for 400 days at most.
 * @throws SuperTokensError `GENERAL_ERROR` for a token that no browser would keep.
 */
export function store(cookie: TokenCookie, { token, expires, now }: TokenValue): string {
  const defined = define(cookie)
  const value = encodeURIComponent(token)
  checkCookieRoom(cookie.name, value.length)
  const { place } = defined
  return lineOf(defined, { place, value, expires: Math.min(expires, now + LONGEST_COOKIE_LIFE) })
}
