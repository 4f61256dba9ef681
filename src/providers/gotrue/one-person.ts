import { AuthError } from '../../core/errors.js'
import type { ActionHost } from '../../core/provider.js'
import type { Session, SessionUser } from '../../core/session.js'

/** What sends as whoever is signed in. */
export type Sender<User extends SessionUser> = Pick<ActionHost<User>, 'withSession' | 'exchange'>

/**
 * What sends the requests of one call, which are all of the person of the first:
 *
 *   Ada is asked for her key ──▶ Grace signs in ──▶ her token would go along with Ada's proof
 *
 * @throws AuthError `superseded` in place of a request as somebody else
 */
export function onePerson<User extends SessionUser>(host: Sender<User>): Sender<User> {
  let person: string | undefined
  const same =
    <More extends unknown[], T>(send: (session: Session<User>, ...more: More) => Promise<T>) =>
    async (session: Session<User>, ...more: More): Promise<T> => {
      const id = session.user?.id ?? ''
      person ??= id
      if (person === id) return send(session, ...more)
      throw new AuthError('superseded', 'Somebody else has signed in since the request was made.')
    }
  return {
    withSession: (send, call) => host.withSession(same(send), call),
    exchange: (purpose, call) => host.exchange({ ...purpose, send: same(purpose.send) }, call),
  }
}
