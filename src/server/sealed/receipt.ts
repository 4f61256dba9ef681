import type { JWTPayload } from 'jose'
import { numberOf, positive, readClaims } from '../../providers/shared/jwt.js'
import type { SealedData } from './session-data.js'

/** A token of which so much of its life is gone when it comes was dated by another clock. */
const LEAST = 3 / 4

/** How far the clocks of an app's servers may be apart, in ms: as far as the readers of seals allow. */
export const CLOCKS_APART = 60_000

/** How long a token lives by its own word, in ms; nothing where it does not say. */
export const lifeOf = ({ exp, iat }: JWTPayload): number | undefined =>
  positive((numberOf(exp) - numberOf(iat)) * 1000)

/**
 * Notes when a token came, `at` ms by this server's clock, where that clock is so far from the
 * issuer's that the token would seem over, nearly over, or not good yet: it would be exchanged by
 * every request and serve none. Tokens of honest clocks carry no note.
 */
export function withReceipt<Data extends SealedData>(data: Data, at: number): Data {
  const claims: JWTPayload = readClaims(data.accessToken) ?? {}
  const life = lifeOf(claims)
  if (life === undefined) return data
  const old = numberOf(claims.exp) * 1000 - at < life * LEAST
  const early = numberOf(claims.nbf) * 1000 > at
  return old || early ? { ...data, receivedAt: at } : data
}

/** A token's life, counted from its receipt. Both in ms since the epoch. */
export interface CountedLife {
  /** What the issuer's clock says now. */
  readonly at: number
  /** When it is over by this server's clock. */
  readonly expiresAt: number
}

/** The life of a token that counts by its receipt; nothing for one that counts by its own dates. */
export function countedLife(
  { receivedAt }: Pick<SealedData, 'receivedAt'>,
  claims: JWTPayload,
  now: number,
): CountedLife | undefined {
  const age = receivedAt === undefined ? -1 : now - receivedAt
  // Noted by a server with another clock, or this one was set back: the dates will have to do.
  if (age < 0 || lifeOf(claims) === undefined) return undefined
  const start = Math.max(numberOf(claims.iat), numberOf(claims.nbf ?? claims.iat)) * 1000
  const at = start + age
  return { at, expiresAt: now + numberOf(claims.exp) * 1000 - at }
}
