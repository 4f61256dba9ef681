import { AuthError, AuthSessionMissingError } from '../../core/errors.js'
import type { Provider } from '../../core/provider.js'
import type { Grant, SessionUser } from '../../core/session.js'
import { readClaims } from '../../providers/shared/jwt.js'
import { type Coordinator, checkPositive, memoryCoordinator } from '../coordination/coordinator.js'
import { checkObject } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { type SecurityListeners, tell } from '../shared/security-events.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import { createVerifier, type Verification } from '../verification/verify.js'
import { createEndedSessions, type EndResult } from './ended-sessions.js'
import { createKnownSeals } from './known-seals.js'
import { describeOpened, type Opened, openSealed, readOpened, type SealedCookie } from './opened.js'
import { countedLife, withReceipt } from './receipt.js'
import { createRenewal } from './renewal.js'
import {
  type AuthenticateResult,
  type CookieFailure,
  cookieFailure,
  type RefreshFailure,
  type RefreshResult,
  toFailure,
} from './results.js'
import { checkPassword, type Password, sealText } from './seal.js'
import { toSealedData } from './session-data.js'

/** As long as GoTrue forgives a lost answer (`GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL`), in ms. */
const REUSE_WINDOW = 10_000

/** The part of a provider that sealed sessions need: `workosServer`, `gotrue`, or your own. */
export type SessionProvider<User extends SessionUser = SessionUser> = Pick<
  Provider<never, User>,
  'id' | 'refresh' | 'signOut'
> & {
  /** How long its server forgives that a spent refresh token comes again, in ms. */
  readonly reuseWindow?: number | undefined
}

