import { AuthError, AuthSessionMissingError } from '../../core/errors.js'
import type { SessionFacts, SessionUser } from '../../core/session.js'
import { checkObject, checkTexts } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { tell } from '../shared/security-events.js'
import { serverWordsOf } from './end-names.js'
import { describeOpened, type Opened, type SealedCookie, toSession } from './opened.js'
import { createParts, type Parts } from './parts.js'
import { beginning } from './renewal.js'
import {
  cookieFailure,
  type RefreshFailure,
  type SealedRefreshResult,
  type SealedSessionFailure,
  type SealedSessionResult,
  signedOutHere,
  toFailure,
} from './results.js'
import { checkPassword } from './seal.js'
import { createSealedDevices } from './sealed-devices.js'
import type {
  SealedRefreshOptions,
  SealedSession,
  SealedSessions,
  SealedSessionsOptions,
  SignOutPageOptions,
} from './sealed-sessions-types.js'
import { type SealedData, toSealedData } from './session-data.js'
import { createSessionEndings } from './session-endings.js'
import { checkLimits, limitsOf } from './session-limits.js'

export type {
  SealedDescription,
  SealedRefreshContext,
  SealedRefreshOptions,
  SealedSession,
  SealedSessions,
  SealedSessionsOptions,
  SealOptions,
  SessionProvider,
  SignOutPageOptions,
  SignOutPageRequest,
} from './sealed-sessions-types.js'

/** The step that is missing where a session cannot be renewed (OIDC Core §3.1.2.6). */
const SIGN_IN = { step: 'login_required' } as const

/** Makes what says whose cookies are, and gives them new tokens. */
function createKeeper<User extends SessionUser>(parts: Parts<User>) {
  const { opener, tokens, ended, uses, limits, now, onSecurityEvent } = parts

  /** @returns also what says why not: a value that does not open was forged, or is very old. */
  async function openLiving(cookie: SealedCookie): Promise<Opened<User> | SealedSessionFailure> {
    const opened = await opener.open(cookie)
    if ('reason' in opened) {
      if (opened.reason === 'invalid_session_cookie') {
        tell(onSecurityEvent, { type: 'forged-cookie', request: cookie.request })
      }
      return opened
    }
    if (!(await uses.isOver(opened, cookie))) return opened
    ended.release(opened)
    return cookieFailure('session_expired')
  }

  /** What a refresh comes to where the server renews nothing: while the token lives, somebody has a session. */
  async function unrenewed({ data }: Opened<User>): Promise<RefreshFailure> {
    const check = await tokens.check(data)
    if (check.ok) {
      const message = 'The server gave no refresh token: another sign-in brings new tokens.'
      return toFailure(new AuthError('step_required', message, { details: SIGN_IN }))
    }
    if (!check.retryable) return cookieFailure('session_expired')
    return { signedIn: false, retryable: true, reason: check.reason }
  }

  /** A session whose seal says that it is used now, where that matters. */
  const usedNow = (data: SealedData<User>): SealedData<User> =>
    limitsOf(data, limits).idle === undefined ? data : { ...data, usedAt: now() }

  /** The limits of a session, where it has such. */
  function told(data: SealedData<User>): Pick<SessionFacts, 'limits'> {
    const its = { ...limits, ...data.limits }
    return { limits: Object.keys(its).length > 0 ? its : undefined }
  }

  return {
    usedNow,
    async look(cookie: SealedCookie): Promise<SealedSessionResult<User>> {
      const opened = await openLiving(cookie)
      if ('reason' in opened) return opened
      const check = await tokens.check(opened.data)
      if (!check.ok) {
        if (!check.retryable) return cookieFailure('invalid_jwt')
        return { signedIn: false, retryable: true, reason: check.reason }
      }
      if (await ended.isOver(opened)) return cookieFailure('invalid_session_cookie')
      await parts.listing.note(opened, cookie)
      const { accessToken } = opened.data
      const { expiresAt, life = Number.POSITIVE_INFINITY } = opened.token
      const ahead = parts.renews(opened.data.refreshToken) ? parts.marginOf(life) : 0
      const refreshAt = expiresAt - ahead
      const facts = { ...describeOpened(opened), ...told(opened.data) }
      return { signedIn: true, accessToken, ...facts, expiresAt, refreshAt }
    },

    async refresh(
      cookie: SealedCookie,
      { password = cookie.password, ...wanted }: SealedRefreshOptions,
    ): Promise<SealedRefreshResult<User>> {
      checkPassword(password)
      const opened = await openLiving(cookie)
      if ('reason' in opened) return opened
      if (await ended.isOver(opened)) return signedOutHere()
      if (!parts.renews(opened.data.refreshToken)) return unrenewed(opened)
      const { data: renewed, failure } = await parts.renew(opened.data, {
        ...wanted,
        request: cookie.request,
      })
      // Requests share what an exchange brings; the device is what the cookie of each one says.
      const { device } = opened.data
      const data = renewed === opened.data || !device ? renewed : { ...renewed, device }
      if (data !== opened.data) await tokens.hurry(data)
      const next = { data, token: tokens.read(data) ?? opened.token }
      // The sign-out of another request may have come in between.
      if (await ended.isOver(opened, next)) return signedOutHere()
      const kept = data === opened.data || failure?.reason === 'invalid_grant'
      if (failure && kept) return failure
      const sealed = await parts.sealing.sealRenewed(usedNow(data), password, opened)
      if (failure) return { ...failure, sealed }
      return { signedIn: true, session: data, sealed, ...describeOpened(next) }
    },
  }
}

