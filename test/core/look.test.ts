import { describe, expect, it } from 'vitest'
import { createLook } from '../../src/core/look.js'
import type { Now } from '../../src/core/timing.js'

/** A look, and what moves its clocks on by so many ms. */
function start(lag?: number) {
  let now: Now = { wall: 1_000_000, monotonic: 0, asked: false }
  const look = createLook(() => now, lag)
  const pass = (ms: { readonly wall: number; readonly monotonic: number }): void => {
    now = { ...now, wall: now.wall + ms.wall, monotonic: now.monotonic + ms.monotonic }
  }
  const both = (ms: number): void => pass({ wall: ms, monotonic: ms })
  const since = async (during = 0, unheard?: number): Promise<number> => {
    const [, sinceLook] = await look(async () => both(during), unheard)
    return sinceLook
  }
  const fail = (): Promise<unknown> =>
    look(() => Promise.reject(new Error('Storage failed.'))).catch(() => {})
  return { pass, both, since, fail }
}

describe('the time since the last look', () => {
  it('is not known at the first: what is there may have been there for ever', async () => {
    const { since } = start()
    expect(await since()).toBe(Infinity)
  })

  it('begins where the last look began, and ends where this one ends', async () => {
    const { since, both } = start()
    await since(30)
    both(500)
    // What came while the last look was reading may have been missed by it.
    expect(await since(20)).toBe(550)
  })

  it('counts sleep, in which a monotonic clock may stand still', async () => {
    const { since, pass } = start()
    await since()
    pass({ wall: 60_000, monotonic: 100 })
    expect(await since()).toBe(60_000)
  })

  it('is not made shorter by a wall clock that goes back', async () => {
    const { since, pass } = start()
    await since()
    pass({ wall: -3_600_000, monotonic: 5_000 })
    expect(await since()).toBe(5_000)
  })

  it('is longer by what a write may take to be seen: a token is no younger for that', async () => {
    const { since, both } = start(400)
    await since()
    both(500)
    expect(await since()).toBe(900)
  })

  it('is no longer than the time in which a change would have been heard of', async () => {
    const { since, both } = start()
    await since()
    both(60_000)
    expect(await since(20, 500)).toBe(520)
  })

  it('goes on from the last look that answered', async () => {
    const { since, both, fail } = start()
    await since()
    both(1_000)
    await fail()
    both(1_000)
    expect(await since()).toBe(2_000)
  })

  it('is not cut short after a look that failed: what was heard of then is still to be found', async () => {
    const { since, both, fail } = start()
    await since()
    both(60_000)
    await fail()
    both(1_000)
    expect(await since(0, 500)).toBe(61_000)
    both(60_000)
    expect(await since(0, 500)).toBe(500)
  })

  it('is not known before the first look that answered, whatever was heard', async () => {
    const { since, fail } = start()
    await fail()
    expect(await since(0, 500)).toBe(Infinity)
  })
})
