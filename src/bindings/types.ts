import type { AuthClient } from '../client.js'
import type { AuthError } from '../core/errors.js'
import type { Session, SessionUser } from '../core/session.js'

/** A session as a page shows it. One that a server rendered need not hold tokens, and should not. */
export type SessionView<User extends SessionUser = SessionUser> = Pick<Session<User>, 'user'> &
  Partial<Session<User>>

/** Whether somebody is signed in, and who: the same object until something changes. */
export type SessionState<User extends SessionUser = SessionUser> =
  | SignedIn<User>
  | Nobody<'loading'>
  | Nobody<'signed-out', AuthError | null>

/** Somebody is signed in. */
export interface SignedIn<User extends SessionUser = SessionUser> {
  readonly status: 'signed-in'
  readonly session: SessionView<User>
  /** `null` only when neither the server nor the token says whose session it is. */
  readonly user: User | null
  /** Why the last refresh failed, while it is being tried again. */
  readonly error: AuthError | null
}

/** Nobody is signed in, or it is not known yet. */
export interface Nobody<
  Status extends 'loading' | 'signed-out',
  Failure extends AuthError | null = null,
> {
  readonly status: Status
  readonly session: null
  readonly user: null
  /** What ended the session, where it was a failure and that is known. */
  readonly error: Failure
}

/** The client in use and its methods, bound: the same objects as long as the client is. */
export interface BoundClient<Credentials, User extends SessionUser, Actions extends object>
  extends Pick<
    AuthClient<Credentials, User, Actions>,
    'signIn' | 'signOut' | 'refreshSession' | 'getSession' | 'getAccessToken'
  > {
  readonly client: AuthClient<Credentials, User, Actions>
}

/** What there is to say of the access token, and how to get one. */
export interface AccessTokenState extends TokenView, TokenMethods {}

/** The access token as a page shows it. */
export interface TokenView {
  /**
   * `null` when nobody is signed in, while `loading`, and when no working token could be had. In an
   * outage it may run out on the page; `getAccessToken()` never gives one that has.
   */
  readonly accessToken: string | null
  /** `true` until the client has answered for the first time. */
  readonly loading: boolean
  /**
   * Why there is no working token, or why the last refresh failed, until one succeeds. Over a backend that does
   * not `exposeAccessToken` it is `invalid_argument`, and so is what `refresh` and `getAccessToken` reject with.
   */
  readonly error: AuthError | null
}

/** How to get an access token: the same functions as long as the client is. */
export interface TokenMethods {
  /**
   * Gets a new token from the server, by a request that starts after this call.
   * @throws AuthSessionMissingError when nobody is signed in, AuthError when there is none to be had.
   */
  readonly refresh: () => Promise<string>
  /** A token that works, refreshed where that is needed; `null` when nobody is signed in. */
  readonly getAccessToken: AuthClient['getAccessToken']
}

/** What a page may know when it gives a client to its parts. */
export interface ProvideAuthOptions<User extends SessionUser = SessionUser> {
  /**
   * Whom the server rendered the page for: shown until the client knows better. `null`, or a
   * session without a user, when nobody was signed in. Read once per client. The page's HTML shows
   * it to anybody who reads the page, so leave tokens out.
   * @default unknown: the server renders `loading`
   */
  readonly initialSession?: SessionView<User> | null | undefined
}
