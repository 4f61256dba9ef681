import { afterAll, describe, expect, it } from 'vitest'
import { listedChoices } from '../simulation/choices.js'
import { explore } from '../simulation/explore.js'
import { type SmallWorld, smallRun } from '../simulation/small-world.js'
import { FAMILIES, type Family } from '../simulation/small-worlds.js'
import { merge, sum, type Tally } from '../simulation/tally.js'
import { type Entry, timeline } from '../simulation/timeline.js'
import type { Violation } from '../simulation/verdict.js'
import { turnsOf } from '../support/turns.js'

const MINUTES = 60_000

/** What exploring one family came to. */
interface Explored {
  runs: number
  states: number
  deepest: number
  /** Worlds whose exploration was cut short. */
  cut: number
  readonly tally: Tally
}

/** The interleaving that breaks a promise, as a time line. */
async function draw(world: SmallWorld, { invariant, what }: Violation, list: readonly number[]) {
  const entries: Entry[] = []
  const steering = { ...listedChoices(list), known: () => false }
  await smallRun(world, steering, (column, text) => void entries.push({ column, text }))
  return [
    `${JSON.stringify(world.scripts)} breaks ${invariant}: ${what}`,
    `choices: ${list.join()}`,
    timeline(entries),
  ].join('\n')
}

async function exploreFamily({ worlds, bounds }: Family): Promise<Explored> {
  const total: Explored = { runs: 0, states: 0, deepest: 0, cut: 0, tally: {} }
  for (const world of worlds) {
    let violation: Violation | null = null
    const { runs, states, deepest, complete, refused } = await explore(async (steering) => {
      const verdict = await smallRun(world, steering)
      if (verdict) merge(total.tally, verdict.tally)
      violation = verdict?.violation() ?? null
      return violation === null
    }, bounds)
    if (violation && refused) throw new Error(await draw(world, violation, refused))
    total.runs += runs
    total.states += states
    total.deepest = Math.max(total.deepest, deepest)
    if (!complete) total.cut++
  }
  return total
}

/** Those in which something goes wrong take longest: it may at each step. */
const isLong = ({ worlds }: Family): boolean => worlds.some(({ faults }) => faults.length > 0)

/** The worlds of each in so many parts, each of which takes minutes of a core. */
const inParts = (families: readonly Family[], count: number): Family[] =>
  families.flatMap((family) =>
    Array.from({ length: Math.min(count, family.worlds.length) }, (_, part) => ({
      ...family,
      name: `${family.name}, part ${part + 1} of ${count} of its worlds`,
      worlds: family.worlds.filter((_, index) => index % count === part),
    })),
  )

const LONG = inParts(FAMILIES.filter(isLong), 4)
const SHORT = inParts(
  FAMILIES.filter((family) => !isLong(family)),
  2,
)

/**
 * A quarter of one of those that take longest is seen each day, and half of one of the others; with `HOLDFAST_WORLDS=all`
 * all of them.
 */
const TODAY =
  process.env.HOLDFAST_WORLDS === 'all'
    ? [...LONG, ...SHORT]
    : [...turnsOf(LONG, Date.now(), 1), ...turnsOf(SHORT, Date.now(), 1)]

/** Explores every other one of today's families; each is a test, and a line of figures at the end. */
export function describeFamilies(half: 0 | 1): void {
  const lines: string[] = []
  const mine = TODAY.filter((_, index) => index % 2 === half)

  describe('in small worlds every interleaving keeps every promise:', () => {
    afterAll(() => void process.stdout.write(`${lines.join('\n')}\n`))

    it.each(mine)(
      '$name',
      async (family) => {
        const { runs, states, deepest, cut, tally } = await exploreFamily(family)
        const { deviations } = family.bounds
        lines.push(
          `${family.name}: ${family.worlds.length} worlds, ${states} states in ${runs} runs, ` +
            `up to ${deepest} choices, at most ${deviations} of them out of turn, ${cut} cut short; ` +
            `${sum(tally, 'fault ')} faults, ${sum(tally, 'evaluated ')} evaluations`,
        )
        expect(cut, 'worlds that were not explored to the bound').toBe(0)
        // What explores nothing proves nothing.
        expect(states).toBeGreaterThan(50 * family.worlds.length)
        expect(sum(tally, 'evaluated ')).toBeGreaterThan(states)
        for (const fault of new Set(family.worlds.flatMap(({ faults }) => faults))) {
          expect(
            tally[`fault ${fault}`],
            `the fault '${fault}' was never inflicted`,
          ).toBeGreaterThan(0)
        }
      },
      120 * MINUTES,
    )
  })
}
