import type { AuthError } from '../../core/errors.js'
import type { Awaitable } from '../../core/ports.js'
import type { Grant, SessionUser } from '../../core/session.js'
import type { Cookie, CookieJar, CookieOptions } from '../cookies/cookies.js'
import type { SealedSignOutOptions } from '../sealed/ended-sessions.js'
import type { ListedSession } from '../sealed/listing.js'
import type { RefreshFailure, ServerSession } from '../sealed/results.js'
import type { Password } from '../sealed/seal.js'
import type {
  SealedDescription,
  SealedSessions,
  SealOptions,
  SignOutPageOptions,
} from '../sealed/sealed-sessions.js'
import type { EndedWhich, EndSessionsOptions } from '../sealed/shared-ends.js'
import type { DeviceBinding, DeviceOffer, DeviceRoutes } from './device-binding.js'

export type { ServerSession } from '../sealed/results.js'

/**
 * A session as another library left it: one that anybody can have written, or a seal that one of the
 * passwords of our cookie opens.
 */
export type LeftSession<User extends SessionUser = SessionUser> =
  | { readonly grant: Grant<User> }
  | { readonly sealed: string }

/** Reads the cookies in which another library keeps its sessions. */
export interface TakeOver<User extends SessionUser = SessionUser> {
  /**
   * The session in the cookies of a request; `null` where there is none that can be read. `now` is in ms
   * since the epoch.
   */
  find(jar: CookieJar, now: number): Awaitable<LeftSession<User> | null>
  /** The cookies of that library, which are erased when its session was taken over. */
  cookiesIn(jar: CookieJar): readonly Cookie[]
}

/** The cookie that a session is in, and what seals it. */
export interface CookieSettings extends CookieOptions {
  /** Of at least 32 characters; several, the newest first, while it is being replaced. */
  readonly password: Password
}

