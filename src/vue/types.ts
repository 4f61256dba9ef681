import type { ComputedRef, Plugin } from 'vue'
import type {
  BoundClient,
  ProvideAuthOptions,
  SessionState,
  TokenMethods,
  TokenView,
} from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'

/** The parts of a state as refs, which may be taken apart. */
export interface SessionRefs<User extends SessionUser = SessionUser> {
  readonly status: ComputedRef<SessionState<User>['status']>
  readonly session: ComputedRef<SessionState<User>['session']>
  readonly user: ComputedRef<User | null>
  readonly error: ComputedRef<SessionState<User>['error']>
}

/** What `useAccessToken` returns: refs, and the ways to get a token. */
export interface AccessTokenRefs extends TokenMethods {
  readonly accessToken: ComputedRef<TokenView['accessToken']>
  readonly loading: ComputedRef<boolean>
  readonly error: ComputedRef<TokenView['error']>
}

/** The plugin and the composables that read from it, typed for one kind of client. */
export interface AuthComposables<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /**
   * Gives a client to an app: `app.use(authPlugin, auth, { initialSession })`.
   * @throws AuthError `invalid_argument` without one.
   */
  readonly authPlugin: Plugin<
    [client: AuthClient<Credentials, User, Actions>, options?: ProvideAuthOptions<User> | undefined]
  >
  /**
   * Gives a client to the components below the one whose setup calls it.
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
   * Who is signed in, with the client and its methods.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly useAuth: () => SessionRefs<User> & BoundClient<Credentials, User, Actions>
  /**
   * The access token, kept fresh by the client, which is asked for a working one as soon as the page is mounted.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly useAccessToken: () => AccessTokenRefs
}

/** The composable `useSession`, with and without a selector. */
export interface UseSession<User extends SessionUser = SessionUser> {
  (): ComputedRef<SessionState<User>>
  <Selected>(select: (state: SessionState<User>) => Selected): ComputedRef<Selected>
}

/** The composables for one type of client. */
export type ComposablesOf<Client> =
  Client extends AuthClient<infer Credentials, infer User, infer Actions>
    ? AuthComposables<Credentials, User, Actions>
    : never
