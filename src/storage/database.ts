import { createStore, type UseStore } from 'idb-keyval'

import { AuthError } from '../core/errors.js'

/** Does something in a database, and once more on a new connection where the old one has died. */
export type Run = <T>(work: (store: UseStore) => Promise<T>) => Promise<T>

function connect(database: string, name: string): UseStore {
  const use = createStore(database, name)
  return (mode, work) =>
    use(mode, (store) => {
      const { db } = store.transaction
      // Whoever deletes the database would otherwise wait for this page to go away.
      db.onversionchange = () => db.close()
      return work(store)
    })
}

/** What a new connection cannot cure: the disk is full, or the value is of no kind it can hold. */
const LASTING: readonly string[] = ['QuotaExceededError', 'DataCloneError']

/**
 * Opens an IndexedDB database with one object store, called `name`, at the first call.
 * Calls throw AuthError `storage` when it is missing, blocked or full.
 */
export function openDatabase(database: string, name: string): { readonly run: Run } {
  let connection: UseStore | undefined

  async function run<T>(work: (store: UseStore) => Promise<T>, again = true): Promise<T> {
    connection ??= connect(database, name)
    const mine = connection
    try {
      return await work(mine)
    } catch (cause) {
      const lasting = cause instanceof Error && LASTING.includes(cause.name)
      // WebKit and eviction close connections without a word: a new one may work.
      if (!lasting && connection === mine) connection = undefined
      if (!lasting && again) return run(work, false)
      throw new AuthError(
        'storage',
        `IndexedDB "${database}" is missing, blocked or full: free it, or choose another storage.`,
        { cause },
      )
    }
  }

  return { run: (work) => run(work) }
}
