import type { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import { unexposed } from './exposed.js'
import type { Source } from './source.js'
import type { SessionState, TokenView } from './types.js'

/** What the client said when it was asked for a token: why there is none in this state, as far as it knows. */
export type Answer = (state: SessionState) => AuthError | null

const tokenOf = (state: SessionState): string | undefined => state.session?.accessToken

/** The token, or where there is none the state: the next time that nobody is signed in is another one. */
const subjectOf = (state: SessionState): unknown => tokenOf(state) ?? state

/** Asks the client for a token that works; its failure is an answer too. */
export function ask<Credentials, User extends SessionUser, Actions extends object>({
  token,
  current,
}: Source<Credentials, User, Actions>): Promise<Answer> {
  return token.getAccessToken().then(
    () => () => null,
    (error: AuthError) => {
      const subject = subjectOf(current())
      // Whatever comes after the failure is the client's own success.
      return (state) => (subjectOf(state) === subject ? error : null)
    },
  )
}

/** What there is to say of the token in this state, once the client has answered. */
export function toTokenView(state: SessionState, answer: Answer | undefined): TokenView {
  const token = tokenOf(state)
  const failure = unexposed(token) ?? answer?.(state)
  return {
    accessToken: (answer && !failure && token) || null,
    loading: !answer,
    error: failure ?? state.error,
  }
}
