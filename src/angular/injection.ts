import {
  afterNextRender,
  computed,
  DestroyRef,
  InjectionToken,
  inject,
  type Provider,
  type Signal,
  signal,
} from '@angular/core'
import { type AnyClient, createSource, given, type Source } from '../bindings/source.js'
import { type Answer, ask, toTokenView } from '../bindings/token.js'
import type { BoundClient, ProvideAuthOptions, SessionState, TokenView } from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'
import type { AccessTokenSignals, AuthInjection, AuthInjectionOf, SessionSignals } from './types.js'

interface Provided<Credentials, User extends SessionUser, Actions extends object> {
  readonly source: Source<Credentials, User, Actions>
  /** What the server rendered, until the page is there; then the client's. */
  readonly state: Signal<SessionState<User>>
}

function createProvided<Credentials, User extends SessionUser, Actions extends object>(
  source: Source<Credentials, User, Actions>,
): Provided<Credentials, User, Actions> {
  const state = signal(source.rendered)
  const destroyed = inject(DestroyRef)
  // Not before, for what is hydrated must be as the server rendered it; and never on a server.
  afterNextRender(() => {
    const look = (): void => state.set(source.current())
    look()
    destroyed.onDestroy(source.subscribe(look))
  })
  return { source, state }
}

const ADVICE = 'add provideAuth(auth) to `providers`'

/**
 * Makes `provideAuth` and what reads from it for one type of client, with a token of their own.
 * @example
 * ```ts
 * import { createAuthInjection } from 'holdfast/angular'
 *
 * export const { provideAuth, injectAuth } = createAuthInjection<typeof auth>()
 * ```
 */
export function createAuthInjection<Client extends AnyClient>(): AuthInjectionOf<Client>
export function createAuthInjection<
  Credentials,
  User extends SessionUser,
  Actions extends object,
>(): AuthInjection<Credentials, User, Actions> {
  const AUTH = new InjectionToken<Provided<Credentials, User, Actions>>('holdfast')

  const injectProvided = (): Provided<Credentials, User, Actions> =>
    given(inject(AUTH, { optional: true }), ADVICE)

  function provideAuth(
    client: AuthClient<Credentials, User, Actions>,
    options?: ProvideAuthOptions<User> | (() => ProvideAuthOptions<User>),
  ): Provider {
    given(client?.getSnapshot, ADVICE)
    const make = typeof options === 'function' ? options : () => options
    return {
      provide: AUTH,
      useFactory: () => createProvided(createSource(client, make(), ADVICE)),
    }
  }

  function injectSession(): Signal<SessionState<User>>
  function injectSession<Selected>(
    select: (state: SessionState<User>) => Selected,
  ): Signal<Selected>
  function injectSession(
    select: (state: SessionState<User>) => unknown = (state) => state,
  ): Signal<unknown> {
    const { state } = injectProvided()
    return computed(() => select(state()))
  }

  function injectAuth(): SessionSignals<User> & BoundClient<Credentials, User, Actions> {
    const { source, state } = injectProvided()
    return {
      ...source.bound,
      status: computed(() => state().status),
      session: computed(() => state().session),
      user: computed(() => state().user),
      error: computed(() => state().error),
    }
  }

  function injectAccessToken(): AccessTokenSignals {
    const { source, state } = injectProvided()
    const answer = signal<Answer | undefined>(undefined)
    afterNextRender(() => {
      ask(source).then(answer.set)
    })
    const view = (): TokenView => toTokenView(state(), answer())
    return {
      ...source.token,
      accessToken: computed(() => view().accessToken),
      loading: computed(() => view().loading),
      error: computed(() => view().error),
    }
  }

  return { provideAuth, injectSession, injectAuth, injectAccessToken }
}
