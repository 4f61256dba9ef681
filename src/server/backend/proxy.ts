import type { SessionUser } from '../../core/session.js'
import { applyCookies } from '../requests/apply-session.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { type Problem, refuse } from './answers.js'
import { readAll, type Unread, withIdleLimit } from './idle-limit.js'
import { problemOf } from './problems.js'
import { browserHeaders } from './proxy-headers.js'
import type { Call } from './types.js'
import {
  createRoute,
  type Outgoing,
  type Route,
  type RouteDeps,
  STALLED,
  type Upstream,
} from './upstreams.js'

/** What the proxy of a backend works on. */
export interface ProxyDeps<User extends SessionUser> extends RouteDeps {
  readonly sessions: Pick<RequestSessions<User>, 'getSession' | 'refreshSession'>
  readonly upstreams: Readonly<Record<string, Upstream>>
  /** The path of the proxy, such as `/auth/proxy`. */
  readonly mount: string
}

/** What is kept for a second attempt, in bytes. */
const REPLAYABLE = 65_536
/** The statuses whose answers have no body (Fetch §2.2.3). */
const BODILESS: readonly number[] = [204, 205, 304]

const UNKNOWN: Problem = {
  status: 404,
  code: 'not_found',
  message: 'There is no such upstream.',
}
const ASTRAY: Problem = {
  status: 400,
  code: 'invalid_request',
  message: 'The path leads out of the upstream, or might.',
}

/** Whoever serves the app has not held a page to the length that it said. */
const LARGE: Problem = {
  status: 413,
  code: 'invalid_request',
  message: 'The body is longer than its `Content-Length`.',
}

async function readBody(
  { body, headers }: Request,
  { idleTimeout }: Route,
): Promise<Outgoing['body'] | Unread> {
  const length = headers.get('Content-Length') ?? ''
  const small = /^\d+$/.test(length) && Number(length) <= REPLAYABLE
  return small && body ? readAll(body, REPLAYABLE, idleTimeout) : body
}

/** Makes the proxy of a backend. @throws AuthError `invalid_argument` for a wrong upstream. */
export function createProxy<User extends SessionUser>(
  deps: ProxyDeps<User>,
): (call: Call) => Promise<Response> {
  const { sessions, mount } = deps
  const routes = new Map(
    Object.entries(deps.upstreams).map(([name, upstream]) => [
      name,
      createRoute(name, upstream, deps),
    ]),
  )

  /** One attempt, and a second one when the upstream refuses a token and there is another one. */
  async function attempt(
    { request, cookie }: Call,
    route: Route,
    address: URL,
  ): Promise<{ answer: Response | Problem; setCookies: readonly string[] }> {
    const { session, failure, setCookies } = await sessions.getSession(cookie, { request })
    if (!session) return { answer: problemOf(failure), setCookies }
    const body = await readBody(request, route)
    if (typeof body === 'string') return { answer: body === 'late' ? STALLED : LARGE, setCookies }
    const send = (accessToken: string): Promise<Response | Problem> =>
      route.send({ request, address, body, accessToken })
    const first = await send(session.accessToken)
    if (first.status !== 401 || body instanceof ReadableStream) return { answer: first, setCookies }
    const next = await sessions.refreshSession(cookie, { request })
    const refused = !next.session || next.session.accessToken === session.accessToken
    if (refused) return { answer: first, setCookies: next.setCookies }
    if (first instanceof Response) await first.body?.cancel()
    return { answer: await send(next.session.accessToken), setCookies: next.setCookies }
  }

  return async (call) => {
    const path = call.url.pathname.slice(`${mount}/`.length)
    const [, name = '', rest = ''] = /^([^/]*)(\/.*)?$/s.exec(path) ?? []
    const route = routes.get(name)
    if (!route) return refuse(UNKNOWN)
    const address = route.addressOf(rest, call.url.search)
    if (!address) return refuse(ASTRAY)
    const { answer, setCookies } = await attempt(call, route, address)
    if (!(answer instanceof Response)) return refuse(answer, setCookies)
    const { status, statusText } = answer
    const place = { at: address.href, base: route.base, mount: `${mount}/${name}` }
    const headers = browserHeaders(answer.headers, route.policy, place)
    applyCookies(headers, setCookies)
    const body = BODILESS.includes(status) ? null : answer.body
    const limited = body && withIdleLimit(body, { limit: route.idleTimeout })
    return new Response(limited, { status, statusText, headers })
  }
}
