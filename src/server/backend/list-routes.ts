import { isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { text } from '../../providers/shared/json.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import type { ListedSession } from '../sealed/listing.js'
import { answer, type Problem, refuse } from './answers.js'
import { headerAfter } from './deeds.js'
import { readFields, unreadable } from './fields.js'
import { problemOf, problemOfSignIn } from './problems.js'
import type { Call, Handler } from './types.js'

/** What a page is told. */
type Answer =
  | Problem
  | { readonly sessions: readonly ListedSession[] }
  | { readonly ended: boolean }

const NO_ID: Problem = {
  status: 400,
  code: 'invalid_argument',
  message: '`sessionId` is the id of a session of the list.',
}

const CURRENT: Problem = {
  status: 400,
  code: 'invalid_argument',
  message: 'This is the session that asks: POST /sign-out ends it, and erases its cookies.',
}

/** Makes the routes by which people see where they are signed in, and end one of these sessions. */
export function createListRoutes<User extends SessionUser>({
  sessions,
}: {
  readonly sessions: RequestSessions<User>
}): Readonly<Record<string, Handler>> {
  /** Does something as whoever is signed in. What a refresh brought is to be kept, whatever comes of it. */
  async function asOwner(
    { cookie, request }: Call,
    work: (listed: readonly ListedSession[]) => Promise<Answer>,
  ): Promise<Response> {
    const { session, failure, setCookies } = await sessions.getSession(cookie, { request })
    if (!session) return refuse(problemOf(failure), setCookies)
    try {
      // A store may have let go of what the cookie named before.
      const newest = headerAfter(cookie, setCookies)
      const done = await work(await sessions.listSessions(newest, { request }))
      return 'status' in done ? refuse(done, setCookies) : answer(done, setCookies)
    } catch (error) {
      if (isAuthError(error)) return refuse(problemOfSignIn(error), setCookies)
      throw error
    }
  }

  const list = (call: Call): Promise<Response> =>
    asOwner(call, async (listed) => ({ sessions: listed }))

  async function end(call: Call): Promise<Response> {
    const fields = await readFields(call)
    if (!fields) return unreadable()
    const sessionId = text(fields.sessionId)
    if (!sessionId) return refuse(NO_ID)
    return asOwner(call, async (listed) => {
      const own = listed.find((one) => one.sessionId === sessionId)
      if (!own) return { ended: false }
      if (own.isCurrent) return CURRENT
      await sessions.endSessions({ sessionId })
      return { ended: true }
    })
  }

  return {
    '/sessions': { methods: ['GET'], by: 'page', run: list },
    '/sessions/end': { methods: ['POST'], by: 'page', run: end },
  }
}
