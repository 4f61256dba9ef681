import type { Clock } from '../../core/ports.js'

/** The longest delay a timer can hold, in ms; above it, it fires at once (HTML §8.7). */
const LONGEST = 2 ** 31 - 1

/** The clock of this process. Its timers keep the process alive: a caller waits for each. */
export const processClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delay, task) {
    const timer = setTimeout(task, Math.min(delay, LONGEST))
    return () => clearTimeout(timer)
  },
}
