import { answerOf } from '../../requests/answer-headers.js'
import { keepPrivate, varyByCookie } from '../../requests/caching.js'
import { TryRefreshTokenError, UnauthorisedError } from '../errors.js'
import { longestAccessToken } from '../session-size.js'
import {
  asksForRefresh,
  type Credentials,
  chooseAccessToken,
  chooseRefreshToken,
  isOwnPage,
  readCredentials,
  type ShownToken,
} from './credentials.js'
import {
  clearingWhenOver,
  clearTokens,
  deliver,
  type NewTokens,
  type Turn,
  type WebSettings,
  wipe,
} from './delivery.js'
import { resolveDuplicates } from './duplicates.js'
import { createSessionObject } from './session-object.js'
import { checkCookieRoom } from './token-cookies.js'
import type {
  GetSessionOptions,
  SessionObject,
  SuperTokensSessions,
  TokenTransfer,
  WebExchange,
} from './types.js'

/** The functions of `SuperTokensSessions` that work on one request. */
export type SessionOperations = Pick<
  SuperTokensSessions,
  'createNewSession' | 'getSession' | 'refreshSession'
>

/** Begins to work on a request. What it is answered is for whoever sent it. */
export function beginTurn(settings: WebSettings, { request, answer }: WebExchange): Turn {
  const turn = {
    settings,
    request,
    credentials: readCredentials(request),
    answer: answerOf(answer),
  }
  const { cookies, bearer } = turn.credentials
  if (settings.transfer !== 'header') varyByCookie(turn.answer)
  if (cookies.length > 0 || bearer !== undefined) keepPrivate(turn.answer)
  return turn
}

/** Delivers the tokens of a session, and takes those away that came the other way. */
async function establish(
  turn: Turn,
  tokens: NewTokens,
  transfer: TokenTransfer,
): Promise<SessionObject> {
  const { cookies, bearer } = turn.credentials
  await deliver(turn, tokens, transfer)
  if (transfer === 'header' && cookies.length > 0) await wipe(turn, 'cookie')
  if (transfer === 'cookie' && bearer !== undefined) await wipe(turn, 'header')
  const { session, accessToken } = tokens
  return createSessionObject(turn, { session, accessToken: accessToken.token })
}

/** The access token of a request. @throws SuperTokensError `TRY_REFRESH_TOKEN` for unclear ones. */
function shownAccessToken({ settings, credentials }: Turn): ShownToken | undefined {
  const shown = chooseAccessToken(settings.transfer, credentials)
  if (shown?.transfer === 'header' || settings.transfer === 'header') return shown
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
function checkOrigin({ settings, request, credentials, answer }: Turn): void {
  const { method, headers, url } = request
  const asked = { method, headers, url, answer }
  if (isOwnPage(credentials) || !settings.isForeign(asked)) return
  const message = 'A page of another origin sent the request. See `allowedOrigins`.'
  throw new UnauthorisedError(message, { code: 'rejected' })
}

/** Whether the anti-CSRF token is to be checked. @throws SuperTokensError `TRY_REFRESH_TOKEN` */
function wantsAntiCsrfToken(
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
const mayClear = ({ settings, credentials }: Turn, { transfer }: ShownToken): boolean =>
  transfer === 'header' ||
  settings.superTokens.antiCsrf !== 'VIA_TOKEN' ||
  credentials.antiCsrfToken !== undefined

/**
 * Refuses cookies that another site's page may have sent, and unclear ones. The former are not
 * cleared: such a page must not sign anybody out.
 * @throws SuperTokensError
 */
async function checkRefreshCookies(turn: Turn): Promise<void> {
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
async function clearLeftBehind(turn: Turn): Promise<void> {
  const { settings, credentials } = turn
  if (settings.transfer === 'header' || !isOwnPage(credentials)) return
  if (asksForRefresh(credentials, settings.now())) await clearTokens(turn)
}

/** How a new session's tokens go to the front end. */
function transferFor(allowed: 'any' | TokenTransfer, { authMode }: Credentials): TokenTransfer {
  if (allowed !== 'any') return allowed
  return authMode === 'cookie' ? 'cookie' : 'header'
}

/** The sessions of requests, one at a time. */
export function createOperations(settings: WebSettings): SessionOperations {
  const { superTokens } = settings

  async function find(
    exchange: WebExchange,
    options: GetSessionOptions,
  ): Promise<SessionObject | undefined> {
    const { method } = exchange.request
    const { antiCsrfCheck = !/^(get|head|options)$/i.test(method), checkDatabase } = options
    const turn = beginTurn(settings, exchange)
    const shown = shownAccessToken(turn)
    if (!shown) return undefined
    if (antiCsrfCheck && shown.transfer === 'cookie') checkOrigin(turn)
    const { antiCsrfToken } = turn.credentials
    const doAntiCsrfCheck = wantsAntiCsrfToken(turn, shown, antiCsrfCheck)
    const { session, accessToken } = await clearingWhenOver(turn, () =>
      superTokens.getSession(shown.token, { antiCsrfToken, doAntiCsrfCheck, checkDatabase }),
    )
    if (accessToken) await deliver(turn, { session, accessToken }, shown.transfer)
    return createSessionObject(turn, { session, accessToken: accessToken?.token ?? shown.token })
  }

  function getSession(
    exchange: WebExchange,
    options?: GetSessionOptions & { readonly sessionRequired?: true | undefined },
  ): Promise<SessionObject>
  function getSession(
    exchange: WebExchange,
    options: GetSessionOptions,
  ): Promise<SessionObject | undefined>
  async function getSession(
    exchange: WebExchange,
    options: GetSessionOptions = {},
  ): Promise<SessionObject | undefined> {
    const session = await find(exchange, options)
    if (session || options.sessionRequired === false) return session
    throw new UnauthorisedError('The request has no access token.', { code: 'session_missing' })
  }

  return {
    getSession,
    async createNewSession(exchange, userId, { jwtPayload, sessionData } = {}) {
      const turn = beginTurn(settings, exchange)
      const transfer = transferFor(settings.transfer, turn.credentials)
      const antiCsrf = superTokens.antiCsrf === 'VIA_TOKEN'
      const draft = { userId, payload: jwtPayload ?? {}, antiCsrf }
      if (transfer === 'cookie') checkCookieRoom('sAccessToken', longestAccessToken(draft))
      const tokens = await superTokens.createNewSession(userId, jwtPayload, sessionData)
      try {
        return await establish(turn, tokens, transfer)
      } catch (error) {
        // Nobody will ever have its tokens. Those of older cores may be longer than was told.
        await superTokens.revokeSession(tokens.session.handle).catch(() => undefined)
        throw error
      }
    },
    async refreshSession(exchange) {
      const turn = beginTurn(settings, exchange)
      const shown = chooseRefreshToken(settings.transfer, turn.credentials)
      if (!shown) {
        await clearLeftBehind(turn)
        const message = 'The request has no refresh token. Is it for the path of its cookie?'
        throw new UnauthorisedError(message, { code: 'session_missing' })
      }
      if (shown.transfer === 'cookie') await checkRefreshCookies(turn)
      const { antiCsrfToken } = turn.credentials
      // Other sites' pages cannot write headers.
      const check = shown.transfer === 'cookie' ? { antiCsrfToken } : { doAntiCsrfCheck: false }
      const options = { ...check, request: turn.request }
      const exchanged = (): Promise<NewTokens> => superTokens.refreshSession(shown.token, options)
      const tokens = await (mayClear(turn, shown) ? clearingWhenOver(turn, exchanged) : exchanged())
      return establish(turn, tokens, shown.transfer)
    },
  }
}
