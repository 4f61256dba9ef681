import type { ManualClock } from 'holdfast/testing'

/** How fast time passes in the playground, as a multiple of the reader's. */
export type Speed = 0 | 1 | 10

/** What lets time pass. */
export interface TimeMachine {
  speed(): Speed
  setSpeed(speed: Speed): void
  /** Lets this much time pass at once, in ms, and all that falls due in it happen. */
  pass(ms: number): Promise<void>
  /** Runs something between two moves of the clock: one at a time may move it. */
  between(work: () => unknown): Promise<void>
  stop(): void
}

/** How often time moves, in ms of the reader's. */
const TICK = 100
/** A browser slows the timers of a page that is hidden: no more than this is made up for, in ms. */
const LONGEST = 1_000
/** Turns of the event loop that an answer of the scripted server takes at most. */
const TURNS = 12

/** One turn of the event loop, without the four milliseconds of a timer. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })

/** Lets what has been begun in the page go on, before time moves again. */
export async function settle(): Promise<void> {
  for (let count = 0; count < TURNS; count++) await turn()
}

/** Lets the time of a clock pass beside the reader's; `onMoved` hears of each step. */
export function createTimeMachine(clock: ManualClock, onMoved: () => void): TimeMachine {
  let speed: Speed = 10
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  let before = performance.now()

  function between(work: () => unknown): Promise<void> {
    waiting++
    last = last
      .then(work)
      .then(settle)
      .finally(() => {
        waiting--
        onMoved()
      })
    const result = last
    last = last.catch(() => {})
    return result
  }

  const timer = setInterval(() => {
    const now = performance.now()
    const passed = Math.min(now - before, LONGEST) * speed
    before = now
    // While time stands still, what is due already happens all the same, as a tab that has just been opened listens.
    const isDue = passed > 0 || clock.untilNext() <= 0
    if (isDue && waiting === 0) between(() => clock.advance(passed))
  }, TICK)

  return {
    speed: () => speed,
    setSpeed(next) {
      speed = next
    },
    pass: (ms) => between(() => clock.advance(ms)),
    between,
    stop: () => clearInterval(timer),
  }
}
