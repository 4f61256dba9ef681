import { AuthError, AuthSessionMissingError } from '../../core/errors.js'
import type { SignOutScope } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import {
  type CookieJar,
  defineCookie,
  eraseCookie,
  eraseFormer,
  parseCookies,
  readCookie,
  writeCookie,
} from '../cookies/cookies.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { cookieFailure, ENDS, endedHere, type RefreshFailure } from '../sealed/results.js'
import { checkPassword, looksSealed } from '../sealed/seal.js'
import type { SealedDescription, SealedSession } from '../sealed/sealed-sessions.js'
import { checkObject, checkScope } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { createCookieChoice } from './cookie-choice.js'
import type {
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  ServerSession,
  SignOutResult,
  Wanted,
} from './request-session-types.js'
import { withTakeOver } from './take-over.js'

export type {
  CookieSettings,
  GetRequestSessionOptions,
  LeftSession,
  RefreshRequestSessionOptions,
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  ServerSession,
  SetSessionResult,
  SignOutOptions,
  SignOutResult,
  TakeOver,
} from './request-session-types.js'

/** A cookie that opened, and whom its token names while it lives. */
interface Known<User extends SessionUser> {
  readonly jar: CookieJar
  readonly value: string
  readonly sealed: SealedSession<User>
  readonly current: ServerSession<User> | null
  /** The `Set-Cookie` values that are due whatever comes of a refresh. */
  readonly due: readonly string[]
}

/** What ends the sessions of a request: somebody who signs in, or out. */
interface Ending<User extends SessionUser> {
  readonly next?: SealedDescription<User> | null
  readonly scope?: SignOutScope
}

/** How long nobody tries again after a refresh ahead of need has failed, in ms. */
const PAUSE = 10_000
/** The most tokens that are remembered for it. */
const PAUSES = 10_000

const MOMENTS: readonly unknown[] = [undefined, 'when-due', 'never']

const nobody = (failure: RefreshFailure, setCookies: readonly string[] = []) => ({
  session: null,
  sealed: null,
  failure,
  setCookies,
})

/**
 * Keeps sealed sessions in the cookies of requests.
 * @throws AuthError `invalid_argument` for settings that no cookie can have, or a short password.
 */
