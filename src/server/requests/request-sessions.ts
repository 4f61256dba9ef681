import type { SessionUser } from '../../core/session.js'
import { readClaims } from '../../providers/shared/jwt.js'
import {
  type CookieJar,
  defineCookie,
  eraseCookie,
  eraseFormer,
  parseCookies,
  writeCookie,
} from '../cookies/cookies.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { lifeOf } from '../sealed/receipt.js'
import { type AuthenticateSuccess, cookieFailure, type RefreshFailure } from '../sealed/results.js'
import { checkPassword } from '../sealed/seal.js'
import type { SealedSession } from '../sealed/sealed-sessions.js'
import { factsOf } from '../sealed/session-facts.js'
import { checkCookieHeader, checkObject } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { createCookieChoice } from './cookie-choice.js'
import type {
  LoadOptions,
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  ServerSession,
} from './request-session-types.js'

export type {
  CookieSettings,
  Ended,
  Established,
  LoadOptions,
  RequestSession,
  RequestSessions,
  RequestSessionsOptions,
  ServerSession,
} from './request-session-types.js'

/** A cookie that opened, and whom its token names while it lives. */
interface Known<User extends SessionUser> {
  readonly jar: CookieJar
  readonly value: string
  readonly sealed: SealedSession<User>
  readonly current: ServerSession<User> | null
}

/** A refresh begins when so much of the token's life is left, in ms; a quarter of it at most. */
const MARGIN = 60_000
/** How long nobody tries again after a refresh ahead of need has failed, in ms. */
const PAUSE = 10_000
/** The most tokens that are remembered for it. */
const PAUSES = 10_000

/** The words that end a session. After any other it is as good as before, in another place maybe. */
const ENDS: readonly string[] = ['no_session_cookie_provided', 'invalid_jwt', 'invalid_grant']

/**
 * Whether a session is over because somebody signed out, or in as another, and not by the word of
 * the auth server, which comes with a status. The answer to that request has set the cookies, and
 * this one may reach the browser later:
 *
 *     old session:  request ──────────────── refresh ──── refused ──→ answer
 *     new session:            callback ──→ answer
 */
const endedHere = ({ reason, error }: RefreshFailure): boolean =>
  reason === 'invalid_grant' && error?.status === undefined

const nobody = (failure: RefreshFailure, setCookies: readonly string[] = []) => ({
  session: null,
  sealed: null,
  failure,
  setCookies,
})

const describe = <User extends SessionUser>(
  found: AuthenticateSuccess<User>,
): ServerSession<User> => ({
  ...found,
  expiresAt: found.expiresAt ?? Number(readClaims(found.accessToken)?.exp) * 1000,
})

