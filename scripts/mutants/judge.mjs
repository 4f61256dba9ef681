// Says what catches a defect in a copy of the project: the simulator first, then the unit tests.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from './run.mjs'

/** How many random worlds a mutant meets at most: the seeds from 1 on. */
export const RUNS = 400
/** After so many the unit tests have a look: most of what they know is found faster there. */
const FIRST_RUNS = 60
const SLICE = 20
/** After so many ms without a sign of life a world counts as hung. */
const PATIENCE = 20_000
/** What the unit tests may take, in ms; without a mutant it is some seconds. */
const TESTS = 180_000
/** What one test may take, in ms: without a mutant it is six seconds, and more where much else runs. */
const TEST = 30_000

/** What the random worlds of the seeds up to `last` find in `folder`: the first violation. */
async function simulated(folder, { from, last }) {
  const source = pathToFileURL(join(folder, 'scripts/simulator.mjs')).href
  const { openSimulator } = await import(source)
  const simulator = await openSimulator({ workers: 1, patience: PATIENCE })
  try {
    for (let seed = from, slice = SLICE; seed <= last; seed += slice, slice *= 2) {
      const runs = Math.min(slice, last - seed + 1)
      const { violations } = await simulator.run({ runs, seed })
      const [first] = violations
      if (first) return `simulator: ${first.invariant}, seed ${first.seed}`
    }
    return null
  } catch (error) {
    // A process that dies is no verdict; worlds that hang are one.
    if (error.message.startsWith('Worlds hang')) return `simulator: ${error.message}`
    throw error
  } finally {
    await simulator.close()
  }
}

/** What runs on servers: no client is made of it. */
const ON_SERVERS = ['server', 'node', 'express', 'next']
/** The bindings: each has the tests of what all of them share. */
const BINDINGS = ['react', 'vue', 'svelte', 'solid', 'angular']

/**
 * The folders of tests that may know of a defect in `file`, test mirrors src: first those near to it,
 * and after them what may know of it as well.
 */
function testsFor(file, folder) {
  const [, part = '', room = ''] = file.split('/')
  const there = (...folders) => folders.filter((each) => existsSync(join(folder, each)))
  if (part === 'bindings') return [BINDINGS.map((each) => join('test', each)), []]
  if (!ON_SERVERS.includes(part))
    return [there('test/client', join('test', part)), ['test/attacks']]
  const own = there(join('test', part, room))
  const near = own.length > 0 ? own : there(join('test', part))
  return [['test/attacks', ...near], ON_SERVERS.map((each) => join('test', each))]
}

const testsIn = (folder, part) =>
  readdirSync(join(folder, part), { recursive: true })
    .map((name) => join(part, name))
    .filter((path) => path.endsWith('.test.ts'))

/** The tests that are named after `file`: most of what is wrong with it they find, in seconds. */
function namesakes(file, folder) {
  const name = basename(file, '.ts')
  return testsIn(folder, 'test').filter((path) => {
    const its = basename(path, '.test.ts')
    return its === name || its.startsWith(`${name}-`)
  })
}

function firstFailure({ testResults }) {
  for (const { assertionResults, status, name, message } of testResults) {
    const failed = assertionResults.find((test) => test.status === 'failed')
    if (failed) return failed.fullName.trim()
    if (status === 'failed') return `${name.split(/[/\\]/).at(-1)}: ${message.split('\n')[0]}`
  }
  return 'an error that no test caught'
}

/** What the unit tests in `files` of `folder` find: the first that fails, or `null`. */
async function tested(folder, files) {
  if (files.length === 0) return null
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const select = ['--project', 'unit', ...files]
  const how = ['--bail', '1', '--no-isolate', '--maxWorkers', '1', `--testTimeout=${TEST}`]
  const out = ['--reporter=json', `--outputFile=${report}`]
  const args = [vitest, 'run', ...how, ...out, ...select]
  const { code, output } = await run(args, { cwd: folder, limit: TESTS })
  if (code === null) return `unit tests: no end within ${TESTS / 1000} s`
  if (!existsSync(report)) throw new Error(`The unit tests did not run:\n${output.slice(-2_000)}`)
  const results = JSON.parse(readFileSync(report, 'utf8'))
  if (results.numTotalTests === 0)
    throw new Error(`There are no unit tests in ${files.join(', ')}.`)
  return code === 0 ? null : `unit: ${firstFailure(results)}`
}

/**
 * What catches a defect in one of `files` of the copy in `folder`, or `null`. Of the simulator only
 * if it is made `of` one of them.
 */
export async function judge(folder, files, of) {
  const all = (find) => [...new Set(files.flatMap(find))]
  const [near, far] = [0, 1].map((step) =>
    all((file) => testsFor(file, folder)[step] ?? []).flatMap((part) => testsIn(folder, part)),
  )
  const own = all((file) => namesakes(file, folder))
  const simulates = files.some((file) => of.has(file))
  const early = simulates ? await simulated(folder, { from: 1, last: FIRST_RUNS }) : null
  const caught =
    early ??
    (await tested(folder, own)) ??
    (await tested(folder, near)) ??
    (await tested(folder, far))
  if (caught || !simulates) return caught
  return simulated(folder, { from: FIRST_RUNS + 1, last: RUNS })
}
