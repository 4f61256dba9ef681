import type { DebugEntry } from '../core/store.js'
import type { StepListener } from './types.js'

/** How many steps are remembered: those of a page's start, and of some hours after. */
const KEPT = 200

/** The steps of one client: those that were, and those to come. */
export interface Steps {
  all(): readonly DebugEntry[]
  /** Returns the way to stop. */
  subscribe(listener: StepListener): () => void
}

/** The recorders that were made here, by the function that a client calls. */
const recorders = new WeakMap<object, Steps>()

/**
 * For the client's option `debug`: remembers the last 200 steps, also those before the panel is shown.
 * They hold no token. What `also` is, hears of each step too. In production it gives `also` back.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { recordSteps, showDevtools } from 'holdfast/devtools'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const options = {
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   debug: recordSteps(),
 * }
 * showDevtools(new AuthClient(options), { options })
 * ```
 */
export function recordSteps(also?: StepListener): StepListener | undefined {
  const entries: DebugEntry[] = []
  const listeners = new Set<StepListener>()
  const record: StepListener = (entry) => {
    entries.push(entry)
    if (entries.length > KEPT) entries.shift()
    for (const listener of [...listeners]) listener(entry)
    also?.(entry)
  }
  recorders.set(record, {
    all: () => entries,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  return record
}

/** The steps that a function has recorded; `null` for one that records none. */
export const stepsOf = (debug: StepListener | undefined): Steps | null =>
  (debug && recorders.get(debug)) ?? null
