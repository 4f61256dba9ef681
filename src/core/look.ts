import type { Moment, Now } from './timing.js'

/**
 * Reads something, and tells for how long, in ms, it may have been so: Infinity at the first look.
 * `unheard` is how long ago this context, had anything changed before, would have heard of it.
 */
export type Look = <T>(
  read: () => Promise<T>,
  unheard?: number,
) => Promise<readonly [found: T, sinceLook: number]>

/** How much time, in ms, has passed. Sleep counts: a monotonic clock may stand still in it. */
export const passed = (from: Moment, to: Moment): number =>
  Math.max(to.monotonic - from.monotonic, to.wall - from.wall)

/**
 * Remembers when something was read last. What is new now came after that, whatever clock its writer
 * had; where a write takes up to `lag` ms to be seen, it came so much earlier at the most.
 */
export function createLook(now: () => Now, lag = 0): Look {
  let last: Now | null = null
  let missed = false
  return async (read, unheard = Infinity) => {
    const began = now()
    //   this context               another one
    //                              writes, and tells of it
    //   hears of it, but storage fails
    //                              tells of something else
    //   finds both                 so the last hint is not when the first of them was written
    const heard = missed ? Infinity : unheard
    const found = await read().catch((error: unknown) => {
      missed = true
      throw error
    })
    missed = false
    const since = last ? passed(last, now()) : Infinity
    last = began
    return [found, Math.min(since, heard + passed(began, now())) + lag]
  }
}
