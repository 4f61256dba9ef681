import { createRoom } from './room.js'

/** The tombstones of one process. Times in ms, by the clock of the map. */
export interface TombstoneMap {
  /** When what has this name was ended last; `null` where it was not, or that is forgotten. */
  endedAt(name: string): number | null
  set(name: string, tombstone: Tombstone): void
}

/** One tombstone. Times in ms, by the clock of the map. */
export interface Tombstone {
  readonly until: number
  /** Whether the auth server has ended the session too. */
  readonly confirmed: boolean
}

/** A tombstone, and when it was set. */
interface Standing {
  readonly at: number
  readonly until: number
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
 * Makes a map of tombstones. When it is full of such as stand yet, those go first whose sessions the auth server has
 * ended as well: they only keep out tokens that run out soon, and the others a refresh token that lives.
 */
export function createTombstoneMap({ limit, now, onDrop }: TombstoneMapOptions): TombstoneMap {
  const confirmed = new Map<string, Standing>()
  const unconfirmed = new Map<string, Standing>()
  const isAlive = ({ until }: Standing): boolean => now() < until
  const makeRoom = createRoom({ maps: [confirmed, unconfirmed], limit, now, isAlive, onDrop })

  function endedAt(name: string): number | null {
    const standing = unconfirmed.get(name) ?? confirmed.get(name)
    return standing && isAlive(standing) ? standing.at : null
  }

  return {
    endedAt,
    set(name, { until, confirmed: isConfirmed }) {
      // Later than the end before it, also by a clock that was set back since.
      const at = Math.max(now(), (endedAt(name) ?? Number.NEGATIVE_INFINITY) + 1)
      // Taken out first, so that both maps stay in order of arrival.
      confirmed.delete(name)
      unconfirmed.delete(name)
      const map = isConfirmed ? confirmed : unconfirmed
      const standing = { at, until }
      map.set(name, standing)
      makeRoom(standing)
    },
  }
}
