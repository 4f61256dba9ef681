/** What a token says of itself. */
export interface JwtHeader {
  alg: string
  /** The name of its key; tokens that are signed with a secret have none. */
  kid?: string
  typ?: string
}

/** What a token says; times in seconds since the epoch. */
export interface JwtPayload {
  sub: string
  exp: number
  // biome-ignore lint/suspicious/noExplicitAny: the types of an app that was written for auth-js
  [claim: string]: any
}

/** What is known of a token that is genuine. */
export interface ClaimsData {
  claims: JwtPayload
  header: JwtHeader
  signature: Uint8Array
}

/** Options that auth-js has and nothing here takes: a call with one of them is refused. */
export interface ClaimsOptions {
  keys?: object[]
  allowExpired?: boolean
  jwks?: { keys: object[] }
}
