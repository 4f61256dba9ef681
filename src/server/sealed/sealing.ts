import { AuthError, isAuthError } from '../../core/errors.js'
import { fingerprint } from '../coordination/coordinator.js'
import { heldName, toHeldJson } from './held-sessions.js'
import type { Opened } from './opened.js'
import { checkPassword, type Password, sealText } from './seal.js'
import {
  type SealedData,
  sessionJson,
  withoutTokenCopies,
  withoutUserData,
} from './session-data.js'
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
  /** How long the store holds what an old cookie names, in ms. */
  readonly overlap: number
  /** What a session is called here. */
  nameOf(data: SealedData): Promise<string>
  /** Milliseconds since the epoch. */
  now(): number
  /** Hears of what was left out. */
  report(error: AuthError): void
}

/** Seals sessions, and keeps them small enough for cookies. */
export interface Sealing {
  /**
   * @throws AuthError `invalid_argument` for a session too large for its cookies, or an unfit password;
   *   `storage` when the store fails.
   */
  sealNew(data: SealedData, password: Password): Promise<string>
  /**
   * Seals one whose old tokens, those of `before`, are spent: it must be kept, so that what the auth
   * server can tell again is left out where it is too large.
   * @throws AuthError `invalid_argument` for an unfit password.
   */
  sealRenewed(data: SealedData, password: Password, before: Opened): Promise<string>
  /** Keeps what a session's cookie holds elsewhere for `ttl` ms more. Never rejects. */
  release(opened: Pick<Opened, 'held'>, ttl: number): Promise<void>
}

/** A seal, and the name of what the store holds for it. */
interface Sealed {
  readonly sealed: string
  readonly held?: string
}

/** What fits in one cookie for certain, in characters of JSON: it is read by other libraries too. */
const SMALL = 2_500

function leanJson(data: SealedData): string {
  const json = sessionJson(data)
  // Other libraries know nothing of what is left to the token, and of cookies in several parts.
  return json.length > SMALL ? withoutTokenCopies(data) : json
}

/** A session with its newest refresh token, and the access token that it had before. */
const withFormerToken = (data: SealedData, { data: former }: Opened): SealedData => ({
  ...data,
  accessToken: former.accessToken,
  receivedAt: former.receivedAt,
  expiresAt: former.expiresAt,
  facts: former.facts,
})

/** Makes what seals sessions. */
export function createSealing(options: SealingOptions): Sealing {
  const { maxSize, store, limits, overlap, nameOf, now, report } = options

  const sealLean = (data: SealedData, password: Password): Promise<string> =>
    sealText(leanJson(data), password, { now })

  function tooLarge({ user }: SealedData, size: number, what: string): AuthError {
    return new AuthError(
      'invalid_argument',
      `The session of ${user.id} is too large for its cookies: sealed it has ${size} characters of at most ${maxSize}. ${what}`,
    )
  }

  /** Holds a session, for which its cookie has the key. @throws AuthError `storage` when that fails. */
  async function hold(
    data: SealedData,
    password: Password,
    { store, key }: { readonly store: SessionStore; readonly key: string },
  ): Promise<Sealed> {
    const name = await heldName(key)
    const entry = toHeldJson({ type: 'entry', name, session: leanJson(data) })
    await store.put(name, await sealText(entry, password, { now }), timeLeft(data, limits, now()))
    const cookie = toHeldJson({ type: 'key', key, session: await nameOf(data) })
    const sealed = await sealText(cookie, password, { now })
    return { sealed, held: name }
  }

  /** @throws AuthError `invalid_argument`, with what to do about it, where it does not fit. */
  async function seal(
    data: SealedData,
    password: Password,
    { key, advice }: { readonly key: string; readonly advice: string },
  ): Promise<Sealed> {
    const sealed = await sealLean(data, password)
    if (sealed.length <= maxSize) return { sealed }
    if (store) return hold(data, password, { store, key })
    throw tooLarge(data, sealed.length, advice)
  }

  /** Seals as much of a session as fits, in any case its refresh token. */
  async function sealBare(data: SealedData, password: Password, before: Opened): Promise<string> {
    const bare = withoutUserData(data)
    const sealed = await sealLean(bare, password).catch(() => null)
    if (sealed !== null && sealed.length <= maxSize) return sealed
    // A cookie too large for the app's server would keep the person out, also from signing out.
    const former = await sealLean(withFormerToken(bare, before), password)
    const isSmaller = sealed === null || former.length < sealed.length
    if (isSmaller) report(tooLarge(data, former.length, 'Its new access token was left out.'))
    return isSmaller ? former : sealed
  }

  async function release({ held }: Pick<Opened, 'held'>, ttl: number): Promise<void> {
    if (held === undefined) return
    await store?.expire(held, ttl).catch((error: unknown) => {
      if (!isAuthError(error)) throw error
      report(error)
    })
  }

  return {
    release,
    async sealNew(data, password) {
      const key = `${crypto.randomUUID()}${crypto.randomUUID()}`
      const advice = 'Keep less in the user or the access token, or pass a `store`.'
      return (await seal(data, password, { key, advice })).sealed
    },
    async sealRenewed(data, password, before) {
      const [secret = ''] = checkPassword(password)
      // Many requests may have got the same tokens for one cookie: they are held once.
      const key = await fingerprint(secret, data.accessToken, data.refreshToken)
      try {
        const advice = 'What it knows of the user was left out.'
        const { sealed, held } = await seal(data, password, { key, advice })
        // Requests under way have the old cookie yet.
        if (before.held !== held) await release(before, overlap)
        return sealed
      } catch (error) {
        // No seal holds it, or the store fails now: the tokens must be kept all the same.
        if (!isAuthError(error)) throw error
        report(error)
      }
      const sealed = await sealBare(data, password, before)
      await release(before, overlap)
      return sealed
    },
  }
}
