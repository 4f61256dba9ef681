import type { CookieScheme } from '../../../src/server/supertokens/cookie-types.js'
import {
  GeneralError,
  InvalidClaimsError,
  type SUPERTOKENS_ERRORS,
  TokenTheftDetectedError,
  TryRefreshTokenError,
  UnauthorisedError,
} from '../../../src/server/supertokens/errors.js'
import type {
  AntiCsrf,
  SessionPayload,
  SessionTokens,
  SuperTokens,
  TokenInfo,
} from '../../../src/server/supertokens/types.js'
import {
  createSuperTokensSessions,
  type SuperTokensSessionsOptions,
} from '../../../src/server/supertokens/web/index.js'

export const NOW = Date.UTC(2026, 10, 21, 12)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const EPOCH = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'
export const YEAR_LATER = `Expires=${new Date(NOW + 365 * DAY).toUTCString()}`

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

/** An access token of version 5, signed by nobody: the fake knows its own by name. */
export function accessTokenOf(
  userId: string,
  handle: string,
  payload: SessionPayload = {},
): string {
  const times = { iat: NOW / 1000, exp: (NOW + HOUR) / 1000 }
  const hashes = { refreshTokenHash1: 'r1', parentRefreshTokenHash1: null, antiCsrfToken: null }
  const claims = { ...payload, sub: userId, ...times, sessionHandle: handle, ...hashes }
  const header = { kid: 'd-1', typ: 'JWT', version: '5', alg: 'RS256' }
  return `${base64url(header)}.${base64url({ ...claims, tId: 'public', rsub: userId })}.c2ln`
}

/** A token that every function takes for good, and one that it does not. */
export const GOOD: string = accessTokenOf('ada', 'h-good')
export const EXPIRED: string = accessTokenOf('ada', 'h-expired')
export const REFRESH = 'good/refresh+token=='

export const ERRORS = {
  UNAUTHORISED: () => new UnauthorisedError('The session is over.'),
  TRY_REFRESH_TOKEN: () => new TryRefreshTokenError('The token is no longer good.'),
  TOKEN_THEFT_DETECTED: () => new TokenTheftDetectedError({ sessionHandle: 'h', userId: 'ada' }),
  GENERAL_ERROR: () => new GeneralError('No core answers.', { code: 'network', retryAfter: 1500 }),
  INVALID_CLAIMS: () =>
    new InvalidClaimsError([{ id: 'st-ev', reason: { message: 'wrong value' } }]),
} as const satisfies Record<keyof typeof SUPERTOKENS_ERRORS, () => Error>

export interface FakeOptions {
  readonly antiCsrf?: AntiCsrf
  readonly scheme?: Partial<CookieScheme>
  /** What becomes of the tokens that it gives. */
  readonly tokens?: (tokens: SessionTokens) => SessionTokens
  /** A new access token, for every one that is shown. */
  readonly replaces?: boolean
}

const SPOT = { secure: true, sameSite: 'lax', domain: undefined } as const
const PLACES = { accessToken: '/', refreshToken: '/auth/session/refresh' } as const

