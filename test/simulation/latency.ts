import type { Step } from '../../src/testing/index.js'
import type { Choices } from './choices.js'
import type { World, WorldOptions } from './world.js'

/** Milliseconds that steps take; picked evenly, the first being the tame one. */
const QUICK = [0, 0, 0, 1, 1, 2, 5, 20]
/** What messages take, and the headers of an answer before its body. */
export const MESSAGE: readonly number[] = [0, 1, 2, 5, 20, 50, 100, 900]
const NETWORK = [0, 20, 40, 80, 120, 200, 400, 4_000]
/** What a request and its answer take each where the server is slow. */
const SLOW = [1_500, 500, 1_000, 2_000, 3_000, 4_000]
const TIMER = [0, 0, 0, 0, 1, 10, 100, 1_000]

function table(step: Step, { slow }: WorldOptions): readonly number[] {
  if (step.kind.startsWith('fetch')) return slow ? SLOW : NETWORK
  if (step.kind === 'timer') return TIMER
  return step.kind === 'channel.hint' || step.kind === 'storage.event' || step.kind === 'wake'
    ? MESSAGE
    : QUICK
}

/** No world takes more steps at once, nor more per context and second: waiting for a lease polls. */
const STORM = 20_000
const STORM_PER_SECOND = 40

/** A scheduler that lets every step take a time out of the run’s choices. */
export function latency(world: () => World, choices: Choices): (step: Step) => Promise<void> {
  return (step) => {
    const steps = ++world().steps
    const { clock, verdict, contexts, options } = world()
    const seconds = (clock.monotonic() / 1000) * contexts.length
    const calm = steps < STORM + seconds * STORM_PER_SECOND
    verdict.check('no-storm', calm, () => `${steps} steps, the last ${step.kind}`)
    if (!calm) return new Promise(() => {})
    const times = table(step, options)
    const ms = times[choices.pick(times.length)] ?? 0
    return new Promise((resolve) => {
      const { trace } = world()
      clock.schedule(ms, () => {
        trace(step.tab, `${step.kind} ${step.detail ?? ''}`)
        resolve()
      })
    })
  }
}
