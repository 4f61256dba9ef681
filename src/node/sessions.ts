import { AuthError, AuthSessionMissingError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import { redirect, refuse } from '../server/backend/answers.js'
import { isPrefetch } from '../server/backend/guard.js'
import { problemOf } from '../server/backend/problems.js'
import { answerHeadersOf } from '../server/requests/answer-headers.js'
import { applySession, keepFromCaches } from '../server/requests/apply-session.js'
import { beforeHeaders } from '../server/requests/late-headers.js'
import type { OriginGuardOptions } from '../server/requests/origin-guard.js'
import type {
  RefreshRequestSessionOptions,
  RequestSession,
  RequestSessions,
  ServerSession,
  SignOutResult,
} from '../server/requests/request-sessions.js'
import type { SignOutPageOptions } from '../server/sealed/sealed-sessions.js'
import { checkMethods, checkObject } from '../server/shared/arguments.js'
import { pathOf } from './address.js'
import type { NodeHandler } from './handler.js'
import { FOREIGN, foreignRequests } from './origin-guard.js'
import { cookieHeaderOf } from './request.js'
import { sendWebResponse } from './response.js'
import type { NodeMiddleware, NodeRequest, NodeResponse } from './types.js'

/** Options of {@link createNodeSessions}. */
export interface NodeSessionsOptions<User extends SessionUser = SessionUser>
  extends OriginGuardOptions {
  readonly sessions: RequestSessions<User>
  /**
   * The routes of the sign-in, as `nodeHandler(backend)` makes them. `middleware`, `requireSession()` and `admit()` have
   * them answer first, before any body parser, and ask of all other requests who is signed in.
   * @default none: mount them by themselves, before what asks for a session
   */
  readonly routes?: NodeHandler | undefined
}

/** How a route is guarded. */
export interface RequireSessionOptions {
  /**
   * Lets pages of every origin change things on the cookies of whoever looks at them, if their
   * browser sends those. @default false
   */
  readonly dangerouslyAllowAnyOrigin?: boolean | undefined
  /**
   * Where to send people who navigate to the route and are not signed in, such as `/auth/sign-in`.
   * It gets the route's own address as `returnTo`. @default nowhere: they get 401
   */
  readonly signInPath?: string | undefined
}

/** A request and its response. */
export interface NodeExchange {
  readonly request: NodeRequest
  readonly response: NodeResponse
}

/** The sessions of an app on Node, or on a framework that stands on it. */
export interface NodeSessions<User extends SessionUser = SessionUser> {
  /** Finds out whose request it is, refreshes ahead of expiry, and sets the cookies, unless the `routes` answer it. */
  readonly middleware: NodeMiddleware
  /**
   * What the middleware found, signed in or not.
   * @throws AuthError `invalid_argument` when it has not run.
   */
  of(request: NodeRequest): RequestSession<User>
  /** The session of a guarded request. @throws AuthSessionMissingError when there is none. */
  sessionOf(request: NodeRequest): ServerSession<User>
  /**
   * Lets pass who is signed in, but what a page of another origin sent that changes something: that
   * gets 403, see `originGuard`. Others get 401, or 403 where a step is missing, or the sign-in; 503
   * with `Retry-After` while it cannot be told. It needs no middleware before it.
   */
  requireSession(options?: RequireSessionOptions): NodeMiddleware
  /**
   * The same for frameworks whose hooks return promises: whether the request may go on. Where it may
   * not, it has been answered. Rejects with what the `routes` throw.
   */
  admit(exchange: NodeExchange, options?: RequireSessionOptions): Promise<boolean>
  /** Refreshes now, in another organization if asked to, and sets the cookies. */
  refreshSession(
    exchange: NodeExchange,
    options?: Pick<RefreshRequestSessionOptions, 'organizationId'>,
  ): Promise<RequestSession<User>>
  /**
   * Signs out, and erases the cookies. Send the browser to the `signOutUrl` then, if there is one.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL, and for `parameters` that
   *   are no texts.
   */
  signOut(exchange: NodeExchange, options?: SignOutPageOptions): Promise<SignOutResult>
}

/** Whether a person is about to see the answer. */
function isNavigation({ method, headers }: NodeRequest): boolean {
  // Nobody goes there yet, and nobody is to be signed in for it.
  if (isPrefetch({ get: (name) => String(headers[name.toLowerCase()] ?? '') || null })) return false
  const mode = headers['sec-fetch-mode']
  const html = String(headers.accept).includes('text/html')
  return method === 'GET' && (mode === undefined ? html : mode === 'navigate')
}

/**
 * Makes the sessions of an app on Node.
 * @example
 * ```ts
 * import { createNodeSessions, nodeHandler } from 'holdfast/node'
 * import { createServer } from 'node:http'
 *
 * const auth = createNodeSessions({ sessions, routes: nodeHandler(backend) }) // of createBackend
 * createServer(async (request, response) => {
 *   if (!(await auth.admit({ request, response }, { signInPath: '/auth/sign-in' }))) return
 *   response.end(`Signed in as ${auth.sessionOf(request).user.email}.`)
 * })
 * ```
 * @example In Express
 * ```ts
 * import { createExpressSessions } from 'holdfast/express'
 * import express from 'express'
 *
 * const { middleware, sessionOf, requireSession } = createExpressSessions({ sessions })
 * const app = express()
 * app.use(middleware)
 * app.get('/me', requireSession(), (request, response) => void response.json(sessionOf(request).user))
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function createNodeSessions<User extends SessionUser>(
  options: NodeSessionsOptions<User>,
): NodeSessions<User> {
  checkObject('options', options)
  checkObject('sessions', options.sessions)
  const { sessions, routes, ...origins } = options
  if (routes !== undefined) {
    checkMethods(options, ['routes'], '`routes` is what `nodeHandler` makes of a backend.')
  }
  const found = new WeakMap<NodeRequest, RequestSession<User>>()
  const isForeign = foreignRequests(origins)

  /** Puts on an answer what came of the cookies of its request; a handler may say more, but not to a shared cache. */
  function apply(
    response: NodeResponse,
    state: Pick<RequestSession<User>, 'failure' | 'setCookies'>,
  ): void {
    const answer = answerHeadersOf(response)
    applySession(answer, state)
    beforeHeaders(response, () => keepFromCaches(answer, state))
  }

  /** Notes what came of the cookies of a request, and puts it on the answer. */
  async function note(
    { request, response }: NodeExchange,
    looking: Promise<RequestSession<User>>,
  ): Promise<RequestSession<User>> {
    const state = await looking
    apply(response, state)
    found.set(request, state)
    return state
  }

  const look = (request: NodeRequest): Promise<RequestSession<User>> =>
    sessions.getSession(cookieHeaderOf(request), { request })

  const load = async (exchange: NodeExchange): Promise<RequestSession<User>> =>
    found.get(exchange.request) ?? note(exchange, look(exchange.request))

  /** Whether the routes have answered a request, which they are asked of once. */
  async function isRouted({ request, response }: NodeExchange): Promise<boolean> {
    if (!routes || found.has(request)) return false
    return new Promise((resolve, reject) => {
      const next = (error?: unknown): void => (error === undefined ? resolve(false) : reject(error))
      routes(request, response, next).then(() => resolve(true), reject)
    })
  }

  /** Whether a request goes on, whosever it is. */
  async function enter(exchange: NodeExchange): Promise<boolean> {
    if (await isRouted(exchange)) return false
    await load(exchange)
    return true
  }

  /** The answer to whoever may not pass. */
  async function stop(
    exchange: NodeExchange,
    { signInPath, dangerouslyAllowAnyOrigin = false }: RequireSessionOptions,
  ): Promise<Response | null> {
    const { request } = exchange
    if (!dangerouslyAllowAnyOrigin && isForeign(exchange)) return refuse(FOREIGN)
    const { session, failure } = await load(exchange)
    if (session) return null
    // A browser that cannot bind sessions would be sent back and forth.
    const isFinal = failure?.retryable || failure?.reason === 'device_required'
    if (signInPath === undefined || isFinal || !isNavigation(request)) {
      return refuse(problemOf(failure))
    }
    return redirect(`${signInPath}?${new URLSearchParams({ returnTo: pathOf(request) })}`)
  }

  async function admit(
    exchange: NodeExchange,
    guard: RequireSessionOptions = {},
  ): Promise<boolean> {
    if (await isRouted(exchange)) return false
    const answer = await stop(exchange, guard)
    if (answer) await sendWebResponse(answer, exchange.response)
    return answer === null
  }

  function of(request: NodeRequest): RequestSession<User> {
    const state = found.get(request)
    if (state) return state
    throw new AuthError(
      'invalid_argument',
      'Put `app.use(auth.middleware)` before what needs sessions.',
    )
  }

  return {
    of,
    middleware: (request, response, next) => {
      enter({ request, response }).then((may) => (may ? next() : undefined), next)
    },
    sessionOf(request) {
      const { session } = of(request)
      if (session) return session
      throw new AuthSessionMissingError('Nobody is signed in.')
    },
    admit,
    requireSession: (options) => (request, response, next) => {
      admit({ request, response }, options).then((may) => (may ? next() : undefined), next)
    },
    async refreshSession(exchange, options = {}) {
      checkObject('options', options)
      const { request } = exchange
      const wanted = { request, fresh: true, organizationId: options.organizationId }
      return note(exchange, sessions.refreshSession(cookieHeaderOf(request), wanted))
    },
    async signOut({ request, response }, options) {
      const ended = await sessions.signOut(cookieHeaderOf(request), options)
      apply(response, { failure: null, setCookies: ended.setCookies })
      found.set(request, await sessions.getSession(null))
      return ended
    },
  }
}