/** Options of `createRequestSessions`. */
export interface RequestSessionsOptions<User extends SessionUser = SessionUser> {
  readonly sessions: SealedSessions<User>
  readonly cookie: CookieSettings
  /**
   * The sessions of another library that go on here, at the first request that has its cookies: nobody is
   * signed out by a move. They are traded at once, which brings new tokens: what is left of the other library
   * has no use of the old ones. @default nobody’s
   */
  readonly takeOver?: TakeOver<User> | undefined
  /**
   * Binds the sessions that begin from now on to the devices of their browsers: `createDeviceBinding()` of
   * `holdfast/server/dbsc`. The cookie is then secure, for `/` and for no `domain`. @default they are bound to none
   */
  readonly deviceBound?: DeviceBinding | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What came of looking at the cookies of a request. */
export interface RequestSession<User extends SessionUser = SessionUser> {
  readonly session: ServerSession<User> | null
  /** The newest value of the cookie; `null` when it is nobody's. */
  readonly sealed: string | null
  /**
   * Why there is no session, or why the one there is could not be refreshed. Without a session and
   * while it is `retryable`, nobody knows whether somebody is signed in.
   */
  readonly failure: RefreshFailure | null
  /** `Set-Cookie` values for `applyCookies`. */
  readonly setCookies: readonly string[]
  /**
   * For `applySession`: what asks the browser to bind the session to its device, where the answer that began it could
   * not (see `withoutHeaders`). An answer without it loses nothing: the next one has it again.
   */
  readonly deviceOffer?: DeviceOffer | undefined
}

/** How to look at the cookies of a request. */
export interface GetRequestSessionOptions {
  /**
   * `when-due`: in the last quarter of the token's life, or its last minute if that is less. `never`:
   * no cookie is set either.
   * @default 'when-due'
   */
  readonly refresh?: 'when-due' | 'never' | undefined
  /** What `onReuse` and `onSecurityEvent` of the sessions are told besides, such as the request. */
  readonly request?: unknown
}

/** How the session of a request is refreshed, whatever its age. */
export interface RefreshRequestSessionOptions extends Pick<GetRequestSessionOptions, 'request'> {
  /** The organization to switch to. @default the one that the session is in */
  readonly organizationId?: string | undefined
  /** Whether what another request got before this call will not do. @default false */
  readonly fresh?: boolean | undefined
}

/** How the session of a request is wanted; `force`: whatever its age. */
export interface Wanted extends RefreshRequestSessionOptions {
  readonly refresh?: GetRequestSessionOptions['refresh'] | 'force'
}

/** How somebody is signed in. */
export interface SetSessionOptions extends Pick<SealOptions, 'limits'> {
  /**
   * Whether the answer can set cookies and nothing else, as that of a Server Action of Next.js. What its `headers` would
   * have asked for is asked by the next answer of `applySession`: one more cookie says so until then, for an hour at
   * the most. @default false
   */
  readonly withoutHeaders?: boolean | undefined
}

/** What a sign-in comes to. */
export interface SetSessionResult {
  /** `Set-Cookie` values for `applyCookies`. */
  readonly setCookies: readonly string[]
  /** Further headers of the answer: where sessions are `deviceBound` they ask the browser to bind it. */
  readonly headers: Readonly<Record<string, string>>
}

/** How somebody signs out. */
export interface SignOutOptions extends Pick<SealedSignOutOptions, 'scope'>, SignOutPageOptions {}

/** What a sign-out comes to. */
export interface SignOutResult {
  /** `Set-Cookie` values for `applyCookies`. */
  readonly setCookies: readonly string[]
  /** Where to send the browser so that the auth server forgets the person too, if there is such. */
  readonly signOutUrl: string | null
  /** Why the auth server could not be told: its refresh token may live on. */
  readonly error: AuthError | null
  /** There when `onSecurityEvent` has heard of the error: nobody else has to be told. */
  readonly isReported?: true | undefined
}

/** What comes with a call that lists sessions. */
export interface ListSessionsOptions {
  /** What the cookies came with: `deviceBound` reads what its browser says of its key. */
  readonly request?: unknown
}

/** Sessions in the cookies of requests. `cookieHeader` is the header `Cookie`, `null` if absent. */
export interface RequestSessions<User extends SessionUser = SessionUser> {
  /** What answers the requests by which browsers bind sessions, where they are `deviceBound`; a backend does it. */
  readonly deviceRoutes?: DeviceRoutes | undefined
  /** Whose request this is; refreshes ahead of expiry. Never throws for what a cookie holds. */
  getSession(
    cookieHeader: string | null,
    options?: GetRequestSessionOptions,
  ): Promise<RequestSession<User>>
  /** Trades the refresh token of whoever's request this is. Never throws for what a cookie holds. */
  refreshSession(
    cookieHeader: string | null,
    options?: RefreshRequestSessionOptions,
  ): Promise<RequestSession<User>>
  /**
   * Ends sessions wherever their cookies are: see `SealedSessions.endSessions`.
   * @throws AuthError as that does.
   */
  endSessions(
    which: EndedWhich | readonly EndedWhich[],
    options?: EndSessionsOptions,
  ): Promise<boolean>
  /**
   * The sessions of the person whose cookies these are: see `SealedSessions.listSessions`. None for a session that is
   * bound to a device, where these cookies do not prove it.
   * @throws AuthError as that does; `storage`, `retryable`, while it cannot be told whether they do.
   */
  listSessions(
    cookieHeader: string | null,
    options?: ListSessionsOptions,
  ): Promise<readonly ListedSession[]>
  /**
   * Ends one of the sessions of that person, by its id; resolves to whether it was one of theirs.
   * @throws AuthError as `listSessions` and `endSessions` do.
   */
  endListedSession(
    cookieHeader: string | null,
    sessionId: string,
    options?: ListSessionsOptions,
  ): Promise<boolean>
  /** Calls `onEnd` when the session of these cookies was ended: see `SealedSessions.watchSession`. */
  watchSession(cookieHeader: string | null, onEnd: () => void): Promise<() => void>
  /** What the cookies hold, alive or not; `null` when they hold no session, or those of several people. */
  describeSession(cookieHeader: string | null): Promise<SealedDescription<User> | null>
  /**
   * Signs somebody in. Whoever was signed in by these cookies no longer is.
   * @throws AuthError `bad_response` when the grant is not the whole session of one person,
   *   `invalid_argument` when it is too large for its cookies.
   */
  setSession(
    grant: Grant<User>,
    cookieHeader: string | null,
    options?: SetSessionOptions,
  ): Promise<SetSessionResult>
  /**
   * Signs out; a request that is under way cannot bring the session back. With `others` the session goes on,
   * and the `error` is `session_missing` where there is none.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL, for a `scope` that there
   *   is not, and for `parameters` that are no texts.
   */
  signOut(cookieHeader: string | null, options?: SignOutOptions): Promise<SignOutResult>
}
