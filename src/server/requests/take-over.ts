import { isAuthError } from '../../core/errors.js'
import type { Grant, SessionUser } from '../../core/session.js'
import {
  type Cookie,
  type CookieJar,
  eraseCookie,
  parseCookies,
  writeCookie,
} from '../cookies/cookies.js'
import { ENDS } from '../sealed/results.js'
import type { Password } from '../sealed/seal.js'
import type { SealedSessions } from '../sealed/sealed-sessions.js'
import type {
  RequestSession,
  RequestSessions,
  SignOutOptions,
  TakeOver,
  Wanted,
} from './request-session-types.js'

/** What taking over works with. */
export interface TakeOverDeps<User extends SessionUser> {
  readonly takeOver: TakeOver<User> | undefined
  readonly sealed: SealedSessions<User>
  readonly cookie: Cookie
  readonly password: Password
  /** Milliseconds since the epoch. */
  now(): number
}

/** A session that was left, as a value of our cookie. */
interface Left {
  readonly value: string
  /** The cookies of the request with ours among them. */
  readonly header: string
  /** Whether anybody can have written it: then the auth server alone can tell whose it is. */
  readonly unproven: boolean
  readonly jar: CookieJar
}

/** What an exchange needs: it brings all else anew. */
const bare = <User extends SessionUser>({
  accessToken,
  refreshToken,
  lifetime,
  user,
  sessionId,
}: Grant<User>): Grant<User> => ({ accessToken, refreshToken, lifetime, user, sessionId })

/**
 * Request sessions that go on with the sessions of another library:
 *
 *     first request:  its cookies ──▶ a seal, which proves nothing ──▶ exchange ──▶ our cookie; its erased
 *     outage:         its cookies ──▶ a seal ──▶ no answer ──▶ nobody knows; its cookies stay
 *
 * Whoever writes cookies could write any name into a session. So nobody is who such a cookie says before
 * the auth server has traded its refresh token.
 */
