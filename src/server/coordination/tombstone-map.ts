/** The tombstones of one process. Times in ms, by the clock of the map. */
export interface TombstoneMap {
  has(sessionId: string): boolean
  /** `confirmed` says that the auth server has ended the session too. */
  set(sessionId: string, tombstone: { readonly until: number; readonly confirmed: boolean }): void
}

/** Bounds of {@link createTombstoneMap}. */
export interface TombstoneMapOptions {
  /** The most tombstones. */
  readonly limit: number
  /** Milliseconds. */
  readonly now: () => number
  /** Hears of a tombstone that had to go before its time. */
  readonly onDrop: () => void
}

/**
 * Makes a map of tombstones. When it is full those go first whose sessions the auth server has ended
 * as well: they only keep out tokens that run out soon, and the others a refresh token that lives.
 */
export function createTombstoneMap({ limit, now, onDrop }: TombstoneMapOptions): TombstoneMap {
  const confirmed = new Map<string, number>()
  const unconfirmed = new Map<string, number>()
  const size = (): number => confirmed.size + unconfirmed.size

  function prune(): void {
    for (const map of [confirmed, unconfirmed]) {
      for (const [oldest, until] of map) {
        const alive = now() < until
        if (alive && size() <= limit) break
        map.delete(oldest)
        if (alive) onDrop()
      }
    }
  }

  return {
    has: (id) => now() < (unconfirmed.get(id) ?? confirmed.get(id) ?? Number.NEGATIVE_INFINITY),
    set(id, tombstone) {
      // Taken out first, so that both maps stay in order of arrival.
      confirmed.delete(id)
      unconfirmed.delete(id)
      const map = tombstone.confirmed ? confirmed : unconfirmed
      map.set(id, tombstone.until)
      prune()
    },
  }
}
