import { checkStorage } from '../../core/check-options.js'
import type { Storage } from '../../core/ports.js'
import { asObject } from '../shared/json.js'
import { decode, fieldsOf } from './auth-js.js'

/** Where auth-js kept a session. */
export interface AuthJsStorages {
  /** The one that its option `storage` named: localStorage, unless the app chose another. */
  readonly storage: Storage
  /** The one that its option `userStorage` named. @default `storage` */
  readonly userStorage?: Storage | undefined
}

/** A session with the user whom auth-js kept apart. Where that one cannot be read, the token says who it is. */
async function withUser(text: string, key: string, users: Storage): Promise<string> {
  try {
    const session = fieldsOf(text)
    if (asObject(session?.user)) return text
    const kept = decode((await users.get(`${key}-user`)) ?? '')
    return JSON.stringify({ ...session, user: asObject(kept)?.user })
  } catch {
    return text
  }
}

/** The ids of the redirects that auth-js has under way, each with a secret of its own. */
function flowsIn(text: string | null | undefined): readonly unknown[] {
  try {
    const flows = decode(text ?? '')
    return Array.isArray(flows) ? flows : []
  } catch {
    return []
  }
}

/**
 * The storages of auth-js as one, for `takeOver`: a session comes with the user whom auth-js kept apart
 * (its option `userStorage`), and whoever removes it removes that user too, and the verifiers of
 * redirects under way.
 * @example
 * ```ts
 * import { AuthClient, takeOver, webStorage } from 'holdfast'
 * import { authJsStorage, gotrue, parseAuthJsSession } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   takeOver: takeOver({
 *     key: 'sb-project-auth-token',
 *     parse: parseAuthJsSession,
 *     storage: authJsStorage({ storage: webStorage(), userStorage: webStorage({ area: 'session' }) }),
 *   }),
 * })
 * ```
 * @throws AuthError `invalid_argument` for what is no storage.
 */
export function authJsStorage(storages: AuthJsStorages): Storage {
  const { storage, userStorage = storage } = { ...storages }
  for (const each of [storage, userStorage]) checkStorage(each ?? {})
  return {
    get: async (key) => withUser((await storage.get(key)) ?? '', key, userStorage),
    set: (key, text) => storage.set(key, text),
    async remove(key) {
      // First, whatever becomes of the rest: two libraries never hold one refresh token.
      await storage.remove(key)
      for (const each of [storage, userStorage]) await each.remove(`${key}-user`)
      const flows = flowsIn(await storage.get(`${key}-flows-code-verifier`))
      for (const flow of ['', '-flows', ...flows.map((id) => `-flow-${id}`)]) {
        await storage.remove(`${key}${flow}-code-verifier`)
      }
    },
  }
}
