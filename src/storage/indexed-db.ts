import { createStore, del, get, promisifyRequest, set, type UseStore } from 'idb-keyval'

import { AuthError } from '../core/errors.js'
import type { Storage } from '../core/ports.js'

/** Options of {@link indexedDBStorage}. */
export interface IndexedDBStorageOptions {
  /** The name of the database; nothing else may use it. @default 'holdfast' */
  readonly database?: string | undefined
}

function connect(database: string): UseStore {
  const use = createStore(database, 'sessions')
  return (mode, work) =>
    use(mode, (store) => {
      const { db } = store.transaction
      // Whoever deletes the database would otherwise wait for this page to go away.
      db.onversionchange = () => db.close()
      return work(store)
    })
}

/** Nobody else writes here, so what is not text is damage: it must read as unreadable. */
function toText(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : ''
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && error.name === 'QuotaExceededError'

/**
 * Keeps sessions in an IndexedDB database of their own, opened at the first call.
 * Its methods throw AuthError `storage` when the database is missing, blocked or full.
 */
export function indexedDBStorage({ database = 'holdfast' }: IndexedDBStorageOptions = {}): Storage {
  let connection: UseStore | undefined

  async function run<T>(work: (store: UseStore) => Promise<T>, again = true): Promise<T> {
    connection ??= connect(database)
    const mine = connection
    try {
      return await work(mine)
    } catch (cause) {
      const full = isFull(cause)
      // WebKit and eviction close connections without a word: a new one may work.
      if (!full && connection === mine) connection = undefined
      if (!full && again) return run(work, false)
      throw new AuthError(
        'storage',
        `IndexedDB "${database}" is missing, blocked or full: free it, or choose another storage.`,
        { cause },
      )
    }
  }

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
