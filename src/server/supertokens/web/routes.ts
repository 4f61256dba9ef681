import { headersOf, listIn, putCookies } from '../../requests/answer-headers.js'
import { forbidStorage, keepPrivate } from '../../requests/caching.js'
import { isSuperTokensError } from '../errors.js'
import { isOwnPage } from './credentials.js'
import { clearTokens, type WebSettings } from './delivery.js'
import { isDuplicatesError } from './duplicates.js'
import type { SessionOperations } from './sessions.js'
import { beginTurn } from './turn.js'
import type { SuperTokensSessions, WebExchange } from './types.js'

/** What front ends of SuperTokens are told. */
const MESSAGES = {
  INVALID_CLAIMS: 'invalid claim',
  UNAUTHORISED: 'unauthorised',
  TRY_REFRESH_TOKEN: 'try refresh token',
  TOKEN_THEFT_DETECTED: 'token theft detected',
} as const

function json(status: number, body: Readonly<Record<string, unknown>>): Response {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'private, no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}

const isAt = (path: string, place: string): boolean => path === place || path === `${place}/`

/** The answer to an error. See `SuperTokensSessions.toResponse`. */
function answerTo(
  error: unknown,
  { sessionExpiredStatusCode, invalidClaimStatusCode }: WebSettings,
): Response | null {
  if (!isSuperTokensError(error)) return null
  if (isSuperTokensError(error, 'INVALID_CLAIMS')) {
    const { claimValidationErrors } = error
    return json(invalidClaimStatusCode, { message: MESSAGES.INVALID_CLAIMS, claimValidationErrors })
  }
  if (isDuplicatesError(error)) return json(200, { message: error.message })
  const { type, retryable, retryAfter } = error
  if (type !== 'GENERAL_ERROR') return json(sessionExpiredStatusCode, { message: MESSAGES[type] })
  if (!retryable) return null
  const response = json(503, { message: 'try again later' })
  if (retryAfter !== undefined) {
    response.headers.set('Retry-After', String(Math.ceil(retryAfter / 1000)))
  }
  return response
}

/** Lists to which others may have added. */
const LISTS = ['vary', 'access-control-expose-headers']

/** Puts the headers that the work on a request has set on its answer. */
function withHeaders(given: Response, headers: Headers): Response {
  const { status, statusText } = given
  // The headers of a redirect cannot be changed, nor those of what `fetch` gives.
  const response = new Response(given.body, { status, statusText, headers: given.headers })
  const answer = headersOf(response.headers)
  for (const [name, value] of headers) {
    if (LISTS.includes(name)) listIn(answer, name, value.split(','))
    else if (name !== 'set-cookie' && name !== 'cache-control') answer.set(name, value)
  }
  putCookies(answer, headers.getSetCookie())
  // What holds no tokens is the app's to keep in the browser of its person.
  if (headers.has('front-token') || headers.has('set-cookie')) forbidStorage(answer)
  else keepPrivate(answer)
  return response
}

/** The routes that front ends of SuperTokens call, and the answers to errors. */
export function createRoutes(
  settings: WebSettings,
  { getSession, refreshSession }: SessionOperations,
): Pick<
  SuperTokensSessions,
  'handle' | 'serve' | 'toResponse' | 'withSession' | 'refreshTokenPath' | 'owns'
> {
  async function signOut(exchange: WebExchange): Promise<Response> {
    try {
      // Whoever lacks something must still get out.
      const session = await getSession(exchange, { overrideGlobalClaimValidators: () => [] })
      await session.revokeSession()
    } catch (error) {
      if (!isSuperTokensError(error, 'UNAUTHORISED')) throw error
      // A page of another site gets no cookies to send, and must not have them erased.
      const turn = beginTurn(settings, exchange)
      if (isOwnPage(turn.credentials)) await clearTokens(turn)
    }
    return json(200, { status: 'OK' })
  }

  const refreshTokenPath = async (): Promise<string> =>
    (await settings.superTokens.cookieScheme()).refreshToken.path

  async function serve(exchange: WebExchange, path: string): Promise<Response | null> {
    if (exchange.request.method !== 'POST') return null
    if (isAt(path, settings.signOutPath)) return signOut(exchange)
    if (!isAt(path, await refreshTokenPath())) return null
    await refreshSession(exchange)
    return json(200, {})
  }

  /** Answers a request by `work`, with what that has put into the headers, an error of ours too. */
  async function answering<T extends Response | null>(
    work: (answer: Headers) => Promise<T>,
  ): Promise<Response | T> {
    const answer = new Headers()
    try {
      const response = await work(answer)
      return response && withHeaders(response, answer)
    } catch (error) {
      const response = answerTo(error, settings)
      if (response) return withHeaders(response, answer)
      throw error
    }
  }

  return {
    serve,
    toResponse: (error) => answerTo(error, settings),
    handle: (request) =>
      answering((answer) => serve({ request, answer }, new URL(request.url).pathname)),
    withSession:
      (handler, options) =>
      (request, ...rest) =>
        answering(async (answer) =>
          handler(
            request,
            await getSession({ request, answer }, { ...options, sessionRequired: true }),
            ...rest,
          ),
        ),
    refreshTokenPath,
    owns: async (path) => isAt(path, settings.signOutPath) || isAt(path, await refreshTokenPath()),
  }
}
