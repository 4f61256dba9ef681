import { decodeJwt, type JWTPayload } from 'jose'

/** The claims of a JWT, unverified; `null` for opaque tokens. */
export function readClaims(token: string): JWTPayload | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}

/** A positive, finite number, or nothing. */
export const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined
