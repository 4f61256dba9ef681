import { getContext, onMount, setContext } from 'svelte'
import { derived, fromStore, get, type Readable, writable } from 'svelte/store'
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

/** An object whose parts are read anew each time, and change each by itself. */
function live<Whole extends object>(store: Readable<Whole>): Whole {
  const whole = { ...get(store) }
  for (const name in whole) {
    const read = part(store, (now) => now[name])
    Object.defineProperty(whole, name, { get: () => read.current })
  }
  return whole
}

const ADVICE = 'call provideAuth(auth) in a component above'

/**
 * Makes `provideAuth` and what reads from it for one type of client, with a context of their own.
 * @example
 * ```ts
 * import { createAuthContext } from 'holdfast/svelte'
 *
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
    given(getContext<Provided<Credentials, User, Actions> | undefined>(key), ADVICE)

  function provideAuth(
    client: AuthClient<Credentials, User, Actions>,
    options?: ProvideAuthOptions<User>,
  ): void {
    const source = createSource(client, options, ADVICE)
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
    return Object.assign(live(state), source.bound)
  }

  function useAccessToken(): AccessTokenState {
    const { source, state } = useProvided()
    const answer = writable<Answer | undefined>()
    onMount(() => {
      ask(source).then(answer.set)
    })
    const view = derived([state, answer], (both) => toTokenView(...both))
    return Object.assign(live(view), source.token)
  }

  return { provideAuth, useSession, useAuth, useAccessToken }
}
