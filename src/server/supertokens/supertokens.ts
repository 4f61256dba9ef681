import { AuthError, isAuthError } from '../../core/errors.js'
import { checkCoordinator, checkPositive, memoryCoordinator } from '../coordination/coordinator.js'
import { type SecurityEvent, tell, wordsOf } from '../shared/security-events.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import { LONGEST_ACCESS_TOKEN } from './access-token.js'
import {
  checkJWTPayload,
  checkName,
  checkNames,
  checkPayload,
  checkRefreshToken,
} from './arguments.js'
import { createCore } from './core.js'
import type { CoreTokens, CoreVerified } from './core-api.js'
import { GeneralError } from './errors.js'
import { guarded } from './guard.js'
import { createPayloads } from './payloads.js'
import { createRenewal } from './renewal.js'
import { createScheme, type Scheme } from './scheme.js'
import { checkRoom, longestAccessToken } from './session-size.js'
import { createTombstones } from './tombstones.js'
import type {
  AntiCsrf,
  SessionIdentity,
  SessionTokens,
  SuperTokens,
  SuperTokensOptions,
  VerifiedSession,
} from './types.js'
import { createVerification } from './verification.js'

/** How long the core is waited for when the answer is known without it, in ms. */
const PATIENCE = 2_000
/** Enough for tabs that wake together, in ms. */
const REUSE_WINDOW = 5_000
/** What is known of a session that is to end. */
type Whose = Pick<SecurityEvent, 'sessionId' | 'userId'>
/** A longer one could never be shown again. */
const TOKEN_PLACE = { name: 'The access token', most: LONGEST_ACCESS_TOKEN }

function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  throw new AuthError('invalid_argument', `\`${name}\` is one of ${choices.join(', ')}.`)
}

function checkOptions(options: SuperTokensOptions): void {
  checkChoice('onTheft', options.onTheft, ['revoke', 'report'])
  checkChoice('antiCsrf', options.antiCsrf, ['VIA_TOKEN', 'VIA_CUSTOM_HEADER', 'NONE'])
  checkChoice('useDynamicSigningKey', options.useDynamicSigningKey, [true, false])
  if (options.antiCsrf === 'NONE' && options.cookies?.sameSite === 'none') {
    const message =
      "`antiCsrf: 'NONE'` with `sameSite: 'none'` lets every site act for whoever is signed in."
    throw new AuthError('invalid_argument', message)
  }
  if (options.coordinator !== undefined) checkCoordinator(options.coordinator)
}

/** No field that is not promised, and none that is not known. */
function describe(session: SessionIdentity): SessionIdentity {
  const { handle, userId, userDataInJWT, tenantId, recipeUserId } = session
  return {
    handle,
    userId,
    userDataInJWT,
    ...(tenantId !== undefined && { tenantId }),
    ...(recipeUserId !== undefined && { recipeUserId }),
  }
}

function dressAll(scheme: Scheme, tokens: CoreTokens): SessionTokens {
  const { session, accessToken, refreshToken, idRefreshToken: id, antiCsrfToken } = tokens
  return {
    session: describe(session),
    accessToken: scheme.dress('accessToken', accessToken),
    refreshToken: scheme.dress('refreshToken', refreshToken),
    ...(id && {
      idRefreshToken: { token: id.token, expiry: id.expiry, createdTime: id.createdTime },
    }),
    antiCsrfToken,
  }
}