export function createRequestSessions<User extends SessionUser>(
  options: RequestSessionsOptions<User>,
): RequestSessions<User> {
  checkObject('options', options)
  checkObject('sessions', options.sessions)
  checkObject('cookie', options.cookie)
  const { sessions, takeOver, now = () => Date.now() } = options
  const { password, ...settings } = options.cookie
  const cookie = defineCookie(settings)
  // Says when the session was last used, where that matters.
  const used = defineCookie({ ...settings, name: `${cookie.name}-used` })
  checkPassword(password)
  const pauses = createExpiring<RefreshFailure>({ limit: PAUSES, now })
  const { name } = cookie
  const lastUseIn = (jar: CookieJar) => readCookie(jar, used.name, looksSealed)[0]
  const choice = createCookieChoice({ sessions, name, password, now, lastUseIn })
  const { choose, open, openAll, valuesIn } = choice

  const eraseAll = (jar: CookieJar): readonly string[] => [
    ...eraseCookie(cookie, jar),
    ...(jar.has(used.name) ? eraseCookie(used, jar) : []),
  ]

  /** The cookie that says that a session is used now, where that is not known well enough. */
  async function noteUse(sealed: SealedSession<User>, jar: CookieJar): Promise<readonly string[]> {
    const use = await sealed.noteUse()
    return use === null ? [] : writeCookie(used, use, jar)
  }

  async function renew(known: Known<User>, wanted: Wanted): Promise<RequestSession<User>> {
    const { sealed, jar, due } = known
    const { organizationId, fresh } = wanted
    const result = await sealed.refreshSession({ organizationId, fresh })
    const { sealedSession } = result
    // Also after a failure: whatever has changed hands must not be lost.
    const setCookies = sealedSession ? writeCookie(cookie, sealedSession, jar) : due
    const newest = { sealed: sealedSession ?? known.value, setCookies }
    if (!result.authenticated) return giveUp(known, result, { ...newest, wanted })
    const found = await sealed.getSession()
    if (found.authenticated) return { session: found, failure: null, ...newest }
    if (found.reason === 'invalid_session_cookie') return nobody(found)
    // A token that was just issued and does not verify is a fault of the server, or of our settings.
    const fault = { authenticated: false, retryable: true, reason: 'server_error' } as const
    return { session: null, failure: found.retryable ? found : fault, ...newest }
  }

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

  async function look(cookieHeader: string | null, wanted: Wanted): Promise<RequestSession<User>> {
    const { refresh = 'when-due' } = wanted
    const jar = parseCookies(cookieHeader)
    if (!jar.has(cookie.name)) return nobody(cookieFailure('no_session_cookie_provided'))
    const erased = refresh === 'never' ? [] : eraseAll(jar)
    const chosen = await choose(jar, refresh !== 'never')
    const { request } = wanted
    if (chosen.type !== 'one') {
      const [value] = chosen.type === 'none' ? (jar.get(cookie.name) ?? []) : []
      // It does not open, and whoever listens is told so.
      await sessions.openSession({ value, password, request }).getSession()
      // To erase ours would leave the one that was planted.
      const gone = chosen.type === 'none' || refresh === 'never' ? erased : eraseFormer(cookie, jar)
      return nobody(cookieFailure('invalid_session_cookie'), gone)
    }
    const { value } = chosen
    const lastUse = lastUseIn(jar)
    const sealed = sessions.openSession({ value, lastUse, password, request })
    const found = await sealed.getSession()
    if (!found.authenticated && found.reason === 'invalid_session_cookie') {
      // One that opens was ended here, see `endedHere`.
      return nobody(found, (await open(value)) ? [] : erased)
    }
    if (!found.authenticated && found.reason === 'session_expired') return nobody(found, erased)
    const current = found.authenticated ? found : null
    const failure = found.authenticated ? null : found
    // Readers further on, and the next request, need not choose again.
    if (refresh === 'never') return { session: current, sealed: value, failure, setCookies: [] }
    const tidy = chosen.crowded ? writeCookie(cookie, value, jar) : []
    const due = await noteUse(sealed, jar)
    const asItIs = { session: current, sealed: value, failure, setCookies: [...tidy, ...due] }
    if (failure?.retryable) return asItIs
    if (refresh === 'when-due' && current) {
      if (now() < current.refreshAt) return asItIs
      const paused = pauses.get(await fingerprint(current.accessToken))
      if (paused) return { ...asItIs, failure: paused }
    }
    return renew({ jar, value, sealed, current, due }, wanted)
  }

  /** A token that lives alone can speak of others. */
  async function endOthers(cookieHeader: string | null): Promise<SignOutResult> {
    const { session, sealed: value, failure, setCookies } = await look(cookieHeader, {})
    const missing =
      failure?.retryable && failure.error ? failure.error : new AuthSessionMissingError()
    const { error } = session
      ? await sessions.signOut({ value, password }, { scope: 'others' })
      : { error: missing }
    return { setCookies, signOutUrl: null, error }
  }

  async function endAll(jar: CookieJar, { next, scope }: Ending<User>) {
    const { sessionId: but, user } = next ?? {}
    const found = await openAll(jar)
    const over = found.filter(({ holds }) => holds.sessionId !== but || !but)
    // What cannot be read now may be a session all the same, held in a store that fails.
    const isRead = (value: string): boolean => found.some((one) => one.value === value)
    const unread = but ? [] : valuesIn(jar).filter((value) => !isRead(value))
    const ends = [...over.map(({ value }) => value), ...unread].map((value) =>
      sessions.signOut({ value, password }, { replacedBy: user?.id, scope }),
    )
    const results = await Promise.all(ends)
    const { error = null, isReported } = results.find((result) => result.error) ?? {}
    return { value: over[0]?.value, error, ...(isReported && { isReported }) }
  }

  const own: RequestSessions<User> = {
    async getSession(cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      if (MOMENTS.includes(wanted.refresh)) return look(cookieHeader, wanted)
      const message = '`refresh` is `when-due` or `never`; refreshSession() refreshes now.'
      throw new AuthError('invalid_argument', message)
    },
    async refreshSession(cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      return look(cookieHeader, { ...wanted, refresh: 'force' })
    },
    endSessions: (which, how) => sessions.endSessions(which, how),
    async watchSession(cookieHeader, onEnd) {
      const value = await choice.only(parseCookies(cookieHeader))
      return sessions.watchSession({ value, password }, onEnd)
    },
    describeSession: async (cookieHeader) => choice.describe(parseCookies(cookieHeader)),
    async setSession(grant, cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      const { limits } = wanted
      const jar = parseCookies(cookieHeader)
      const sealed = await sessions.sealSession(grant, { password, limits })
      // Or else a late answer to a request of theirs could take the place of this session.
      await endAll(jar, { next: await open(sealed) })
      return { setCookies: writeCookie(cookie, sealed, jar) }
    },
    async signOut(cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      const { returnTo, scope = 'local' } = wanted
      if (returnTo !== undefined) checkReturnTo(returnTo)
      checkScope(scope)
      if (scope === 'others') return endOthers(cookieHeader)
      const jar = parseCookies(cookieHeader)
      const { value, ...told } = await endAll(jar, { scope })
      const sealed = value && sessions.openSession({ value, password })
      // A session without an id, or a server without such a page: then there is nowhere to go.
      const signOutUrl = sealed ? await sealed.getSignOutUrl({ returnTo }).catch(() => null) : null
      return { setCookies: eraseAll(jar), signOutUrl, ...told }
    },
  }
  return withTakeOver(own, { takeOver, sealed: sessions, cookie, password, now })
}
