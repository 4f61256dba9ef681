import type { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import { unexposed } from './exposed.js'
import type { Source } from './source.js'
import type { SessionState, TokenView } from './types.js'

/** How the client answered when it was asked for a token. */
export interface Answer {
  readonly error: AuthError | null
  /** What the answer was about. */
  readonly about: unknown
}

const tokenOf = (state: SessionState): string | undefined => state.session?.accessToken

/** The token, or where there is none the state: the next time that nobody is signed in is another one. */
const aboutIn = (state: SessionState): unknown => tokenOf(state) ?? state

/** Asks the client for a token that works; its failure is an answer too. */
export function ask<Credentials, User extends SessionUser, Actions extends object>({
  token,
  current,
}: Source<Credentials, User, Actions>): Promise<Answer> {
  const answer = (error: AuthError | null): Answer => ({ error, about: aboutIn(current()) })
  return token.getAccessToken().then(() => answer(null), answer)
}

/** What there is to say of the token in this state, once the client has answered. */
export function toTokenView(state: SessionState, answer: Answer | undefined): TokenView {
  const token = tokenOf(state)
  // Whatever came after the failure is the client's own success.
  const failure = unexposed(token) ?? (answer?.about === aboutIn(state) ? answer?.error : null)
  return {
    accessToken: (answer && !failure && token) || null,
    loading: !answer,
    error: failure ?? state.error,
  }
}
