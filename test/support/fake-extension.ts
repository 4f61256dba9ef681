type Changes = Record<string, { oldValue?: unknown; newValue?: unknown }>

/** What Chromium says of its own, as the rejection of a call. */
export const QUOTA = 'Resource::kQuotaBytes quota exceeded'

/** What becomes of a text in Chromium's own strings: lone surrogates are no text there. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

/** A key ends there where a text of C does. */
const keyOf = (key: string): string => wellFormed(key).split('\u0000')[0] ?? ''

/**
 * `chrome.storage` as several contexts of one extension have it: what is kept is copied as JSON, whoever
 * listens hears of every change a moment later, the writer too, and of none where nothing changed.
 */
export function createFakeExtension() {
  const kept = new Map<string, Map<string, string>>()
  const listeners = new Map<string, Set<(changes: Changes) => void>>()
  let trouble: Error | null = null

  function areaOf(name: string) {
    const entries = kept.get(name) ?? new Map<string, string>()
    kept.set(name, entries)
    const ears = listeners.get(name) ?? new Set()
    listeners.set(name, ears)
    const parse = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text))

    async function change(given: string, value: unknown): Promise<void> {
      const key = keyOf(given)
      if (trouble) throw trouble
      await null
      const before = entries.get(key)
      const after = value === undefined ? undefined : wellFormed(JSON.stringify(value))
      if (before === after) return
      if (after === undefined) entries.delete(key)
      else entries.set(key, after)
      const changes: Changes = Object.fromEntries([
        [key, { oldValue: parse(before), newValue: parse(after) }],
      ])
      for (const hear of [...ears]) queueMicrotask(() => ears.has(hear) && hear(changes))
    }

    return {
      async get(given: string) {
        const key = keyOf(given)
        if (trouble) throw trouble
        await null
        return entries.has(key) ? Object.fromEntries([[key, parse(entries.get(key))]]) : {}
      },
      async set(items: Record<string, unknown>) {
        for (const [key, value] of Object.entries(items)) await change(key, value)
      },
      remove: (key: string) => change(key, undefined),
      onChanged: {
        addListener: (hear: (changes: Changes) => void) => void ears.add(hear),
        removeListener: (hear: (changes: Changes) => void) => void ears.delete(hear),
      },
    }
  }

  return {
    /** What a context sees as `chrome`. */
    chrome: { storage: { local: areaOf('local'), session: areaOf('session') } },
    listeners: (area = 'local'): number => listeners.get(area)?.size ?? 0,
    /** From now on every call fails; `null` ends it. */
    fail(message: string | null): void {
      trouble = message === null ? null : new Error(message)
    },
    /** What is kept, in place of what was there: damage. */
    damage(key: string, value: unknown): void {
      kept.get('local')?.set(key, JSON.stringify(value))
    },
  }
}
