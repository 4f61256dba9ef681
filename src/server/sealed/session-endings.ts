import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkObject } from '../shared/arguments.js'
import type { Parts } from './parts.js'
import { checkPassword } from './seal.js'
import type { SealedSessions } from './sealed-sessions-types.js'
import { createSessionWatch } from './session-watch.js'

/** What ends sessions, and tells of ends. */
export type SessionEndings<User extends SessionUser> = Pick<
  SealedSessions<User>,
  'signOut' | 'endSessions' | 'watchSession' | 'listSessions'
>

const unread = (): AuthError =>
  new AuthError(
    'storage',
    'The session is held in a store that does not answer now: it is over here, and the auth server is told later.',
  )

const unknown = (): AuthError =>
  new AuthError(
    'storage',
    'The session is held in a store that does not answer now: nobody can tell whose it is.',
    { retryable: true },
  )

/** Makes what ends sessions. */
export function createSessionEndings<User extends SessionUser>(
  parts: Parts<User>,
): SessionEndings<User> {
  const { opener, ended, listing, uses } = parts
  const watch = createSessionWatch(parts)

  return {
    async signOut(cookie, wanted = {}) {
      checkObject('cookie', cookie)
      checkObject('options', wanted)
      checkPassword(cookie.password)
      const opened = await opener.open(cookie)
      if ('reason' in opened) {
        const name = await opener.nameOfHeld(cookie)
        if (!opened.retryable || name === null) return { sessionId: null, error: null }
        await ended.endUnread(name)
        return { sessionId: null, error: unread() }
      }
      const result = await ended.end(opened, wanted)
      if (wanted.scope !== 'others') await parts.sealing.release(opened, 0)
      return result
    },
    async endSessions(which, wanted = {}) {
      checkObject('options', wanted)
      return ended.endTogether(which, wanted)
    },
    async watchSession(cookie, onEnd) {
      checkObject('cookie', cookie)
      checkPassword(cookie.password)
      return watch(cookie, onEnd)
    },
    async listSessions(cookie) {
      checkObject('cookie', cookie)
      checkPassword(cookie.password)
      const opened = await opener.open(cookie)
      if ('reason' in opened && opened.retryable) throw unknown()
      if ('reason' in opened || (await ended.isOver(opened))) return []
      if (await uses.isOver(opened, cookie)) return []
      return listing.of(opened, cookie.password)
    },
  }
}
