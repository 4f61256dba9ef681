/** An entry that is over at some time, in ms. */
interface Passing {
  readonly until: number
}

/** What maps are kept within their room by. Times in ms. */
export interface RoomOptions<Value extends Passing> {
  /** In order of arrival. */
  readonly maps: readonly Map<string, Value>[]
  /** The most entries, of all maps together. */
  readonly limit: number
  readonly now: () => number
  readonly isAlive: (value: Value) => boolean
  /** Hears of each entry that had to go before its time. */
  readonly onDrop?: (() => void) | undefined
}

/**
 * Makes what is called with each entry that was set, and makes room for it. What is over goes first, wherever it stands,
 * or what lives long would go before what came later and is over:
 *
 *     400 days ── 6 minutes ── 6 minutes ── 6 minutes ── …
 *     the oldest   over         over         the newest
 *
 * Where that is not enough, the oldest go, of the first map before those of the next.
 */
export function createRoom<Value extends Passing>({
  maps,
  limit,
  now,
  isAlive,
  onDrop,
}: RoomOptions<Value>): (added: Value) => void {
  /** Before this time a look at all entries finds none that is over, and costs as much as there are. */
  let nextEnd = Number.POSITIVE_INFINITY
  const excess = (): number => maps.reduce((sum, { size }) => sum + size, -limit)

  function sweep(): void {
    nextEnd = Number.POSITIVE_INFINITY
    for (const map of maps) {
      for (const [key, value] of map) {
        if (isAlive(value)) nextEnd = Math.min(nextEnd, value.until)
        else map.delete(key)
      }
    }
  }

  function dropOldest(): void {
    for (const map of maps) {
      for (const key of map.keys()) {
        if (excess() <= 0) return
        map.delete(key)
        onDrop?.()
      }
    }
  }

  return ({ until }) => {
    nextEnd = Math.min(nextEnd, until)
    for (const map of maps) {
      for (const [key, value] of map) {
        if (isAlive(value)) break
        map.delete(key)
      }
    }
    if (excess() > 0 && now() >= nextEnd) sweep()
    dropOldest()
  }
}
