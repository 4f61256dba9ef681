import {
  createContext,
  createElement,
  type ReactElement,
  useContext,
  useMemo,
  useState,
} from 'react'
import { type AnyClient, createSource, given, type Source } from '../bindings/source.js'
import type { BoundClient, SessionState } from '../bindings/types.js'
import type { SessionUser } from '../core/session.js'
import { useSelected, useToken } from './read.js'
import type { AuthHooks, AuthProviderProps, HooksOf } from './types.js'

const ADVICE = 'put <AuthProvider client={auth}> around this'

/**
 * Makes `AuthProvider` and its hooks for one type of client, with a context of their own.
 * @example
 * ```ts
 * import { createAuthHooks } from 'holdfast/react'
 *
 * export const { AuthProvider, useAuth } = createAuthHooks<typeof auth>()
 * ```
 */
export function createAuthHooks<Client extends AnyClient>(): HooksOf<Client>
export function createAuthHooks<
  Credentials,
  User extends SessionUser,
  Actions extends object,
>(): AuthHooks<Credentials, User, Actions> {
  type Given = Source<Credentials, User, Actions>
  const Context = createContext<Given | null>(null)

  const useSource = (): Given => given(useContext(Context), ADVICE)

  function AuthProvider(props: AuthProviderProps<Credentials, User, Actions>): ReactElement {
    const make = (): Given => createSource(props.client, props, ADVICE)
    const [source, setSource] = useState(make)
    // Another client is another world: nothing of the old one is shown, not even once.
    if (source.bound.client !== props.client) setSource(make)
    return createElement(Context.Provider, { value: source }, props.children)
  }

  function useSession(): SessionState<User>
  function useSession<Selected>(select: (state: SessionState<User>) => Selected): Selected
  function useSession(select: (state: SessionState<User>) => unknown = (state) => state): unknown {
    return useSelected(useSource(), select)
  }

  function useAuth(): SessionState<User> & BoundClient<Credentials, User, Actions> {
    const { bound } = useSource()
    const state = useSession()
    return useMemo(() => ({ ...state, ...bound }), [state, bound])
  }

  return { AuthProvider, useSession, useAuth, useAccessToken: () => useToken(useSource()) }
}
