import type { AMREntry } from './mfa-types.js'
import type { UserAppMetadata, UserMetadata } from './types.js'

/** What a token says of itself. */
export interface JwtHeader {
  alg: string
  /** The name of its key. Tokens that are signed with a secret have none, whatever the type says. */
  kid: string
  typ: string
}

/** What GoTrue's tokens say; times in seconds since the epoch. A hook of the server may leave it out. */
export interface RequiredClaims {
  iss: string
  sub: string
  aud: string | string[]
  exp: number
  iat: number
  role: string
  aal: string
  session_id: string
}

/** All that a token says. */
export interface JwtPayload extends RequiredClaims {
  email?: string
  phone?: string
  is_anonymous?: boolean
  jti?: string
  nbf?: number
  app_metadata?: UserAppMetadata
  user_metadata?: UserMetadata
  amr?: AMREntry[] | string[]
  ref?: string
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
