import type { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { text } from '../../providers/shared/json.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { createSignOutReport } from '../requests/sign-out-report.js'
import { checkNames, isScope, isTexts } from '../shared/arguments.js'
import { answer, CHANGED, type Problem, refuse } from './answers.js'
import { readFields, unreadable } from './fields.js'
import { safeReturnTo } from './paths.js'
import { problemOf, problemOfSignIn } from './problems.js'
import { createSessionView } from './session-view.js'
import type { Call, Handler } from './types.js'

/** What the routes of a session work on. */
export interface SessionRoutesDeps<User extends SessionUser> {
  readonly sessions: RequestSessions<User>
  readonly exposeAccessToken: boolean
  readonly signOutParameters?: readonly string[] | undefined
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
  /** Whose sessions a sign-out is to end, and what it tells the auth server; as they came. */
  readonly scope: unknown
  readonly parameters: unknown
}

const NO_SCOPE: Problem = {
  status: 400,
  code: 'invalid_argument',
  message: '`scope` is `local`, `global` or `others`.',
}

const NO_PARAMETERS: Problem = {
  status: 400,
  code: 'invalid_argument',
  message: '`parameters` are texts, under names that the `signOutParameters` of the backend list.',
}

/** Why sessions elsewhere may live on. */
const problemOfEnd = (error: AuthError): Problem =>
  error.code === 'session_missing' ? problemOf(null) : problemOfSignIn(error)

async function readWish(call: Call): Promise<Wish | null> {
  const fields = await readFields(call)
  if (!fields) return null
  const { sessionId, organizationId, returnTo, scope = 'local', parameters = {} } = fields
  return {
    sessionId: text(sessionId),
    organizationId: text(organizationId),
    returnTo: text(returnTo),
    scope,
    parameters,
  }
}

/** Makes the routes by which pages learn of a session, and change it. */
export function createSessionRoutes<User extends SessionUser>(
  deps: SessionRoutesDeps<User>,
): Readonly<Record<string, Handler>> {
  const { sessions, signOutParameters = [] } = deps
  checkNames('signOutParameters', signOutParameters)
  const view = createSessionView(deps)
  const tellLog = createSignOutReport(deps)

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
    const { scope } = wish
    if (!isScope(scope)) return refuse(NO_SCOPE)
    const { parameters } = wish
    const isListed = (name: string): boolean => signOutParameters.includes(name)
    if (!isTexts(parameters) || !Object.keys(parameters).every(isListed)) {
      return refuse(NO_PARAMETERS)
    }
    const wanted = { returnTo: returnTo || undefined, scope, parameters }
    const { setCookies, signOutUrl, ...ended } = await sessions.signOut(call.cookie, wanted)
    tellLog(ended)
    // Whoever wants an end to sessions elsewhere is to know where there was none.
    if (scope !== 'local' && ended.error) return refuse(problemOfEnd(ended.error), setCookies)
    // The word of 0.1: pages that were loaded before the server changed read it too.
    return answer(signOutUrl === null ? {} : { logoutUrl: signOutUrl }, setCookies)
  }

  return {
    '/session': { methods: ['GET'], by: 'page', run: read },
    '/refresh': { methods: ['POST'], by: 'page', run: refresh },
    '/sign-out': { methods: ['POST'], by: 'page', run: signOut },
  }
}
