import { AuthError } from '../core/errors.js'
import type { Storage } from '../core/ports.js'

/** Options of {@link chromeStorage}. */
export interface ChromeStorageOptions {
  /**
   * `local` is kept on disk; `session` in memory, until the browser ends or the extension is loaded
   * anew. @default 'local'
   */
  readonly area?: 'local' | 'session' | undefined
}

/** What became of some entries; who wrote them is told too. */
type Changes = Readonly<Record<string, { readonly newValue?: unknown }>>

/** The part of `chrome.storage.StorageArea` that is used. */
interface Area {
  get(key: string): Promise<Readonly<Record<string, unknown>>>
  set(items: Readonly<Record<string, string>>): Promise<void>
  remove(key: string): Promise<void>
  /** Firefox has it since 101. */
  readonly onChanged?: {
    addListener(listener: (changes: Changes) => void): void
    removeListener(listener: (changes: Changes) => void): void
  }
}

interface Extension {
  readonly storage?: Partial<Readonly<Record<string, Area>>>
}

/** Firefox has promises in `browser` only, in extensions of the second version of the manifest. */
const host: {
  readonly browser?: Extension
  readonly chrome?: Extension
  readonly Date: unknown
} = globalThis

// A page has a `browser` too where an element has this id.
const areaOf = (name: string): Area | undefined =>
  (host.browser?.storage ?? host.chrome?.storage)?.[name]

/** Nobody else writes here, so what is not text is damage: it must not read as nothing. */
function toText(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : 'not a text'
}

/**
 * Tells of changes, but not of those of this context, which hears of its own as well. Each is expected
 * once, and no longer than until the next news of its key: what comes then is somebody else's.
 */
function createEars(area: () => Area | undefined) {
  const listeners = new Set<(key: string) => void>()
  const expected = new Map<string, string | null>()
  let heard: Area | undefined

  function hear(changes: Changes): void {
    for (const [key, { newValue }] of Object.entries(changes)) {
      const isOwn = expected.get(key) === toText(newValue)
      expected.delete(key)
      if (!isOwn) for (const tell of [...listeners]) tell(key)
    }
  }

  return {
    async during(key: string, text: string | null, write: () => Promise<void>): Promise<void> {
      if (heard) expected.set(key, text)
      try {
        await write()
      } catch (error) {
        expected.delete(key)
        throw error
      }
    },
    subscribe(listener: (key: string | null) => void): () => void {
      const tell = (key: string): void => listener(key)
      listeners.add(tell)
      if (!heard) {
        heard = area()
        heard?.onChanged?.addListener(hear)
      }
      return () => {
        listeners.delete(tell)
        if (listeners.size > 0) return
        heard?.onChanged?.removeListener(hear)
        heard = undefined
        expected.clear()
      }
    },
  }
}

/**
 * Keeps sessions in `chrome.storage` of a browser extension, where its pages and its service worker share
 * them. The extension needs the permission `storage`. Content scripts can read the `local` area too, until
 * `chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' })` says that they cannot.
 * What is no well-formed text the browser itself replaces: a `storageKey` must be one.
 * Its methods reject with AuthError `storage` where the area is missing, full, or of an extension that was
 * loaded anew.
 * @example
 * ```ts
 * import { AuthClient, chromeStorage } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   storage: chromeStorage(),
 * })
 * ```
 * @throws AuthError `invalid_argument` for another area: what is synced reaches other devices, which would
 *   spend each other's tokens.
 */
export function chromeStorage({
  area = 'local',
}: ChromeStorageOptions = {}): Required<Omit<Storage, 'update' | 'lag' | 'id'>> {
  if (!['local', 'session'].includes(area)) {
    throw new AuthError(
      'invalid_argument',
      "The `area` of chromeStorage() is 'local' or 'session'.",
    )
  }
  const ears = createEars(() => areaOf(area))

  async function attempt<T>(work: (entries: Area) => Promise<T>): Promise<T> {
    try {
      const entries = areaOf(area)
      if (entries) return await work(entries)
    } catch (cause) {
      throw new AuthError(
        'storage',
        `chrome.storage.${area} is full, or the extension was loaded anew: free it, or reload this page.`,
        { cause },
      )
    }
    throw new AuthError(
      'storage',
      `There is no chrome.storage.${area} here: add the permission "storage" to the manifest of the extension.`,
    )
  }

  return {
    get: (key) =>
      attempt(async (entries) => {
        const found = await entries.get(key)
        return Object.hasOwn(found, key) ? toText(found[key]) : null
      }),
    set: (key, value) =>
      ears.during(key, value, () => attempt((entries) => entries.set({ [key]: value }))),
    remove: (key) => ears.during(key, null, () => attempt((entries) => entries.remove(key))),
    subscribe: ears.subscribe,
  }
}
