import { type AnswerHeaders, putCookies } from '../../requests/answer-headers.js'
import { forbidStorage, untilSent } from '../../requests/caching.js'
import type { GuardedRequest, OriginGuardOptions } from '../../requests/origin-guard.js'
import { readAccessToken } from '../access-token.js'
import type { CookieScheme, CookieSpot } from '../cookie-types.js'
import { GeneralError, isSuperTokensError } from '../errors.js'
import type { TokenInfo } from '../types.js'
import { COOKIE_NAMES, type CookieName, type Credentials } from './credentials.js'
import { setReadable } from './headers.js'
import { cookieIn, eraseEverywhere, eraseFormer, store } from './token-cookies.js'
import type {
  AllowedTransfer,
  ChooseTransfer,
  NewTokens,
  SuperTokensSessionsOptions,
  TokenTransfer,
  WebRequest,
} from './types.js'

type Given = Omit<SuperTokensSessionsOptions, keyof OriginGuardOptions | 'transfer'>

/** The options, with their defaults, and what they come to. */
export type WebSettings = {
  readonly [Key in keyof Given]-?: Exclude<Given[Key], undefined>
} & {
  /** @throws SuperTokensError `GENERAL_ERROR` when the app does not say. */
  readonly transferOf: ChooseTransfer
  /** The most characters of an access token that somebody may have to keep in a cookie. */
  readonly longestToken: number
  /** Whether a page of another origin sent a request. */
  isForeign(request: GuardedRequest): boolean
}

/** A request, what it shows, and its answer. */
export interface Turn {
  readonly settings: WebSettings
  readonly request: WebRequest
  readonly credentials: Credentials
  readonly answer: AnswerHeaders
  /** Which ways of carrying tokens this request may choose. */
  readonly transfer: AllowedTransfer
}

/** Longer than any access token lives, so that one that is over still tells to refresh; in ms. */
const YEAR = 365 * 24 * 3_600_000

const spotOf = ({ cookiePath, cookieSecure, domain, sameSite }: TokenInfo): CookieSpot => ({
  path: cookiePath,
  secure: cookieSecure,
  domain,
  sameSite,
})

/** What the front end is told of a session: base64 of JSON, which holds no character of a header. */
function frontTokenOf({ session, accessToken }: NewTokens): string {
  const read = readAccessToken(accessToken.token)
  const told = {
    uid: read?.userId ?? session.userId,
    ate: read?.expiry ?? accessToken.expiry,
    up: read?.payload ?? session.userDataInJWT,
  }
  const bytes = new TextEncoder().encode(JSON.stringify(told))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** Nothing is written before all can be: a token that no header may hold would stop half-way. */
function checkTokens({
  accessToken,
  refreshToken,
  idRefreshToken,
  antiCsrfToken,
}: NewTokens): void {
  const texts = [accessToken.token, refreshToken?.token, idRefreshToken?.token, antiCsrfToken]
  // What follows a `;` in `id-refresh-token` is a time.
  if (texts.every((text = 'none') => /^[!-:<-~]+$/.test(text))) return
  throw new GeneralError('The core gave a token that no header can hold.', { code: 'bad_response' })
}

function tokenCookies({ settings, credentials }: Turn, tokens: NewTokens, scheme: CookieScheme) {
  const { accessToken, refreshToken, idRefreshToken } = tokens
  const now = settings.now()
  const write = (
    name: CookieName,
    spot: CookieSpot,
    value: Pick<TokenInfo, 'token' | 'expiry'>,
  ) => {
    const cookie = { ...cookieIn(scheme, name), spot }
    // What the browser has elsewhere would come beside the new one.
    const stale = credentials.cookies.includes(name) ? eraseFormer(cookie) : []
    return [...stale, store(cookie, { token: value.token, expires: value.expiry, now })]
  }
  const spot = spotOf(accessToken)
  const access = write('sAccessToken', spot, { token: accessToken.token, expiry: now + YEAR })
  if (!refreshToken) return access
  const refresh = write('sRefreshToken', spotOf(refreshToken), refreshToken)
  if (idRefreshToken) {
    return [...access, ...refresh, ...write('sIdRefreshToken', spot, idRefreshToken)]
  }
  const left = credentials.cookies.includes('sIdRefreshToken')
  const legacy = left ? eraseEverywhere(cookieIn(scheme, 'sIdRefreshToken')) : []
  return [...access, ...refresh, ...legacy]
}

/**
 * Puts new tokens into the answer.
 * @throws SuperTokensError `GENERAL_ERROR` for tokens that cannot be sent: then nothing is written.
 */
export async function deliver(
  turn: Turn,
  tokens: NewTokens,
  transfer: TokenTransfer,
): Promise<void> {
  const { answer, settings } = turn
  const { accessToken, refreshToken, idRefreshToken, antiCsrfToken } = tokens
  checkTokens(tokens)
  if (transfer === 'cookie') {
    putCookies(answer, tokenCookies(turn, tokens, await settings.superTokens.cookieScheme()))
  } else {
    setReadable(answer, {
      'st-access-token': accessToken.token,
      ...(refreshToken && { 'st-refresh-token': refreshToken.token }),
    })
  }
  const { token, expiry } = idRefreshToken ?? {}
  setReadable(answer, {
    'front-token': frontTokenOf(tokens),
    // Who sends tokens in headers needs no other proof.
    ...(transfer === 'cookie' && antiCsrfToken && { 'anti-csrf': antiCsrfToken }),
    ...(transfer === 'cookie' && token && { 'id-refresh-token': `${token};${expiry}` }),
  })
  untilSent(answer, forbidStorage)
}

/** Whether the browser has, or is about to get, the cookie that today's cores know no more. */
const hasIdRefreshToken = ({ credentials, answer }: Turn): boolean =>
  credentials.cookies.includes('sIdRefreshToken') ||
  answer.setCookies().some((value) => value.startsWith('sIdRefreshToken='))

/** Takes the tokens of one way of carrying them from the front end. */
export async function wipe(turn: Turn, transfer: TokenTransfer): Promise<void> {
  const { answer, settings } = turn
  if (transfer === 'header') {
    return setReadable(answer, { 'st-access-token': '', 'st-refresh-token': '' })
  }
  const scheme = await settings.superTokens.cookieScheme()
  const legacy = hasIdRefreshToken(turn)
  const names: readonly CookieName[] = legacy ? COOKIE_NAMES : ['sAccessToken', 'sRefreshToken']
  putCookies(
    answer,
    names.flatMap((name) => eraseEverywhere(cookieIn(scheme, name))),
  )
  if (legacy) setReadable(answer, { 'id-refresh-token': 'remove' })
}

/** Clears every token that the front end may have, and tells it that the session is gone. */
export async function clearTokens(turn: Turn): Promise<void> {
  const { answer, transfer, credentials } = turn
  await wipe(turn, 'cookie')
  if (transfer !== 'cookie' || credentials.bearer !== undefined) {
    await wipe(turn, 'header')
  }
  answer.delete('anti-csrf')
  setReadable(answer, { 'front-token': 'remove' })
  untilSent(answer, forbidStorage)
}

/** Does some work, and clears the tokens when it finds that the session is over. */
export async function clearingWhenOver<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const over = isSuperTokensError(error, 'UNAUTHORISED')
    if (over || isSuperTokensError(error, 'TOKEN_THEFT_DETECTED')) await clearTokens(turn)
    throw error
  }
}
