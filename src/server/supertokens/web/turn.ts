import { answerOf } from '../../requests/answer-headers.js'
import { keepPrivate, untilSent, varyByCookie } from '../../requests/caching.js'
import { TryRefreshTokenError, UnauthorisedError } from '../errors.js'
import {
  asksForRefresh,
  chooseAccessToken,
  isOfSomebody,
  isOwnPage,
  readCredentials,
  type ShownToken,
} from './credentials.js'
import { clearTokens, type Turn, type WebSettings } from './delivery.js'
import { resolveDuplicates } from './duplicates.js'
import type { WebExchange } from './types.js'

/**
 * Begins to work on a request. What it is answered is for whoever sent it.
 * @throws SuperTokensError `GENERAL_ERROR` when the app does not say how tokens are carried.
 */
export function beginTurn(
  settings: WebSettings,
  { request, answer }: WebExchange,
  forNewSession = false,
): Turn {
  const turn = {
    settings,
    request,
    credentials: readCredentials(request),
    answer: answerOf(answer),
    transfer: settings.transferOf(request, { forNewSession }),
  }
  if (turn.transfer !== 'header') untilSent(turn.answer, varyByCookie)
  if (isOfSomebody(turn.credentials)) untilSent(turn.answer, keepPrivate)
  return turn
}

/** The access token of a request. @throws SuperTokensError `TRY_REFRESH_TOKEN` for unclear ones. */
export function shownAccessToken({
  transfer,
  credentials,
}: Pick<Turn, 'transfer' | 'credentials'>): ShownToken | undefined {
  const shown = chooseAccessToken(transfer, credentials)
  if (shown?.transfer === 'header' || transfer === 'header') return shown
  const { accessTokens, cookies } = credentials
  if (accessTokens.length > 1) {
    throw new TryRefreshTokenError('The request has several cookies with access tokens.')
  }
  if (!shown && cookies.includes('sIdRefreshToken')) {
    throw new TryRefreshTokenError('The request has no access token, but a session.')
  }
  return shown
}

/**
 * Refuses what a page of another origin sent on the cookies of whoever looks at it. A header that
 * only SuperTokens' front ends write is as good a proof, for no such page can send one unasked.
 * @throws SuperTokensError `UNAUTHORISED`, and nothing is cleared.
 */
export function checkOrigin({ settings, request, credentials, answer }: Turn): void {
  const { method, headers, url } = request
  const asked = { method, headers, url, answer }
  if (isOwnPage(credentials) || !settings.isForeign(asked)) return
  const message = 'A page of another origin sent the request. See `allowedOrigins`.'
  throw new UnauthorisedError(message, { code: 'rejected' })
}

/** Whether the anti-CSRF token is to be checked. @throws SuperTokensError `TRY_REFRESH_TOKEN` */
export function wantsAntiCsrfToken(
  { settings, credentials }: Turn,
  { transfer }: ShownToken,
  wanted: boolean,
): boolean {
  // Other sites' pages cannot write headers.
  if (!wanted || transfer === 'header') return false
  if (settings.superTokens.antiCsrf !== 'VIA_CUSTOM_HEADER') return true
  if (credentials.hasRid) return false
  const message = 'The request lacks the header `rid`. Send it, or set `antiCsrfCheck` to false.'
  throw new TryRefreshTokenError(message)
}

/**
 * Whether what the core says may clear tokens: a page of another site has no anti-CSRF token, and
 * must not sign anybody out by being refused for it.
 */
export const mayClear = ({ settings, credentials }: Turn, { transfer }: ShownToken): boolean =>
  transfer === 'header' ||
  settings.superTokens.antiCsrf !== 'VIA_TOKEN' ||
  credentials.antiCsrfToken !== undefined

/**
 * Refuses cookies that another site's page may have sent, and unclear ones. The former are not
 * cleared: such a page must not sign anybody out.
 * @throws SuperTokensError
 */
export async function checkRefreshCookies(turn: Turn): Promise<void> {
  checkOrigin(turn)
  const { settings, credentials } = turn
  if (settings.superTokens.antiCsrf === 'VIA_CUSTOM_HEADER' && !credentials.hasRid) {
    throw new UnauthorisedError('The request lacks the header `rid`.', { code: 'rejected' })
  }
  await resolveDuplicates(turn)
}

/**
 * Clears what sends every request to refresh where no refresh can help any more: optional sessions
 * could not go on without one (supertokens-node#790). A page of another site gets nobody signed out;
 * and a token that lives is left, as is nothing at all: the others may be on their way in another
 * answer (supertokens-node#17).
 */
export async function clearLeftBehind(turn: Turn): Promise<void> {
  const { settings, transfer, credentials } = turn
  if (transfer === 'header' || !isOwnPage(credentials)) return
  if (asksForRefresh(credentials, settings.now())) await clearTokens(turn)
}
