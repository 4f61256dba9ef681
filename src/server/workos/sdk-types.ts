import type { WorkOSUser } from '../../providers/workos/index.js'
import type { SealedCookie } from '../sealed/opened.js'
import type {
  FinalReason,
  RefreshFailure,
  RefreshSuccess,
  SealedSessionFailure,
  ServerSession,
} from '../sealed/results.js'
import type { Password } from '../sealed/seal.js'
import type {
  SealedRefreshOptions,
  SealedSession,
  SealedSessions,
} from '../sealed/sealed-sessions-types.js'

/** A cookie, under the names of WorkOS's SDK. */
export interface WorkOSSealedCookie extends Omit<SealedCookie, 'value' | 'password'> {
  /** The cookie's value; nothing when the request has none. */
  readonly sessionData: string | null | undefined
  /** One, or several with the newest first; each of at least 32 characters. */
  readonly cookiePassword: Password
}

/** How a session is to be refreshed, under the names of WorkOS's SDK. */
export interface WorkOSRefreshOptions
  extends Pick<SealedRefreshOptions, 'organizationId' | 'fresh'> {
  /** Seals the new session, in place of the one that opened the old. */
  readonly cookiePassword?: Password | undefined
}

/** Why the same refresh will never succeed, in WorkOS's words; further steps may be new. */
export type WorkOSFinalReason =
  | Exclude<FinalReason, 'rejected'>
  | 'organization_not_authorized'
  | 'sso_required'
  | 'mfa_enrollment'

/** Somebody is signed in, in WorkOS's words. */
export interface WorkOSAuthenticateSuccess extends Omit<ServerSession<WorkOSUser>, 'signedIn'> {
  readonly authenticated: true
}

/** Nobody is signed in, or it cannot be told, in WorkOS's words. */
export type WorkOSAuthenticateFailure = Refused &
  (
    | Omit<Extract<SealedSessionFailure, { retryable: false }>, 'signedIn'>
    | Omit<Extract<SealedSessionFailure, { retryable: true }>, 'signedIn'>
  )

/** A session with new tokens, in WorkOS's words. */
export interface WorkOSRefreshSuccess
  extends Omit<RefreshSuccess<WorkOSUser>, 'signedIn' | 'sealed'> {
  readonly authenticated: true
  /** The new value of the cookie. */
  readonly sealedSession: string
}

/** That nobody is signed in, as far as is known. */
interface Refused {
  readonly authenticated: false
}

/** What a failure may have brought all the same. */
interface Kept extends Refused {
  /** There when the tokens have changed: put it in the cookie, for the old ones soon count for nothing. */
  readonly sealedSession?: string | undefined
}

type Final = Extract<RefreshFailure, { retryable: false }>
type Passing = Extract<RefreshFailure, { retryable: true }>

/** Why there is no new session, in WorkOS's words. */
export type WorkOSRefreshFailure = Kept &
  (
    | (Omit<Final, 'signedIn' | 'reason' | 'sealed'> & { readonly reason: WorkOSFinalReason })
    | Omit<Passing, 'signedIn' | 'sealed'>
  )

/** The session in one cookie, as WorkOS's SDK has it. */
export interface WorkOSSealedSession extends Pick<SealedSession<WorkOSUser>, 'noteUse'> {
  /** Whose session this is, by the access token alone. Never refreshes, never rejects. */
  authenticate(): Promise<WorkOSAuthenticateSuccess | WorkOSAuthenticateFailure>
  /**
   * Trades the refresh token for new tokens; the object holds them afterwards.
   * @throws AuthError `invalid_argument` for an unfit password, before anything is spent.
   */
  refresh(options?: WorkOSRefreshOptions): Promise<WorkOSRefreshSuccess | WorkOSRefreshFailure>
  /**
   * Where to send the browser to end the session at WorkOS; an expired token will do.
   * @throws AuthSessionMissingError when the cookie names no session.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL.
   */
  getLogoutUrl(options?: { readonly returnTo?: string | undefined }): Promise<string>
}

/** Sealed sessions of WorkOS, also under the names that `workos.userManagement` of its SDK has. */
export interface WorkOSSessions extends SealedSessions<WorkOSUser> {
  /** @throws AuthError `invalid_argument` for an unfit password. */
  loadSealedSession(cookie: WorkOSSealedCookie): WorkOSSealedSession
  /**
   * As `loadSealedSession(cookie).refresh(options)`, giving the cookie's new value only.
   * @throws AuthError `invalid_argument` for an unfit password.
   */
  refreshAndSealSessionData(
    options: WorkOSSealedCookie & Pick<WorkOSRefreshOptions, 'organizationId' | 'fresh'>,
  ): Promise<
    { readonly authenticated: true; readonly sealedSession: string } | WorkOSRefreshFailure
  >
}
