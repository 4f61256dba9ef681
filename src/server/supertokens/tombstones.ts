import type { Coordinator } from '../coordinator.js'
import type { CoreToken } from './core-api.js'

/** Sessions that were ended here, so that no late answer brings them back. */
export interface Tombstones {
  /** Learns how long access tokens live. */
  see(accessToken: CoreToken): void
  /** Never rejects: the core is told all the same. */
  set(handle: string): Promise<void>
  /** Never rejects: what cannot be told is not ended, and the core still has its say. */
  has(handle: string): Promise<boolean>
}

/** How long the access tokens of a core live by default, in ms. */
const LIFE = 3_600_000
/** Longer than requests under way and replays of their results take, in ms. */
const MARGIN = 60_000

/** Makes the tombstones of one app. */
export function createTombstones(coordinator: Coordinator): Tombstones {
  let longest = LIFE
  return {
    see({ expiry, createdTime }) {
      longest = Math.max(longest, expiry - createdTime)
    },
    async set(handle) {
      try {
        await coordinator.end(handle, longest + MARGIN)
      } catch {
        // An outage of the coordinator must not keep anybody from signing out.
      }
    },
    async has(handle) {
      try {
        return await coordinator.ended(handle)
      } catch {
        return false
      }
    },
  }
}
