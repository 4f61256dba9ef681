import type { Clock } from '../core/ports.js'
import { createTurns } from './turns.js'

/** Options of {@link createManualClock}. */
export interface ManualClockOptions {
  /** The wall time to begin with, in ms since the epoch. @default 1_700_000_000_000 */
  readonly now?: number | undefined
  /** The monotonic time to begin with, in ms. @default 0 */
  readonly monotonic?: number | undefined
  /**
   * Replaces the way in which promises are let through. It is awaited before and after each task.
   * @default some turns of the event loop, and the end of tracked work
   */
  readonly settle?: (() => PromiseLike<void>) | undefined
}

/** Options of {@link ManualClock.sleep}. */
export interface SleepOptions {
  /** Whether the monotonic clock counts sleep; browsers and systems differ. @default 'stops' */
  readonly monotonic?: 'stops' | 'continues' | undefined
}

/** A clock whose time moves only when told. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms`, running what falls due, in order, each at its own time. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock on, or back if negative, by `ms`, as a user or a time server would. */
  jump(ms: number): void
  /** The device sleeps for `ms`: nothing runs meanwhile, and what fell due runs late, on waking. */
  sleep(ms: number, options?: SleepOptions): Promise<void>
  /** Lets promises, tracked work and tasks that are due go on without moving time. */
  settle(): Promise<void>
  /** How many tasks wait for their time. */
  pending(): number
  /** How many of these would keep a process alive: all that are not in the background. */
  awaited(): number
  /** Milliseconds until the next task is due; Infinity when none waits. */
  untilNext(): number
  /**
   * Makes `settle` wait for real work such as WebCrypto; returns the same promise. Work that does
   * not end soon while time stands still is taken to wait for time.
   */
  track<T>(work: Promise<T>): Promise<T>
}

interface Task {
  readonly due: number
  readonly background: boolean
  readonly run: () => void
}

/** Turns of the event loop that one settling takes: longer than any chain of mere promises. */
const TURNS = 16

/** Turns after which tracked work counts as waiting for time: most of a second, for busy machines. */
const PATIENCE = 80_000

/** The same for work that has been waited for in vain before. */
const IMPATIENCE = 400

function createTracker(): Pick<ManualClock, 'settle' | 'track'> {
  const working = new Map<Promise<unknown>, number>()
  return {
    track(work) {
      const end = (): void => void working.delete(work)
      working.set(work, PATIENCE)
      work.then(end, end)
      return work
    },
    async settle() {
      const turns = createTurns()
      for (let count = 0, calm = 0; calm < TURNS; count++) {
        await turns.next()
        calm = [...working.values()].some((patience) => count < patience) ? 0 : calm + 1
      }
      turns.close()
      for (const work of working.keys()) working.set(work, IMPATIENCE)
    },
  }
}

/**
 * Makes a clock for tests: its time moves only by its own methods, none of which sleeps.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { createManualClock } from 'holdfast/testing'
 *
 * const clock = createManualClock()
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   environment: { clock },
 * })
 * await clock.advance(24 * 3_600_000) // each token was refreshed ahead of its end
 * ```
 */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const { now: start = 1_700_000_000_000, monotonic: origin = 0 } = options
  const tracker = createTracker()
  const settle = async (): Promise<void> => (options.settle ?? tracker.settle)()
  const tasks = new Set<Task>()
  let wall = start
  let monotonic = origin
  let moving = false

  /** The earliest task that is due by `limit`; of equals, the one that was scheduled first. */
  function next(limit: number): Task | undefined {
    let first: Task | undefined
    for (const task of tasks) {
      if (task.due <= limit && (!first || task.due < first.due)) first = task
    }
    return first
  }

  function pass(ms: number): void {
    wall += ms
    monotonic += ms
  }

  async function runUntil(limit: number): Promise<void> {
    if (moving) throw new Error('The clock is moving already: await advance() before the next.')
    moving = true
    try {
      await settle()
      for (let task = next(limit); task; task = next(limit)) {
        pass(Math.max(0, task.due - monotonic))
        tasks.delete(task)
        task.run()
        await settle()
      }
      if (limit === monotonic) return
      pass(limit - monotonic)
      await settle()
    } finally {
      moving = false
    }
  }

  return {
    now: () => wall,
    monotonic: () => monotonic,
    schedule(delay, run, { background = false } = {}) {
      const task: Task = { due: monotonic + Math.max(0, delay || 0), background, run }
      tasks.add(task)
      return () => void tasks.delete(task)
    },
    advance(ms) {
      if (!(ms >= 0)) return Promise.reject(new RangeError('advance() takes a length of time.'))
      return runUntil(monotonic + ms)
    },
    jump(ms) {
      wall += ms
    },
    async sleep(ms, { monotonic: kind = 'stops' } = {}) {
      wall += ms
      if (kind === 'continues') monotonic += ms
      await runUntil(monotonic)
    },
    settle: () => (moving ? settle() : runUntil(monotonic)),
    pending: () => tasks.size,
    awaited: () => [...tasks].filter(({ background }) => !background).length,
    untilNext: () => Math.max(0, (next(Infinity)?.due ?? Infinity) - monotonic),
    track: tracker.track,
  }
}
