/** A public key in JSON (RFC 7517 §4): `JsonWebKey` where the DOM is known, and as readable where it is not. */
export interface Jwk {
  readonly kty?: string
  readonly alg?: string
  readonly kid?: string
  readonly use?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
}