export function withTakeOver<User extends SessionUser>(
  own: RequestSessions<User>,
  { takeOver, sealed, cookie, password, now }: TakeOverDeps<User>,
): RequestSessions<User> {
  if (!takeOver) return own

  async function seal(grant: Grant<User>): Promise<string | null> {
    try {
      return await sealed.sealSession(bare(grant), { password })
    } catch (error) {
      // One that lacks a token or a user, or is too large: it cannot be read.
      if (isAuthError(error, 'bad_response') || isAuthError(error, 'invalid_argument')) return null
      throw error
    }
  }

  /** What was left; `null` too where our own cookie is there, which is newer. */
  async function find(cookieHeader: string | null): Promise<Left | null> {
    const jar = parseCookies(cookieHeader)
    const found = jar.has(cookie.name) ? null : await takeOver?.find(jar, now())
    if (!found) return null
    const unproven = 'grant' in found
    const value = unproven ? await seal(found.grant) : found.sealed
    if (!value) return null
    return { value, header: `${cookieHeader}; ${cookie.name}=${value}`, unproven, jar }
  }

  const erased = (cookieHeader: string | null): readonly string[] => {
    const jar = parseCookies(cookieHeader)
    const theirs = takeOver?.cookiesIn(jar) ?? []
    // One that is called as ours is ours by now.
    const others = theirs.filter(({ name }) => name !== cookie.name)
    return others.flatMap((other) => eraseCookie(other, jar))
  }

  /** The cookies as they may be read where no exchange is made: nobody could keep the tokens that it brings. */
  async function readable(cookieHeader: string | null): Promise<string | null> {
    const left = await find(cookieHeader)
    return left && !left.unproven ? left.header : cookieHeader
  }

  /** Trades what nobody has proven. Without an answer nothing is known, and nothing changes. */
  async function prove({ value, header }: Left, wanted: Wanted): Promise<RequestSession<User>> {
    const result = await own.refreshSession(header, wanted)
    if (result.sealed !== value) return result
    return { session: null, sealed: null, failure: result.failure, setCookies: [] }
  }

  /** A seal is proven as it is; what is left to do is to keep it in our own cookie. */
  async function keep(
    { value, jar }: Left,
    looking: Promise<RequestSession<User>>,
  ): Promise<RequestSession<User>> {
    const result = await looking
    if (result.sealed !== value) return result
    return { ...result, setCookies: [...result.setCookies, ...writeCookie(cookie, value, jar)] }
  }

  /** What came of a request, with their cookies erased where they are of no use any more. */
  function tidy(
    result: RequestSession<User>,
    cookieHeader: string | null,
    left: Left | null,
  ): RequestSession<User> {
    const { session, sealed: newest, failure } = result
    // Beside a session of ours that is over, one of theirs may do yet; one that was refused never will.
    const over = left && (newest !== null || ENDS.includes(failure?.reason ?? ''))
    if (!session && !over) return result
    return { ...result, setCookies: [...result.setCookies, ...erased(cookieHeader)] }
  }

  async function look(
    cookieHeader: string | null,
    wanted: Wanted,
    asUsual: (header: string | null) => Promise<RequestSession<User>>,
  ): Promise<RequestSession<User>> {
    const left = await find(cookieHeader)
    if (!left) return tidy(await asUsual(cookieHeader), cookieHeader, null)
    const result = left.unproven
      ? await prove(left, wanted)
      : await keep(left, asUsual(left.header))
    return tidy(result, cookieHeader, left)
  }

  /** The cookies with ours among them, and only where it is known whose it is. */
  async function proven(cookieHeader: string | null) {
    const left = await find(cookieHeader)
    if (!left?.unproven) return { header: left?.header ?? cookieHeader, failure: null }
    const { sealed: value, failure } = await prove(left, {})
    const header = value === null ? cookieHeader : `${cookieHeader}; ${cookie.name}=${value}`
    return { header, failure }
  }

  /** The session goes on, and in our own cookie from now on. */
  async function endOthers(cookieHeader: string | null, wanted: SignOutOptions) {
    if (!(await find(cookieHeader))) return own.signOut(cookieHeader, wanted)
    const found = await look(cookieHeader, {}, (header) => own.getSession(header))
    const { sealed: value, setCookies } = found
    const header = value === null ? null : `${cookie.name}=${value}`
    const ended = await own.signOut(header, wanted)
    return { ...ended, setCookies: [...setCookies, ...ended.setCookies] }
  }

  return {
    ...own,
    async getSession(cookieHeader, wanted) {
      if (wanted?.refresh !== 'never') {
        return look(cookieHeader, wanted ?? {}, (header) => own.getSession(header, wanted))
      }
      return own.getSession(await readable(cookieHeader), wanted)
    },
    refreshSession: (cookieHeader, wanted) =>
      look(cookieHeader, wanted ?? {}, (header) => own.refreshSession(header, wanted)),
    listSessions: async (cookieHeader, wanted) =>
      own.listSessions(await readable(cookieHeader), wanted),
    endListedSession: async (cookieHeader, sessionId, wanted) =>
      own.endListedSession(await readable(cookieHeader), sessionId, wanted),
    watchSession: async (cookieHeader, onEnd) =>
      own.watchSession(await readable(cookieHeader), onEnd),
    async describeSession(cookieHeader) {
      return own.describeSession((await find(cookieHeader))?.header ?? cookieHeader)
    },
    async setSession(grant, cookieHeader, wanted) {
      const { header } = await proven(cookieHeader)
      const { setCookies, headers } = await own.setSession(grant, header, wanted)
      return { setCookies: [...setCookies, ...erased(cookieHeader)], headers }
    },
    async signOut(cookieHeader, wanted) {
      if (wanted?.scope === 'others') return endOthers(cookieHeader, wanted)
      const { header, failure } = await proven(cookieHeader)
      const { error, ...ended } = await own.signOut(header, wanted)
      const unknown = failure?.retryable ? (failure.error ?? null) : null
      const setCookies = [...ended.setCookies, ...erased(cookieHeader)]
      return { ...ended, error: error ?? unknown, setCookies }
    },
  }
}
