import { AuthError, isAuthError } from '../../src/core/errors.js'
import type { GoTrueProvider } from '../../src/providers/gotrue/index.js'
import { toGrant } from '../../src/providers/gotrue/wire.js'
import { type Answered, sessionOf } from './ledger.js'
import { count } from './tally.js'
import { SERVER, type World } from './world.js'

/** The session that the browser's cookies hold, for all of its contexts. */
export interface Cookie {
  readonly session: string
  readonly body: Answered
  /** Monotonic time at which its access token is dead. */
  readonly deadAt: number
}

/** Where a page asks whose session its cookies hold. */
export const RESUME = '/resume'

/** What the server says of the cookies that come with a request: the session, or nothing. */
export function readCookie({ cookie, server, clock, verdict }: World): Response {
  const current = cookie.current
  if (!current || !server.sessions().some(({ id }) => id === current.session)) {
    return new Response(null, { status: 204 })
  }
  count(verdict.tally, 'resumed')
  const left = Math.max(1, current.deadAt - clock.monotonic())
  return Response.json({ ...current.body, left })
}

/** How many ms the access token lives on, as the server says; 0 where it says nothing. */
export const leftOf = (body: unknown): number =>
  typeof body === 'object' && body !== null && 'left' in body ? Number(body.left) : 0

/** What an answer that reaches the browser does to its cookies, whether its page lives or not. */
export function keepCookie(world: World, path: string, answer: unknown, bearer: string): void {
  const { cookie, clock, ledger } = world
  if (path.startsWith('/logout')) {
    if (cookie.current && bearer && sessionOf(bearer) === cookie.current.session) {
      cookie.current = null
    }
    return
  }
  const body = ledger.answered(answer)
  if (!body || path === RESUME) return
  const session = sessionOf(body.access_token)
  cookie.current = { session, body, deadAt: clock.monotonic() + body.expires_in * 1000 }
}

/** GoTrue behind a server that keeps its sessions in cookies, as SuperTokens and others do. */
export const withCookies = (provider: GoTrueProvider, send: typeof fetch): GoTrueProvider => ({
  ...provider,
  async resume() {
    try {
      const response = await send(`${SERVER}${RESUME}`)
      if (!response.ok) throw new AuthError('server_error', 'Not now.', { status: response.status })
      const text = await response.text()
      if (text === '') return null
      const body: unknown = JSON.parse(text)
      const grant = toGrant(body)
      if (!grant) throw new AuthError('bad_response', 'The answer holds no session.')
      return { ...grant, lifetime: leftOf(body) || grant.lifetime }
    } catch (cause) {
      throw isAuthError(cause) ? cause : new AuthError('network', 'No answer.', { cause })
    }
  },
})
