import { asObject, text } from '../../../providers/shared/json.js'
import { checkJWTPayload } from '../arguments.js'
import { fetchClaims } from '../claims/check-claims.js'
import { GeneralError, UnauthorisedError } from '../errors.js'
import { longestAccessToken } from '../session-size.js'
import type { SessionPayload } from '../types.js'
import { type Credentials, chooseRefreshToken } from './credentials.js'
import { clearingWhenOver, deliver, type Turn, type WebSettings, wipe } from './delivery.js'
import { subjectOf, wantedValidators } from './session-claims.js'
import { createSessionObject } from './session-object.js'
import type { SessionObject } from './session-types.js'
import { checkCookieRoom } from './token-cookies.js'
import {
  beginTurn,
  checkOrigin,
  checkRefreshCookies,
  clearLeftBehind,
  mayClear,
  shownAccessToken,
  wantsAntiCsrfToken,
} from './turn.js'
import type {
  AllowedTransfer,
  GetSessionOptions,
  NewSessionOptions,
  NewTokens,
  SuperTokensSessions,
  TokenTransfer,
  WebExchange,
} from './types.js'

/** The functions of `SuperTokensSessions` that work on one request. */
export type SessionOperations = Pick<
  SuperTokensSessions,
  'createNewSession' | 'getSession' | 'refreshSession' | 'attachToRequestResponse'
>

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
  return createSessionObject(turn, { session, accessToken: accessToken.token }, transfer)
}

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for what are no tokens, or another way. */
function checkNewTokens(tokens: NewTokens, transfer: unknown): void {
  const fields = asObject(tokens) ?? {}
  const { handle, userId } = asObject(fields.session) ?? {}
  const { token } = asObject(fields.accessToken) ?? {}
  const isSession = [handle, userId, token].every((value) => text(value) !== undefined)
  const isWay = transfer === undefined || transfer === 'cookie' || transfer === 'header'
  if (isSession && isWay) return
  const message = isSession
    ? '`transfer` is cookie or header.'
    : '`tokens` are those of a session, as `createNewSession` gives them.'
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/** How a new session's tokens go to the front end. */
function transferFor(allowed: AllowedTransfer, { authMode }: Credentials): TokenTransfer {
  if (allowed !== 'any') return allowed
  return authMode === 'cookie' ? 'cookie' : 'header'
}

/** What a new session's access token is to hold: what the app gives, and the claims of every session. */
async function firstPayload(
  { claims, ...settings }: WebSettings,
  userId: string,
  { jwtPayload = {}, tenantId }: NewSessionOptions,
): Promise<SessionPayload> {
  const userDataInJWT = checkJWTPayload('jwtPayload', jwtPayload)
  if (claims.length === 0) return userDataInJWT
  const subject = subjectOf({ userId, tenantId, userDataInJWT })
  return { ...userDataInJWT, ...(await fetchClaims(claims, subject, settings)) }
}

async function createNewSession(
  settings: WebSettings,
  turn: Turn,
  { userId, ...options }: NewSessionOptions & { readonly userId: string },
): Promise<SessionObject> {
  const { superTokens } = settings
  const { sessionData, tenantId } = options
  const transfer = transferFor(turn.transfer, turn.credentials)
  const payload = await firstPayload(settings, userId, options)
  const draft = { userId, payload, antiCsrf: superTokens.antiCsrf === 'VIA_TOKEN', tenantId }
  if (transfer === 'cookie') checkCookieRoom('sAccessToken', longestAccessToken(draft))
  const place = tenantId === undefined ? [] : [{ tenantId }]
  const tokens = await superTokens.createNewSession(userId, payload, sessionData, ...place)
  try {
    return await establish(turn, tokens, transfer)
  } catch (error) {
    // Nobody will ever have its tokens. Those of older cores may be longer than was told.
    await superTokens.revokeSession(tokens.session.handle).catch(() => undefined)
    throw error
  }
}

async function refreshSession({ superTokens }: WebSettings, turn: Turn): Promise<SessionObject> {
  const shown = chooseRefreshToken(turn.transfer, turn.credentials)
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
}

/** The session of a request, unless it has none. */
async function find(
  { superTokens }: WebSettings,
  turn: Turn,
  options: GetSessionOptions,
): Promise<SessionObject | undefined> {
  const { method } = turn.request
  const { antiCsrfCheck = !/^(get|head|options)$/i.test(method), checkDatabase } = options
  const shown = shownAccessToken(turn)
  if (!shown) return undefined
  if (antiCsrfCheck && shown.transfer === 'cookie') checkOrigin(turn)
  const { antiCsrfToken } = turn.credentials
  const doAntiCsrfCheck = wantsAntiCsrfToken(turn, shown, antiCsrfCheck)
  const { session, accessToken } = await clearingWhenOver(turn, () =>
    superTokens.getSession(shown.token, { antiCsrfToken, doAntiCsrfCheck, checkDatabase }),
  )
  if (accessToken) await deliver(turn, { session, accessToken }, shown.transfer)
  const known = { session, accessToken: accessToken?.token ?? shown.token }
  const found = createSessionObject(turn, known, shown.transfer)
  const { overrideGlobalClaimValidators: override } = options
  const validators = await wantedValidators(
    turn.settings,
    override && ((all) => override(all, found)),
  )
  if (validators.length > 0) await found.assertClaims(validators)
  return found
}

/** The sessions of requests, one at a time. */
export function createOperations(settings: WebSettings): SessionOperations {
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
    const session = await find(settings, beginTurn(settings, exchange), options)
    if (session || options.sessionRequired === false) return session
    throw new UnauthorisedError('The request has no access token.', { code: 'session_missing' })
  }

  return {
    getSession,
    createNewSession: async (exchange, userId, options = {}) =>
      createNewSession(settings, beginTurn(settings, exchange, true), { ...options, userId }),
    refreshSession: async (exchange) => refreshSession(settings, beginTurn(settings, exchange)),
    async attachToRequestResponse(exchange, tokens, transfer) {
      checkNewTokens(tokens, transfer)
      const turn = beginTurn(settings, exchange, true)
      return establish(turn, tokens, transfer ?? transferFor(turn.transfer, turn.credentials))
    },
  }
}
