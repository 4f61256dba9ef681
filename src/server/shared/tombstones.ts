import type { Coordinator, TombstoneOptions } from '../coordination/coordinator-types.js'

/** What leaves tombstones. */
type Ends = Pick<Coordinator, 'end'>

/** Longer than requests under way and replays of their results take, in ms. */
const MARGIN = 60_000

/** How long a tombstone stands that keeps out a token of so long a life, both in ms. */
export const tombstoneLife = (tokenLife: number): number => tokenLife + MARGIN

/**
 * Ends a session here. Until the auth server is known to have ended it too, only this keeps a stolen
 * token out, so that it stands as long as the refresh token may live, in ms.
 */
export const endHere = (coordinator: Ends, name: string, refreshLife: number): Promise<void> =>
  coordinator.end(name, tombstoneLife(refreshLife), { confirmed: false })

/**
 * Notes that the auth server has ended a session too: from then on only access tokens matter, and the
 * tombstone stands as long as one may live, in ms.
 */
export const confirmEnd = (coordinator: Ends, name: string, accessLife: number): Promise<void> =>
  coordinator.end(name, tombstoneLife(accessLife), { confirmed: true })

/**
 * Notes something of a session that nobody has signed out of: that another one took its place, or that it is bound. It
 * stands as long as the refresh token may live, in ms, and no sign-out pushes it out.
 */
export const noteOf = (
  coordinator: Ends,
  name: string,
  refreshLife: number,
  options: Pick<TombstoneOptions, 'everywhere' | 'keepsFirst'> = {},
): Promise<void> => coordinator.end(name, tombstoneLife(refreshLife), { ...options, apart: true })
