import type { Abort } from '../../src/core/ports.js'

/** Lets everything that is ready happen: all promises are, once the event loop has turned. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** An `AbortController` at a tenth of the price; a provider bridges to a real one. */
export function createAbort(): Abort {
  const listeners = new Set<() => void>()
  let aborted: { readonly reason: unknown } | null = null
  return {
    signal: {
      get aborted() {
        return aborted !== null
      },
      get reason() {
        return aborted?.reason
      },
      addEventListener(_, listener) {
        listeners.add(listener)
      },
      removeEventListener(_, listener) {
        listeners.delete(listener)
      },
    },
    abort(reason) {
      if (aborted) return
      aborted = { reason }
      for (const listener of [...listeners]) listener()
    },
  }
}

/** Numbers in [0, 1) out of a seed, which nobody writes down: Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
