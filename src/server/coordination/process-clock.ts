import type { Clock } from '../../core/ports.js'
import { after } from '../shared/time-limit.js'

/** The clock of this process. Its timers keep the process alive: a caller waits for each. */
export const processClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: after,
}
