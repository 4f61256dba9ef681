import type { Choices } from './choices.js'

/** A run that is steered: it takes its choices, and says in which state it takes each. */
export interface Steering extends Choices {
  /** Whether what follows from this state has been seen, so that the run may end here. */
  known(state: number): boolean
}

/** How far an exploration goes. */
export interface Bounds {
  /** How many runs it may take. */
  readonly runs: number
  /** In how many places a run may leave the tame order (choice 0). Infinity for all of them. */
  readonly deviations: number
}

/** What an exploration came to. */
export interface Exploration {
  readonly runs: number
  readonly states: number
  readonly deepest: number
  /** Whether everything within the bound on deviations was seen; else the bound on runs ended it. */
  readonly complete: boolean
  /** The choices of the run that `visit` refused. */
  readonly refused: readonly number[] | null
}

interface Level {
  choice: number
  readonly bound: number
  /** How many levels before this one left the tame order. */
  readonly deviations: number
}

/** Moves on to the next list of choices; `false` when there is none. */
function advance(path: Level[], most: number): boolean {
  for (let last = path.at(-1); last; last = path.at(-1)) {
    if (last.choice + 1 < last.bound && last.deviations < most) {
      last.choice++
      return true
    }
    path.pop()
  }
  return false
}

/**
 * Runs `visit` for every list of choices within the bounds, depth first. A run that comes to a
 * state from which as much has been followed ends there. Ends early when `visit` resolves to false.
 */
export async function explore(
  visit: (steering: Steering) => Promise<boolean>,
  bounds: Bounds,
): Promise<Exploration> {
  /** The fewest deviations with which a state was reached. */
  const seen = new Map<number, number>()
  const path: Level[] = []
  let [runs, deepest, complete] = [0, 0, false]
  while (runs < bounds.runs && !complete) {
    const prefix = path.length
    const made: number[] = []
    let deviations = 0
    const steering: Steering = {
      made,
      pick(bound) {
        const level = path[made.length] ?? { choice: 0, bound, deviations }
        if (level.bound !== bound) throw new Error('A run did not repeat itself.')
        if (made.length === path.length) path.push(level)
        if (level.choice > 0) deviations++
        made.push(level.choice)
        return level.choice
      },
      known(state) {
        if (made.length < prefix) return false
        const before = seen.get(state) ?? Number.POSITIVE_INFINITY
        if (before <= deviations) return true
        seen.set(state, deviations)
        return false
      },
    }
    runs++
    const fine = await visit(steering)
    deepest = Math.max(deepest, made.length)
    if (!fine) return { runs, states: seen.size, deepest, complete, refused: made }
    complete = !advance(path, bounds.deviations)
  }
  return { runs, states: seen.size, deepest, complete, refused: null }
}
