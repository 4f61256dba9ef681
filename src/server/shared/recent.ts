/** A map of what was used last: what has not been for the longest goes when there is too much. */
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

/** Makes a map of what was used last. It has no timer, and knows no time. */
export function createRecent<Value>(bounds: RecentBounds): Recent<Value> {
  const entries = new Map<string, { readonly value: Value; readonly size: number }>()
  let total = 0

  function remove(key: string): void {
    total -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      // Taken out and put back, so that the map stays in order of use.
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, size) {
      remove(key)
      if (size > bounds.size) return
      entries.set(key, { value, size })
      total += size
      for (const oldest of entries.keys()) {
        if (entries.size <= bounds.entries && total <= bounds.size) break
        remove(oldest)
      }
    },
    delete: remove,
  }
}
