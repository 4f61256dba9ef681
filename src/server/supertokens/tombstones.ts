import type { Coordinator } from '../coordination/coordinator-types.js'
import { confirmEnd, endHere } from '../shared/tombstones.js'
import type { CoreToken, CoreTokens } from './core-api.js'

/** Sessions that were ended here, so that no late answer brings them back. */
export interface Tombstones {
  /** Learns how long access tokens live. */
  see(accessToken: CoreToken): void
  /** Learns how long refresh tokens live as well. */
  seeAll(tokens: Pick<CoreTokens, 'accessToken' | 'refreshToken'>): void
  /**
   * Ends a session here, for as long as its refresh token may live. Never rejects: the core is told
   * all the same.
   */
  set(handle: string): Promise<void>
  /** The core has ended it too: from now on only access tokens matter. Never rejects. */
  confirm(handle: string): Promise<void>
  /** Never rejects: what cannot be told is not ended, and the core still has its say. */
  has(handle: string): Promise<boolean>
}

/** How long the access tokens of a core live by default, in ms. */
const LIFE = 3_600_000
/** How long the refresh tokens of a core live by default, in ms: 100 days. */
const REFRESH_LIFE = 100 * 24 * 3_600_000

/** Makes the tombstones of one app. */
export function createTombstones(coordinator: Coordinator): Tombstones {
  let longest = LIFE
  let longestRefresh = REFRESH_LIFE

  // An outage of the coordinator must not keep anybody from signing out.
  const quietly = (ending: Promise<void>): Promise<void> => ending.catch(() => undefined)

  function see({ expiry, createdTime }: CoreToken): void {
    longest = Math.max(longest, expiry - createdTime)
  }

  return {
    see,
    seeAll({ accessToken, refreshToken }) {
      see(accessToken)
      longestRefresh = Math.max(longestRefresh, refreshToken.expiry - refreshToken.createdTime)
    },
    set: (handle) => quietly(endHere(coordinator, handle, longestRefresh)),
    confirm: (handle) => quietly(confirmEnd(coordinator, handle, longest)),
    async has(handle) {
      try {
        return await coordinator.ended(handle)
      } catch {
        return false
      }
    },
  }
}
