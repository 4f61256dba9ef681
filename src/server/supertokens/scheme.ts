import { AuthError, isAuthError } from '../../core/errors.js'
import { type CookiePlace, defineCookie } from '../cookies/cookies.js'
import { isLately } from '../shared/lately.js'
import { withinTime } from '../shared/time-limit.js'
import type { CookieScheme, CookieSpot, SuperTokensCookies } from './cookie-types.js'
import {
  type CoreApi,
  type CoreCookie,
  type CoreHandshake,
  type CoreToken,
  REST,
} from './core-api.js'
import type { TokenInfo } from './types.js'

/** Which of the two cookies. */
export type CookieKind = 'accessToken' | 'refreshToken'

/** Knows where cookies go: as the app says, else as the core says, else by default. */
export interface Scheme {
  /** Never throws: without the core, what is known so far. */
  read(): Promise<CookieScheme>
  /** A token of the core, with the cookie that holds it. */
  dress(kind: CookieKind, token: CoreToken): TokenInfo
}

const KINDS = ['accessToken', 'refreshToken'] as const
const NAMES = { accessToken: 'sAccessToken', refreshToken: 'sRefreshToken' } as const
/** Where the SDKs of SuperTokens have them. */
const PATHS = { accessToken: '/', refreshToken: '/auth/session/refresh' } as const

const pathOf = (cookies: SuperTokensCookies, kind: CookieKind): string | undefined =>
  kind === 'accessToken' ? cookies.accessTokenPath : cookies.refreshTokenPath

function merge(kind: CookieKind, cookies: SuperTokensCookies, told?: CoreCookie): CookieSpot {
  const sameSite = cookies.sameSite ?? told?.sameSite ?? 'lax'
  return {
    domain: cookies.domain ?? told?.domain,
    path: pathOf(cookies, kind) ?? told?.path ?? PATHS[kind],
    // Browsers drop a cookie with `SameSite=None` that is not secure, which old cores say by default.
    secure: sameSite === 'none' || (cookies.secure ?? told?.secure ?? true),
    sameSite,
  }
}

/** What a core says becomes a header, so that it counts only where a cookie can be like that. */
function isFit(kind: CookieKind, { domain, path }: CookiePlace): boolean {
  try {
    return Boolean(defineCookie({ name: NAMES[kind], domain, path }))
  } catch {
    return false
  }
}

/** @throws AuthError `invalid_argument` for cookies that no browser would keep. */
export function checkCookies(cookies: SuperTokensCookies): void {
  const { domain, secure, sameSite, formerly } = cookies
  try {
    for (const kind of KINDS) {
      const path = pathOf(cookies, kind)
      defineCookie({ name: NAMES[kind], path, domain, secure, sameSite, formerly })
    }
  } catch (error) {
    if (isAuthError(error)) throw error
    throw new AuthError('invalid_argument', '`cookies` holds a value of the wrong type.')
  }
}

const nameOf = ({ domain, path = '/' }: CookiePlace): string =>
  `${domain?.replace(/^\./, '').toLowerCase() ?? ''} ${path}`

function unique(places: readonly CookiePlace[]): CookiePlace[] {
  return [...new Map(places.map((place) => [nameOf(place), place])).values()]
}

/** What a scheme is made of. Times in ms. */
export interface SchemeDeps {
  readonly core: Pick<CoreApi, 'handshake'>
  readonly cookies: SuperTokensCookies
  /** How long the core is waited for. */
  readonly patience: number
  now(): number
}

/**
 * Makes the scheme of an app's cookies.
 * @throws AuthError `invalid_argument` for cookies that no browser would keep.
 */
export function createScheme({ core, cookies, patience, now }: SchemeDeps): Scheme {
  checkCookies(cookies)
  let told: CoreHandshake | null | undefined
  let failedAt: number | undefined

  /** What the core said last stands until it says something else. */
  async function ask(): Promise<CoreHandshake | null | undefined> {
    // A core that has no handshake any more never has one again.
    if (told === null || isLately(failedAt, REST, now())) return told
    try {
      told = await withinTime(patience, () => core.handshake())
    } catch {
      failedAt = now()
    }
    return told
  }

  function spotOf(kind: CookieKind, says: CoreCookie | undefined): CookieSpot {
    return merge(kind, cookies, says && isFit(kind, says) ? says : undefined)
  }

  return {
    async read() {
      const says = await ask()
      const accessToken = spotOf('accessToken', says?.accessToken)
      const refreshToken = spotOf('refreshToken', says?.refreshToken)
      const spots = { accessToken, refreshToken }
      // Before this app had settings of its own, the cookies were where the core says.
      const left = KINDS.flatMap((kind) => {
        const place = says?.[kind]
        if (!place || !isFit(kind, place) || nameOf(place) === nameOf(spots[kind])) return []
        return [{ domain: place.domain, path: place.path }]
      })
      return { ...spots, formerly: unique([...(cookies.formerly ?? []), ...left]) }
    },
    dress(kind, { token, expiry, createdTime, cookie }) {
      const { path, secure, domain, sameSite } = spotOf(kind, cookie)
      return {
        token,
        expiry,
        createdTime,
        cookiePath: path,
        cookieSecure: secure,
        domain,
        sameSite,
      }
    },
  }
}
