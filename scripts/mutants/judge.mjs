// Says what catches a mutant in a copy of the project: the simulator or the unit tests.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** How many random worlds a mutant meets at most: the seeds from 1 on. */
export const RUNS = 400
/** After so many the unit tests have a look: most of what they know is found faster there. */
const FIRST_RUNS = 60
const SLICE = 20
/** After so many ms without a sign of life a world counts as hung. */
const PATIENCE = 20_000
/** So many test files share a process: some state of one may be left to the next. */
const TOGETHER = 12
/** What one test may take, in ms: this, and so many times what its whole file takes without a mutant. */
const TEST = 10_000
const SLOWER = 10
/** And never more than this, as in any other run of the tests. */
const LONGEST = 60_000

/** What the worlds of some seeds find in `folder`: the first violation, and whether it is one by the clock. */
async function simulated(folder, { from, last, protocol }) {
  const source = pathToFileURL(join(folder, 'scripts/simulator.mjs')).href
  const { openSimulator } = await import(source)
  const simulator = await openSimulator({ workers: 1, protocol, patience: PATIENCE })
  try {
    for (let seed = from, slice = SLICE; seed <= last; seed += slice, slice *= 2) {
      const runs = Math.min(slice, last - seed + 1)
      const { violations } = await simulator.run({ runs, seed })
      const [first] = violations
      if (first) return { ...first, slow: first.invariant === 'hung' }
    }
    return null
  } catch (error) {
    // A process that dies is no verdict; worlds that hang are one.
    const [, seed] = /^Worlds hang: seeds (\d+)/.exec(error.message) ?? []
    if (seed === undefined) throw error
    return { seed: Number(seed), invariant: 'hung', slow: true }
  } finally {
    await simulator.close()
  }
}

/** A step that asks the worlds of some seeds. `again` asks about what was found, alone. */
const worlds = (folder, seeds) => async () => {
  const found = await simulated(folder, seeds)
  if (!found) return null
  const { seed, invariant, slow } = found
  const again = () => simulated(folder, { ...seeds, from: seed, last: seed })
  // What is not by the clock comes again: a seed makes the same run every time.
  return { by: `simulator: ${invariant}, seed ${seed}`, sure: !slow, slow, again }
}

/** A step that runs test files, the first of which has a process of its own. */
const tests = (workshop, files) => async () => {
  const slowest = Math.max(...files.map(({ ms }) => ms))
  const limit = Math.min(TEST + SLOWER * slowest, LONGEST)
  const names = files.map(({ test }) => test)
  const run = (some) => workshop.tests.run(some, { changed: workshop.takeChanged(), limit })
  const found = await run(names)
  if (!found) return null
  const { file, name, slow } = found
  const sure = !slow && (file === names[0] || names.length === 1)
  return { by: `unit: ${name}`, test: file, sure, slow, again: () => run(file ? [file] : names) }
}

function* chunks(list) {
  for (let at = 0; at < list.length; at += TOGETHER) yield list.slice(at, at + TOGETHER)
}

/**
 * What is asked, one after the other, until something catches the mutant. `simulates`: the protocol of the
 * worlds that run its file; `null` for none.
 */
export function stepsOf(workshop, { own, others, simulates }) {
  const ask = (seeds) =>
    simulates ? [worlds(workshop.folder, { ...seeds, protocol: simulates })] : []
  const run = (files) => [...chunks(files)].map((chunk) => tests(workshop, chunk))
  return [
    ...run(own),
    ...ask({ from: 1, last: FIRST_RUNS }),
    ...run(others),
    ...ask({ from: FIRST_RUNS + 1, last: RUNS }),
  ]
}

/**
 * What catches a mutant, or `null`. A failure that something else may explain is looked at alone: it
 * has to come again; and where a time was up, all must pass in that time without the mutant.
 */
export async function judge(steps, plant) {
  let remove = plant()
  try {
    for (const step of steps) {
      const found = await step()
      if (!found) continue
      if (found.sure) return found
      if (found.slow) {
        remove()
        if (await found.again()) throw new Error(`Too slow without a mutant too. ${found.by}`)
        remove = plant()
      }
      if (await found.again()) return found
    }
    return null
  } finally {
    remove()
  }
}
