import type { OidcRotation } from '../types.js'

/** An answer that refuses. */
export interface Refusal {
  readonly status: number
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A page or nothing, instead of JSON. */
  readonly page?: string | undefined
  /** What of the scope was too much, where the server says it. */
  readonly scope?: string | undefined
  /** What else the answer holds. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  /** Whether it lacks the headers of CORS, so that a page sees a network error instead. */
  readonly hidden?: boolean | undefined
}

/** Why a request is refused. */
export type Situation =
  | 'no-form'
  | 'no-client'
  | 'unknown-client'
  | 'wrong-secret'
  | 'code'
  | 'no-token'
  | 'empty-token'
  | 'unknown-token'
  | 'foreign-token'
  | 'spent'
  | 'replayed'
  | 'revoked'
  | 'ended'
  | 'expired'
  | 'wide-scope'
  | 'userinfo'

/** What is wrong with a proof of possession (RFC 9449). */
export type ProofFault =
  /** There is none, of a client whose tokens must all be bound. */
  | 'missing'
  /** There is none, for a refresh token that is bound. */
  | 'unproved'
  | 'other-key'
  | 'replayed'
  | 'old'
  | 'htm'
  | 'htu'
  | 'ath'
  | 'forged'
  | 'no-nonce'
  | 'stale-nonce'
  /** It is old, and a nonce would do. */
  | 'old-without-nonce'
  /** It holds a nonce, of which the server gives none. */
  | 'needless-nonce'

/** How one server differs from the others. */
export interface Manners {
  readonly rotation: OidcRotation
  readonly accessTokens: 'jwt' | 'opaque'
  readonly tokenType: 'Bearer' | 'bearer'
  /** Who gets refresh tokens. */
  readonly refreshTokens: 'always' | 'offline_access' | 'confidential'
  /** Whether `offline_access` counts only where the person is asked for consent; else it is not granted. */
  readonly wantsConsent?: boolean
  /** Whether a sign-in is refused that asks for a scope which nobody has registered; else it is granted. */
  readonly refusesScopes?: boolean
  /** Whether the redirect names the issuer (RFC 9207), and what else is in it. */
  readonly redirect: readonly ('iss' | 'session_state' | 'scope')[]
  /** Whether the answer has Keycloak's further fields. */
  readonly lifetimes?: boolean
  /** Whether a smaller scope at a refresh gets a smaller token; else it is ignored. */
  readonly narrows: boolean
  /** Whether a larger one is ignored; else it is refused. */
  readonly ignoresWider?: boolean
  /** Whether its refusal names what was too much. */
  readonly namesScope?: boolean
  /** The claims of id tokens beside the least ones, and which of all a refresh leaves out. */
  readonly claims: readonly string[]
  readonly missing: readonly string[]
  /** What the slower of two exchanges of one token gets; else it is a replay like any other. */
  readonly loser?: Refusal
  /**
   * What an exchange gets whose token was issued in a second before that of the session's last exchange
   * of another token; it ends the session. Without it such a token is a spent one, or a chain of its own.
   */
  readonly stale?: Refusal
  /**
   * How sessions with `offline_access` differ: what refuses their refreshes. There the slower of two
   * exchanges is a replay.
   */
  readonly offline?: Readonly<Partial<Record<Situation, Refusal>>>
  /**
   * What a refresh gets that is asked for a second factor, where that costs no token: it goes on after
   * another sign-in. Else it is Auth0's `mfa_required`.
   */
  readonly step?: Refusal
  /** Whether an exchange ends the access tokens before it. */
  readonly newestAccess?: boolean
  /** What the end-session page does. */
  readonly endSession: 'ends' | 'keeps' | 'asks'
  /** What `prompt=none` gets while nobody is signed in. */
  readonly nobody: 'error' | 'page'
  /** Whether its document names a revocation endpoint; where that is not said, it does. */
  readonly revokes?: boolean
  /** What the revocation of a token that nobody knows is answered with. */
  readonly unknownRevocation?: Readonly<Record<string, string>>
  readonly refusals: Readonly<Record<Situation, Refusal>>
  /** Its words for proofs, where they are not those of oidc-provider. */
  readonly proofs?: Readonly<Partial<Record<ProofFault, Refusal>>>
  /** Whether nonces in proofs are nothing to it, where it gives none; else they are refused. */
  readonly ignoresNonces?: boolean
  /** What a token that is bound gets where it comes as a bearer token, where that is something else. */
  readonly boundAsBearer?: Refusal
  /** Whether pages must send no proofs: its preflights do not allow the header. */
  readonly hidesProofs?: boolean
  /** What becomes of refresh tokens that are bound to a key, where that is something else. */
  readonly boundRotation?: OidcRotation
  /** The headers of answers about proofs that pages may read, where there are any. */
  readonly exposed?: string
}

/** An answer that refuses in the words of OAuth. */
export const refusal = (status: number, error: string, description?: string): Refusal => ({
  status,
  error,
  description,
})
