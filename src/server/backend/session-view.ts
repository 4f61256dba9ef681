import type { SessionUser } from '../../core/session.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { ServerSession } from '../requests/request-sessions.js'

/** What the view of a session takes. */
export interface SessionViewDeps {
  readonly exposeAccessToken: boolean
  /** Milliseconds since the epoch. */
  now(): number
}

/** A session as pages see it: with a name for its token in place of the token. */
export type SessionView<User extends SessionUser> = (
  session: ServerSession<User>,
) => Promise<Readonly<Record<string, unknown>>>

/** Makes what shows sessions to pages. */
export function createSessionView<User extends SessionUser>(
  deps: SessionViewDeps,
): SessionView<User> {
  const { exposeAccessToken } = deps
  return async (session) => {
    const { signedIn: _, accessToken, expiresAt, refreshAt, ...known } = session
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
}
