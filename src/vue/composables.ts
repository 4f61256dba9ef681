import {
  type App,
  type ComputedRef,
  computed,
  type InjectionKey,
  inject,
  onBeforeMount,
  onUnmounted,
  provide,
  shallowRef,
} from 'vue'
import { type AnyClient, given } from '../bindings/source.js'
import { type Answer, ask, toTokenView } from '../bindings/token.js'
import type { BoundClient, ProvideAuthOptions, SessionState, TokenView } from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'
import { createProvided, createReader, type Provided } from './provided.js'
import type { AccessTokenRefs, AuthComposables, ComposablesOf, SessionRefs } from './types.js'

const ADVICE = 'call app.use(authPlugin, auth)'

/**
 * Makes `authPlugin` and its composables for one type of client, with a key of their own.
 * @example
 * ```ts
 * import { createAuthComposables } from 'holdfast/vue'
 *
 * export const { authPlugin, useAuth } = createAuthComposables<typeof auth>()
 * ```
 */
export function createAuthComposables<Client extends AnyClient>(): ComposablesOf<Client>
export function createAuthComposables<
  Credentials,
  User extends SessionUser,
  Actions extends object,
>(): AuthComposables<Credentials, User, Actions> {
  type Client = AuthClient<Credentials, User, Actions>
  const key: InjectionKey<Provided<Credentials, User, Actions>> = Symbol('holdfast')

  const useProvided = (): Provided<Credentials, User, Actions> => given(inject(key, null), ADVICE)

  function install(app: App, client: Client, options?: ProvideAuthOptions<User>): void {
    const provided = createProvided(client, options, ADVICE)
    app.provide(key, provided)
    const begin = (): void => app.onUnmount(provided.begin())
    const { mount } = app
    // What is rendered to a string is never mounted: servers leave the client alone.
    app.mount = (...place) => {
      begin()
      return mount(...place)
    }
    // An app may load its sign-in after it is mounted.
    if (app._container) begin()
  }

  function provideAuth(client: Client, options?: ProvideAuthOptions<User>): void {
    const provided = createProvided(client, options, ADVICE)
    provide(key, provided)
    // Servers mount nothing.
    onBeforeMount(() => onUnmounted(provided.begin()))
  }

  function useSession(): ComputedRef<SessionState<User>>
  function useSession<Selected>(
    select: (state: SessionState<User>) => Selected,
  ): ComputedRef<Selected>
  function useSession(
    select: (state: SessionState<User>) => unknown = (state) => state,
  ): ComputedRef<unknown> {
    const read = createReader(useProvided())
    return computed(() => select(read()))
  }

  function useAuth(): SessionRefs<User> & BoundClient<Credentials, User, Actions> {
    const provided = useProvided()
    const read = createReader(provided)
    return {
      ...provided.bound,
      status: computed(() => read().status),
      session: computed(() => read().session),
      user: computed(() => read().user),
      error: computed(() => read().error),
    }
  }

  function useAccessToken(): AccessTokenRefs {
    const provided = useProvided()
    const read = createReader(provided)
    const answer = shallowRef<Answer>()
    provided.begun.then(async () => {
      answer.value = await ask(provided)
    })
    const view = (): TokenView => toTokenView(read(), answer.value)
    return {
      ...provided.token,
      accessToken: computed(() => view().accessToken),
      loading: computed(() => view().loading),
      error: computed(() => view().error),
    }
  }

  return { authPlugin: install, provideAuth, useSession, useAuth, useAccessToken }
}
