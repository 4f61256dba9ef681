import { stripBlanks } from '../../cookies/blanks.js'
import { parseCookies } from '../../cookies/cookies.js'
import { readAccessToken } from '../access-token.js'
import { isRefreshToken } from '../arguments.js'
import type { TokenTransfer, WebRequest } from './types.js'

/** The names of the cookies, as every front end and SDK of SuperTokens knows them. */
export const COOKIE_NAMES = ['sAccessToken', 'sRefreshToken', 'sIdRefreshToken'] as const

/** One of {@link COOKIE_NAMES}. */
export type CookieName = (typeof COOKIE_NAMES)[number]

/** Whether a text may be the value of one. */
const FITS: Readonly<Record<CookieName, (token: string) => boolean>> = {
  sAccessToken: (token) => readAccessToken(token) !== null,
  sRefreshToken: isRefreshToken,
  sIdRefreshToken: () => true,
}

/** What a request shows of a session. Nothing of it is verified. */
export interface Credentials {
  /** The different tokens under `sAccessToken`: several when the browser has several cookies. */
  readonly accessTokens: readonly string[]
  /** The same for `sRefreshToken`. */
  readonly refreshTokens: readonly string[]
  /** The cookies that came, whatever their values. */
  readonly cookies: readonly CookieName[]
  /** What came as `Authorization: Bearer`. */
  readonly bearer: string | undefined
  readonly antiCsrfToken: string | undefined
  /** The way that the front end wants to carry tokens. */
  readonly authMode: string | undefined
  /** Whether there is the header `rid`, which asks for `VIA_CUSTOM_HEADER`. */
  readonly hasRid: boolean
}

/** A token of a request, and how it came. */
export interface ShownToken {
  readonly transfer: TokenTransfer
  readonly token: string
}

/** What cookie-parser and its like write in front of JSON. */
function unwrap(value: string): string | undefined {
  if (!value.startsWith('j:')) return value
  const parsed: unknown = JSON.parse(value.slice(2))
  return typeof parsed === 'string' ? parsed : undefined
}

function tokenOf(value: string): string | undefined {
  try {
    return unwrap(decodeURIComponent(value)) || undefined
  } catch {
    return undefined
  }
}

/** Reads what a request shows, from its own headers and not from what others made of them. */
export function readCredentials({ headers }: WebRequest): Credentials {
  const jar = parseCookies(headers.get('Cookie'))
  const tokens = (name: CookieName): readonly string[] => {
    const values = (jar.get(name) ?? []).map(tokenOf)
    const all = [...new Set(values.filter((value) => value !== undefined))]
    const fit = all.filter(FITS[name])
    // What no core can have written was planted, and is no reason to doubt the one that is fit.
    return fit.length > 0 ? fit : all
  }
  return {
    accessTokens: tokens('sAccessToken'),
    refreshTokens: tokens('sRefreshToken'),
    cookies: COOKIE_NAMES.filter((name) => jar.has(name)),
    bearer: /^Bearer +(\S+)$/i.exec(stripBlanks(headers.get('Authorization') ?? ''))?.[1],
    antiCsrfToken: headers.get('anti-csrf') ?? undefined,
    authMode: headers.get('st-auth-mode')?.toLowerCase(),
    hasRid: headers.has('rid'),
  }
}

/** Whether a request may be of somebody: what it is answered is then for them alone. */
export const isOfSomebody = ({ cookies, bearer }: Credentials): boolean =>
  cookies.length > 0 || bearer !== undefined

/**
 * Whether a request shows a header that no other site's page can send unasked (Fetch §2.2.2). What
 * lacks one may be a page that wants to sign somebody out.
 */
export const isOwnPage = ({ hasRid, authMode, antiCsrfToken, bearer }: Credentials): boolean =>
  hasRid || [authMode, antiCsrfToken, bearer].some((value) => value !== undefined)

/**
 * Whether cookies send every request to refresh: an access token that is over by `now`, in ms since
 * the epoch, or the sign of older cores that there is a session. Where no refresh token comes with
 * them, no refresh can ever help.
 */
export function asksForRefresh({ accessTokens, cookies }: Credentials, now: number): boolean {
  const expiries = accessTokens.flatMap((token) => readAccessToken(token)?.expiry ?? [])
  if (expiries.some((expiry) => expiry > now)) return false
  return expiries.length > 0 || cookies.includes('sIdRefreshToken')
}

/** The token that counts: a header's before a cookie's, where the app takes both. */
function choose(
  allowed: 'any' | TokenTransfer,
  { header, cookie }: { readonly header: string | undefined; readonly cookie: string | undefined },
): ShownToken | undefined {
  if (allowed !== 'cookie' && header !== undefined) return { transfer: 'header', token: header }
  if (allowed !== 'header' && cookie !== undefined) return { transfer: 'cookie', token: cookie }
  return undefined
}

/** The access token of a request. Other things that apps send as `Bearer` are none. */
export function chooseAccessToken(
  allowed: 'any' | TokenTransfer,
  { bearer, accessTokens }: Credentials,
): ShownToken | undefined {
  const isOne = (token = ''): boolean => readAccessToken(token) !== null
  return choose(allowed, {
    header: isOne(bearer) ? bearer : undefined,
    cookie: accessTokens.find(isOne),
  })
}

/** The refresh token of a request. Only the core can tell whether it is one. */
export function chooseRefreshToken(
  allowed: 'any' | TokenTransfer,
  { bearer, refreshTokens }: Credentials,
): ShownToken | undefined {
  return choose(allowed, { header: bearer, cookie: refreshTokens[0] })
}
