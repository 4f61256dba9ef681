import { AuthError } from '../core/errors.js'
import type { Storage } from '../core/ports.js'

/** `local` is kept until deleted and shared by all tabs; `session` belongs to one tab. */
export type WebStorageArea = 'local' | 'session'

/** Options of {@link webStorage}. */
export interface WebStorageOptions {
  /** @default 'local' */
  readonly area?: WebStorageArea | undefined
}

/**
 * Chromium's and WebKit's processes each cache localStorage, and hear of writes a moment later: a
 * lock can be granted before the news. Ten windows showed it within 2 ms in Chromium 156 and
 * WebKitGTK 2.50, never after 5 ms, and never in Firefox 153; in ms.
 */
const LAG = 100

/** Looked up at each call: a mere look throws where the user blocks storage. */
const areaOf = (area: WebStorageArea): globalThis.Storage => globalThis[`${area}Storage`]

/**
 * Keeps sessions in localStorage or sessionStorage, looked up at each call.
 * Its methods throw AuthError `storage` when the area is missing, blocked or full.
 *
 * A tab made by "Duplicate tab", or by `window.open` without `noopener`, starts with a copy of
 * sessionStorage: two contexts with one refresh token, and no storage through which one could learn
 * what the other got for it. Nothing can coordinate them, so the second to refresh sends a token
 * that is spent. Servers that forgive that for a while give both a session; those that detect reuse
 * end it for both. Where people may duplicate tabs, keep sessions in the `local` area.
 * @example
 * ```ts
 * import { AuthClient, webStorage } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   storage: webStorage(),
 * })
 * ```
 */
export function webStorage({
  area = 'local',
}: WebStorageOptions = {}): Required<Omit<Storage, 'update' | 'id'>> {
  const attempt = <T>(work: (entries: globalThis.Storage) => T): T => {
    try {
      return work(areaOf(area))
    } catch (cause) {
      throw new AuthError(
        'storage',
        `${area}Storage is missing, blocked or full: free it, or choose another storage.`,
        { cause },
      )
    }
  }
  return {
    lag: LAG,
    get: (key) => attempt((entries) => entries.getItem(key)),
    set: (key, value) => attempt((entries) => entries.setItem(key, value)),
    remove: (key) => attempt((entries) => entries.removeItem(key)),
    subscribe(listener) {
      const onStorage = (event: StorageEvent): void => {
        if (event.storageArea === areaOf(area)) listener(event.key)
      }
      // Servers have no events; in workers this one never comes.
      globalThis.addEventListener?.('storage', onStorage)
      return () => globalThis.removeEventListener?.('storage', onStorage)
    },
  }
}

/**
 * Whether sessions can be kept in this area: it holds something, or takes a probe.
 * Ask in pages only: the localStorage of a server process is shared by all its users.
 */
export function webStorageWorks(area: WebStorageArea): boolean {
  try {
    const entries = areaOf(area)
    // A look tells where it is blocked. What is empty may be so because it takes nothing; else the
    // write, which other tabs hear of, is spared, also where the area is full by now.
    if (entries.length === 0) {
      entries.setItem('holdfast.probe', '')
      entries.removeItem('holdfast.probe')
    }
    return true
  } catch {
    return false
  }
}
