import type { AuthError } from '../../core/errors.js'
import type { Awaitable } from '../../core/ports.js'
import type { Provider, RefreshContext } from '../../core/provider.js'
import type { Grant, Session, SessionFacts, SessionUser } from '../../core/session.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import type { RefreshListeners } from '../shared/refresh-events.js'
import type { SecurityListeners } from '../shared/security-events.js'
import type { Introspection, IntrospectionCall } from '../verification/introspection.js'
import type { Verification } from '../verification/verify.js'
import type { SealedDevices } from './devices.js'
import type { ServerNames, ServerWords } from './end-names.js'
import type { SealedSignOutOptions, SealedSignOutResult } from './ended-sessions.js'
import type { ListedSession } from './listing.js'
import type { SealedCookie } from './opened.js'
import type { SealedRefreshResult, SealedSessionResult } from './results.js'
import type { Password } from './seal.js'
import type { SessionLimits } from './session-limits.js'
import type { SessionList } from './session-list.js'
import type { SessionStore } from './session-store.js'
import type { EndedWhich, EndSessionsOptions } from './shared-ends.js'

/** What sealed sessions say of a refresh that they ask for. */
export interface SealedRefreshContext extends RefreshContext {
  /**
   * Whether a request that has failed may be sent once more within the call: to be asked where the server makes that
   * harmless. Not while it is known to fail: then it sees one request at a time.
   */
  readonly mayRepeat?: (() => Promise<boolean>) | undefined
}

/** The part of a provider that sealed sessions need: `workosServer`, `gotrue`, or your own. */
export type SessionProvider<User extends SessionUser = SessionUser> = Pick<
  Provider<never, User>,
  'id' | 'signOut'
> & {
  /**
   * Trades a refresh token for the next session, as a provider of pages does.
   * @throws AuthError `refresh_rejected` for the one answer that ends a session.
   */
  refresh(refreshToken: string, context: SealedRefreshContext): Promise<Grant<User> | null>
  /** How long its server forgives that a spent refresh token comes again, in ms. */
  readonly reuseWindow?: number | undefined
  /**
   * What of the `extras` of its grants the seal keeps, by their names. The sessions that it is told of at
   * refreshes and sign-outs have them.
   * @default nothing
   */
  readonly sealedExtras?: readonly string[] | undefined
  /**
   * Whether its server renews the session of a refresh token; one that it does not ends with its access
   * token.
   * @default it does
   */
  renews?(refreshToken: string): boolean
  /**
   * Whether its server calls several sign-ins by one id, such as all of one browser: OpenID Connect does, by
   * its `sid`. Sessions then have ids of their own, or one that was signed out of would take the next with it.
   */
  readonly sharesSessionIds?: boolean | undefined
  /**
   * Whether `signOut` ends the whole session at the server, whichever of its tokens it is shown: by an id of the
   * session, or by an access token that names it. One that revokes a token (RFC 7009) does not: the server says 200 for
   * one that was spent long ago, too, while its successor lives. Where it does, a session that was ended is remembered
   * as long as its access token may live; else, and where the provider does not say, 400 days.
   */
  readonly revokesSessions?: boolean | undefined
  /** What its server calls a session and its person when it says that they are over. @default what they are here */
  namesOf?(session: Session<User>): ServerNames
  /**
   * Whether seals that do not say for whom they were made, such as those of WorkOS's SDKs, are nobody's. Its own
   * say so.
   */
  readonly ownSealsOnly?: boolean | undefined
}

