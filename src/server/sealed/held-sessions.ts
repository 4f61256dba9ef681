import { AuthError, isAuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import { asObject, text } from '../../providers/shared/json.js'
import { fingerprint } from '../coordination/coordinator.js'
import { checkMethods } from '../shared/arguments.js'
import { withinTime } from '../shared/time-limit.js'
import type { SessionStore } from './session-store.js'

/**
 * What lies in a seal where a session is held in a store. The cookie has a `key` to it, and what the
 * `session` is called, so that somebody can sign out while the store fails; the store has an `entry`
 * under the fingerprint of that key. An entry is no session by itself, and none under another name:
 * who can read the store has no cookies by that, and who can write it is nobody else.
 */
export type HeldContent =
  | { readonly type: 'key'; readonly key: string; readonly session: string }
  | { readonly type: 'entry'; readonly name: string; readonly session: string }

/** The name in the store of the session to which a cookie has this key. */
export const heldName = (key: string): Promise<string> => fingerprint(key)

/** The JSON to seal for a cookie or a store. */
export const toHeldJson = (content: HeldContent): string =>
  JSON.stringify(
    content.type === 'key'
      ? { heldBy: content.key, session: content.session }
      : { heldAs: content.name, session: content.session },
  )

/** Reads what {@link toHeldJson} wrote; `null` for everything else. */
export function readHeldJson(json: string): HeldContent | null {
  try {
    const fields = asObject(parseJson(json)) ?? {}
    const [key, name, session] = [text(fields.heldBy), text(fields.heldAs), text(fields.session)]
    if (key && session) return { type: 'key', key, session }
    return name && session ? { type: 'entry', name, session } : null
  } catch {
    return null
  }
}

/**
 * A store of the app's as it is used here: it may throw anything, and never answer.
 * @throws AuthError `invalid_argument` for what is no store.
 * @returns one that throws nothing but AuthError `storage`, and has `timeout` ms for each call.
 */
export function boundedStore(store: SessionStore, timeout: number): SessionStore {
  const message = '`store` is not a session store; use redisSessionStore().'
  checkMethods(store, ['put', 'get', 'expire'], message)
  async function within<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withinTime(timeout, work)
    } catch (error) {
      if (isAuthError(error, 'storage')) throw error
      const message = 'The `store`, which holds large sessions, fails or does not answer in time.'
      throw new AuthError('storage', message, { cause: error })
    }
  }
  return {
    put: (name, sealed, ttl) => within(() => store.put(name, sealed, ttl)),
    get: (name) => within(() => store.get(name)),
    expire: (name, ttl) => within(() => store.expire(name, ttl)),
  }
}
