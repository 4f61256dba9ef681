import type { Jwk } from '../server/jwk.js'
/** A key as it came from an authenticator; `key` is for ES256 or RS256, as its `alg` says. */
export interface StoredCredential {
  /** In base64url. */
  readonly id: string
  readonly key: Jwk
}

/** A credential of a security key, as the server keeps it. */
export interface WebAuthnCredential extends StoredCredential {
  /** The make of the authenticator, a UUID. */
  readonly aaguid: string
  readonly transports: readonly string[]
}

/** What a challenge asked a browser for. */
export interface WebAuthnRequest {
  readonly type: 'create' | 'request'
  readonly challenge: string
  readonly rpId: string
  readonly origins: readonly string[]
}

/** What GoTrue offers to every authenticator, best first; this one can check ES256 and RS256. */
export const CREDENTIAL_PARAMETERS: readonly { readonly type: string; readonly alg: number }[] = [
  ...[-7, -35, -36, -257, -258, -259, -37, -38, -39, -8],
].map((alg) => ({ type: 'public-key', alg }))
