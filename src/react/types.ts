import type { ReactElement, ReactNode } from 'react'
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
   * The client, made outside of render: in a module, or by `useState(() => new AuthClient(…))`.
   * Whoever made it disposes of it.
   */
  readonly client: AuthClient<Credentials, User, Actions>
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
