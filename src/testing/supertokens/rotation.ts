/** What a core keeps of the refresh tokens of a session. Times in ms since the epoch. */
export interface Lineage {
  /** The token in force, hashed twice, as all below. */
  readonly current: string
  /** The token that it replaced. */
  readonly previous: string | null
  readonly rotatedAt: number
}

/** A refresh: the token that came, what it came of, and what it would be traded for. */
export interface Exchange {
  readonly presented: string
  readonly parent: string | null
  readonly next: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** How a reused token relates to the session, from the harmless to the grave. */
export type ReuseSubtype = 'RECENT_PREV' | 'ORPHANED_BRANCH' | 'STALE_LINEAGE'

/** What becomes of a refresh. */
export type Decision =
  | {
      readonly type: 'granted'
      readonly lineage: Lineage
      /** Whether the session's life begins anew. */
      readonly extended: boolean
    }
  | { readonly type: 'reused'; readonly subtype: ReuseSubtype }

/**
 * Promotion: a token is good for ever and as often as one likes, until one of its descendants is
 * used. The algorithm of interfaces up to 5.5.
 */
export function byPromotion(lineage: Lineage, { presented, parent, now }: Exchange): Decision {
  if (presented === lineage.current) return { type: 'granted', lineage, extended: false }
  if (parent !== lineage.current) return { type: 'reused', subtype: 'STALE_LINEAGE' }
  return { type: 'granted', lineage: promote(lineage, presented, now), extended: true }
}

/** Puts a token into force in place of its parent. */
export const promote = (lineage: Lineage, hash2: string, now: number): Lineage => ({
  current: hash2,
  previous: lineage.current,
  rotatedAt: now,
})

/**
 * Rotation with a grace window: the token is replaced at once, and may come again for `grace` ms.
 * Each time it does, what it was traded for before is dead. The algorithm of interface 5.6.
 */
export function byGrace(lineage: Lineage, exchange: Exchange, grace: number): Decision {
  const { presented, parent, next, now } = exchange
  if (presented === lineage.current || parent === lineage.current) {
    const rotated = { current: next, previous: presented, rotatedAt: now }
    return { type: 'granted', lineage: rotated, extended: true }
  }
  if (presented === lineage.previous) {
    return now <= lineage.rotatedAt + grace
      ? { type: 'granted', lineage: { ...lineage, current: next }, extended: false }
      : { type: 'reused', subtype: 'RECENT_PREV' }
  }
  const orphaned = parent !== null && parent === lineage.previous
  return { type: 'reused', subtype: orphaned ? 'ORPHANED_BRANCH' : 'STALE_LINEAGE' }
}
