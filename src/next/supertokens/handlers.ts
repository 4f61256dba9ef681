import { refuse } from '../../server/backend/answers.js'
import { refuseBackground } from '../../server/backend/guard.js'
import { headersOf, putCookies } from '../../server/requests/answer-headers.js'
import { forbidStorage, varyByCookie } from '../../server/requests/caching.js'
import { isSuperTokensError } from '../../server/supertokens/errors.js'
import type { SuperTokensSessions } from '../../server/supertokens/web/index.js'
import { answerRouter } from '../ahead.js'
import { PATIENCE } from '../proxy.js'
import type { NextHandler } from '../types.js'
import { pathsAsked, type SuperTokensWorld } from './world.js'

/** What a person sees while nobody can tell who they are: the session is still there. */
export const showPatience = (): Response =>
  new Response(PATIENCE, {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'private, no-store' },
  })

/** Sends the browser to another page, by GET (RFC 9110 §15.4.4), with the cookies of an answer. */
export function sendTo(location: string, answer: Headers = new Headers()): Response {
  const response = new Response(null, { status: 303, headers: { Location: location } })
  const headers = headersOf(response.headers)
  putCookies(headers, answer.getSetCookie())
  forbidStorage(headers)
  varyByCookie(headers)
  return response
}

/** Whether the page would send the browser here again at once, with the token that it has just got. */
async function comesBack(sessions: SuperTokensSessions, accessToken: string): Promise<boolean> {
  const shown = new Headers({ Cookie: `sAccessToken=${accessToken}` })
  const none = { overrideGlobalClaimValidators: () => [] }
  try {
    return (await sessions.getSessionForRendering(shown, none)).status === 'try-refresh'
  } catch {
    // Nobody can tell now: the page says so itself.
    return false
  }
}

/**
 * Refreshes on the way to a page: the browser sends its refresh token to this path and no other, so that
 * it has to come here. A link of another site that leads here costs one exchange, and nothing else.
 */
async function refreshOnTheWay(world: SuperTokensWorld, request: Request): Promise<Response> {
  const { sessions, signInPage, addressOf, backTo } = world
  const returnTo = new URL(request.url).searchParams.get('returnTo')
  const answer = new Headers()
  try {
    const session = await sessions.refreshSession({ request, answer })
    if (!(await comesBack(sessions, session.getAccessToken()))) {
      return sendTo(backTo(returnTo), answer)
    }
    // The clocks of this server and of the core differ by more than a token lives. The new tokens stay.
    const response = showPatience()
    putCookies(headersOf(response.headers), answer.getSetCookie())
    return response
  } catch (error) {
    if (!isSuperTokensError(error)) throw error
    if (error.type === 'UNAUTHORISED' || error.type === 'TOKEN_THEFT_DETECTED') {
      return sendTo(addressOf(signInPage, returnTo ?? '/'), answer)
    }
    // Doubled cookies were erased: the page sends the browser here once more.
    if (error.type === 'TRY_REFRESH_TOKEN') return sendTo(backTo(returnTo), answer)
    if (error.retryable) return showPatience()
    throw error
  }
}

const notFound = (): Response => new Response(null, { status: 404 })

/** Makes the routes that front ends and browsers call. */
export function createSuperTokensHandlers(
  world: () => SuperTokensWorld,
): Readonly<Record<'GET' | 'POST', NextHandler>> {
  return {
    async GET(request) {
      // Reading the headers tells a build not to render this route ahead.
      void request.headers
      const here = world()
      const path = await here.sessions.refreshTokenPath()
      if (!pathsAsked(request, path).includes(path)) return notFound()
      // Nobody goes there yet: a token that was traded ahead of a click would be traded in vain.
      const nothing = answerRouter(request)
      if (nothing) return nothing
      const problem = refuseBackground(request)
      return problem ? refuse(problem) : refreshOnTheWay(here, request)
    },
    async POST(request) {
      const { method, headers, url } = request
      const { sessions } = world()
      const whole = await sessions.refreshTokenPath()
      for (const path of pathsAsked(request, whole)) {
        // Two slashes at the beginning of a path would name a host to `new URL`.
        const address = new URL(url)
        address.pathname = path
        const response = await sessions.handle(new Request(address, { method, headers }))
        if (response) return response
      }
      return notFound()
    },
  }
}
