import { parseJson } from '../../core/json.js'
import { decodeBase64 } from './base64.js'
import { asObject } from './json.js'

/**
 * The claims of a JWT (RFC 7519 §4), unverified: they are what the token says, of any type. `null`
 * for opaque tokens.
 */
export function readClaims(token: string): Readonly<Record<string, unknown>> | null {
  const [, payload, signature, more] = token.split('.')
  if (payload === undefined || signature === undefined || more !== undefined) return null
  try {
    return asObject(parseJson(decodeBase64(payload)))
  } catch {
    return null
  }
}

/** The number that a claim is, or spells; NaN for an object, of which not every one can be made a number. */
export const numberOf = (value: unknown): number =>
  typeof value === 'object' ? Number.NaN : Number(value)

/** A positive, finite number, or nothing. */
export const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 && value < Infinity ? value : undefined