/**
 * Keeps sessions in sealed cookies, in the format of WorkOS's SDKs, with any provider.
 * @example
 * ```ts
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { createSealedSessions } from 'holdfast/server'
 *
 * const url = 'https://project.example/auth/v1'
 * const sessions = createSealedSessions({
 *   provider: gotrue({ url, apiKey }),
 *   verification: { jwksUrl: `${url}/.well-known/jwks.json`, audience: 'authenticated', algorithms: ['ES256'] },
 * })
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createSealedSessions<User extends SessionUser = SessionUser>(
  options: SealedSessionsOptions<User>,
): SealedSessions<User> {
  checkObject('options', options)
  const { signOutUrl } = options
  const parts = createParts(options)
  const { provider } = options
  const { opener, tokens, uses, ended, now } = parts
  const { look, refresh, usedNow } = createKeeper(parts)

  /** A session that begins now. It comes after whatever has ended those of its person before. */
  async function begun(data: SealedData<User>, at: number): Promise<SealedData<User>> {
    const begins = beginning(data, { provider, tokens }, at)
    const token = tokens.read(begins)
    const seenEnd = token ? await ended.lastEndOf({ data: begins, token }) : undefined
    return seenEnd === undefined ? begins : { ...begins, seenEnd }
  }

  async function signOutUrlOf(
    cookie: SealedCookie,
    { returnTo, parameters }: SignOutPageOptions,
  ): Promise<string> {
    checkTexts('parameters', parameters)
    if (returnTo !== undefined) checkReturnTo(returnTo)
    if (!signOutUrl) throw new AuthError('invalid_argument', 'There is no `signOutUrl` to go to.')
    const opened = await opener.open(cookie)
    if (!('reason' in opened)) {
      return signOutUrl({ session: toSession(opened), returnTo, parameters })
    }
    throw new AuthSessionMissingError(`The cookie names no session to end (${opened.reason}).`)
  }

  function openSession(loaded: SealedCookie): SealedSession<User> {
    checkObject('cookie', loaded)
    checkPassword(loaded.password)
    let cookie = loaded
    return {
      getSession: () => look(cookie),
      async refreshSession(wanted = {}) {
        checkObject('options', wanted)
        const result = await refresh(cookie, wanted)
        const { password = cookie.password } = wanted
        if (result.sealed) {
          cookie = { ...cookie, value: result.sealed, password }
        }
        return result
      },
      async getSignOutUrl(wanted = {}) {
        checkObject('options', wanted)
        return signOutUrlOf(cookie, wanted)
      },
      async noteUse() {
        const opened = await opener.open(cookie)
        if ('reason' in opened || (await uses.isOver(opened, cookie))) return null
        return uses.note(opened, cookie)
      },
    }
  }

  return {
    devices: createSealedDevices(parts),
    ...createSessionEndings(parts),
    openSession,
    async sealSession(grant, wanted) {
      checkObject('grant', grant)
      checkObject('options', wanted)
      const { password, limits } = wanted
      checkPassword(password)
      const own = limits !== undefined && { limits: checkLimits(limits) }
      const at = now()
      const data = tokens.note(
        { ...toSealedData(grant, undefined, provider.sealedExtras), ...own },
        grant,
        at,
      )
      if (data.expiresAt !== undefined && !Number.isFinite(data.expiresAt)) {
        throw new AuthError('bad_response', 'The session does not say how long its token lives.')
      }
      if (tokens.ownerOf(data.accessToken, data.user.id) !== 'same') {
        throw new AuthError('bad_response', 'The access token is not the one of this user.')
      }
      return parts.sealing.sealNew(usedNow(await begun(data, at)), password)
    },
    async describeSession(cookie) {
      checkObject('cookie', cookie)
      checkPassword(cookie.password)
      const opened = await opener.open(cookie)
      if ('reason' in opened) return null
      const { issuedAt } = opened.token
      return { ...describeOpened(opened), issuedAt, ...serverWordsOf(provider, opened) }
    },
  }
}
