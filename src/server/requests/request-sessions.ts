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
import type { ListedSession } from '../sealed/listing.js'
import { cookieFailure } from '../sealed/results.js'
import { checkPassword, looksSealed } from '../sealed/seal.js'
import type { SealedDescription } from '../sealed/sealed-sessions.js'
import { checkMethods, checkObject, checkScope, checkTexts } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { createChosenSession } from './chosen-session.js'
import { createCookieChoice } from './cookie-choice.js'
import { nobody } from './renewal.js'
import type {
  ListSessionsOptions,
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  SignOutResult,
  Wanted,
} from './request-session-types.js'
import { withTakeOver } from './take-over.js'

export type {
  CookieSettings,
  GetRequestSessionOptions,
  LeftSession,
  ListSessionsOptions,
  RefreshRequestSessionOptions,
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  ServerSession,
  SetSessionOptions,
  SetSessionResult,
  SignOutOptions,
  SignOutResult,
  TakeOver,
} from './request-session-types.js'

/** What ends the sessions of a request: somebody who signs in, or out. */
interface Ending<User extends SessionUser> {
  readonly next?: SealedDescription<User> | null
  readonly scope?: SignOutScope
}

const NOT_HERE =
  'That the request comes from the device of its session was not proved: the session has ended, and no other.'
const UNKNOWN = 'Whether the session may be used on this device cannot be told now: try again.'
const NO_BINDING = '`deviceBound` is not a binding; use createDeviceBinding().'

const MOMENTS: readonly unknown[] = [undefined, 'when-due', 'never']

