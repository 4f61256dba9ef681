import type {
  AccessTokenState,
  BoundClient,
  ProvideAuthOptions,
  SessionState,
} from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'

/** A value that is read anew each time: where it is read, a change of it is seen. */
export interface Current<Value> {
  readonly current: Value
}

/** `provideAuth` and what reads from it, typed for one kind of client. */
export interface AuthContext<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /**
   * Gives a client to the components below the one whose script calls it.
   * @throws AuthError `invalid_argument` without a client.
   */
  readonly provideAuth: (
    client: AuthClient<Credentials, User, Actions>,
    options?: ProvideAuthOptions<User>,
  ) => void
  /**
   * Who is signed in, or what `select` takes from it: then other changes are not told.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly useSession: UseSession<User>
  /**
   * Who is signed in, with the client and its methods. It is live: read `auth.user`, for what is taken
   * apart stays as it was.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly useAuth: () => SessionState<User> & BoundClient<Credentials, User, Actions>
  /**
   * The access token, kept fresh by the client, which is asked for a working one on mount. It is live.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly useAccessToken: () => AccessTokenState
}

/** The function `useSession`, with and without a selector. */
export interface UseSession<User extends SessionUser = SessionUser> {
  (): Current<SessionState<User>>
  <Selected>(select: (state: SessionState<User>) => Selected): Current<Selected>
}

/** The functions for one type of client. */
export type AuthContextOf<Client> =
  Client extends AuthClient<infer Credentials, infer User, infer Actions>
    ? AuthContext<Credentials, User, Actions>
    : never
