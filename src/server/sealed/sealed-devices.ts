import type { SessionUser } from '../../core/session.js'
import { LONGEST_COOKIE_LIFE } from '../cookies/cookies.js'
import { tell } from '../shared/security-events.js'
import type { SealedDevices } from './devices.js'
import { sessionIdOf } from './opened.js'
import type { Parts } from './parts.js'

/** What stands beside the tombstones for a session that its browser has bound. */
const boundName = (sessionId: string): string => `bound:${sessionId}`
/** The same for the key that it is bound to. */
const keyName = (sessionId: string, key: string): string => `bound-to:${key}:${sessionId}`
/** A refresh token may be in a browser as long as any cookie. */
const FOR_GOOD = [LONGEST_COOKIE_LIFE, { everywhere: true, keepsFirst: true }] as const

/** Makes what binds sealed sessions to devices. */
export function createSealedDevices<User extends SessionUser>(parts: Parts<User>): SealedDevices {
  const { opener, coordinator, sealing, uses, ended, onSecurityEvent } = parts
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
    isSignedOut: (sessionId) => coordinator.ended(sessionId),
    async isOver(cookie) {
      const opened = await opener.open(cookie)
      if ('reason' in opened) return false
      return (await uses.isOver(opened, cookie)) || (await ended.isOver(opened))
    },
    async noteBinding(sessionId, key) {
      // Both at once, so that this process knows of both where the others cannot be told.
      await Promise.all([
        coordinator.end(keyName(sessionId, key), ...FOR_GOOD),
        coordinator.end(boundName(sessionId), ...FOR_GOOD),
      ])
    },
    isBoundTo: (sessionId, key) => coordinator.ended(keyName(sessionId, key)),
    boundAt: (sessionId) => coordinator.endedAt(boundName(sessionId)),
    report: (event) => tell(onSecurityEvent, event),
  }
}