/**
 * Keeps sealed sessions in the cookies of requests.
 * @example
 * ```ts
 * import { createRequestSessions } from 'holdfast/server'
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 *
 * const server = createOidc({ issuer: 'https://id.example', clientId, clientSecret: 'secret' })
 * const sessions = createRequestSessions({
 *   sessions: createOidcSessions({ server }),
 *   cookie: { password: 'at least 32 characters, which only your servers know' },
 * })
 * const { session, setCookies } = await sessions.getSession(request.headers.get('Cookie'))
 * ```
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
  const { name } = cookie
  const { deviceBound } = options
  if (deviceBound !== undefined) checkMethods(deviceBound, ['attach'], NO_BINDING)
  const { devices } = sessions
  const bound = deviceBound?.attach({ devices, cookie, password, now }) ?? null
  const lastUseIn = (jar: CookieJar) => readCookie(jar, used.name, looksSealed)
  const isForeign = async (value: string, jar: CookieJar): Promise<boolean> =>
    (await bound?.isForeign({ value, jar })) ?? false
  const choice = createCookieChoice({ sessions, name, password, now, lastUseIn, isForeign })
  const { choose, open, openAll, valuesIn } = choice

  const eraseAll = (jar: CookieJar): readonly string[] => [
    ...eraseCookie(cookie, jar),
    ...(jar.has(used.name) ? eraseCookie(used, jar) : []),
    ...(bound?.erase(jar) ?? []),
  ]
  const parts = { sessions, cookie, used, password, choice, lastUseIn, eraseAll, now }
  const lookAt = createChosenSession<User>(parts)

  async function look(cookieHeader: string | null, wanted: Wanted): Promise<RequestSession<User>> {
    const { refresh, request } = wanted
    const jar = parseCookies(cookieHeader)
    if (!jar.has(cookie.name)) return nobody(cookieFailure('no_session_cookie_provided'))
    const mayWrite = refresh !== 'never'
    const chosen = await choose(jar, mayWrite)
    if (chosen.type !== 'one') {
      const [value] = chosen.type === 'none' ? (jar.get(cookie.name) ?? []) : []
      // It does not open, and whoever listens is told so.
      await sessions.openSession({ value, password, request }).getSession()
      // To erase ours would leave the one that was planted.
      const gone = chosen.type === 'none' ? eraseAll(jar) : eraseFormer(cookie, jar)
      return nobody(cookieFailure('invalid_session_cookie'), mayWrite ? gone : [])
    }
    const verdict = await bound?.judge({ value: chosen.value, jar, request, mayWrite })
    const deviceOffer = verdict?.offer
    if (verdict?.type === 'stop') {
      const { failure, setCookies } = verdict
      const sealed = failure.retryable ? chosen.value : null
      return { session: null, sealed, failure, setCookies, deviceOffer }
    }
    const { value: sent, crowded } = chosen
    const found = await lookAt({ jar, sent, crowded, value: verdict?.value ?? sent }, wanted)
    return deviceOffer && found.session ? { ...found, deviceOffer } : found
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

  async function listSessions(
    cookieHeader: string | null,
    { request }: ListSessionsOptions = {},
  ): Promise<readonly ListedSession[]> {
    const jar = parseCookies(cookieHeader)
    const value = await choice.only(jar)
    // Which sessions a person has is nothing for a thief of one, who could end the others too.
    const verdict =
      value === null ? null : await bound?.judge({ value, jar, request, mayWrite: false })
    if (verdict?.type === 'stop' && verdict.failure.reason !== 'device_required') {
      if (verdict.failure.retryable) throw new AuthError('storage', UNKNOWN, { retryable: true })
      return []
    }
    return sessions.listSessions({ value, lastUse: lastUseIn(jar), password })
  }

  const own: RequestSessions<User> = {
    ...(bound && { deviceRoutes: bound.routes }),
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
    listSessions,
    async endListedSession(cookieHeader, sessionId, wanted) {
      const listed = await listSessions(cookieHeader, wanted)
      const own = listed.some((one) => one.sessionId === sessionId)
      if (own) await sessions.endSessions({ sessionId })
      return own
    },
    async watchSession(cookieHeader, onEnd) {
      const value = await choice.only(parseCookies(cookieHeader))
      return sessions.watchSession({ value, password }, onEnd)
    },
    describeSession: async (cookieHeader) => choice.describe(parseCookies(cookieHeader)),
    async setSession(grant, cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      const { limits, withoutHeaders = false } = wanted
      const jar = parseCookies(cookieHeader)
      const sealed = await sessions.sealSession(grant, { password, limits })
      // Or else a late answer to a request of theirs could take the place of this session.
      await endAll(jar, { next: await open(sealed) })
      const erased = bound?.erase(jar) ?? []
      const offer = await bound?.offer(sealed, withoutHeaders ? 'later' : 'now')
      const { headers = {}, setCookies = [] } = { ...offer }
      return {
        setCookies: [...erased, ...writeCookie(cookie, sealed, jar), ...setCookies],
        headers,
      }
    },
    async signOut(cookieHeader, wanted = {}) {
      checkObject('options', wanted)
      const { returnTo, parameters, scope = 'local' } = wanted
      if (returnTo !== undefined) checkReturnTo(returnTo)
      checkTexts('parameters', parameters)
      checkScope(scope)
      if (scope === 'others') return endOthers(cookieHeader)
      const jar = parseCookies(cookieHeader)
      const values = valuesIn(jar)
      const isStolen = (await Promise.all(values.map((one) => isForeign(one, jar)))).includes(true)
      // A thief may end the session that was stolen, and no other, and learns nothing by it.
      const { value, ...told } = await endAll(jar, { scope: isStolen ? 'local' : scope })
      const unmet = isStolen && scope === 'global' ? new AuthSessionMissingError(NOT_HERE) : null
      const sealed = !isStolen && value && sessions.openSession({ value, password })
      // A session without an id, or a server without such a page: then there is nowhere to go.
      const page = { returnTo, parameters }
      const signOutUrl = sealed ? await sealed.getSignOutUrl(page).catch(() => null) : null
      return { setCookies: eraseAll(jar), signOutUrl, ...told, error: told.error ?? unmet }
    },
  }
  return withTakeOver(own, { takeOver, sealed: sessions, cookie, password, now })
}
