import { redirect, refuse } from '../server/backend/answers.js'
import { isPrefetch } from '../server/backend/guard.js'
import { problemOf } from '../server/backend/problems.js'
import { applySession } from '../server/requests/apply-session.js'
import type { RequestSession } from '../server/requests/request-sessions.js'
import type { NextFramework } from './framework.js'
import { readPaths } from './page-paths.js'
import { matchPaths } from './paths.js'
import { applyToRequest } from './set-cookie.js'
import type { NextHandler, ProxyOptions } from './types.js'
import { PATH_HEADER, VERDICT_HEADER, writeVerdict } from './verdict.js'
import { isOwnPath, signInPath, type World } from './world.js'

/** What the proxy works with. */
export interface ProxyDeps {
  readonly framework: Pick<NextFramework, 'NextResponse'>
  /** @throws AuthError `invalid_argument` for settings that are missing or wrong. */
  world(): World
}

type Loaded = Pick<RequestSession, 'failure' | 'setCookies'>

/** @throws AuthError `invalid_argument` for a pattern that is none. */
function createGuard(options: ProxyOptions): (request: Request) => boolean {
  const { protect, unauthenticatedPaths } = options
  const open = matchPaths(unauthenticatedPaths ?? [])
  const closed = typeof protect === 'object' ? matchPaths(protect) : null
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

/** Whether a browser goes to a page, rather than a script asking for something. */
function isNavigation({ headers, method }: Request): boolean {
  // Nobody goes there yet, and nobody is to be signed in for it.
  if (isPrefetch(headers)) return false
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
}

/** What a person sees while nobody can tell who they are. */
const PATIENCE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>One moment, please</title>
<p>The sign-in service cannot be reached. You are not signed out. <a href="">Try again</a></p>`

/** The answer to somebody who may not see a page, or of whom that is not known. */
function turnAway(request: Request, { failure, setCookies }: Loaded, world: World): Response {
  const refusal = refuse(problemOf(failure), setCookies)
  if (!isNavigation(request)) return refusal
  if (refusal.status === 503) {
    const headers = new Headers(refusal.headers)
    headers.set('Content-Type', 'text/html; charset=utf-8')
    return new Response(PATIENCE, { status: 503, headers })
  }
  const { pathname, search } = new URL(request.url)
  const path = signInPath(world, 'sign-in', { returnTo: pathname + search })
  return redirect(new URL(path, world.settings.redirectUri).href, setCookies)
}

/**
 * Makes the proxy of an app. Readers of the request find the newest session where the browser will
 * have it from now on, in the header `Cookie`.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function createProxy({ framework, world }: ProxyDeps, options: ProxyOptions): NextHandler {
  const isProtected = createGuard(options)
  return async (request) => {
    const here = world()
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    headers.delete(VERDICT_HEADER)
    headers.set(PATH_HEADER, pathname + search)
    const goOn = (): Response => framework.NextResponse.next({ request: { headers } })
    // The routes of the sign-in look after the session themselves.
    if (isOwnPath(here, request)) return goOn()
    const cookie = request.headers.get('cookie')
    const loaded = await here.sessions.getSession(cookie, { request })
    const { session, failure, setCookies } = loaded
    if (!session && isProtected(request)) return turnAway(request, loaded, here)
    headers.set(VERDICT_HEADER, writeVerdict(session ? null : failure))
    const known = applyToRequest(cookie, setCookies)
    if (known) headers.set('cookie', known)
    else headers.delete('cookie')
    const response = goOn()
    applySession(response.headers, loaded)
    return response
  }
}
