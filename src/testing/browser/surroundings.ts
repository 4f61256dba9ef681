import type { Clock, Page, Wake, WakeSign } from '../../core/ports.js'
import type { Life } from './life.js'

/** The clock of one tab; `skew` tells by how many ms its wall clock is ahead. */
export function tabClock(life: Life, clock: Clock, skew: () => number): Clock {
  return {
    now: () => clock.now() + skew(),
    monotonic: clock.monotonic,
    schedule(delay, task, options) {
      if (!life.alive()) return () => {}
      let waits = true
      const arrive = (): void =>
        life.arrive('timer', undefined, () => {
          forget()
          if (waits) task()
        })
      const cancelTimer = clock.schedule(delay, arrive, options)
      const cancel = (): void => {
        waits = false
        forget()
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
}

/** Makes the wake port of one tab. */
export function tabWake(life: Life): TabWake {
  const listeners = new Set<{ readonly hear: (sign: WakeSign) => void }>()
  let visible = true
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
      visible: () => visible,
      online: () => online,
    },
    emit,
    setVisible(value) {
      const shown = value && !visible
      visible = value
      if (shown) emit('wake')
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
