import type { Now } from './timing.js'

/** Reads something, and tells for how long, in ms, it may have been so: Infinity at the first look. */
export type Look = <T>(read: () => Promise<T>) => Promise<readonly [found: T, sinceLook: number]>

/**
 * Remembers when something was read last. What is new now came after that, whatever clock its writer
 * had. Sleep counts: a monotonic clock may stand still in it, the wall clock does not.
 */
export function createLook(now: () => Now): Look {
  let last: Now | null = null
  return async (read) => {
    const began = now()
    const found = await read()
    const { wall, monotonic } = now()
    const since = last ? Math.max(monotonic - last.monotonic, wall - last.wall) : Infinity
    last = began
    return [found, since]
  }
}
