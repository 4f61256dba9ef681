import { checkListener } from '../../core/check-options.js'
import type { Session as HoldfastSession } from '../../core/session.js'
import type { GoTrueUser } from '../../providers/gotrue/types.js'
import type { Inner } from './options.js'
import { toSession } from './translate.js'
import type { AuthChangeEvent, AuthStateListener } from './types.js'

const EVENTS = [
  'INITIAL_SESSION',
  'SIGNED_IN',
  'SIGNED_OUT',
  'TOKEN_REFRESHED',
  'USER_UPDATED',
  'PASSWORD_RECOVERY',
  'MFA_CHALLENGE_VERIFIED',
]

const isKnown = (event: string): event is AuthChangeEvent => EVENTS.includes(event)

/**
 * Listens as auth-js lets one listen: nothing is told before `ready()` settles, so that the first thing
 * told is who is signed in by then, and a link to a new password is no `SIGNED_IN`. Returns the way to
 * stop.
 * @throws Holdfast's AuthError `invalid_argument` for what is no function.
 */
export function listen(
  client: Inner,
  listener: AuthStateListener,
  ready: () => Promise<unknown>,
): () => void {
  checkListener(listener)
  let gone = false
  let latest: HoldfastSession<GoTrueUser> | null = null
  let waiting: { replaced: boolean } | null = null
  const stop = client.onAuthStateChange((event, session) => {
    if (!isKnown(event)) return
    latest = session
    if (waiting && event === 'PASSWORD_RECOVERY') waiting.replaced = true
    const turn = { replaced: false }
    waiting = event === 'SIGNED_IN' ? turn : null
    return ready().then(() => {
      if (waiting === turn) waiting = null
      if (gone || turn.replaced) return
      const told = event === 'INITIAL_SESSION' ? latest : session
      return listener(event, told && toSession(told))
    })
  })
  return () => {
    gone = true
    stop()
  }
}