/**
 * Makes the sessions of a SuperTokens core. Nothing is fetched before the first call.
 * @example
 * ```ts
 * import { createSuperTokens } from 'holdfast/server/supertokens'
 *
 * const superTokens = createSuperTokens({ hosts: 'https://core-a.example;https://core-b.example' })
 * const { accessToken, refreshToken } = await superTokens.createNewSession('user-1', { role: 'admin' })
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createSuperTokens(options: SuperTokensOptions): SuperTokens {
  if (typeof options !== 'object' || options === null) {
    throw new GeneralError('Pass `options`, as an object.', { code: 'invalid_argument' })
  }
  checkOptions(options)
  const { onTheft = 'revoke', useDynamicSigningKey = true, cookies = {} } = options
  const { now = () => Date.now(), dangerouslyAllowInsecureHttp } = options
  const antiCsrf: AntiCsrf =
    options.antiCsrf ?? (cookies.sameSite === 'none' ? 'VIA_CUSTOM_HEADER' : 'NONE')
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  const core = createCore(options)
  const coordinator = options.coordinator ?? memoryCoordinator({ now })
  const tombstones = createTombstones(coordinator)
  const enableAntiCsrf = antiCsrf === 'VIA_TOKEN'
  // A call may wait twice, and what is left must do for the rest of it.
  const patience = Math.min(PATIENCE, timeout / 3)
  const scheme = createScheme({ core, cookies, patience, now })
  const settings = { enableAntiCsrf, useDynamicSigningKey }
  const renew = createRenewal({
    core,
    coordinator,
    tombstones,
    onTheft,
    patience,
    timeout,
    now,
    reuseWindow: checkPositive('reuseWindow', options.reuseWindow ?? REUSE_WINDOW),
    onReuse: options.onReuse,
    onSecurityEvent: options.onSecurityEvent,
  })
  const keys = { dangerouslyAllowInsecureHttp, jwksRefreshInterval: options.jwksRefreshInterval }
  const deps = { core, tombstones, ...settings, ...keys, patience, now }
  const { verify, hurry, refreshed } = createVerification(deps)
  const changePayload = createPayloads({ core, tombstones, verify, enableAntiCsrf })

  /** The tokens of an answer of the core, for the app. */
  function handOut(tokens: CoreTokens): SessionTokens {
    hurry(tokens.accessToken.token)
    return dressAll(scheme, tokens)
  }

  function show({ session, accessToken: next }: CoreVerified): VerifiedSession {
    const replaced = next && { accessToken: scheme.dress('accessToken', next) }
    return { session: describe(session), ...replaced }
  }

  const call = <T>(work: () => Promise<T>): Promise<T> => guarded(timeout, work)

  /** Does what ends sessions, and tells a security log too where the core could not be told. */
  async function telling<T>(whose: readonly Whose[], work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const words = isAuthError(error) ? wordsOf(error) : {}
      for (const one of whose) {
        tell(options.onSecurityEvent, { type: 'revocation-failed', ...one, ...words })
      }
      throw error
    }
  }

  async function revoke(handles: readonly string[]): Promise<readonly string[]> {
    // First, so that a refresh under way cannot bring one back. It stays when the core fails:
    // whoever wanted these sessions to be over still does.
    await Promise.all(handles.map(tombstones.set))
    const whose = handles.map((sessionId) => ({ sessionId }))
    const revoked = handles.length > 0 ? await telling(whose, () => core.revoke(handles)) : []
    await Promise.all(handles.map(tombstones.confirm))
    return revoked
  }

  return {
    antiCsrf,
    createNewSession: (userId, jwtPayload = {}, sessionData = {}, options = {}) =>
      call(async () => {
        const { tenantId } = options
        const draft = { userId, payload: jwtPayload, antiCsrf: enableAntiCsrf, tenantId }
        checkRoom(TOKEN_PLACE, longestAccessToken(draft))
        const tokens = await core.createSession({
          userId: checkName('userId', userId),
          userDataInJWT: checkJWTPayload('jwtPayload', jwtPayload),
          userDataInDatabase: checkPayload('sessionData', sessionData),
          tenantId,
          ...settings,
        })
        tombstones.seeAll(tokens)
        return handOut(tokens)
      }),
    getSession: (accessToken, how = {}) =>
      call(async () => {
        return show(await verify(accessToken, how))
      }),
    refreshSession: (refreshToken, { antiCsrfToken, doAntiCsrfCheck = true, request } = {}) =>
      call(async () => {
        const question = { refreshToken: checkRefreshToken(refreshToken), antiCsrfToken }
        const wanted = { ...settings, enableAntiCsrf: enableAntiCsrf && doAntiCsrfCheck }
        const tokens = await renew({ ...question, ...wanted }, request)
        refreshed(tokens.accessToken.token)
        return dressAll(scheme, tokens)
      }),
    revokeSession: (sessionHandle) =>
      call(async () => {
        const handle = checkName('sessionHandle', sessionHandle)
        return (await revoke([handle])).includes(handle)
      }),
    revokeMultipleSessions: (sessionHandles) =>
      call(async () => revoke(checkNames('sessionHandles', sessionHandles))),
    revokeAllSessionsForUser: (userId, scope) =>
      call(async () => {
        // Their names are known only from the answer.
        const ask = () => core.revokeAll(checkName('userId', userId), scope)
        const handles = await telling([{ userId }], ask)
        await Promise.all(handles.map(tombstones.confirm))
        return handles
      }),
    getAllSessionHandlesForUser: (userId, scope) =>
      call(async () => core.handles(checkName('userId', userId), scope)),
    mergeIntoAccessTokenPayload: (sessionHandle, update, options = {}) =>
      call(async () => {
        const handle = checkName('sessionHandle', sessionHandle)
        const { accessToken, longestToken = LONGEST_ACCESS_TOKEN } = options
        const changed = await changePayload({ handle, update, accessToken, longestToken })
        if (changed?.accessToken) hurry(changed.accessToken.token)
        return changed && show(changed)
      }),
    getSessionInformation: (sessionHandle) =>
      call(async () => core.information(checkName('sessionHandle', sessionHandle))),
    getSessionData: (sessionHandle) =>
      call(async () => core.sessionData(checkName('sessionHandle', sessionHandle))),
    updateSessionData: (sessionHandle, sessionData) =>
      call(async () => {
        const handle = checkName('sessionHandle', sessionHandle)
        await core.updateSessionData(handle, checkPayload('sessionData', sessionData))
      }),
    cookieScheme: () => scheme.read(),
  }
}
