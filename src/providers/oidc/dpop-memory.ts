import type { Clock } from '../../core/ports.js'
import type { Session } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import type { OidcAnswer } from './answer.js'
import type { OidcKey } from './types.js'

/** What is known by now of the key of a session, or of a sign-in. */
export interface Bond extends OidcKey {
  /** How far the server's clock is ahead of this device's, in ms. */
  skew: number
  /** What the server calls its tokens: where it ignores keys, they are bearer tokens. */
  type: unknown
}

/** The request that an answer with tokens is to. */
interface TokenRequest {
  /** When it left, in ms. */
  readonly sent: number
  readonly session?: Session | null | undefined
}

/**
 * How far the server's clock may be from this device's, in ms. By a clock that is further off than the
 * longest certificate lives, no certificate holds (CA/Browser Forum, Baseline Requirements §6.3.2: 398
 * days), and no server is reached: an `iat` from beyond that tells no time.
 */
const FURTHEST = 398 * 86_400_000

const isSkew = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= FURTHEST

/** What one provider has learnt of servers: their nonces, and their clock. */
export interface Memory {
  /** The newest nonces, by origin. */
  readonly nonces: Readonly<Record<string, unknown>>
  /** The bond that a session or a sign-in keeps; `null` for one that has no key. */
  bondOf(kept: unknown, tokenType?: unknown): Bond | null
  /** Takes the nonce of an answer, if any; whether it is another one than before. */
  learn(url: string, headers: { get(name: string): string | null }): boolean
  /** Learns from new tokens; what their session keeps. */
  settle(bond: Bond, answer: OidcAnswer, request: TokenRequest): object
  /** The server's time, in ms, by a clock that nobody sets while the page lives. */
  byMonotonic(): number
}

/** Makes the memory of one provider. */
export function createMemory({ now, monotonic }: Pick<Clock, 'now' | 'monotonic'>): Memory {
  const nonces: Record<string, unknown> = {}
  const bonds = new WeakMap<object, Bond>()
  let ahead: number | undefined

  return {
    nonces,
    bondOf(kept, type) {
      const { jkt, skew, nonces: known, ...rest } = asObject(kept) ?? {}
      const key = text(rest.key)
      if (!key) return null
      const found = bonds.get(Object(kept))
      if (found) return found
      // What a sibling has saved is newer than what this context knew.
      Object.assign(nonces, known)
      const bond = { key, jkt: text(jkt) ?? '', skew: isSkew(skew) ? skew : 0, type }
      bonds.set(Object(kept), bond)
      return bond
    },
    learn(url, headers) {
      const { origin } = new URL(url)
      const nonce = headers.get('DPoP-Nonce') ?? nonces[origin]
      const isNew = nonce !== nonces[origin]
      nonces[origin] = nonce
      return isNew
    },
    settle(bond, { body, dated }, { sent, session }) {
      const { access_token, id_token, token_type } = asObject(body) ?? {}
      // A token that the session has already may be given again, and tells when it was issued then.
      const known: unknown[] = [session?.accessToken, session?.extras.id_token]
      const fresh = (dated ?? [access_token, id_token]).filter((token) => !known.includes(token))
      const times = fresh.map(
        (token) => Number(positive(readClaims(text(token) ?? '')?.iat)) * 1000,
      )
      const at = Math.max(0, ...times.filter((ms) => isSkew(ms - now())))
      if (at) {
        // It was issued between `sent` and now: as far as that fits, this device's clock is right.
        bond.skew = Math.min(Math.max(0, at - now()), at + 999 - sent)
        ahead = undefined
      }
      // An answer that tells no time leaves this as it is: somebody may have set the clock since.
      ahead ??= now() + bond.skew - monotonic()
      const { key, jkt, skew, type } = bond
      bond.type = token_type ?? type
      return { key, jkt, skew, nonces: { ...nonces } }
    },
    byMonotonic: () => (ahead === undefined ? now() : monotonic() + ahead),
  }
}
