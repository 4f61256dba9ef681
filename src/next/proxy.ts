import type { SessionUser } from '../core/session.js'
import { type Problem, redirect, refuse } from '../server/backend/answers.js'
import { isPrefetch } from '../server/backend/guard.js'
import { problemOf } from '../server/backend/problems.js'
import { applyCookies, applyOffer, applySession } from '../server/requests/apply-session.js'
import type { RequestSession } from '../server/requests/request-sessions.js'
import { refreshError } from './acts.js'
import { answerRouter, forAction, isAction, isNavigation } from './ahead.js'
import type { NextFramework } from './framework.js'
import { readPaths } from './page-paths.js'
import { matchPaths } from './paths.js'
import type { ProxyOptions, ProxySession } from './proxy-types.js'
import { applyToRequest } from './set-cookie.js'
import { isRoute, withoutSlash } from './slashes.js'
import type { NextHandler } from './types.js'
import { NO_USER, toUserInfo, type Who } from './user-info.js'
import { PATH_HEADER, toAuthError, VERDICT_HEADER, writeVerdict } from './verdict.js'
import { signInUrl, type World } from './world.js'

/** What the proxy works with. */
export interface ProxyDeps<User extends SessionUser> {
  readonly framework: Pick<NextFramework, 'NextResponse'>
  /** @throws AuthError `invalid_argument` for settings that are missing or wrong. */
  world(): World<User>
}

/**
 * Makes the question whether a request is for a page that not everybody may see.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function createGuard(options: ProxyOptions): (request: Request) => boolean {
  const { protect, unauthenticatedPaths } = options
  const open = matchPaths(unauthenticatedPaths ?? [])
  // Next finds pages by the case of their letters, and rewrites paths that lead to them without it.
  const closed = typeof protect === 'object' ? matchPaths(protect, { anyCase: true }) : null
  const all = protect ?? unauthenticatedPaths !== undefined
  return (request) => {
    if (!all) return false
    const paths = readPaths(request)
    // Nobody can tell what it leads to, and it may be a page that only some may see.
    if (!paths) return true
    const wanted = closed ? paths.any.some(closed) : true
    return wanted && !paths.own.every((path) => open(path) || open(encodeURI(path)))
  }
}

/** RFC 9110 §15.5.20. */
const MISDIRECTED: Problem = {
  status: 421,
  code: 'forbidden',
  message: 'This app answers under the hosts of its `redirectUris` only.',
}

/** What a person sees while nobody can tell who they are. */
export const PATIENCE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>One moment, please</title>
<p>The sign-in service cannot be reached. You are not signed out. <a href="">Try again</a></p>`

/** The answer to a browser that goes to a page which its person may not see, or of whom that is not known. */
function leadAway<User extends SessionUser>(
  { headers, url }: Request,
  { failure, setCookies }: RequestSession<User>,
  world: World<User>,
): Response {
  const refusal = refuse(problemOf(failure), setCookies)
  // A browser that cannot bind sessions would be sent back and forth.
  if (failure?.reason === 'device_required') return refusal
  if (refusal.status === 503) {
    const page = new Headers(refusal.headers)
    page.set('Content-Type', 'text/html; charset=utf-8')
    return new Response(PATIENCE, { status: 503, headers: page })
  }
  const place = { page: 'sign-in', header: (name: string) => headers.get(name) } as const
  if (world.settings.places.originOf(place.header) === null) return refuse(MISDIRECTED, setCookies)
  const { pathname, search } = new URL(url)
  return redirect(signInUrl(world, place, { returnTo: pathname + search }), setCookies)
}

/** The same to whoever asks, and however. */
function turnAway<User extends SessionUser>(
  request: Request,
  found: RequestSession<User>,
  world: World<User>,
): Response {
  const { failure, setCookies } = found
  const problem = problemOf(failure)
  if (isAction(request)) {
    const answer = leadAway(request, found, world)
    const { message } = answer.status === MISDIRECTED.status ? MISDIRECTED : problem
    return forAction(answer, { message })
  }
  const nothing = answerRouter(request)
  if (nothing) {
    applyCookies(nothing.headers, setCookies)
    return nothing
  }
  // Nobody goes there yet, and nobody is to be signed in for it.
  if (isPrefetch(request.headers)) return refuse({ ...problem, status: 503 }, setCookies)
  return isNavigation(request) ? leadAway(request, found, world) : refuse(problem, setCookies)
}

/** A response whose headers can be changed: those of `Response.redirect` cannot. */
function writable(response: Response): Response {
  try {
    response.headers.delete(VERDICT_HEADER)
    return response
  } catch {
    return new Response(response.body, response)
  }
}

async function whoOf<User extends SessionUser>(
  { session, failure }: RequestSession<User>,
  world: World<User>,
  cookie: string | null,
): Promise<Who<User>> {
  if (session) return toUserInfo(session)
  if (!failure?.retryable) return NO_USER
  return { user: undefined, outage: await refreshError(toAuthError(failure), world, cookie) }
}

/** The headers of a request as readers further on may have them: what they are told, nobody outside told them. */
function headersFor({ url, headers: sent }: Request): Headers {
  const { pathname, search } = new URL(url)
  const headers = new Headers(sent)
  headers.delete(VERDICT_HEADER)
  headers.set(PATH_HEADER, pathname + search)
  return headers
}

/**
 * Looks at a request before anything else of the app does, and refreshes its session ahead of expiry. Readers of the
 * request find the newest session where the browser will have it from now on, in the header `Cookie`.
 */
export async function sessionOf<User extends SessionUser>(
  world: World<User>,
  request: Request,
): Promise<ProxySession<User>> {
  const headers = headersFor(request)
  const cookie = headers.get('cookie')
  // The routes of the sign-in look after the session themselves.
  const isSignInRoute = isRoute(world.backend, new URL(request.url).pathname)
  const refresh = isSignInRoute ? 'never' : 'when-due'
  const found = await world.sessions.getSession(cookie, { request, refresh })
  const { session, failure, setCookies } = found
  const known = applyToRequest(cookie, setCookies)
  if (!isSignInRoute) {
    headers.set(VERDICT_HEADER, writeVerdict(session ? null : failure))
    if (known) headers.set('cookie', known)
    else headers.delete('cookie')
  }
  return {
    who: await whoOf(found, world, known),
    isSignInRoute,
    leadsTo(patterns) {
      const matches = matchPaths(patterns, { anyCase: true })
      return readPaths(request)?.any.some(matches) ?? true
    },
    headers,
    apply(response) {
      const answer = writable(response)
      applySession(answer.headers, found)
      return answer
    },
    turnAway() {
      const answer = turnAway(request, found, world)
      applyOffer(answer.headers, found)
      return answer
    },
  }
}

/**
 * Makes the proxy of an app.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function createProxy<User extends SessionUser>(
  { framework, world }: ProxyDeps<User>,
  options: ProxyOptions,
): NextHandler {
  const isProtected = createGuard(options)
  const goOn = (headers: Headers): Response => framework.NextResponse.next({ request: { headers } })
  return async (request) => {
    const here = world()
    const { pathname } = new URL(request.url)
    // Not even looked at: the keys of tokens may not be there yet.
    if (isRoute(here.backend, pathname)) return goOn(headersFor(request))
    const { who, headers, apply, turnAway } = await sessionOf(here, request)
    // Whoever is sent there must see it.
    const isOpen = withoutSlash(pathname) === withoutSlash(here.settings.signInPage ?? '')
    return !who.user && !isOpen && isProtected(request) ? turnAway() : apply(goOn(headers))
  }
}
