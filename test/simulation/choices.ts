/** Where a run takes its decisions from, and the record of those it took. */
export interface Choices {
  /** A whole number from 0 up to `bound`, excluded. 0 is always the tame choice. */
  pick(bound: number): number
  /** Every number picked so far: replayed, they make the same run. */
  readonly made: readonly number[]
}

/** Decisions out of a seed: Mulberry32, the same numbers for the same seed everywhere. */
export function seededChoices(seed: number): Choices {
  let state = seed >>> 0
  const made: number[] = []
  return {
    made,
    pick(bound) {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      const number = (mixed ^ (mixed >>> 14)) >>> 0
      const choice = number % bound
      made.push(choice)
      return choice
    },
  }
}

/** Decisions out of a list; once it has ended, every choice is the tame one. */
export function listedChoices(list: readonly number[]): Choices {
  const made: number[] = []
  return {
    made,
    pick(bound) {
      const choice = (list[made.length] ?? 0) % bound
      made.push(choice)
      return choice
    },
  }
}

/** Picks one of the values by their weights; the first is the tame one. */
export function weigh<T>(choices: Choices, table: readonly (readonly [number, T])[]): T {
  const total = table.reduce((sum, [weight]) => sum + weight, 0)
  let left = choices.pick(total)
  for (const [weight, value] of table) {
    if (left < weight) return value
    left -= weight
  }
  throw new Error('A table of choices needs weights above zero.')
}

/** Whether something happens that happens in so many of a hundred cases. */
export const chance = (choices: Choices, percent: number): boolean =>
  choices.pick(100) >= 100 - percent

/** One of the items, the first being the tame one; `undefined` if there is none. */
export const oneOf = <T>(choices: Choices, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : items[choices.pick(items.length)]
