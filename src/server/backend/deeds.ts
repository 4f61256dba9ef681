import { isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { cutPair } from '../cookies/set-cookie.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { answer, CHANGED, refuse } from './answers.js'
import { problemOf, problemOfSignIn } from './problems.js'
import type { SessionView } from './session-view.js'
import type { RouteTools } from './types.js'

/** The header by which a browser would send what an answer sets. */
export function headerOf(setCookies: readonly string[]): string {
  const kept = setCookies.filter((line) => !line.includes('; Max-Age=0;'))
  return kept.map((line) => line.split(';', 1)[0]).join('; ')
}

/** The header by which the browser of a request sends its next one, when it has what an answer sets. */
export function headerAfter(cookie: string | null, setCookies: readonly string[]): string | null {
  if (setCookies.length === 0) return cookie
  const set = new Set(setCookies.map((line) => cutPair(line)[0]))
  const kept = (cookie ?? '').split(';').filter((pair) => !set.has(cutPair(pair)[0]))
  return [...kept, headerOf(setCookies)].join(';')
}

/** Makes what does something as the person whose request it is. */
export function createDeeds<User extends SessionUser>(
  sessions: RequestSessions<User>,
  view: SessionView<User>,
): RouteTools<User>['as'] {
  return async ({ cookie, request }, sessionId, work) => {
    const { session, failure, setCookies } = await sessions.getSession(cookie, { request })
    if (!session) return refuse(problemOf(failure), setCookies)
    // Somebody else has signed in since the page was drawn: it is not they who asked.
    if (sessionId !== undefined && sessionId !== (session.sessionId ?? session.user.id)) {
      return refuse(CHANGED, setCookies)
    }
    let due: readonly string[]
    try {
      due = await work(session)
    } catch (error) {
      // What a refresh brought is to be kept, whatever came of the rest.
      if (isAuthError(error)) return refuse(problemOfSignIn(error), setCookies)
      throw error
    }
    const header = headerAfter(cookie, setCookies)
    const renewed = await sessions.refreshSession(header, { fresh: true, request })
    // It is done: a refresh that fails now is made up for by a later one.
    const newest = await view(renewed.session ?? session)
    return answer({ session: newest }, [...setCookies, ...due, ...renewed.setCookies])
  }
}
