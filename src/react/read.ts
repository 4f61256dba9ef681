import { useEffect, useState, useSyncExternalStore } from 'react'
import type { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import { unexposed } from './exposed.js'
import type { Source } from './source.js'
import type { AccessTokenState, SessionState } from './types.js'

/** Reads what `select` takes from the state, and renders anew when that has changed. */
export function useSelected<
  Credentials,
  User extends SessionUser,
  Actions extends object,
  Selected,
>(
  source: Source<Credentials, User, Actions>,
  select: (state: SessionState<User>) => Selected,
): Selected {
  let last: { readonly state: SessionState<User>; readonly selected: Selected } | undefined
  // React takes a value that differs each time it asks for an endless change.
  const once = (state: SessionState<User>): Selected => {
    if (last?.state !== state) last = { state, selected: select(state) }
    return last.selected
  }
  return useSyncExternalStore(
    source.subscribe,
    () => once(source.current()),
    () => once(source.rendered),
  )
}

/** How the client answered when it was asked for a token. */
interface Answer {
  readonly source: object
  readonly error: AuthError | null
  /** The token at that time: of no use if there is an error. */
  readonly token: string | undefined
}

const tokenOf = (state: SessionState): string | undefined => state.session?.accessToken

/** Shows the access token, once the client has been asked for a working one. */
export function useToken<Credentials, User extends SessionUser, Actions extends object>(
  source: Source<Credentials, User, Actions>,
): AccessTokenState {
  const { getAccessToken } = source
  const state = useSelected(source, (whole) => whole)
  const [answer, setAnswer] = useState<Answer>()
  useEffect(() => {
    let asking = true
    const end = (error: AuthError | null): void => {
      if (asking) setAnswer({ source, error, token: tokenOf(source.current()) })
    }
    source.getAccessToken().then(() => end(null), end)
    return () => {
      asking = false
    }
  }, [source])
  const loading = answer?.source !== source
  const token = tokenOf(state)
  // A token that came after the failure is the client's own success.
  const failure = unexposed(token) ?? (loading || answer.token !== token ? null : answer.error)
  return {
    accessToken: (!loading && !failure && token) || null,
    loading,
    error: failure ?? state.error,
    refresh: source.refresh,
    getAccessToken,
  }
}