/** A `SuperTokens` in memory that says what it is told to say. */
export function createFakeSuperTokens(options: FakeOptions = {}) {
  const { antiCsrf = 'NONE', tokens = (same) => same } = options
  const calls: unknown[][] = []
  const state: { failure?: Error | undefined; count: number; gone: boolean } = {
    count: 0,
    gone: false,
  }
  const scheme: CookieScheme = {
    accessToken: { ...SPOT, path: PLACES.accessToken },
    refreshToken: { ...SPOT, path: PLACES.refreshToken },
    formerly: [],
    ...options.scheme,
  }
  const call = async (...args: unknown[]): Promise<void> => {
    calls.push(args)
    if (state.failure) throw state.failure
  }
  const info = (kind: 'accessToken' | 'refreshToken', token: string, life: number): TokenInfo => {
    const { path, secure, domain, sameSite } = scheme[kind]
    const place = { cookiePath: path, cookieSecure: secure, domain, sameSite }
    return { token, expiry: NOW + life, createdTime: NOW, ...place }
  }
  const identity = (userId: string, handle: string, userDataInJWT: SessionPayload = {}) => ({
    handle,
    userId,
    userDataInJWT,
    tenantId: 'public',
    recipeUserId: userId,
  })
  function mint(userId: string, payload?: SessionPayload): SessionTokens {
    state.count += 1
    const handle = `h${state.count}`
    return tokens({
      session: identity(userId, handle, payload),
      accessToken: info('accessToken', accessTokenOf(userId, handle, payload), HOUR),
      refreshToken: info('refreshToken', `refresh/${state.count}+=`, 100 * DAY),
      antiCsrfToken: antiCsrf === 'VIA_TOKEN' ? `csrf-${state.count}` : undefined,
    })
  }
  const superTokens: SuperTokens = {
    antiCsrf,
    cookieScheme: async () => scheme,
    async createNewSession(userId, jwtPayload, sessionData) {
      await call('createNewSession', userId, jwtPayload, sessionData)
      return mint(userId, jwtPayload)
    },
    async getSession(token, how) {
      await call('getSession', token, how)
      if (token === EXPIRED) throw ERRORS.TRY_REFRESH_TOKEN()
      const session = identity('ada', 'h-good')
      if (!options.replaces) return { session }
      return { session, accessToken: mint('ada').accessToken }
    },
    async refreshSession(token, how) {
      await call('refreshSession', token, how)
      if (token !== REFRESH && token !== GOOD) throw ERRORS.UNAUTHORISED()
      return mint('ada')
    },
    async revokeSession(handle) {
      await call('revokeSession', handle)
      return !state.gone
    },
    async revokeAllSessionsForUser(userId) {
      await call('revokeAllSessionsForUser', userId)
      return []
    },
    async getAllSessionHandlesForUser(userId) {
      await call('getAllSessionHandlesForUser', userId)
      return []
    },
    async getSessionInformation(handle) {
      await call('getSessionInformation', handle)
      return undefined
    },
    async getSessionData(handle) {
      await call('getSessionData', handle)
      return { cart: 1 }
    },
    async revokeMultipleSessions(handles) {
      await call('revokeMultipleSessions', handles)
      return state.gone ? [] : handles
    },
    async mergeIntoAccessTokenPayload(handle, update, how) {
      await call('mergeIntoAccessTokenPayload', handle, update, how)
      if (how?.accessToken === undefined) return undefined
      const { session, accessToken } = mint('ada', update)
      return { session: { ...session, handle }, accessToken }
    },
    updateSessionData: (handle, data) => call('updateSessionData', handle, data),
  }
  return { superTokens, calls, state, scheme }
}

type SessionSettings = Omit<SuperTokensSessionsOptions, 'superTokens'>

/** Sessions on a fake, and a way to ask them something. */
export function createStage(options: FakeOptions = {}, settings: SessionSettings = {}) {
  const fake = createFakeSuperTokens(options)
  const { superTokens } = fake
  const sessions = createSuperTokensSessions({ superTokens, now: () => NOW, ...settings })
  /** A request, with cookies as they are written. */
  const ask = (headers: Readonly<Record<string, string>> = {}, method = 'POST') => {
    const answer = new Headers()
    return { request: { method, headers: new Headers(headers) }, answer }
  }
  return { ...fake, sessions, ask }
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
export const cookies = (values: Readonly<Record<string, string>>) => ({
  Cookie: Object.entries(values)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('; '),
})

/** The headers of an answer, but for those that keep it out of caches. */
export const toldBy = (answer: Headers): readonly (readonly [string, string])[] =>
  [...answer].filter(([name]) => name !== 'cache-control' && name !== 'vary')

/** What an answer did: which ways it set tokens, and which it cleared. */
export function effectOf(answer: Headers) {
  const lines = answer.getSetCookie()
  const token = answer.get('st-refresh-token') ?? answer.get('st-access-token')
  return {
    set: [
      ...(lines.some((line) => !line.includes(EPOCH)) ? ['cookies'] : []),
      ...(token ? ['headers'] : []),
    ],
    cleared: [
      ...(lines.some((line) => line.includes(EPOCH)) ? ['cookies'] : []),
      ...(token === '' ? ['headers'] : []),
    ],
  }
}

/** The type and code of what a promise rejects with; `undefined` when it does not. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly type: string; readonly code: string } | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    const { type, code } = Object(error)
    return { type: String(type), code: String(code) }
  }
}

export const readFrontToken = (answer: Headers): unknown =>
  JSON.parse(Buffer.from(answer.get('front-token') ?? '', 'base64').toString())
