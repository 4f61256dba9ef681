import type { Clock } from '../../core/ports.js'
import { asObject, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import type { OidcKey } from './types.js'

/** What is known by now of the key of a session, or of a sign-in. */
export interface Bond extends OidcKey {
  /** How far the server's clock is ahead of this device's, in ms. */
  skew: number
  /** What the server calls its tokens: where it ignores keys, they are bearer tokens. */
  type: unknown
}

/** What one provider has learnt of servers: their nonces, and their clock. */
export interface Memory {
  /** The newest nonces, by origin. */
  readonly nonces: Readonly<Record<string, unknown>>
  /** The bond that a session or a sign-in keeps; `null` for one that has no key. */
  bondOf(kept: unknown, tokenType?: unknown): Bond | null
  /** Takes the nonce of an answer, if any; whether it is another one than before. */
  learn(url: string, headers: { get(name: string): string | null }): boolean
  /** Learns from new tokens; what their session keeps. `sent`: when they were asked for, in ms. */
  settle(bond: Bond, body: Readonly<Record<string, unknown>>, sent: number): object
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
      const bond = { key, jkt: text(jkt) ?? '', skew: typeof skew === 'number' ? skew : 0, type }
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
    settle(bond, body, sent) {
      const tokens = [body.access_token, body.id_token]
      // Servers may give the id token of the sign-in again: the newer one tells the time.
      const iat = Math.max(
        ...tokens.map((token) => positive(readClaims(text(token) ?? '')?.iat) ?? 0),
      )
      // It was issued between `sent` and now: as far as that fits, this device's clock is right.
      if (iat) bond.skew = Math.min(Math.max(0, iat * 1000 - now()), iat * 1000 + 999 - sent)
      ahead = now() + bond.skew - monotonic()
      const { key, jkt, skew, type } = bond
      bond.type = body.token_type ?? type
      return { key, jkt, skew, nonces: { ...nonces } }
    },
    byMonotonic: () => (ahead === undefined ? now() : monotonic() + ahead),
  }
}
