import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Source } from '../bindings/source.js'
import { type Answer, ask, toTokenView } from '../bindings/token.js'
import type { AccessTokenState, SessionState } from '../bindings/types.js'
import type { SessionUser } from '../core/session.js'

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

/** Shows the access token, once the client has been asked for a working one. */
export function useToken<Credentials, User extends SessionUser, Actions extends object>(
  source: Source<Credentials, User, Actions>,
): AccessTokenState {
  const state = useSelected(source, (whole) => whole)
  const [answered, setAnswered] = useState<{ readonly source: object; readonly answer: Answer }>()
  useEffect(() => {
    let asking = true
    ask(source).then((answer) => {
      if (asking) setAnswered({ source, answer })
    })
    return () => {
      asking = false
    }
  }, [source])
  const answer = answered?.source === source ? answered.answer : undefined
  return { ...toTokenView(state, answer), ...source.token }
}
