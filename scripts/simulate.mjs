// Random worlds for the simulator, over all cores: npm run simulate -- --runs 1000000 --seed 1
import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { openSimulator } from './simulator.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What the clients of a world may speak. */
const PROTOCOLS = ['gotrue', 'oidc']
/** How often the progress is told, in ms. */
const PROGRESS = 10_000

const USAGE = `npm run simulate -- [--runs 20000] [--seed 1] [--protocol oidc] [--workers N] [--markdown]
npm run simulate -- --herd 1000000 [--seed 1] [--workers N] [--markdown]
npm run simulate -- --replay SEED [--protocol oidc] [--all]
npm run simulate -- --replay-list '3,0*12,7' [--protocol oidc] [--all]`

/** The first violation of each invariant. */
const firsts = (violations) => [
  ...new Map(violations.toReversed().map((found) => [found.invariant, found])).values(),
]

/** Runs random worlds; described in simulate.d.mts. */
export async function simulate({ runs, seed, workers = availableParallelism(), ...options }) {
  const simulator = await openSimulator({ ...options, workers })
  try {
    const result = await simulator.run({ runs, seed, onProgress: options.onProgress })
    const reports = []
    if (options.explain) {
      for (const found of firsts(result.violations)) reports.push(await simulator.explain(found))
    }
    return { ...result, reports }
  } finally {
    await simulator.close()
  }
}

function printProgress() {
  let [last, told] = [0, 0]
  return ({ done, runs, violations, ms }) => {
    for (const { seed, invariant, what } of violations.slice(told)) {
      console.error(`seed ${seed} breaks ${invariant}: ${what}`)
    }
    told = violations.length
    if (ms - last < PROGRESS) return
    last = ms
    const left = Math.ceil(((ms / done) * (runs - done)) / 1000)
    const speed = Math.round((1000 * done) / ms)
    console.error(`${done} of ${runs} runs, ${speed} a second, ${told} violations, ${left} s left`)
  }
}

function commit() {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') ? '-dirty' : ''}`
  } catch {
    return 'unknown'
  }
}

const OPTIONS = {
  runs: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
  protocol: { type: 'string', default: 'gotrue' },
  workers: { type: 'string', default: String(availableParallelism()) },
  herd: { type: 'string' },
  replay: { type: 'string' },
  'replay-list': { type: 'string' },
  all: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
}

function whole(name, text, least) {
  const number = Number(text)
  // Seeds have 32 bits: a larger one would run the world of a smaller one again.
  if (text.trim() !== '' && Number.isInteger(number) && number >= least && number < 2 ** 32) {
    return number
  }
  throw new Error(`--${name} takes a whole number from ${least} on, not '${text}'.`)
}

async function replay(simulator, values) {
  const task =
    values.replay === undefined
      ? { list: values['replay-list'] }
      : { seed: whole('replay', values.replay, 0) }
  const { drawn } = await simulator.replay({ ...task, all: values.all })
  const { failed, timeline, list } = drawn
  console.log(`${timeline}\n\nchoices: ${list}`)
  if (failed) console.log(`breaks ${failed.invariant}: ${failed.what}`)
  return failed ? 1 : 0
}

async function runHerd({ kit, herds }, { clients, seed, markdown }) {
  const began = performance.now()
  const all = await herds({ clients, seed })
  console.log(markdown ? kit.markdownHerd(all) : kit.herdReport(all))
  console.log(`\n${Math.round((performance.now() - began) / 1000)} s`)
  return kit.goalsOf(all).every(({ met }) => met) ? 0 : 1
}

async function runAll({ kit, run, explain }, { runs, seed, protocol, markdown }) {
  const { tally, violations, ms } = await run({ runs, seed, onProgress: printProgress() })
  for (const found of firsts(violations)) console.log(`${await explain(found)}\n`)
  const date = new Date().toISOString().slice(0, 10)
  const about = { date, commit: commit(), seed, runs, protocol }
  console.log(markdown ? kit.markdownSummary(tally, about) : kit.textSummary(tally))
  console.log(`\n${runs} runs in ${Math.round(ms / 1000)} s, ${violations.length} violations`)
  kit.assertThorough(tally, protocol)
  return violations.length > 0 ? 1 : 0
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const workers = whole('workers', values.workers, 1)
  const [runs, seed] = [whole('runs', values.runs, 1), whole('seed', values.seed, 0)]
  whole('seed', String(seed + runs - 1), 0)
  const { protocol } = values
  if (!PROTOCOLS.includes(protocol))
    throw new Error(`--protocol is one of ${PROTOCOLS.join(', ')}.`)
  const simulator = await openSimulator({ workers, protocol })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      simulator.kill()
      process.exit(1)
    })
  }
  try {
    const replays = values.replay !== undefined || values['replay-list'] !== undefined
    if (values.herd !== undefined) {
      const clients = whole('herd', values.herd, 1)
      return await runHerd(simulator, { clients, seed, markdown: values.markdown })
    }
    if (replays) return await replay(simulator, values)
    return await runAll(simulator, { runs, seed, protocol, markdown: values.markdown })
  } finally {
    await simulator.close()
  }
}

if (import.meta.url === pathToFileURL(realpathSync(process.argv[1] ?? '.')).href) {
  process.exitCode = await main().catch((error) => {
    console.error(error.message)
    return 1
  })
}
