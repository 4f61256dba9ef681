import type { CookiePlace } from '../cookies/cookies.js'

/** Where the cookies of sessions are kept, and which requests carry them. */
export interface SuperTokensCookies {
  /** The site whose hosts all get the cookies. @default the API's own host only */
  readonly domain?: string | undefined
  /** @default true */
  readonly secure?: boolean | undefined
  /** `none` where the pages are on another site than the API. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** @default '/' */
  readonly accessTokenPath?: string | undefined
  /** The path of the route that refreshes. @default '/auth/session/refresh' */
  readonly refreshTokenPath?: string | undefined
  /** Places that the cookies had in earlier releases, so that they are erased there too. */
  readonly formerly?: readonly CookiePlace[] | undefined
}

/** How cookies of sessions are, after the app's settings and the core's. */
export interface CookieScheme {
  readonly accessToken: CookieSpot
  readonly refreshToken: CookieSpot
  /** Every place that one of them may have been left in. */
  readonly formerly: readonly CookiePlace[]
}

/** Where one cookie goes. */
export interface CookieSpot extends CookiePlace {
  readonly path: string
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}
