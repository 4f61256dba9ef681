import type { Clock, Page, Wake, WakeSign } from '../../core/ports.js'
import type { Life } from './life.js'

/**
 * A page that was hidden for so many ms has its timers run once a minute by Chromium, if a chain of five timers led
 * to them. Here every timer with a delay is late, as timers of the page's own may be in the chain.
 */
const THROTTLED_AFTER = 300_000
const MINUTE = 60_000

/** By how many ms a timer that is due is late, because its tab is hidden: see `THROTTLED_AFTER`. */
const lateness = (clock: Clock, hiddenSince: number | null): number =>
  hiddenSince === null || clock.monotonic() - hiddenSince < THROTTLED_AFTER
    ? 0
    : (MINUTE - (clock.monotonic() % MINUTE)) % MINUTE

/** The clock of one tab; `skew` tells by how many ms its wall clock is ahead. */
export function tabClock(
  life: Life,
  clock: Clock,
  { skew, wake }: { readonly skew: () => number; readonly wake: TabWake },
): Clock {
  return {
    now: () => clock.now() + skew(),
    monotonic: clock.monotonic,
    schedule(delay, task, options) {
      if (!life.alive()) return () => {}
      let waits = true
      let unwait = (): void => {}
      let cancelTimer = (): void => {}
      const run = (): void =>
        life.arrive('timer', undefined, () => {
          forget()
          if (waits) task()
        })
      const due = (): void => {
        unwait()
        const late = lateness(clock, wake.hiddenSince())
        if (late === 0) {
          run()
          return
        }
        cancelTimer = clock.schedule(late, due, options)
        unwait = wake.onShown(() => {
          cancelTimer()
          due()
        })
      }
      cancelTimer = clock.schedule(delay, delay > 0 ? due : run, options)
      const cancel = (): void => {
        waits = false
        forget()
        unwait()
        cancelTimer()
      }
      const forget = life.onCrash(() => cancel())
      return cancel
    },
  }
}

/** What one tab is told of itself, and how a test changes that. */
export interface TabWake {
  readonly wake: Wake
  emit(sign: WakeSign): void
  setVisible(visible: boolean): void
  setOnline(online: boolean): void
  /** Monotonic time since which the tab is hidden; `null` while it is not. */
  hiddenSince(): number | null
  /** Calls back once, when it is shown. Returns how to forget about it. */
  onShown(callback: () => void): () => void
}

/** Makes the wake port of one tab. */
export function tabWake(life: Life, clock: Pick<Clock, 'monotonic'>): TabWake {
  const listeners = new Set<{ readonly hear: (sign: WakeSign) => void }>()
  const waiting = new Set<() => void>()
  let hiddenSince: number | null = null
  let online = true
  const emit = (sign: WakeSign): void => {
    for (const listener of listeners) {
      life.arrive('wake', sign, () => {
        if (listeners.has(listener)) listener.hear(sign)
      })
    }
  }
  return {
    wake: {
      subscribe(hear) {
        const listener = { hear }
        if (life.alive()) listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      visible: () => hiddenSince === null,
      online: () => online,
    },
    emit,
    setVisible(value) {
      const shown = value && hiddenSince !== null
      hiddenSince = value ? null : (hiddenSince ?? clock.monotonic())
      if (!shown) return
      for (const callback of [...waiting]) callback()
      emit('wake')
    },
    hiddenSince: () => hiddenSince,
    onShown(callback) {
      waiting.add(callback)
      return () => void waiting.delete(callback)
    },
    setOnline(value) {
      const back = value && !online
      online = value
      if (back) emit('online')
    },
  }
}

/** The address of one tab. */
export function tabPage(start: string): Page & { navigate(href: string): void } {
  let address = new URL(start).href
  const go = (href: string): void => {
    address = new URL(href, address).href
  }
  return { href: () => address, replace: go, navigate: go }
}

/** A generator of numbers in [0, 1) that repeats itself for a seed: Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
