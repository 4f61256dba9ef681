import { headersOf, putCookies } from '../../requests/answer-headers.js'
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

/** Puts the headers that the work on a request has set on its answer. */
function withHeaders(response: Response, headers: Headers): Response {
  for (const [name, value] of headers) {
    if (name !== 'set-cookie') response.headers.set(name, value)
  }
  putCookies(headersOf(response.headers), headers.getSetCookie())
  return response
}

/** The routes that front ends of SuperTokens call, and the answers to errors. */
export function createRoutes(
  settings: WebSettings,
  { getSession, refreshSession }: SessionOperations,
): Pick<SuperTokensSessions, 'handle' | 'serve' | 'toResponse'> {
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

  async function serve(exchange: WebExchange, path: string): Promise<Response | null> {
    if (exchange.request.method !== 'POST') return null
    if (isAt(path, settings.signOutPath)) return signOut(exchange)
    const { refreshToken } = await settings.superTokens.cookieScheme()
    if (!isAt(path, refreshToken.path)) return null
    await refreshSession(exchange)
    return json(200, {})
  }

  return {
    serve,
    toResponse: (error) => answerTo(error, settings),
    async handle(request) {
      const answer = new Headers()
      try {
        const response = await serve({ request, answer }, new URL(request.url).pathname)
        return response && withHeaders(response, answer)
      } catch (error) {
        const response = answerTo(error, settings)
        if (response) return withHeaders(response, answer)
        throw error
      }
    },
  }
}
