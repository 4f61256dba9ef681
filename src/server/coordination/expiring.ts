import { isLately } from '../shared/lately.js'
import { createRoom } from './room.js'

/** A map that forgets: each entry at its time, and the oldest when too many are alive. */
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
  /** When it came, and when it is over, in ms. */
  readonly since: number
  readonly until: number
}

/** Makes a map that forgets. It has no timer: what is over goes when something comes. */
export function createExpiring<Value>({ limit, now }: ExpiringOptions): Expiring<Value> {
  const entries = new Map<string, Entry<Value>>()
  const isAlive = ({ since, until }: Entry<Value>): boolean => isLately(since, until - since, now())
  const makeRoom = createRoom({ maps: [entries], limit, now, isAlive })
  return {
    get(key) {
      const entry = entries.get(key)
      return entry && isAlive(entry) ? entry.value : undefined
    },
    delete: (key) => void entries.delete(key),
    set(key, value, until) {
      const entry = { value, since: now(), until }
      // Taken out first, so that the map stays in order of arrival.
      entries.delete(key)
      entries.set(key, entry)
      makeRoom(entry)
    },
  }
}
