import type { SessionIdentity, SessionInformation, SessionPayload } from './types.js'

/** How long a core, or one of its hosts, that failed is left alone where there is another way, in ms. */
export const REST = 10_000
/** How long a core is taken to be what it was, in ms: it may be set otherwise, or replaced by a newer one. */
export const LIFE = 600_000
/** The tenant that every core has. Before interface 3.0 it is the only one. */
export const PUBLIC_TENANT = 'public'

/** A token as the core gives it. Times in ms since the epoch. */
export interface CoreToken {
  readonly token: string
  readonly expiry: number
  readonly createdTime: number
  /** What cores before 2.4 say of its cookie. */
  readonly cookie?: CoreCookie | undefined
}

/** What cores before 2.4 say of a cookie. */
export interface CoreCookie {
  readonly path: string
  readonly secure: boolean
  readonly domain?: string | undefined
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
}

/** What a core answers to a new session and to a refresh. */
export interface CoreTokens {
  readonly session: SessionIdentity
  readonly accessToken: CoreToken
  readonly refreshToken: CoreToken
  readonly idRefreshToken?: CoreToken | undefined
  readonly antiCsrfToken?: string | undefined
}

/** What a core says of an access token that it accepts. */
export interface CoreVerified {
  readonly session: SessionIdentity
  /** There when it replaced the token. */
  readonly accessToken?: CoreToken | undefined
}

/** A new session. */
export interface CoreNewSession {
  readonly userId: string
  readonly userDataInJWT: SessionPayload
  readonly userDataInDatabase: SessionPayload
  readonly enableAntiCsrf: boolean
  readonly useDynamicSigningKey: boolean
  /** Where the session belongs; the core's own default without. Since 3.0. */
  readonly tenantId?: string | undefined
}

/** How far a call about a person goes. */
export interface CoreScope {
  /** Only the sessions of this tenant, since 3.0; those of all tenants without. */
  readonly tenantId?: string | undefined
  /** Whether those of accounts that are linked to it count, since 4.0. They do unless it is `false`. */
  readonly linkedAccounts?: boolean | undefined
}

/** A session whose payload was replaced. */
export interface CoreRegenerated {
  readonly session: SessionIdentity
  /** `undefined` for a token that has expired: then only later ones have the payload. */
  readonly accessToken?: CoreToken | undefined
}

/** A refresh. */
export interface CoreRefresh {
  readonly refreshToken: string
  readonly antiCsrfToken?: string | undefined
  readonly enableAntiCsrf: boolean
  readonly useDynamicSigningKey: boolean
}

/** A question about an access token. */
export interface CoreVerify {
  readonly accessToken: string
  readonly antiCsrfToken?: string | undefined
  readonly doAntiCsrfCheck: boolean
  readonly enableAntiCsrf: boolean
  readonly checkDatabase: boolean
}

/** What a core before 2.4 says of its settings. */
export interface CoreHandshake {
  readonly accessToken: CoreCookie
  readonly refreshToken: CoreCookie
  readonly enableAntiCsrf: boolean
}

/**
 * A core, whatever version of its interface it speaks and whichever of its hosts is up. Every
 * function throws `SuperTokensError` and nothing else, and ends within the time limit.
 */
export interface CoreApi {
  /** Whether its access tokens can be verified by published keys: since 2.21. */
  publishesKeys(): Promise<boolean>
  /**
   * Whether a refresh gives a session the kind of key that it asks for, fixed or replaced from time to
   * time: since 3.0. Before that a session keeps the kind that it began with.
   */
  switchesKeys(): Promise<boolean>
  /** A `fetch` of the key set, from whichever host is up: the address given says nothing. */
  readonly fetch: typeof fetch
  /** The address of the key set, for `createVerifier`. */
  readonly jwksUrl: string
  createSession(session: CoreNewSession): Promise<CoreTokens>
  refresh(refresh: CoreRefresh): Promise<CoreTokens>
  verify(question: CoreVerify): Promise<CoreVerified>
  /** The handles of those that were ended. */
  revoke(handles: readonly string[]): Promise<readonly string[]>
  /** The handles of those that were ended. */
  revokeAll(userId: string, scope?: CoreScope): Promise<readonly string[]>
  handles(userId: string, scope?: CoreScope): Promise<readonly string[]>
  /**
   * What is known of a session; `undefined` when it is over. Since 2.8.
   * @throws SuperTokensError `rejected` where the interface has no such call, as all below.
   */
  information(handle: string): Promise<SessionInformation | undefined>
  /**
   * Gives a session another payload, and an access token that has it and lives no longer. Since 2.0.
   * A core does not ask who signed the token, and makes a new one of it: verify it first.
   * @throws SuperTokensError `UNAUTHORISED` when the session is over.
   */
  regenerate(accessToken: string, payload: SessionPayload): Promise<CoreRegenerated>
  /**
   * What the next access tokens of a session will hold. Since 2.0.
   * @throws SuperTokensError `UNAUTHORISED` when the session is over.
   */
  payload(handle: string): Promise<SessionPayload>
  /**
   * Sets what the next access tokens of a session will hold. Since 2.0.
   * @throws SuperTokensError `UNAUTHORISED` when the session is over.
   */
  updatePayload(handle: string, payload: SessionPayload): Promise<void>
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  sessionData(handle: string): Promise<SessionPayload>
  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  updateSessionData(handle: string, data: SessionPayload): Promise<void>
  /** `null` where the interface says nothing of cookies: since 2.4. */
  handshake(): Promise<CoreHandshake | null>
}