/** What the page of the auth server that ends a session is told besides. */
export interface SignOutPageOptions {
  /** Where the auth server sends the browser when it has forgotten the person too. */
  readonly returnTo?: string | undefined
  /** By the auth server's names, such as `logout_hint`, `ui_locales` or Auth0's `federated`. WorkOS knows none. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** The session that a page of the auth server is to end. */
export interface SignOutPageRequest<User extends SessionUser = SessionUser>
  extends SignOutPageOptions {
  readonly session: Session<User>
}

/** Options of {@link createSealedSessions}. */
export interface SealedSessionsOptions<User extends SessionUser = SessionUser>
  extends SecurityListeners,
    RefreshListeners {
  readonly provider: SessionProvider<User>
  /**
   * How to tell that an access token is genuine: by keys or a secret where it is a JWT; by asking the auth
   * server (RFC 7662); or `'seal'`, by the word of the seal, where only the auth server can read it.
   */
  readonly verification: Verification | Introspection | IntrospectionCall | 'seal'
  /** Shared by processes that serve the same sessions. @default memoryCoordinator() */
  readonly coordinator?: Coordinator | undefined
  /** The page that ends a session at the server. @default there is none */
  readonly signOutUrl?: ((request: SignOutPageRequest<User>) => Awaitable<string>) | undefined
  /**
   * How long a spent refresh token is answered with its successor, in ms: other tabs have it yet, and
   * a thief may. @default the provider's: 30_000 for WorkOS, else GoTrue's 10_000
   */
  readonly reuseWindow?: number | undefined
  /**
   * How long before the end of an access token its session is refreshed ahead of need, in ms: half of its life at
   * the most. @default 60_000, and a quarter of its life at the most
   */
  readonly refreshMargin?: number | undefined
  /**
   * The claims of access tokens that sessions have in `claims`, by their names. They are read of JWTs, and pages of a
   * backend see them. @default none
   */
  readonly claims?: readonly string[] | undefined
  /** How long sessions last, unless they have limits of their own. */
  readonly limits?: SessionLimits | undefined
  /**
   * The most characters of a seal: many servers take 16 kB of headers in all, and answer 431 to more,
   * also to a sign-out. A new session that is larger is refused; one that grows loses what it knows of
   * the user until the next refresh, and `report` is told. See `store`.
   * @default 12_288
   */
  readonly maxSize?: number | undefined
  /** Holds the sessions that are larger: their cookie then holds a name. @default there is none */
  readonly store?: SessionStore | undefined
  /** Holds which sessions people have, for `listSessions`. @default there is none, and nothing is noted */
  readonly list?: SessionList | undefined
  /** Hears of sessions that are too large for their cookies, and of a `store` that fails. @default nobody does */
  readonly report?: ((error: AuthError) => void) | undefined
  /** Milliseconds for one request to the server. @default 10_000 */
  readonly requestTimeout?: number | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** How a session is to be refreshed. */
export interface SealedRefreshOptions {
  /** Seals the new session, and opens it later. @default that of the old one; of several, the newest */
  readonly password?: Password | undefined
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
  getSession(): Promise<SealedSessionResult<User>>
  /**
   * Trades the refresh token for new tokens; the object holds them afterwards. `invalid_jwt` means
   * that the access token of the cookie is none, or another person's than the cookie.
   * @throws AuthError `invalid_argument` for an unfit password, before anything is spent.
   */
  refreshSession(options?: SealedRefreshOptions): Promise<SealedRefreshResult<User>>
  /**
   * Where to send the browser to end the session at the server; an expired token will do.
   * @throws AuthSessionMissingError when the cookie names no session.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL, and for `parameters` that
   *   are no texts.
   */
  getSignOutUrl(options?: SignOutPageOptions): Promise<string>
  /**
   * Says that the session is used now, where it ends when nobody uses it: keep what this returns in a
   * cookie of its own, the `lastUse` of later requests. `null` where there is nothing to keep.
   */
  noteUse(): Promise<string | null>
}

/** What a cookie holds, whether or not its session lives. */
export interface SealedDescription<User extends SessionUser = SessionUser>
  extends SessionFacts,
    ServerWords {
  readonly user: User
  /** When its access token was issued, in ms since the epoch; 0 where nobody knows. */
  readonly issuedAt: number
}

/** How a session is to be sealed for the first time. */
export interface SealOptions {
  readonly password: Password
  /** Limits of this session alone, such as those of somebody who is to be remembered for long. */
  readonly limits?: SessionLimits | undefined
}

/** Sessions in sealed cookies. Each method throws AuthError `invalid_argument` for an unfit password. */
export interface SealedSessions<User extends SessionUser = SessionUser> {
  /** What binds these sessions to devices, for `createDeviceBinding`. */
  readonly devices: SealedDevices
  openSession(cookie: SealedCookie): SealedSession<User>
  /**
   * The cookie's value for a session that has just begun.
   * @throws AuthError `bad_response` unless both tokens are there, the user is the token's, and it is known
   *   how long the token lives; `invalid_argument` for one that is larger than `maxSize`.
   */
  sealSession(grant: Grant<User>, options: SealOptions): Promise<string>
  /**
   * Ends a session: late answers bring nobody back, here at once, and the server revokes it where
   * the provider can. While that fails, and where the server is known to have ended one token only, the cookies of the
   * session stay nobody's for 400 days, and the server is told of each that comes. Never rejects for what is in the
   * cookie or for what the server answers.
   */
  signOut(cookie: SealedCookie, options?: SealedSignOutOptions): Promise<SealedSignOutResult>
  /**
   * Ends sessions wherever their cookies are, in all processes at their next request: one by its id, as it is
   * called here or at the auth server, or all that a person has by now; or several of these together. What people
   * begin afterwards lives; an id is over for good, so that a server which would give it again must have ended its own
   * session first. It is remembered for 400 days, as long as a cookie may last. The auth server is told when such a
   * cookie comes, unless it has one session for several sign-ins: so this is for what it said itself, or an app knows
   * better.
   * @returns whether it was done now, and not before where it was to be done `once`.
   * @throws AuthError `invalid_argument` unless it says which; `storage`, `retryable`, when the other processes
   *   cannot be told: then they are over in this one only.
   */
  endSessions(
    which: EndedWhich | readonly EndedWhich[],
    options?: EndSessionsOptions,
  ): Promise<boolean>
  /**
   * Calls `onEnd` once when the session of a cookie was ended, by whomever: at once by this process, and where it is
   * nobody's; by another one at the next look into Redis, which this one takes each 500 ms while anybody waits. What
   * ends while Redis fails is heard when it works again, or not at all: requests need no such call, for each asks by
   * itself. That its tokens or its limits have run out is no end. Resolves to what stops it.
   */
  watchSession(cookie: SealedCookie, onEnd: () => void): Promise<() => void>
  /**
   * The sessions of the person whose cookie it is, those seen last first, where there is a `list`; none for a cookie
   * that is nobody's, or whose session has come to a limit. End one by `endSessions`. Those of other libraries, and of
   * before there was a list, are in it once they are used.
   * @throws AuthError `invalid_argument` where there is no `list`; `storage`, `retryable`, when it cannot be had.
   */
  listSessions(cookie: SealedCookie): Promise<readonly ListedSession[]>
  /** What a cookie holds, alive or not; `null` when it holds no session. Nothing of it is checked. */
  describeSession(cookie: SealedCookie): Promise<SealedDescription<User> | null>
}
