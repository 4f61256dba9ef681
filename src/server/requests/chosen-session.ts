import type { SessionUser } from '../../core/session.js'
import { type Cookie, type CookieJar, writeCookie } from '../cookies/cookies.js'
import type { Password } from '../sealed/seal.js'
import type { SealedSession, SealedSessions } from '../sealed/sealed-sessions.js'
import type { CookieChoice } from './cookie-choice.js'
import { createRenewing, nobody } from './renewal.js'
import type { RequestSession, Wanted } from './request-session-types.js'

/** What looking at a session works on. */
export interface ChosenSessionDeps<User extends SessionUser> {
  readonly sessions: SealedSessions<User>
  readonly cookie: Cookie
  /** Says when the session was last used, where that matters. */
  readonly used: Cookie
  readonly password: Password
  readonly choice: Pick<CookieChoice<User>, 'open'>
  lastUseIn(jar: CookieJar): readonly string[]
  eraseAll(jar: CookieJar): readonly string[]
  /** Milliseconds since the epoch. */
  now(): number
}

/** The one session that a request may have. */
export interface ChosenSession {
  readonly jar: CookieJar
  /** What the browser sent. */
  readonly sent: string
  /** Whether there are others of the cookie's name. */
  readonly crowded: boolean
  /** What it comes to: another value where the session was bound just now. */
  readonly value: string
}

/** Makes what looks at the session of a request, and refreshes it where that is due. */
export function createChosenSession<User extends SessionUser>(
  deps: ChosenSessionDeps<User>,
): (chosen: ChosenSession, wanted: Wanted) => Promise<RequestSession<User>> {
  const { sessions, cookie, used, password, choice, lastUseIn, eraseAll, now } = deps
  const { renew, pauseOf } = createRenewing<User>({ cookie, eraseAll, now })

  /** The cookie that says that a session is used now, where that is not known well enough. */
  async function noteUse(sealed: SealedSession<User>, jar: CookieJar): Promise<readonly string[]> {
    const use = await sealed.noteUse()
    return use === null ? [] : writeCookie(used, use, jar)
  }

  return async ({ jar, sent, crowded, value }, wanted) => {
    const { refresh = 'when-due', request } = wanted
    const erased = refresh === 'never' ? [] : eraseAll(jar)
    const lastUse = lastUseIn(jar)
    const sealed = sessions.openSession({ value, lastUse, password, request })
    const found = await sealed.getSession()
    if (!found.signedIn && found.reason === 'invalid_session_cookie') {
      // One that opens was ended here, see `endedHere`.
      return nobody(found, (await choice.open(value)) ? [] : erased)
    }
    if (!found.signedIn && found.reason === 'session_expired') return nobody(found, erased)
    const current = found.signedIn ? found : null
    const failure = found.signedIn ? null : found
    // Readers further on, and the next request, need not choose again.
    if (refresh === 'never') return { session: current, sealed: value, failure, setCookies: [] }
    const isNew = value !== sent
    const tidy = crowded || isNew ? writeCookie(cookie, value, jar) : []
    const use = await noteUse(sealed, jar)
    const asItIs = { session: current, sealed: value, failure, setCookies: [...tidy, ...use] }
    if (failure?.retryable) return asItIs
    if (refresh === 'when-due' && current) {
      if (now() < current.refreshAt) return asItIs
      const paused = await pauseOf(current)
      if (paused) return { ...asItIs, failure: paused }
    }
    // A session that was just bound stays so, whatever comes of the refresh.
    const due = isNew ? asItIs.setCookies : use
    return renew({ jar, value, sealed, current, due }, wanted)
  }
}
