import { getContext, onMount, setContext } from 'svelte'
import { derived, fromStore, type Readable, writable } from 'svelte/store'
import { type AnyClient, createSource, given, type Source } from '../bindings/source.js'
import { type Answer, ask, toTokenView } from '../bindings/token.js'
import type {
  AccessTokenState,
  BoundClient,
  ProvideAuthOptions,
  SessionState,
} from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'
import type { AuthContext, AuthContextOf, Current } from './types.js'

interface Provided<Credentials, User extends SessionUser, Actions extends object> {
  readonly source: Source<Credentials, User, Actions>
  /** What the server rendered, until the page is there; then the client's. */
  readonly state: Readable<SessionState<User>>
}

/** A part of what a store holds. */
function part<Whole, Part>(store: Readable<Whole>, select: (whole: Whole) => Part): Current<Part> {
  let last: Part | undefined
  const parts = derived<Readable<Whole>, Part>(store, (whole, set) => {
    const next = select(whole)
    // To a store each object is a change, even the same one.
    if (next === last) return
    last = next
    set(next)
  })
  return fromStore(parts)
}

/** A part as a property that is read anew each time. */
function property<Whole, Part>(
  store: Readable<Whole>,
  select: (whole: Whole) => Part,
): { readonly get: () => Part } {
  const read = part(store, select)
  return { get: () => read.current }
}

/**
 * Makes `provideAuth` and what reads from it for one type of client, with a context of their own.
 *
 * ```ts
 * export const { provideAuth, useAuth } = createAuthContext<typeof auth>()
 * ```
 */
export function createAuthContext<Client extends AnyClient>(): AuthContextOf<Client>
export function createAuthContext<
  Credentials,
  User extends SessionUser,
  Actions extends object,
>(): AuthContext<Credentials, User, Actions> {
  const key = Symbol('holdfast')

  const useProvided = (): Provided<Credentials, User, Actions> =>
    given(
      getContext<Provided<Credentials, User, Actions> | undefined>(key),
      'call provideAuth(auth) in a component above',
    )

  function provideAuth(
    client: AuthClient<Credentials, User, Actions>,
    options?: ProvideAuthOptions<User>,
  ): void {
    const source = createSource(client, options)
    const state = writable(source.rendered)
    setContext<Provided<Credentials, User, Actions>>(key, { source, state })
    // Not before: what is hydrated must be as the server rendered it.
    onMount(() => {
      const look = (): void => state.set(source.current())
      look()
      return source.subscribe(look)
    })
  }

  function useSession(): Current<SessionState<User>>
  function useSession<Selected>(select: (state: SessionState<User>) => Selected): Current<Selected>
  function useSession(
    select: (state: SessionState<User>) => unknown = (state) => state,
  ): Current<unknown> {
    return part(useProvided().state, select)
  }

  function useAuth(): SessionState<User> & BoundClient<Credentials, User, Actions> {
    const { source, state } = useProvided()
    return Object.defineProperties(
      { ...source.rendered, ...source.bound },
      {
        status: property(state, ({ status }) => status),
        session: property(state, ({ session }) => session),
        user: property(state, ({ user }) => user),
        error: property(state, ({ error }) => error),
      },
    )
  }

  function useAccessToken(): AccessTokenState {
    const { source, state } = useProvided()
    const answer = writable<Answer | undefined>()
    const view = derived([state, answer], (both) => toTokenView(...both))
    onMount(() => {
      ask(source).then(answer.set)
    })
    return Object.defineProperties(
      { ...toTokenView(source.rendered, undefined), ...source.token },
      {
        accessToken: property(view, ({ accessToken }) => accessToken),
        loading: property(view, ({ loading }) => loading),
        error: property(view, ({ error }) => error),
      },
    )
  }

  return { provideAuth, useSession, useAuth, useAccessToken }
}