/** Options of {@link createSealedSessions}. */
export interface SealedSessionsOptions<User extends SessionUser = SessionUser>
  extends SecurityListeners {
  readonly provider: SessionProvider<User>
  /** How to tell that an access token is genuine. */
  readonly verification: Verification
  /** @default one for this process */
  readonly coordinator?: Coordinator | undefined
  /** The page that ends a session at the server. @default there is none */
  readonly logoutUrl?:
    | ((options: { readonly sessionId: string; readonly returnTo?: string | undefined }) => string)
    | undefined
  /**
   * How long a spent refresh token is answered with its successor, in ms: other tabs have it yet, and
   * a thief may. @default the provider's: 30_000 for WorkOS, else GoTrue's 10_000
   */
  readonly reuseWindow?: number | undefined
  /** Milliseconds for one request to the server. @default 10_000 */
  readonly timeout?: number | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** How a session is to be refreshed. */
export interface SealedRefreshOptions {
  /** Seals the new session, and opens it later. @default the one that opened the old */
  readonly cookiePassword?: Password | undefined
  /** The organization to switch to. @default the one of the access token, even of an expired one */
  readonly organizationId?: string | undefined
  /**
   * Whether the exchange must begin after this call, so that a role changed just before is in it.
   * @default false: what another request got for the same cookie within the `reuseWindow` will do
   */
  readonly fresh?: boolean | undefined
}

/** The session in one cookie. */
export interface SealedSession<User extends SessionUser = SessionUser> {
  /** Whose session this is, by the access token alone. Never refreshes, never rejects. */
  authenticate(): Promise<AuthenticateResult<User>>
  /**
   * Trades the refresh token for new tokens; the object holds them afterwards. `invalid_jwt` means
   * that the access token of the cookie is none, or another person's than the cookie.
   * @throws AuthError `invalid_argument` for an unfit password, before anything is spent.
   */
  refresh(options?: SealedRefreshOptions): Promise<RefreshResult<User>>
  /**
   * Where to send the browser to end the session at the server; an expired token will do.
   * @throws AuthSessionMissingError when the cookie names no session.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL.
   */
  getLogoutUrl(options?: { readonly returnTo?: string | undefined }): Promise<string>
}

/** Sessions in sealed cookies. Each method throws AuthError `invalid_argument` for an unfit password. */
export interface SealedSessions<User extends SessionUser = SessionUser> {
  loadSealedSession(cookie: SealedCookie): SealedSession<User>
  /** As `loadSealedSession(cookie).refresh(options)`, giving the cookie's new value only. */
  refreshAndSealSessionData(
    options: SealedCookie & Pick<SealedRefreshOptions, 'organizationId' | 'fresh'>,
  ): Promise<{ readonly authenticated: true; readonly sealedSession: string } | RefreshFailure>
  /**
   * The cookie's value for a session that has just begun.
   * @throws AuthError `bad_response` unless both tokens are there, and the user is the token's.
   */
  sealSession(grant: Grant<User>, options: { readonly cookiePassword: Password }): Promise<string>
  /**
   * Ends a session: late answers bring nobody back, here at once, and the server revokes it where
   * the provider can. While that fails, the cookie stays nobody's for 400 days, and the server is
   * told again when it comes. Never rejects for what is in the cookie or for what the server answers.
   */
  endSession(cookie: SealedCookie): Promise<EndResult>
}

/**
 * Keeps sessions in sealed cookies, in the format of WorkOS's SDKs, with any provider.
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createSealedSessions<User extends SessionUser = SessionUser>(
  options: SealedSessionsOptions<User>,
): SealedSessions<User> {
  checkObject('options', options)
  const { provider, verification, logoutUrl, now = () => Date.now() } = options
  if (typeof provider?.refresh !== 'function') {
    throw new AuthError('invalid_argument', '`provider` must be one that can refresh.')
  }
  const coordinator = options.coordinator ?? memoryCoordinator({ now })
  const timeout = checkPositive('timeout', options.timeout ?? TIME_LIMIT)
  const verifier = createVerifier({ ...verification, now: verification.now ?? now })
  const reuseWindow = checkPositive(
    'reuseWindow',
    options.reuseWindow ?? provider.reuseWindow ?? REUSE_WINDOW,
  )
  const { onReuse, onSecurityEvent } = options
  const shared = { provider, coordinator, timeout, now, onReuse, onSecurityEvent }
  const renew = createRenewal({ ...shared, reuseWindow })
  const { end, isOver } = createEndedSessions(shared)

  const reader = createKnownSeals({ read: readOpened<User>, isGood: (one) => 'data' in one })

  /** @returns also what says why not: a value that does not open was forged, or is very old. */
  async function open(cookie: SealedCookie): Promise<Opened<User> | CookieFailure> {
    const opened = await openSealed(cookie, now, reader)
    if ('reason' in opened && opened.reason === 'invalid_session_cookie') {
      tell(onSecurityEvent, { type: 'forged-cookie', request: cookie.request })
    }
    return opened
  }

  const over = (): RefreshFailure =>
    toFailure(new AuthError('refresh_rejected', 'Somebody has signed out of this session.'))

  async function authenticate(cookie: SealedCookie): Promise<AuthenticateResult<User>> {
    const opened = await open(cookie)
    if ('reason' in opened) return opened
    const { accessToken } = opened.data
    const counted = countedLife(opened.data, opened.claims, now())
    const verified = await (counted
      ? verifier.verifyAt(accessToken, counted.at)
      : verifier.verify(accessToken))
    if ('retryable' in verified) {
      return { authenticated: false, retryable: true, reason: verified.reason }
    }
    if (!verified.ok) return cookieFailure('invalid_jwt')
    if (await isOver(opened)) return cookieFailure('invalid_session_cookie')
    const { expiresAt } = counted ?? {}
    return {
      authenticated: true,
      accessToken,
      ...describeOpened(opened),
      ...(expiresAt && { expiresAt }),
    }
  }

  async function refresh(
    cookie: SealedCookie,
    { cookiePassword = cookie.cookiePassword, ...wanted }: SealedRefreshOptions,
  ): Promise<RefreshResult<User>> {
    checkPassword(cookiePassword)
    const opened = await open(cookie)
    if ('reason' in opened) return opened
    if (await isOver(opened)) return over()
    const { data, failure } = await renew(opened.data, { ...wanted, request: cookie.request })
    if (data !== opened.data) verifier.hurry(data.accessToken)
    const next = { data, claims: readClaims(data.accessToken) ?? {} }
    // The sign-out of another request may have come in between.
    if (await isOver(opened, next)) return over()
    const kept = data === opened.data || failure?.reason === 'invalid_grant'
    if (failure && kept) return failure
    const sealedSession = await sealText(JSON.stringify(data), cookiePassword)
    if (failure) return { ...failure, sealedSession }
    return { authenticated: true, session: data, sealedSession, ...describeOpened(next) }
  }

  function loadSealedSession(loaded: SealedCookie): SealedSession<User> {
    checkObject('cookie', loaded)
    checkPassword(loaded.cookiePassword)
    let cookie = loaded
    return {
      authenticate: () => authenticate(cookie),
      async refresh(options = {}) {
        const result = await refresh(cookie, options)
        const { cookiePassword = cookie.cookiePassword } = options
        if (result.sealedSession) {
          cookie = { ...cookie, sessionData: result.sealedSession, cookiePassword }
        }
        return result
      },
      async getLogoutUrl({ returnTo } = {}) {
        if (returnTo !== undefined) checkReturnTo(returnTo)
        if (!logoutUrl) throw new AuthError('invalid_argument', 'There is no `logoutUrl` to go to.')
        const opened = await openSealed(cookie, now, reader)
        const reason = 'reason' in opened ? ` (${opened.reason})` : ''
        const sessionId = 'reason' in opened ? undefined : describeOpened(opened).sessionId
        if (sessionId) return logoutUrl({ sessionId, returnTo })
        throw new AuthSessionMissingError(`The cookie names no session to end${reason}.`)
      },
    }
  }

  return {
    loadSealedSession,
    async refreshAndSealSessionData({ organizationId, fresh, ...cookie }) {
      const result = await refresh(cookie, { organizationId, fresh })
      if (!result.authenticated) return result
      return { authenticated: true, sealedSession: result.sealedSession }
    },
    async sealSession(grant, options) {
      checkObject('grant', grant)
      checkObject('options', options)
      const { cookiePassword } = options
      checkPassword(cookiePassword)
      const data = withReceipt(toSealedData(grant), now())
      if (readClaims(data.accessToken)?.sub !== data.user.id) {
        throw new AuthError('bad_response', 'The access token is not the one of this user.')
      }
      return sealText(JSON.stringify(data), cookiePassword)
    },
    async endSession(cookie) {
      checkPassword(cookie.cookiePassword)
      const opened = await openSealed(cookie, now, reader)
      return 'reason' in opened ? { sessionId: null, error: null } : end(opened)
    },
  }
}
