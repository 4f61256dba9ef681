/** A map of what was used of late: what has not been for long goes when there is too much. */
export interface Recent<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  /** `size` is what the entry takes, by the measure of the bounds. */
  set(key: string, value: Value, size: number): void
  delete(key: string): void
}

/** Bounds of {@link createRecent}. */
export interface RecentBounds {
  /** The most entries. */
  readonly entries: number
  /** The most that all of them take together. What takes more by itself is not kept. */
  readonly size: number
}

interface Entry<Value> {
  readonly value: Value
  readonly size: number
  /** Whether it was asked for since it was last looked at. */
  used: boolean
}

/** Makes a map of what was used of late. It has no timer, and knows no time. */
export function createRecent<Value>(bounds: RecentBounds): Recent<Value> {
  const entries = new Map<string, Entry<Value>>()
  let total = 0

  function add(key: string, entry: Entry<Value>): void {
    entries.set(key, entry)
    total += entry.size
  }

  function remove(key: string): void {
    total -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry) entry.used = true
      return entry?.value
    },
    set(key, value, size) {
      remove(key)
      if (size > bounds.size) return
      for (const [oldest, entry] of entries) {
        if (entries.size < bounds.entries && total + size <= bounds.size) break
        remove(oldest)
        // To put it behind all others now costs less than to do so at each use.
        if (entry.used) add(oldest, { ...entry, used: false })
      }
      add(key, { value, size, used: false })
    },
    delete: remove,
  }
}
