import type { HttpAnswer } from '../shared/http.js'

/** What a server has answered. */
export interface OidcAnswer extends HttpAnswer {
  /**
   * The tokens in it whose `iat` is known to be the server's, where they are verified: an id token that
   * is genuine, or none.
   */
  readonly dated?: readonly unknown[] | undefined
  /** What a session with these tokens keeps of the key that they are bound to, as the binding says. */
  readonly dpop?: object | undefined
}
