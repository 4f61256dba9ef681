import type { SessionUser } from '../../core/session.js'
import { LONGEST_COOKIE_LIFE } from '../cookies/cookies.js'
import { tell } from '../shared/security-events.js'
import { noteOf } from '../shared/tombstones.js'
import type { SealedDevices } from './devices.js'
import { boundName, boundToName, sessionName } from './end-names.js'
import { sessionIdOf } from './opened.js'
import type { Parts } from './parts.js'

/** Makes what binds sealed sessions to devices. */
export function createSealedDevices<User extends SessionUser>(parts: Parts<User>): SealedDevices {
  const { opener, coordinator, sealing, uses, ended, onSecurityEvent } = parts
  /** A coordinator of the app's may say nothing in place of `null`: that must not make any key the session's own. */
  const notedAt = async (name: string): Promise<number | null> =>
    (await coordinator.endedAt(name, { everywhere: true })) ?? null

  return {
    async read(cookie) {
      const opened = await opener.open(cookie)
      if ('reason' in opened) return opened
      const { data, token } = opened
      return { sessionId: sessionIdOf(data, token), userId: data.user.id, device: data.device }
    },
    async bind(cookie, device) {
      const opened = await opener.open(cookie)
      if ('reason' in opened) return null
      return sealing.sealRenewed({ ...opened.data, device }, cookie.password, opened)
    },
    isSignedOut: (sessionId) => coordinator.ended(sessionName(sessionId)),
    async isOver(cookie) {
      const opened = await opener.open(cookie)
      if ('reason' in opened) return false
      return (await uses.isOver(opened, cookie)) || (await ended.isOver(opened))
    },
    async noteBinding(sessionId, key) {
      const options = { everywhere: true, keepsFirst: true }
      const note = (name: string): Promise<void> =>
        // A refresh token may be in a browser as long as any cookie.
        noteOf(coordinator, name, LONGEST_COOKIE_LIFE, options)
      // Both at once, so that this process knows of both where the others cannot be told.
      await Promise.all([note(boundToName(sessionId, key)), note(boundName(sessionId))])
    },
    isBoundTo: async (sessionId, key) => (await notedAt(boundToName(sessionId, key))) !== null,
    boundAt: (sessionId) => notedAt(boundName(sessionId)),
    report: (event) => tell(onSecurityEvent, event),
  }
}
