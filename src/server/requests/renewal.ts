import type { SessionUser } from '../../core/session.js'
import { type Cookie, type CookieJar, writeCookie } from '../cookies/cookies.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { ENDS, endedHere, type RefreshFailure } from '../sealed/results.js'
import type { SealedSession } from '../sealed/sealed-sessions.js'
import type { RequestSession, ServerSession, Wanted } from './request-session-types.js'

/** A cookie that opened, and whom its token names while it lives. */
export interface Known<User extends SessionUser> {
  readonly jar: CookieJar
  readonly value: string
  readonly sealed: SealedSession<User>
  readonly current: ServerSession<User> | null
  /** The `Set-Cookie` values that are due whatever comes of a refresh. */
  readonly due: readonly string[]
}

/** What renewing works on. */
export interface RenewingDeps {
  readonly cookie: Cookie
  eraseAll(jar: CookieJar): readonly string[]
  /** Milliseconds since the epoch. */
  now(): number
}

/** Gives the sessions of requests new tokens. */
export interface Renewing<User extends SessionUser> {
  renew(known: Known<User>, wanted: Wanted): Promise<RequestSession<User>>
  /** Why a refresh ahead of need failed just now, where one did: nobody tries again for a while. */
  pauseOf(session: ServerSession<User>): Promise<RefreshFailure | undefined>
}

/** How long nobody tries again after a refresh ahead of need has failed, in ms. */
const PAUSE = 10_000
/** The most tokens that are remembered for it. */
const PAUSES = 10_000

/** A request without a session, and why. */
export const nobody = (
  failure: RefreshFailure,
  setCookies: readonly string[] = [],
): RequestSession<never> => ({
  session: null,
  sealed: null,
  failure,
  setCookies,
})

/** Makes what gives the sessions of requests new tokens. */
export function createRenewing<User extends SessionUser>({
  cookie,
  eraseAll,
  now,
}: RenewingDeps): Renewing<User> {
  const pauses = createExpiring<RefreshFailure>({ limit: PAUSES, now })

  async function giveUp(
    { jar, current }: Known<User>,
    failure: RefreshFailure,
    { wanted, ...newest }: Pick<RequestSession, 'sealed' | 'setCookies'> & { wanted: Wanted },
  ): Promise<RequestSession<User>> {
    const ahead = current !== null && wanted.refresh !== 'force'
    if (!ahead && ENDS.includes(failure.reason)) {
      return nobody(failure, endedHere(failure) ? [] : eraseAll(jar))
    }
    if (ahead) {
      const { retryAfter = 0 } = { ...('retryAfter' in failure && failure) }
      const name = await fingerprint(current.accessToken)
      pauses.set(name, failure, now() + Math.max(PAUSE, retryAfter))
    }
    return { session: current, failure, ...newest }
  }

  return {
    pauseOf: async ({ accessToken }) => pauses.get(await fingerprint(accessToken)),
    async renew(known, wanted) {
      const { sealed, jar, due } = known
      const { organizationId, fresh } = wanted
      const result = await sealed.refreshSession({ organizationId, fresh })
      const { sealed: renewed } = result
      // Also after a failure: whatever has changed hands must not be lost.
      const setCookies = renewed ? writeCookie(cookie, renewed, jar) : due
      const newest = { sealed: renewed ?? known.value, setCookies }
      if (!result.signedIn) return giveUp(known, result, { ...newest, wanted })
      const found = await sealed.getSession()
      if (found.signedIn) return { session: found, failure: null, ...newest }
      if (found.reason === 'invalid_session_cookie') return nobody(found)
      // A token that was just issued and does not verify is a fault of the server, or of our settings.
      const fault = { signedIn: false, retryable: true, reason: 'server_error' } as const
      return { session: null, failure: found.retryable ? found : fault, ...newest }
    },
  }
}
