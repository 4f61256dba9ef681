import type { SessionUser } from '../../core/session.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { type Problem, refuse, showFrame } from './answers.js'
import type { Call, Handler } from './types.js'

const UNNAMED: Problem = {
  status: 400,
  code: 'invalid_request',
  message: 'The address lacks the `iss` of this app’s auth server, or a `sid`.',
}

/**
 * Makes the route that an auth server shows in a frame of its own page when somebody signs out there (OpenID Connect
 * Front-Channel Logout 1.0). Anybody can write such a frame: it ends the session that the cookies of this browser hold,
 * and only where it is the one that is named, whose name nobody else knows.
 */
export function createFrontChannelRoute<User extends SessionUser>(
  sessions: RequestSessions<User>,
  issuer: string,
): Handler {
  async function run({ url, cookie }: Call): Promise<Response> {
    const [iss, sid] = [url.searchParams.get('iss'), url.searchParams.get('sid')]
    if (iss !== issuer || !sid) return refuse(UNNAMED)
    const holds = await sessions.describeSession(cookie)
    if (holds?.serverSessionId !== sid) return showFrame(new URL(issuer).origin, [])
    // That of another tab's sign-in, too: the server has one for both.
    await sessions.endSessions({ sessionId: sid })
    const { setCookies } = await sessions.signOut(cookie)
    return showFrame(new URL(issuer).origin, setCookies)
  }

  return { methods: ['GET'], by: 'anyone', run }
}
