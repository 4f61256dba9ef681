import { safeReturnTo } from '../../server/backend/paths.js'
import type { SuperTokensSessions } from '../../server/supertokens/web/index.js'
import { fail, needUrl } from '../environment.js'
import { withoutSlash } from '../slashes.js'
import { shared } from '../world.js'
import type { NextSuperTokensOptions } from './types.js'

/** What an app's settings come to. */
export interface SuperTokensWorld {
  readonly sessions: SuperTokensSessions
  readonly signInPage: string
  readonly claimsPage: string
  /** The whole address of a page of this app, which gets the one to return to. */
  addressOf(page: string, returnTo: string): string
  /** The whole address of the page to return to: the first one where a wish leads elsewhere. */
  backTo(returnTo: string | null): string
}

function checkPage(name: string, page: unknown): string {
  const known = typeof page === 'string' && page !== '/' && !/[?#]/.test(page)
  if (known && safeReturnTo(page) === page) return page
  return fail(`\`${name}\` is the path of a page of this app, such as \`/login\`.`)
}

/** Reads an app's settings. @throws AuthError `invalid_argument` that says what is missing or wrong. */
export function createSuperTokensWorld(options: NextSuperTokensOptions): SuperTokensWorld {
  const { origin } = needUrl(options.origin, '`origin`')
  const signInPage = checkPage('signInPage', options.signInPage)
  if (typeof options.sessions !== 'function') {
    fail('`sessions` is a function that makes them: Next builds the app without its environment.')
  }
  return {
    sessions: options.sessions(shared),
    signInPage,
    claimsPage: checkPage('claimsPage', options.claimsPage ?? signInPage),
    addressOf: (page, returnTo) =>
      `${origin}${page}?${new URLSearchParams({ returnTo: safeReturnTo(returnTo) })}`,
    backTo: (returnTo) => origin + safeReturnTo(returnTo),
  }
}

/**
 * The paths that a browser may have asked for. Next gives Route Handlers paths without the app's
 * `basePath` and tells them nothing of it, and proxies the whole of it (16.4, seen): what stands before
 * each slash of a whole path may be it.
 */
export function pathsAsked(request: Request, whole: string): readonly string[] {
  const pathname = withoutSlash(new URL(request.url).pathname)
  const slashes = [...whole.matchAll(/\//g)].map(({ index }) => index)
  return slashes.map((at) => whole.slice(0, at) + pathname)
}
