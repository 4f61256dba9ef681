import type { Storage } from '../../src/core/ports.js'
import type { Context } from './context.js'
import { count } from './tally.js'
import type { World } from './world.js'

/** One write, as it lies in a storage whose contexts read each other's later. */
interface Written {
  readonly text: string | null
  readonly by: string | null
  /** Monotonic time. */
  readonly at: number
}

/** What was written under each key, the latest last. */
export type Writes = Map<string, Written[]>

/** The place of the last write of a kind; -1 for none. */
function lastOf(list: readonly Written[], fits: (written: Written) => boolean): number {
  let place = list.length - 1
  for (let at = list[place]; at && !fits(at); at = list[place]) place--
  return place
}

/**
 * A storage like the localStorage of a browser with a process per tab: each reads its own writes at
 * once, and those of others a moment later, when it is told of them as well.
 */
export function laggingStorage(
  world: World,
  { name, environment, storage }: Context['tab'],
): Storage {
  const { writes, clock, options, browser, verdict } = world
  const { entries } = browser.storage
  const { lag = 0 } = options
  const isSeen = (at: number): boolean => at + lag <= clock.monotonic()

  function write(key: string, text: string | null, act: () => unknown): void {
    const before = { text: entries.get(key) ?? null, by: null, at: Number.NEGATIVE_INFINITY }
    // It throws where the disk beneath is full or blocked.
    act()
    const list = writes.get(key) ?? [before]
    // What is older than a write that everybody sees is nobody's any more: a lease is written for hours.
    const known = Math.max(
      0,
      lastOf(list, ({ at }) => isSeen(at)),
    )
    writes.set(key, [...list.slice(known), { text, by: name, at: clock.monotonic() }])
  }

  return {
    lag,
    get(key) {
      const newest = storage.get(key)
      const list = writes.get(key)
      if (!list) return newest
      const seen = list[lastOf(list, ({ by, at }) => by === name || isSeen(at))]
      if (seen !== list.at(-1)) count(verdict.tally, 'stale reads')
      return seen?.text ?? null
    },
    set: (key, text) => write(key, text, () => storage.set(key, text)),
    remove: (key) => write(key, null, () => storage.remove(key)),
    subscribe(listener) {
      let listens = true
      const stop = storage.subscribe?.((key) => {
        const tell = (): void => {
          if (listens) listener(key)
        }
        environment.clock.schedule(lag, tell, { background: true })
      })
      return () => {
        listens = false
        stop?.()
      }
    },
  }
}

/** The first reading, and no other, is late by so many ms. */
export function lateAtFirst(
  { environment }: Context['tab'],
  late: number,
  storage: Storage,
): Storage {
  if (late === 0) return storage
  let first = true
  return {
    ...storage,
    get(key) {
      if (!first) return storage.get(key)
      first = false
      return new Promise((resolve) => {
        environment.clock.schedule(late, () => resolve(storage.get(key)))
      })
    },
  }
}

/** Reads and writes fail when told to, and only here. */
export function failingStorage(world: World, context: () => Context, storage: Storage): Storage {
  const { lag, update, subscribe } = storage
  return {
    get(key) {
      const me = context()
      const now = world.clock.monotonic()
      if (now >= me.blindUntil) return storage.get(key)
      me.blindAt = now
      throw new DOMException('planted', 'UnknownError')
    },
    set(key, value) {
      const me = context()
      if (me.failing > 0) {
        me.failing--
        me.trouble = world.clock.monotonic()
        throw new DOMException('planted', 'QuotaExceededError')
      }
      return storage.set(key, value)
    },
    remove: storage.remove,
    ...(lag !== undefined && { lag }),
    ...(subscribe && { subscribe }),
    ...(update && world.options.lock !== 'loose-lease' && { update }),
  }
}
