import type { Coordinator } from '../coordination/coordinator-types.js'
import type { SecurityListeners } from '../shared/security-events.js'
import type { CookieScheme, SuperTokensCookies } from './cookie-types.js'

/** What an app keeps with a session: a JSON object. */
export type SessionPayload = Readonly<Record<string, unknown>>

/** A session, as the core names it. */
export interface SessionIdentity {
  readonly handle: string
  readonly userId: string
  /** What the app put into the access token. */
  readonly userDataInJWT: SessionPayload
  /** Since interface 3.0. */
  readonly tenantId?: string | undefined
  /** Since interface 4.0. */
  readonly recipeUserId?: string | undefined
}

/** A token, and the cookie that holds it. Times in ms since the epoch. */
export interface TokenInfo {
  readonly token: string
  readonly expiry: number
  readonly createdTime: number
  readonly cookiePath: string
  readonly cookieSecure: boolean
  /** `undefined` for a cookie of the API's own host. */
  readonly domain: string | undefined
  readonly sameSite: 'lax' | 'strict' | 'none'
}

/** What told old front ends that a session exists. Times in ms since the epoch. */
export type IdRefreshToken = Pick<TokenInfo, 'token' | 'expiry' | 'createdTime'>

/** A session and its new tokens. */
export interface SessionTokens {
  readonly session: SessionIdentity
  readonly accessToken: TokenInfo
  readonly refreshToken: TokenInfo
  /** Where the core's interface has one: before 2.21. */
  readonly idRefreshToken?: IdRefreshToken | undefined
  /** `undefined` where anti-CSRF tokens are off. */
  readonly antiCsrfToken: string | undefined
}

/** A session whose access token is good. */
export interface VerifiedSession {
  readonly session: SessionIdentity
  /** There when the core replaced the token that was shown: put it into the answer. */
  readonly accessToken?: TokenInfo | undefined
}

/** What the core knows of a session. Times in ms since the epoch. */
export interface SessionInformation {
  readonly sessionHandle: string
  readonly userId: string
  readonly userDataInDatabase: SessionPayload
  readonly userDataInJWT: SessionPayload
  readonly expiry: number
  readonly timeCreated: number
  readonly tenantId?: string | undefined
  readonly recipeUserId?: string | undefined
}

/**
 * How requests of other sites are told apart: by a token of the session, by a header that no other
 * site's page can send, or not at all.
 */
export type AntiCsrf = 'VIA_TOKEN' | 'VIA_CUSTOM_HEADER' | 'NONE'

