import { del, get, promisifyRequest, set } from 'idb-keyval'

import type { Storage } from '../core/ports.js'
import { openDatabase } from './database.js'
import { databaseOf } from './options.js'

/** Options of {@link indexedDBStorage}. */
export interface IndexedDBStorageOptions {
  /** The name of the database; nothing else may use it. @default 'holdfast' */
  readonly database?: string | undefined
}

/** Nobody else writes here, so what is not text is damage: it must not read as nothing. */
function toText(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : 'not a text'
}

/**
 * Keeps sessions in an IndexedDB database of their own, opened at the first call.
 * Its methods throw AuthError `storage` when the database is missing, blocked or full.
 * @example
 * ```ts
 * import { AuthClient, indexedDBStorage } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   storage: indexedDBStorage(),
 * })
 * ```
 * @throws AuthError `invalid_argument` for a database without a name, and for what is no options.
 */
export function indexedDBStorage(options: IndexedDBStorageOptions = {}): Storage {
  const { run } = openDatabase(databaseOf('indexedDBStorage', options, 'holdfast'), 'sessions')
  return {
    get: async (key) => toText(await run((store) => get(key, store))),
    set: (key, value) => run((store) => set(key, value, store)),
    remove: (key) => run((store) => del(key, store)),
    update: (key, change) =>
      run((use) =>
        use('readwrite', async (store) => {
          const before = toText(await promisifyRequest<unknown>(store.get(key)))
          const after = change(before)
          if (after === null) store.delete(key)
          else if (after !== before) store.put(after, key)
          await promisifyRequest(store.transaction)
          return after
        }),
      ),
  }
}
