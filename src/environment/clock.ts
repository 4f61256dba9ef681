import type { Clock } from '../core/ports.js'

/** The longest delay a timer can hold, in ms; above it, it fires at once (HTML §8.7). */
const LONGEST = 2 ** 31 - 1

const host: { readonly Deno?: { unrefTimer(id: number): void }; readonly Date: unknown } =
  globalThis

/** From now on the timer keeps no process alive. */
function unref(timer: number | { unref?(): void }): void {
  if (typeof timer === 'object') timer.unref?.()
  else host.Deno?.unrefTimer(timer)
}

/** The clock of this device. Its timers keep a process alive, but for those in the background. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    schedule(delay, task, { background = false } = {}) {
      let timer: ReturnType<typeof setTimeout>
      const arm = (left: number): void => {
        timer = setTimeout(
          () => (left > LONGEST ? arm(left - LONGEST) : task()),
          Math.min(left, LONGEST),
        )
        if (background) unref(timer)
      }
      arm(delay)
      return () => clearTimeout(timer)
    },
  }
}
