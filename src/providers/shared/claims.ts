export type { SessionFacts } from '../../core/session.js'

/**
 * The claims of an app's own in its access tokens, as far as its server names them (`claims` of the sealed
 * sessions). An app says what they are by declaration merging; of others nothing is known.
 */
export interface SessionClaims {
  readonly [name: string]: unknown
}

declare module '../../core/session.js' {
  interface SessionFacts {
    /** What the access token says of the claims that the server names. */
    readonly claims?: SessionClaims | undefined
    /**
     * When the person last proved who they are, in ms since the epoch by the clock of whoever tells; nothing
     * where the auth server does not say.
     */
    readonly authenticatedAt?: number | undefined
  }
}
