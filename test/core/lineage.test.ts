import { describe, expect, it } from 'vitest'
import { nameLineage } from '../../src/core/lineage.js'

/** Names a sign-in at a time, after others. */
const nameAt = (now: number, ended: readonly string[] = []): string =>
  nameLineage(
    { clock: { now: () => now, monotonic: () => 0, schedule: () => () => {} }, random: () => 0.5 },
    ended,
    undefined,
  )

describe('the name of a sign-in', () => {
  it('is greater than those of earlier ones, by whatever clock', () => {
    const times = [
      1_700_000_000_000, 1_700_000_000_000.25, 1_700_000_000_001, 1_600_000_000_000.5, 0,
    ]
    const names: string[] = []
    for (const now of times) names.push(nameAt(now, names))
    expect([...names].sort()).toEqual(names)
    expect(new Set(names).size).toBe(times.length)
  })

  it('holds the time alone, also where a clock counts parts of milliseconds', () => {
    expect(nameAt(1_700_000_000_000.25)).toBe(nameAt(1_700_000_000_000))
  })
})
