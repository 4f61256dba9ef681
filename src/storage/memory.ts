import type { KeyStore, Storage } from '../core/ports.js'

/**
 * Keeps sessions as long as the page or process lives; clients that share one share a session. A storage that
 * wraps this one must pass on its `id`.
 * @example
 * ```ts
 * import { AuthClient, memoryStorage } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   storage: memoryStorage(),
 * })
 * ```
 */
export function memoryStorage(): Storage {
  const entries = new Map<string, string>()
  return {
    // Each request of a server may have a client with a memory of its own, and waits for no other then.
    id: `${Math.random()}`,
    get: (key) => entries.get(key) ?? null,
    set(key, value) {
      entries.set(key, value)
    },
    remove(key) {
      entries.delete(key)
    },
    update(key, change) {
      const text = change(entries.get(key) ?? null)
      if (text === null) entries.delete(key)
      else entries.set(key, text)
      return text
    },
  }
}

/** Keeps keys as long as the page or process lives: for tests, and where IndexedDB is missing. */
export function memoryKeys<Key>(): KeyStore<Key> {
  const keys = new Map<string, Key>()
  return {
    get: async (name) => keys.get(name) ?? null,
    async set(name, key) {
      keys.set(name, key)
    },
    async remove(name) {
      keys.delete(name)
    },
    names: async () => [...keys.keys()],
  }
}
