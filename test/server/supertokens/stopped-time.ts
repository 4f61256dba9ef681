import { vi } from 'vitest'
import { createTime, trackCrypto } from '../../support/fake-redis.js'

/**
 * From now on, time passes only while `timed` waits, and cryptography takes none. Real timers that
 * run already stay real, and can be cleared. `vi.unstubAllGlobals()` ends it.
 */
export function stopTime() {
  const { clock, until } = createTime()
  const { clearTimeout: clearReal } = globalThis
  vi.stubGlobal('crypto', trackCrypto(clock))
  vi.stubGlobal('performance', { now: clock.monotonic })
  vi.stubGlobal('setTimeout', (task: () => void, ms = 0) => clock.schedule(ms, task))
  vi.stubGlobal('clearTimeout', (timer?: NodeJS.Timeout | (() => void)) => {
    if (typeof timer === 'function') timer()
    else clearReal(timer)
  })
  return {
    clock,
    /** Waits, and says how much time passed, in ms. */
    async timed<T>(promise: Promise<T>): Promise<{ readonly value: T; readonly took: number }> {
      const begin = clock.monotonic()
      const value = await until(promise)
      return { value, took: clock.monotonic() - begin }
    },
  }
}
