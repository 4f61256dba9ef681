import type { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import { unexposed } from './exposed.js'
import type { Source } from './source.js'
import type { SessionState, TokenView } from './types.js'

/** How the client answered when it was asked for a token. */
export interface Answer {
  readonly error: AuthError | null
  /** The token at that time: of no use if there is an error. */
  readonly token: string | undefined
}

const tokenOf = (state: SessionState): string | undefined => state.session?.accessToken

/** Asks the client for a token that works; its failure is an answer too. */
export function ask<Credentials, User extends SessionUser, Actions extends object>({
  token,
  current,
}: Source<Credentials, User, Actions>): Promise<Answer> {
  const answer = (error: AuthError | null): Answer => ({ error, token: tokenOf(current()) })
  return token.getAccessToken().then(() => answer(null), answer)
}

/** What there is to say of the token in this state, once the client has answered. */
export function toTokenView(state: SessionState, answer: Answer | undefined): TokenView {
  const token = tokenOf(state)
  // A token that came after the failure is the client's own success.
  const failure = unexposed(token) ?? (answer?.token === token ? answer?.error : null)
  return {
    accessToken: (answer && !failure && token) || null,
    loading: !answer,
    error: failure ?? state.error,
  }
}
