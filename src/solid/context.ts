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

/** A part as a property that is read anew each time. */
const property = <Part>(read: () => Part): { readonly get: () => Part } => ({
  get: createMemo(read),
})

/**
 * Makes `AuthProvider` and what reads from it for one type of client, with a context of their own.
 *
 * ```ts
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

  const useProvided = (): Provided<Credentials, User, Actions> =>
    given(
      useContext(Context),
      'put <AuthProvider client={auth}> around the components that use auth',
    )

  function AuthProvider(props: AuthProviderProps<Credentials, User, Actions>): JSX.Element {
    return createComponent(Context.Provider, {
      value: createProvided(createSource(props.client, props)),
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
    const read = createReader(provided)
    const { bound, rendered } = provided.source
    return Object.defineProperties(
      { ...rendered, ...bound },
      {
        status: property(() => read().status),
        session: property(() => read().session),
        user: property(() => read().user),
        error: property(() => read().error),
      },
    )
  }

  function useAccessToken(): AccessTokenState {
    const provided = useProvided()
    const read = createReader(provided)
    const [answer, setAnswer] = createSignal<Answer>()
    onMount(() => ask(provided.source).then(setAnswer))
    const view = createMemo(() => toTokenView(read(), answer()))
    return Object.defineProperties(
      { ...view(), ...provided.source.token },
      {
        accessToken: property(() => view().accessToken),
        loading: property(() => view().loading),
        error: property(() => view().error),
      },
    )
  }

  return { AuthProvider, useSession, useAuth, useAccessToken }
}
