import type { Accessor, JSX } from 'solid-js'
import type {
  AccessTokenState,
  BoundClient,
  ProvideAuthOptions,
  SessionState,
} from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'

/** Properties of `AuthProvider`. */
export interface AuthProviderProps<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> extends ProvideAuthOptions<User> {
  /**
   * The client, which whoever made it disposes of. It is read once: put a keyed `<Show>` around the provider of
   * a client that changes.
   */
  readonly client: AuthClient<Credentials, User, Actions>
  readonly children?: JSX.Element
}

/** `AuthProvider` and what reads from it, typed for one kind of client. */
export interface AuthContext<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /** Gives a client to the components below. @throws AuthError `invalid_argument` without one. */
  readonly AuthProvider: (props: AuthProviderProps<Credentials, User, Actions>) => JSX.Element
  /**
   * Who is signed in, or what `select` takes from it: then other changes are not told.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useSession: UseSession<User>
  /**
   * Who is signed in, with the client and its methods. It is live, as props are: read `auth.user`, for what is
   * taken apart stays as it was.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useAuth: () => SessionState<User> & BoundClient<Credentials, User, Actions>
  /**
   * The access token, kept fresh by the client, which is asked for a working one on mount. It is live.
   * @throws AuthError `invalid_argument` outside of `AuthProvider`.
   */
  readonly useAccessToken: () => AccessTokenState
}

/** The primitive `useSession`, with and without a selector. */
export interface UseSession<User extends SessionUser = SessionUser> {
  (): Accessor<SessionState<User>>
  <Selected>(select: (state: SessionState<User>) => Selected): Accessor<Selected>
}

/** The context for one type of client. */
export type AuthContextOf<Client> =
  Client extends AuthClient<infer Credentials, infer User, infer Actions>
    ? AuthContext<Credentials, User, Actions>
    : never
