import { AuthError, isAuthError } from '../../core/errors.js'
import { fingerprint } from '../coordination/coordinator.js'
import { type Password, sealText } from './seal.js'
import { type SealedData, withoutTokenCopies, withoutUserData } from './session-data.js'
import { type SessionLimits, timeLeft } from './session-limits.js'
import type { SessionStore } from './session-store.js'

/** What sealing works with. */
export interface SealingOptions {
  /** The most characters of a seal. */
  readonly maxSize: number
  /** Holds what is larger. */
  readonly store: SessionStore | null
  /** Of sessions that have none of their own. */
  readonly limits: SessionLimits
  /** Milliseconds since the epoch. */
  now(): number
  /** Hears of what was left out. */
  report(error: AuthError): void
}

/** Seals sessions, and keeps them small enough for cookies. */
export interface Sealing {
  /** @throws AuthError `invalid_argument` for a session too large for its cookies, or an unfit password. */
  sealNew(data: SealedData, password: Password): Promise<string>
  /**
   * Seals one whose old tokens are spent: it must be kept, so that what the auth server can tell again
   * is left out where it is too large. @throws AuthError `invalid_argument` for an unfit password.
   */
  sealRenewed(data: SealedData, password: Password): Promise<string>
}

/** What fits in one cookie for certain, in characters of JSON: it is read by other libraries too. */
const SMALL = 2_500

/** Makes what seals sessions. */
export function createSealing(options: SealingOptions): Sealing {
  const { maxSize, store, limits, now, report } = options

  function sealLean(data: SealedData, password: Password): Promise<string> {
    const json = JSON.stringify(data)
    // Other libraries know nothing of what is left to the token, and of cookies in several parts.
    const text = json.length > SMALL ? withoutTokenCopies(data) : json
    return sealText(text, password, { now })
  }

  function tooLarge({ user }: SealedData, size: number, what: string): AuthError {
    return new AuthError(
      'invalid_argument',
      `The session of ${user.id} is too large for its cookies: sealed it has ${size} characters of at most ${maxSize}. ${what}`,
    )
  }

  /** @throws AuthError `storage` when the store fails. */
  async function hold(
    data: SealedData,
    sealed: string,
    password: Password,
  ): Promise<string | null> {
    if (!store) return null
    const held = `${crypto.randomUUID()}${crypto.randomUUID()}`
    await store.put(await fingerprint(held), sealed, timeLeft(data, limits, now()))
    return sealText(JSON.stringify({ held }), password, { now })
  }

  return {
    async sealNew(data, password) {
      const sealed = await sealLean(data, password)
      if (sealed.length <= maxSize) return sealed
      const held = await hold(data, sealed, password)
      if (held) return held
      throw tooLarge(
        data,
        sealed.length,
        'Keep less in the user or the access token, or pass a `store`.',
      )
    },
    async sealRenewed(data, password) {
      try {
        const sealed = await sealLean(data, password)
        if (sealed.length <= maxSize) return sealed
        const held = await hold(data, sealed, password)
        if (held) return held
        report(tooLarge(data, sealed.length, 'What it knows of the user was left out.'))
      } catch (error) {
        // No seal holds it, or the store fails now: the tokens must be kept all the same.
        if (!isAuthError(error)) throw error
        report(error)
      }
      return sealLean(withoutUserData(data), password)
    },
  }
}
