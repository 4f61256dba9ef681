import {
  type Accessor,
  createComponent,
  createContext,
  createMemo,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  sharedConfig,
  untrack,
  useContext,
} from 'solid-js'
import { type AnyClient, createSource, given, type Source } from '../bindings/source.js'
import { type Answer, ask, toTokenView } from '../bindings/token.js'
import type { AccessTokenState, BoundClient, SessionState } from '../bindings/types.js'
import type { SessionUser } from '../core/session.js'
import type { AuthContext, AuthContextOf, AuthProviderProps } from './types.js'

interface Provided<Credentials, User extends SessionUser, Actions extends object> {
  readonly source: Source<Credentials, User, Actions>
  readonly state: Accessor<SessionState<User>>
}

/** Whether this is a server, or a page takes over what one has rendered. */
const isRendered = (): boolean => !!sharedConfig.context

/** Makes what components read from. A server leaves the client alone: nothing is mounted there. */
function createProvided<Credentials, User extends SessionUser, Actions extends object>(
  source: Source<Credentials, User, Actions>,
): Provided<Credentials, User, Actions> {
  const [state, setState] = createSignal(isRendered() ? source.rendered : source.current())
  onMount(() => {
    const look = (): void => void setState(source.current)
    look()
    onCleanup(source.subscribe(look))
  })
  return { source, state }
}

/** Reads the state, and in a component that is being hydrated the one that the server rendered. */
function createReader<User extends SessionUser>({
  source,
  state,
}: Pick<Provided<never, User, object>, 'source' | 'state'>): Accessor<SessionState<User>> {
  const [rendered, setRendered] = createSignal(isRendered())
  onMount(() => setRendered(false))
  return () => (rendered() ? source.rendered : state())
}

/** An object whose parts are read anew each time, and change each by itself. */
function live<Whole extends object>(read: Accessor<Whole>): Whole {
  const whole = { ...untrack(read) }
  for (const part in whole) {
    Object.defineProperty(whole, part, { get: createMemo(() => read()[part]) })
  }
  return whole
}

const ADVICE = 'put <AuthProvider client={auth}> around this'

/**
 * Makes `AuthProvider` and what reads from it for one type of client, with a context of their own.
 * @example
 * ```ts
 * import { createAuthContext } from 'holdfast/solid'
 *
 * export const { AuthProvider, useAuth } = createAuthContext<typeof auth>()
 * ```
 */
export function createAuthContext<Client extends AnyClient>(): AuthContextOf<Client>
export function createAuthContext<
  Credentials,
  User extends SessionUser,
  Actions extends object,
>(): AuthContext<Credentials, User, Actions> {
  const Context = createContext<Provided<Credentials, User, Actions>>()

  const useProvided = (): Provided<Credentials, User, Actions> => given(useContext(Context), ADVICE)

  function AuthProvider(props: AuthProviderProps<Credentials, User, Actions>): JSX.Element {
    return createComponent(Context.Provider, {
      value: createProvided(createSource(props.client, props, ADVICE)),
      get children() {
        return props.children
      },
    })
  }

  function useSession(): Accessor<SessionState<User>>
  function useSession<Selected>(select: (state: SessionState<User>) => Selected): Accessor<Selected>
  function useSession(
    select: (state: SessionState<User>) => unknown = (state) => state,
  ): Accessor<unknown> {
    const read = createReader(useProvided())
    return createMemo(() => select(read()))
  }

  function useAuth(): SessionState<User> & BoundClient<Credentials, User, Actions> {
    const provided = useProvided()
    return Object.assign(live(createReader(provided)), provided.source.bound)
  }

  function useAccessToken(): AccessTokenState {
    const { source, state } = useProvided()
    const read = createReader({ source, state })
    const [answer, setAnswer] = createSignal<Answer>()
    // A function that is given to it bare would be called for the value.
    onMount(() => ask(source).then((said) => setAnswer(() => said)))
    return Object.assign(
      live(() => toTokenView(read(), answer())),
      source.token,
    )
  }

  return { AuthProvider, useSession, useAuth, useAccessToken }
}