/** Options of `createSuperTokens`. Times in ms. */
export interface SuperTokensOptions extends SecurityListeners {
  /** The addresses of one core, as a list or a text with `;` in between. A path is kept. */
  readonly hosts: string | readonly string[]
  readonly apiKey?: string | undefined
  /**
   * The newest version of the core's interface that is spoken, such as `5.6`. That one replaces
   * refresh tokens at once: ask for it when every process of the app does, and every core has it.
   * @default '5.4'
   */
  readonly interface?: string | undefined
  /** How long one request to the core may take, over all its hosts. @default 10_000 */
  readonly requestTimeout?: number | undefined
  /**
   * What becomes of a session whose token was stolen: it is revoked, or left to the app, which
   * hears of it by the error. At interface 5.6 the core itself has ended it. @default 'revoke'
   */
  readonly onTheft?: 'revoke' | 'report' | undefined
  /**
   * Cannot be `NONE` where `cookies.sameSite` is `none`.
   * @default 'VIA_CUSTOM_HEADER' where `cookies.sameSite` is `none`, else 'NONE'
   */
  readonly antiCsrf?: AntiCsrf | undefined
  /** Whether access tokens are signed by keys that the core replaces from time to time. @default true */
  readonly useDynamicSigningKey?: boolean | undefined
  /** How long keys are used before they are looked at again, in ms: so long are withdrawn ones good. @default 600_000 */
  readonly jwksRefreshInterval?: number | undefined
  /** What a core before 2.4 says of cookies goes where these say nothing. */
  readonly cookies?: SuperTokensCookies | undefined
  /** Shared by processes that serve the same sessions. @default memoryCoordinator() */
  readonly coordinator?: Coordinator | undefined
  /** Allows plain `http:` to hosts other than this device, as in a private network. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
  /**
   * How long a spent refresh token is answered with its successor, in ms: other tabs have it yet, and
   * a thief may. After that the core judges. @default 5_000
   */
  readonly reuseWindow?: number | undefined
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** How an access token is to be looked at. */
export interface VerifyOptions {
  /** The token that came in the header `anti-csrf`. */
  readonly antiCsrfToken?: string | undefined
  /** Whether it must fit, where the session has one. @default true */
  readonly doAntiCsrfCheck?: boolean | undefined
  /** Asks the core whether the session was revoked meanwhile. @default false */
  readonly checkDatabase?: boolean | undefined
  /**
   * Leaves everything as it is: the core is not told that a token is used for the first time, and gives
   * no other one for it, where its keys are published. With `checkDatabase` it is asked all the same.
   * @default false
   */
  readonly readOnly?: boolean | undefined
}

/** Which sessions of a person are meant. */
export interface SessionScope {
  /** Only those of this tenant, since interface 3.0; without one those of all tenants. */
  readonly tenantId?: string | undefined
  /** Those of linked accounts count as well, since interface 4.0, unless this is `false`. */
  readonly linkedAccounts?: boolean | undefined
}

/** How the payload of a session is changed. */
export interface PayloadUpdateOptions {
  /**
   * The session's access token, which is to be replaced by one with the new payload. Without it the
   * next refresh brings that.
   */
  readonly accessToken?: string | undefined
  /**
   * The most characters that an access token with the new payload may have, as where a cookie holds it:
   * more is `invalid_argument` before the core hears. @default 16_384
   */
  readonly longestToken?: number | undefined
}

/**
 * Sessions of a SuperTokens core, for servers, without a framework. Every function throws
 * `SuperTokensError` and nothing else, and ends within the time limit.
 */
export interface SuperTokens {
  readonly antiCsrf: AntiCsrf
  /** Begins a session, in a tenant where one is named: since interface 3.0. */
  createNewSession(
    userId: string,
    jwtPayload?: SessionPayload,
    sessionData?: SessionPayload,
    options?: Pick<SessionScope, 'tenantId'>,
  ): Promise<SessionTokens>
  /**
   * Tells whose access token this is: by the core's published keys where it has them, else by the
   * core.
   * @throws SuperTokensError `TRY_REFRESH_TOKEN` for a token that is no longer good, `UNAUTHORISED`
   * when the core says that the session is over, `GENERAL_ERROR` when it cannot be told.
   */
  getSession(accessToken: string, options?: VerifyOptions): Promise<VerifiedSession>
  /**
   * Trades a refresh token for new tokens. Calls with the same token that come together, or a
   * while later, get the same tokens.
   * @throws SuperTokensError `UNAUTHORISED` and `TOKEN_THEFT_DETECTED`: remove the cookies.
   * `GENERAL_ERROR`: nothing is known, keep them.
   */
  refreshSession(
    refreshToken: string,
    options?: {
      /** The token that came in the header `anti-csrf`. */
      readonly antiCsrfToken?: string | undefined
      /** Whether it must fit, where the session has one. Else it has none from then on. @default true */
      readonly doAntiCsrfCheck?: boolean | undefined
      /** What `onReuse` and `onSecurityEvent` are told besides, such as the request. */
      readonly request?: unknown
    },
  ): Promise<SessionTokens>
  /** Whether there was such a session to end. */
  revokeSession(sessionHandle: string): Promise<boolean>
  /** The handles of those among them that were ended. */
  revokeMultipleSessions(sessionHandles: readonly string[]): Promise<readonly string[]>
  /** The handles of the sessions that were ended. */
  revokeAllSessionsForUser(userId: string, scope?: SessionScope): Promise<readonly string[]>
  getAllSessionHandlesForUser(userId: string, scope?: SessionScope): Promise<readonly string[]>
  /**
   * Changes what the access tokens of a session hold: fields of `update` take the place of those of
   * their names, and `null` takes one away. Others stay as the core has them. Since interface 2.0.
   * @returns the session, and its new access token unless the one that was given has expired;
   * `undefined` where none was given.
   * @throws SuperTokensError `UNAUTHORISED` when the session is over; `GENERAL_ERROR`,
   * `invalid_argument`, for what no token can hold.
   */
  mergeIntoAccessTokenPayload(
    sessionHandle: string,
    update: SessionPayload,
    options?: PayloadUpdateOptions,
  ): Promise<VerifiedSession | undefined>
  /** `undefined` when the session is over. Since interface 2.8. */
  getSessionInformation(sessionHandle: string): Promise<SessionInformation | undefined>
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  getSessionData(sessionHandle: string): Promise<SessionPayload>
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  updateSessionData(sessionHandle: string, sessionData: SessionPayload): Promise<void>
  /** Where cookies go. Never throws: without the core, what is known so far. */
  cookieScheme(): Promise<CookieScheme>
}
