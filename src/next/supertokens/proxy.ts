import { isPrefetch } from '../../server/backend/guard.js'
import { CANNOT_TELL } from '../../server/backend/problems.js'
import { headersOf } from '../../server/requests/answer-headers.js'
import { keepPrivate, varyByCookie } from '../../server/requests/caching.js'
import {
  InvalidClaimsError,
  TryRefreshTokenError,
  UnauthorisedError,
} from '../../server/supertokens/errors.js'
import { isOfSomebody, readCredentials } from '../../server/supertokens/web/credentials.js'
import type { SessionForRendering } from '../../server/supertokens/web/index.js'
import { answerRouter, forAction, isAction, isNavigation } from '../ahead.js'
import type { NextFramework } from '../framework.js'
import { createGuard } from '../proxy.js'
import type { ProxyOptions } from '../proxy-types.js'
import { withoutSlash } from '../slashes.js'
import type { NextHandler } from '../types.js'
import { sendTo, showPatience } from './handlers.js'
import type { SuperTokensWorld } from './world.js'

/** Why somebody may not see a page. */
type Refused = Exclude<SessionForRendering, { readonly status: 'signed-in' }>

/** The same, as front ends of SuperTokens are told. */
function errorOf(found: Refused): Error {
  switch (found.status) {
    case 'invalid-claims':
      return new InvalidClaimsError(found.claimValidationErrors)
    case 'try-refresh':
      return new TryRefreshTokenError('The browser must refresh first.')
    case 'signed-out':
      return new UnauthorisedError('Nobody is signed in.', { code: 'session_missing' })
  }
}

/** Where a browser is sent whose person may not see a page. */
async function placeFor(
  { status }: Refused,
  { sessions, signInPage, claimsPage }: SuperTokensWorld,
): Promise<string> {
  if (status === 'try-refresh') return sessions.refreshTokenPath()
  return status === 'invalid-claims' ? claimsPage : signInPage
}

/** Why somebody may not see a page, or why nobody can tell whether they may. */
type Reason = Refused | { readonly failure: unknown }

/** The answer to a browser that goes to a page which its person may not see, or of which that is not known. */
async function leadAway(
  { url }: Request,
  world: SuperTokensWorld,
  reason: Reason,
): Promise<Response> {
  if ('failure' in reason) return showPatience()
  const { pathname, search } = new URL(url)
  return sendTo(world.addressOf(await placeFor(reason, world), pathname + search))
}

/** The same to whoever asks, and however. */
async function turnAway(
  request: Request,
  world: SuperTokensWorld,
  reason: Reason,
): Promise<Response> {
  const failure = 'failure' in reason ? reason.failure : errorOf(reason)
  const answer = world.sessions.toResponse(failure)
  // A mistake of the app's: its own page of errors says so.
  if (!answer) throw failure
  const nothing = answerRouter(request)
  if (nothing) return nothing
  const { status } = answer
  if (isAction(request)) {
    // By its status, front ends that listen refresh and call once more.
    return forAction(await leadAway(request, world, reason), { message: CANNOT_TELL, status })
  }
  if (isNavigation(request) && !isPrefetch(request.headers)) return leadAway(request, world, reason)
  return answer
}

/** Keeps an answer that is for one person out of shared caches. */
function keep(request: Request, response: Response): Response {
  const headers = headersOf(response.headers)
  varyByCookie(headers)
  if (isOfSomebody(readCredentials(request))) keepPrivate(headers)
  return response
}

/** What the proxy works with. */
export interface SuperTokensProxyDeps {
  readonly framework: Pick<NextFramework, 'NextResponse'>
  /** @throws AuthError `invalid_argument` for settings that are missing or wrong. */
  world(): SuperTokensWorld
}

/**
 * Makes the proxy of an app. It looks at protected pages only: readers find out by themselves.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function createSuperTokensProxy(
  { framework, world }: SuperTokensProxyDeps,
  options: ProxyOptions,
): NextHandler {
  const isProtected = createGuard(options)
  const goOn = ({ headers }: Request): Response =>
    framework.NextResponse.next({ request: { headers } })
  return async (request) => {
    const here = world()
    const pathname = withoutSlash(new URL(request.url).pathname)
    // Whoever is sent there must see it, and whoever lacks something must get out.
    const open = [here.signInPage, here.claimsPage].some((page) => withoutSlash(page) === pathname)
    const own = open || (await here.sessions.owns(pathname))
    if (own || !isProtected(request)) return keep(request, goOn(request))
    try {
      const found = await here.sessions.getSessionForRendering(request)
      if (found.status === 'signed-in') return keep(request, goOn(request))
      return await turnAway(request, here, found)
    } catch (failure) {
      return turnAway(request, here, { failure })
    }
  }
}
