import type { SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import { type AnswerHeaders, answerHeadersOf, listOf } from '../server/requests/answer-headers.js'
import { applyCookies } from '../server/requests/apply-session.js'
import { keepPrivate, varyByCookie } from '../server/requests/caching.js'
import { beforeHeaders } from '../server/requests/late-headers.js'
import { begin, end, look, renew, urlFor } from './acts.js'
import type {
  RefreshSessionOptions,
  ReturnOutage,
  ThrowOutage,
  WithAuthOptions,
} from './call-options.js'
import type { PagesRequest, PagesResponse, PagesSession } from './pages-types.js'
import { applyToRequest } from './set-cookie.js'
import type { NoUserInfo, UnknownUserInfo, UserInfo } from './user-info.js'
import type { Visit } from './visit.js'
import type { World } from './world.js'

function visitOf({ headers }: PagesRequest, answer: AnswerHeaders): Visit {
  const headerOf = (name: string): string | null =>
    listOf(headers[name.toLowerCase()]).join(name === 'cookie' ? '; ' : ', ') || null
  let cookie = headerOf('cookie')
  return {
    cookie: () => cookie,
    header: headerOf,
    requireWritable: () => {},
    setHeader: (name, value) => answer.set(name, value),
    setCookies(values) {
      applyCookies(answer, values)
      cookie = applyToRequest(cookie, values) || null
    },
  }
}

/** What a request of the Pages Router has of a session. */
export function createPagesSession<User extends SessionUser>(
  world: () => World<User>,
  request: PagesRequest,
  response: PagesResponse,
): PagesSession<User, RefreshSessionOptions> {
  const answer = answerHeadersOf(response)
  const visit = visitOf(request, answer)
  // An API route may be none that the proxy covers: what it answers is for one person, whatever it says of that later.
  let isKept = false
  function keepFromCaches(): void {
    varyByCookie(answer)
    keepPrivate(answer)
    if (!isKept) beforeHeaders(response, keepFromCaches)
    isKept = true
  }

  const urlOf = async (page: 'sign-in' | 'sign-up', options: SignInUrlOptions = {}) =>
    urlFor(world(), visit, { ...options, page })

  function withAuth(options: ReturnOutage): Promise<UserInfo<User> | NoUserInfo | UnknownUserInfo>
  function withAuth(options?: ThrowOutage): Promise<UserInfo<User> | NoUserInfo>
  async function withAuth({ onOutage }: Pick<WithAuthOptions, 'onOutage'> = {}) {
    keepFromCaches()
    const who = await look(world(), visit)
    if (who.outage && onOutage !== 'return') throw who.outage
    return who
  }

  return {
    withAuth,
    refreshSession: async ({ organizationId } = {}) => renew(world(), visit, organizationId),
    setSession: async (grant) => begin(world(), visit, grant),
    signOut: async (options) => end(world(), visit, options),
    getSignInUrl: (options) => urlOf('sign-in', options),
    getSignUpUrl: (options) => urlOf('sign-up', options),
  }
}
