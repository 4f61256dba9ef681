import type { SessionUser } from '../../core/session.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createEventStreams, type EventStreamOptions } from '../endings/event-streams.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { DEVICE_UNKNOWN } from '../sealed/results.js'
import { type Problem, refuse, stream } from './answers.js'
import { problemOf } from './problems.js'
import type { Call, Handler } from './types.js'

/** Why there is no stream. A page opens the next one later. */
const FULL: Readonly<Record<'session' | 'total', Problem>> = {
  session: {
    status: 429,
    code: 'rate_limited',
    message: 'This session has enough streams open.',
    retryAfter: 60_000,
  },
  total: {
    status: 503,
    code: 'unavailable',
    message: 'This server has enough streams open.',
    retryAfter: 60_000,
  },
}

/**
 * Makes the route by which pages hear at once that their session is over. It is no use of the session, so that it
 * keeps none alive that nobody uses, and sets no cookie.
 */
export function createEventRoute<User extends SessionUser>(
  sessions: RequestSessions<User>,
  options: EventStreamOptions,
): Handler {
  const streams = createEventStreams(options)

  async function run({ request, cookie }: Call): Promise<Response> {
    const { session, failure } = await sessions.getSession(cookie, { refresh: 'never', request })
    // An access token that is over is no end: a refresh is the page's to ask for.
    const isOutage = failure?.retryable && failure.error?.serverCode !== DEVICE_UNKNOWN
    const isOpen = session || isOutage || failure?.reason === 'invalid_jwt'
    const holds = isOpen ? await sessions.describeSession(cookie) : null
    if (!holds) return refuse(problemOf(failure))
    const opened = await streams.open({
      // What pages are told of it, and a page may tell us, is a name.
      session: await fingerprint(holds.sessionId ?? holds.user.id),
      lastEventId: request.headers.get('Last-Event-ID'),
      request,
      watch: (onEnd) => sessions.watchSession(cookie, onEnd),
    })
    return typeof opened === 'string' ? refuse(FULL[opened]) : stream(opened)
  }

  return { methods: ['GET'], by: 'page', run }
}
