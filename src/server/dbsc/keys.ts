import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { asObject } from '../../providers/shared/json.js'

/** The algorithms of Device Bound Session Credentials, of which there are two (W3C draft, §DBSC Proof JWT Syntax). */
export const ALGORITHMS: readonly string[] = ['ES256', 'RS256']

/** A public key that a browser may have: of P-256, or RSA. */
export type DeviceKey =
  | {
      readonly kty: 'EC'
      readonly crv: 'P-256'
      readonly x: string
      readonly y: string
      readonly alg: 'ES256'
    }
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string; readonly alg: 'RS256' }

/** Members of private and symmetric keys (RFC 7518 §6): whoever sends one has given its key away. */
const SECRETS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** 32 bytes, and the modulus of 2048 to 4096 bits, in base64url: more is work for nothing. */
const COORDINATE = /^[\w-]{43}$/
const MODULUS = /^[\w-]{342,683}$/
const EXPONENT = /^[\w-]{2,11}$/

const fits = (value: unknown, form: RegExp): value is string =>
  typeof value === 'string' && form.test(value)

/** Reads a public key; `null` for one that is private, or of another kind. What else it says is dropped. */
export function readDeviceKey(value: unknown): DeviceKey | null {
  const jwk = asObject(value)
  if (!jwk || SECRETS.some((name) => Object.hasOwn(jwk, name))) return null
  const { kty, crv, x, y, n, e } = jwk
  if (kty === 'EC' && crv === 'P-256' && fits(x, COORDINATE) && fits(y, COORDINATE)) {
    return { kty, crv, x, y, alg: 'ES256' }
  }
  if (kty === 'RSA' && fits(n, MODULUS) && fits(e, EXPONENT)) return { kty, n, e, alg: 'RS256' }
  return null
}

/** The name of a key (RFC 7638). */
export const thumbprintOf = (key: DeviceKey): Promise<string> => {
  const jwk: JWK = { ...key }
  return calculateJwkThumbprint(jwk)
}
