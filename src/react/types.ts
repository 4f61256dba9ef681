import type { ReactElement, ReactNode } from 'react'
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
  | Nobody<'signed-out'>

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
export interface Nobody<Status extends 'loading' | 'signed-out'> {
  readonly status: Status
  readonly session: null
  readonly user: null
  readonly error: null
}

/** The client in use and its methods, bound: the same objects as long as the client is. */
export interface BoundClient<Credentials, User extends SessionUser, Actions extends object>
  extends Pick<
    AuthClient<Credentials, User, Actions>,
    'signIn' | 'signOut' | 'refreshSession' | 'getSession' | 'getAccessToken'
  > {
  readonly client: AuthClient<Credentials, User, Actions>
}

/** What `useAccessToken` returns. */
export interface AccessTokenState {
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
  /**
   * Gets a new token from the server, by a request that starts after this call.
   * @throws AuthSessionMissingError when nobody is signed in, AuthError when there is none to be had.
   */
  readonly refresh: () => Promise<string>
  /** A token that works, refreshed where that is needed; `null` when nobody is signed in. */
  readonly getAccessToken: AuthClient['getAccessToken']
}

/** Properties of `AuthProvider`. */
export interface AuthProviderProps<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /**
   * The client, made outside of render: in a module, or by `useState(() => new AuthClient(…))`.
   * Whoever made it disposes of it.
   */
  readonly client: AuthClient<Credentials, User, Actions>
  /**
   * Whom the server rendered the page for: shown until the client knows better. `null`, or a
   * session without a user, when nobody was signed in. Read once per client. The page's HTML shows
   * it to anybody who reads the page, so leave tokens out.
   * @default unknown: the server renders `loading`
   */
  readonly initialSession?: SessionView<User> | null | undefined
  readonly children?: ReactNode
}

/** `AuthProvider` and the hooks that read from it, typed for one kind of client. */
export interface AuthHooks<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /** Gives a client to the components below. @throws AuthError `invalid_argument` without one. */
  readonly AuthProvider: (props: AuthProviderProps<Credentials, User, Actions>) => ReactElement
  /**
   * Who is signed in, or what `select` takes from it: then only a change of that renders anew.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useSession: UseSession<User>
  /**
   * Who is signed in, with the client and its methods.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useAuth: () => SessionState<User> & BoundClient<Credentials, User, Actions>
  /**
   * The access token, kept fresh by the client, which is asked for a working one on mount.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useAccessToken: () => AccessTokenState
}

/** The hook `useSession`, with and without a selector. */
export interface UseSession<User extends SessionUser = SessionUser> {
  (): SessionState<User>
  <Selected>(select: (state: SessionState<User>) => Selected): Selected
}

/** The hooks for one type of client. */
export type HooksOf<Client> =
  Client extends AuthClient<infer Credentials, infer User, infer Actions>
    ? AuthHooks<Credentials, User, Actions>
    : never