function isDue({ accessToken, expiresAt }: ServerSession, now: number): boolean {
  const life = lifeOf(readClaims(accessToken) ?? {}) ?? Infinity
  return expiresAt - now <= Math.min(MARGIN, life / 4)
}

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
  const { sessions, now = () => Date.now() } = options
  const { password: cookiePassword, ...settings } = options.cookie
  const cookie = defineCookie(settings)
  checkPassword(cookiePassword)
  const pauses = createExpiring<RefreshFailure>({ limit: PAUSES, now })
  const { name } = cookie
  const { choose, open, openAll } = createCookieChoice({ sessions, name, cookiePassword, now })

  async function renew(known: Known<User>, wanted: LoadOptions): Promise<RequestSession<User>> {
    const { sealed, jar } = known
    const { organizationId, fresh } = wanted
    const result = await sealed.refresh({ organizationId, fresh })
    const { sealedSession } = result
    // Also after a failure: whatever has changed hands must not be lost.
    const setCookies = sealedSession ? writeCookie(cookie, sealedSession, jar) : []
    const newest = { sealed: sealedSession ?? known.value, setCookies }
    if (!result.authenticated) return giveUp(known, result, { ...newest, wanted })
    const found = await sealed.authenticate()
    if (found.authenticated) return { session: describe(found), failure: null, ...newest }
    if (found.reason === 'invalid_session_cookie') return nobody(found)
    // A token that was just issued and does not verify is a fault of the server, or of our settings.
    const fault = { authenticated: false, retryable: true, reason: 'server_error' } as const
    return { session: null, failure: found.retryable ? found : fault, ...newest }
  }

  async function giveUp(
    { jar, current }: Known<User>,
    failure: RefreshFailure,
    { wanted, ...newest }: Pick<RequestSession, 'sealed' | 'setCookies'> & { wanted: LoadOptions },
  ): Promise<RequestSession<User>> {
    const ahead = current !== null && wanted.refresh !== 'force'
    if (!ahead && ENDS.includes(failure.reason)) {
      return nobody(failure, endedHere(failure) ? [] : eraseCookie(cookie, jar))
    }
    if (ahead) {
      const { retryAfter = 0 } = { ...('retryAfter' in failure && failure) }
      const name = await fingerprint(current.accessToken)
      pauses.set(name, failure, now() + Math.max(PAUSE, retryAfter))
    }
    return { session: current, failure, ...newest }
  }

  async function load(
    cookieHeader: string | null,
    wanted: LoadOptions = {},
  ): Promise<RequestSession<User>> {
    const { refresh = 'when-due' } = wanted
    const jar = parseCookies(cookieHeader)
    if (!jar.has(cookie.name)) return nobody(cookieFailure('no_session_cookie_provided'))
    const erased = refresh === 'never' ? [] : eraseCookie(cookie, jar)
    const choice = await choose(jar, refresh !== 'never')
    const { request } = wanted
    if (choice.type !== 'one') {
      const [sessionData] = choice.type === 'none' ? (jar.get(cookie.name) ?? []) : []
      // It does not open, and whoever listens is told so.
      await sessions.loadSealedSession({ sessionData, cookiePassword, request }).authenticate()
      // To erase ours would leave the one that was planted.
      const gone = choice.type === 'none' || refresh === 'never' ? erased : eraseFormer(cookie, jar)
      return nobody(cookieFailure('invalid_session_cookie'), gone)
    }
    const { value } = choice
    const sealed = sessions.loadSealedSession({ sessionData: value, cookiePassword, request })
    const found = await sealed.authenticate()
    if (!found.authenticated && found.reason === 'invalid_session_cookie') {
      // One that opens was ended here, see `endedHere`.
      return nobody(found, (await open(value)) ? [] : erased)
    }
    const current = found.authenticated ? describe(found) : null
    const failure = found.authenticated ? null : found
    // Readers further on, and the next request, need not choose again.
    const tidy = choice.crowded && refresh !== 'never' ? writeCookie(cookie, value, jar) : []
    const asItIs = { session: current, sealed: value, failure, setCookies: tidy }
    if (refresh === 'never' || failure?.retryable) return asItIs
    if (refresh === 'when-due' && current) {
      if (!isDue(current, now())) return asItIs
      const paused = pauses.get(await fingerprint(current.accessToken))
      if (paused) return { ...asItIs, failure: paused }
    }
    return renew({ jar, value, sealed, current }, wanted)
  }

  async function endAll(jar: CookieJar, but?: string) {
    const found = await openAll(jar)
    const over = found.filter(({ opened }) => factsOf(opened.claims).sessionId !== but || !but)
    const ends = over.map(({ value }) =>
      sessions.endSession({ sessionData: value, cookiePassword }),
    )
    const results = await Promise.all(ends)
    const { error = null, isReported } = results.find((result) => result.error) ?? {}
    return { value: over[0]?.value, error, ...(isReported && { isReported }) }
  }

  return {
    load,
    async sessionIdOf(cookieHeader) {
      const choice = await choose(parseCookies(cookieHeader), true)
      const opened = choice.type === 'one' ? await open(choice.value) : null
      return opened && (factsOf(opened.claims).sessionId ?? opened.data.user.id)
    },
    async establish(grant, cookieHeader) {
      const jar = parseCookies(cookieHeader)
      checkCookieHeader(cookieHeader)
      const sealed = await sessions.sealSession(grant, { cookiePassword })
      // Or else a late answer to a request of theirs could take the place of this session.
      await endAll(jar, factsOf(readClaims(grant.accessToken) ?? {}).sessionId)
      return { setCookies: writeCookie(cookie, sealed, jar) }
    },
    async end(cookieHeader, { returnTo } = {}) {
      if (returnTo !== undefined) checkReturnTo(returnTo)
      const jar = parseCookies(cookieHeader)
      const { value, ...told } = await endAll(jar)
      const sealed = value && sessions.loadSealedSession({ sessionData: value, cookiePassword })
      // A session without an id, or a server without such a page: then there is nowhere to go.
      const logoutUrl = sealed ? await sealed.getLogoutUrl({ returnTo }).catch(() => null) : null
      return { setCookies: eraseCookie(cookie, jar), logoutUrl, ...told }
    },
  }
}
