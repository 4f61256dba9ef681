import type { Provider, Signal } from '@angular/core'
import type {
  BoundClient,
  ProvideAuthOptions,
  SessionState,
  TokenMethods,
  TokenView,
} from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'

/** The parts of a state as signals, which may be taken apart. */
export interface SessionSignals<User extends SessionUser = SessionUser> {
  readonly status: Signal<SessionState<User>['status']>
  readonly session: Signal<SessionState<User>['session']>
  readonly user: Signal<User | null>
  readonly error: Signal<SessionState<User>['error']>
}

/** What `injectAccessToken` returns: signals, and the ways to get a token. */
export interface AccessTokenSignals extends TokenMethods {
  readonly accessToken: Signal<TokenView['accessToken']>
  readonly loading: Signal<boolean>
  readonly error: Signal<TokenView['error']>
}

/** `provideAuth` and what reads from it, typed for one kind of client. */
export interface AuthInjection<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /**
   * Gives a client to an app, a route or a component: for its `providers`. Options may be made by a
   * function, in which `inject` works.
   * @throws AuthError `invalid_argument` without a client.
   */
  readonly provideAuth: (
    client: AuthClient<Credentials, User, Actions>,
    options?: ProvideAuthOptions<User> | (() => ProvideAuthOptions<User>),
  ) => Provider
  /**
   * Who is signed in, or what `select` takes from it: then other changes are not told.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly injectSession: InjectSession<User>
  /**
   * Who is signed in, with the client and its methods.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly injectAuth: () => SessionSignals<User> & BoundClient<Credentials, User, Actions>
  /**
   * The access token, kept fresh by the client, which is asked for a working one after the next
   * rendering.
   * @throws AuthError `invalid_argument` where no client was given.
   */
  readonly injectAccessToken: () => AccessTokenSignals
}

/** The function `injectSession`, with and without a selector. */
export interface InjectSession<User extends SessionUser = SessionUser> {
  (): Signal<SessionState<User>>
  <Selected>(select: (state: SessionState<User>) => Selected): Signal<Selected>
}

/** The functions for one type of client. */
export type AuthInjectionOf<Client> =
  Client extends AuthClient<infer Credentials, infer User, infer Actions>
    ? AuthInjection<Credentials, User, Actions>
    : never
