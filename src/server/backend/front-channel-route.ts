import type { SessionUser } from '../../core/session.js'
import { isIssuer } from '../../providers/shared/issuer.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { createSignOutReport } from '../requests/sign-out-report.js'
import { tell } from '../shared/security-events.js'
import { type Problem, refuse, showFrame } from './answers.js'
import type { Call, Handler } from './types.js'

const UNNAMED: Problem = {
  status: 400,
  code: 'invalid_request',
  message: 'The address lacks the `iss` of this app’s auth server, or a `sid`.',
}

/** What the route works on. */
export interface FrontChannelDeps<User extends SessionUser> {
  readonly sessions: RequestSessions<User>
  /** Of the auth server, as its tokens have it. */
  readonly issuer: string
  report(error: unknown): void
  now(): number
}

/**
 * Makes the route that an auth server shows in a frame of its own page when somebody signs out there (OpenID Connect
 * Front-Channel Logout 1.0). Anybody can write such a frame: it ends the session that the cookies of this browser hold,
 * and only where it is the one that is named, whose name nobody else knows.
 */
export function createFrontChannelRoute<User extends SessionUser>(
  deps: FrontChannelDeps<User>,
): Handler {
  const { sessions, issuer, report } = deps
  const tellLog = createSignOutReport(deps)

  async function run({ url, cookie }: Call): Promise<Response> {
    const [iss, sid] = [url.searchParams.get('iss'), url.searchParams.get('sid')]
    if (!isIssuer(iss, issuer) || !sid) return refuse(UNNAMED)
    const holds = await sessions.describeSession(cookie)
    const isOther = holds?.serverIssuer !== undefined && holds.serverIssuer !== iss
    if (holds?.serverSessionId !== sid || isOther) return showFrame(new URL(issuer).origin, [])
    // That of another tab's sign-in, too: the server has one for both. Where the other processes cannot be told of it,
    // this browser is signed out all the same.
    await sessions
      .endSessions({ serverSessionId: sid })
      .catch((error: unknown) => tell(report, error))
    const { setCookies, ...ended } = await sessions.signOut(cookie)
    tellLog(ended)
    return showFrame(new URL(issuer).origin, setCookies)
  }

  return { methods: ['GET'], by: 'anyone', run }
}
