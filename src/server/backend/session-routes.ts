import { parseJson } from '../../core/json.js'
import type { SessionUser } from '../../core/session.js'
import { asObject, text } from '../../providers/shared/json.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { RequestSessions, ServerSession } from '../requests/request-sessions.js'
import { createSignOutReport } from '../requests/sign-out-report.js'
import { answer, type Problem, refuse } from './answers.js'
import { readAll } from './idle-limit.js'
import { safeReturnTo } from './paths.js'
import { problemOf } from './problems.js'
import type { Call, Handler } from './types.js'

/** What the routes of a session work on. */
export interface SessionRoutesDeps<User extends SessionUser> {
  readonly sessions: RequestSessions<User>
  readonly exposeAccessToken: boolean
  /** The origin of the pages. */
  appOrigin(url: URL): string
  report(error: unknown): void
  now(): number
}

/** What pages may ask for. */
interface Wish {
  /** The session that the page knows. */
  readonly sessionId: string | undefined
  readonly organizationId: string | undefined
  readonly returnTo: string | undefined
}

/** No wish of a page is as long, in bytes. */
const LARGEST = 16_384

const CHANGED: Problem = {
  status: 409,
  code: 'session_changed',
  message: 'Somebody else has signed in in this browser.',
}

async function readWish({ request }: Call): Promise<Wish | null> {
  const content = await readAll(request.body, LARGEST)
  if (typeof content === 'string') return null
  try {
    const fields = asObject(parseJson(new TextDecoder().decode(content) || '{}'))
    if (!fields) return null
    const { sessionId, organizationId, returnTo } = fields
    return {
      sessionId: text(sessionId),
      organizationId: text(organizationId),
      returnTo: text(returnTo),
    }
  } catch {
    return null
  }
}

const unreadable = (): Response =>
  refuse({ status: 400, code: 'invalid_request', message: 'The body is not a JSON object.' })

/** Makes the routes by which pages learn of a session, and change it. */
export function createSessionRoutes<User extends SessionUser>(
  deps: SessionRoutesDeps<User>,
): Readonly<Record<string, Handler>> {
  const { sessions, exposeAccessToken } = deps
  const tellLog = createSignOutReport(deps)

  /** A session as pages see it: with a name for its token in place of the token. */
  async function view(session: ServerSession<User>): Promise<Readonly<Record<string, unknown>>> {
    const { authenticated: _, accessToken, expiresAt, refreshAt, ...known } = session
    return {
      ...known,
      sessionId: known.sessionId ?? known.user.id,
      handle: await fingerprint(accessToken),
      expiresIn: expiresAt - deps.now(),
      // There is nothing to refresh it by: pages that asked all the same would be refused.
      ...(refreshAt >= expiresAt && { endsWithToken: true }),
      ...(exposeAccessToken && { accessToken }),
    }
  }

  /** Whether the cookies hold another session than the one that the page means. */
  async function isStranger({ cookie }: Call, { sessionId }: Wish): Promise<boolean> {
    const held = sessionId ? await sessions.describeSession(cookie) : null
    return held !== null && (held.sessionId ?? held.user.id) !== sessionId
  }

  async function read({ cookie, request }: Call): Promise<Response> {
    const { session, failure, setCookies } = await sessions.getSession(cookie, { request })
    if (session) return answer({ session: await view(session) }, setCookies)
    const problem = problemOf(failure)
    const known = problem.status === 401 || problem.code === 'rejected'
    return known ? answer({ session: null }, setCookies) : refuse(problem, setCookies)
  }

  async function refresh(call: Call): Promise<Response> {
    const wish = await readWish(call)
    if (!wish) return unreadable()
    if (await isStranger(call, wish)) return refuse(CHANGED)
    const { organizationId } = wish
    const { request } = call
    const wanted = { fresh: true, organizationId, request }
    const { session, failure, setCookies } = await sessions.refreshSession(call.cookie, wanted)
    if (!session || failure) return refuse(problemOf(failure), setCookies)
    return answer({ session: await view(session) }, setCookies)
  }

  async function signOut(call: Call): Promise<Response> {
    const wish = await readWish(call)
    if (!wish) return unreadable()
    if (await isStranger(call, wish)) return refuse(CHANGED)
    const returnTo = wish.returnTo && `${deps.appOrigin(call.url)}${safeReturnTo(wish.returnTo)}`
    const wanted = { returnTo: returnTo || undefined }
    const { setCookies, signOutUrl, ...ended } = await sessions.signOut(call.cookie, wanted)
    tellLog(ended)
    // The word of 0.1: pages that were loaded before the server changed read it too.
    return answer(signOutUrl === null ? {} : { logoutUrl: signOutUrl }, setCookies)
  }

  return {
    '/session': { methods: ['GET'], by: 'page', run: read },
    '/refresh': { methods: ['POST'], by: 'page', run: refresh },
    '/sign-out': { methods: ['POST'], by: 'page', run: signOut },
  }
}
