import { isLately } from '../shared/lately.js'

/** A map that forgets: each entry at its time, and the oldest when there are too many. */
export interface Expiring<Value> {
  get(key: string): Value | undefined
  /** `until` in ms, by the clock of the map. */
  set(key: string, value: Value, until: number): void
  delete(key: string): void
}

/** Bounds of {@link createExpiring}. */
export interface ExpiringOptions {
  /** The most entries. */
  readonly limit: number
  /** Milliseconds. */
  readonly now: () => number
}

interface Entry<Value> {
  readonly value: Value
  /** When it came, and how long it stays, in ms. */
  readonly since: number
  readonly life: number
}

/** Makes a map that forgets. It has no timer: what is over goes when something comes. */
export function createExpiring<Value>({ limit, now }: ExpiringOptions): Expiring<Value> {
  const entries = new Map<string, Entry<Value>>()
  const isAlive = ({ since, life }: Entry<Value>): boolean => isLately(since, life, now())
  return {
    get(key) {
      const entry = entries.get(key)
      return entry && isAlive(entry) ? entry.value : undefined
    },
    delete: (key) => void entries.delete(key),
    set(key, value, until) {
      // Taken out first, so that the map stays in order of arrival.
      entries.delete(key)
      entries.set(key, { value, since: now(), life: until - now() })
      for (const [oldest, entry] of entries) {
        if (isAlive(entry) && entries.size <= limit) break
        entries.delete(oldest)
      }
    },
  }
}
