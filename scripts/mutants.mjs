// Plants small bugs one at a time, and demands that the simulator or the unit tests catch each:
// npm run mutants -- [--only TEXT]... [--tests TEXT]... [--part 1/4] [--log FILE] [--workers N] [--list]
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chosen, partOf } from './mutants/choice.mjs'
import { judge, RUNS, stepsOf } from './mutants/judge.mjs'
import { learn, testsOf } from './mutants/knowledge.mjs'
import { MUTANTS } from './mutants/list.mjs'
import { createTests } from './mutants/live.mjs'
import { openLog, stateOf } from './mutants/log.mjs'
import { refusals, typeErrors } from './mutants/refusals.mjs'
import { endAll } from './mutants/run.mjs'
import { openWorkshop, simulatedFiles } from './mutants/workshop.mjs'

const OPTIONS = {
  only: { type: 'string', multiple: true, default: [''] },
  tests: { type: 'string', multiple: true, default: [''] },
  part: { type: 'string', default: '1/1' },
  log: { type: 'string' },
  workers: { type: 'string', default: String(availableParallelism()) },
  list: { type: 'boolean', default: false },
}
/** Where is kept what was learnt of the tests. */
const LEARNT = join(import.meta.dirname, '../.tmp/mutants.json')

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** All that is found out before the first mutant. A broken project catches everything: it must be sound. */
async function prepare(workshop, mutants, texts) {
  const { folder } = workshop
  const [complaint] = await typeErrors(folder)
  if (complaint) throw new Error(`The project does not compile: ${complaint}`)
  const began = performance.now()
  const onProgress = (done, all) => console.log(`${done} of ${all} test files pass.`)
  const files = new Set(mutants.map(({ file }) => file))
  const known = await learn(folder, [...files], { path: LEARNT, texts, onProgress })
  console.log(
    `${known.size} test files pass without a mutant (${seconds(performance.now() - began)}).`,
  )
  const refused = await refusals(workshop, mutants)
  console.log(`The compiler takes ${mutants.length - refused.size} of ${mutants.length} mutants.`)
  return { known, refused, inSimulator: await simulatedFiles(folder) }
}

/** What the worlds speak that are to run a file. */
const protocolOf = (file) => (file.startsWith('src/providers/oidc/') ? 'oidc' : 'gotrue')

async function tryOne(workshop, mutant, { known, refused, inSimulator, log }) {
  const began = performance.now()
  const verdict = (how, by) => ({ ...mutant, how, by, ms: Math.round(performance.now() - began) })
  if (refused.has(mutant)) return verdict('NOT APPLIED', refused.get(mutant))
  try {
    const simulates = inSimulator.has(mutant.file) ? protocolOf(mutant.file) : null
    const text = workshop.read(mutant.file)
    const { own, others } = testsOf(mutant, { known, text, last: log.lastTest(mutant) })
    const steps = stepsOf(workshop, { own, others, simulates })
    const found = await judge(steps, () => workshop.plant(mutant))
    return found
      ? { ...verdict('caught', found.by), test: found.test }
      : verdict('SURVIVED', `none of ${own.length + others.length} test files`)
  } catch (error) {
    return verdict('NOT JUDGED', error.message)
  }
}

const line = ({ how, file, name, by, ms }) => `${how}  ${seconds(ms)}  ${file}: ${name}\n  by ${by}`

/** How far it is, and when the rest may be through. */
function createProgress(all) {
  const began = performance.now()
  let done = 0
  return () => {
    done += 1
    const left = ((performance.now() - began) / done) * (all - done)
    return `${done} of ${all}, ${Math.ceil(left / 60_000)} min left`
  }
}

async function tryAll(mutants, workshops, facts) {
  const verdicts = []
  const queue = mutants.values()
  const progress = createProgress(mutants.length)
  const work = async (workshop) => {
    // All share one iterator: each mutant is taken by one of them.
    for (const mutant of queue) {
      const verdict = await tryOne(workshop, mutant, facts)
      verdicts.push(verdict)
      facts.log.add(verdict)
      console.log(`${line(verdict)} (${progress()})`)
    }
  }
  await Promise.all(workshops.map(work))
  return verdicts
}

/** What caught how many, by the first word of its name. */
function counts(verdicts) {
  const count = {}
  for (const { how, by } of verdicts) {
    const name = how === 'caught' ? `caught by ${by.split(':')[0]}` : how
    count[name] = (count[name] ?? 0) + 1
  }
  return Object.entries(count)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ')
}

/** Copies of the project, each with unit tests of its own, that are closed in any case. */
function createYard() {
  const workshops = []
  const close = () => {
    endAll()
    for (const workshop of workshops) workshop.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      close()
      process.exit(1)
    })
  }
  return {
    workshops,
    close,
    open() {
      // From the first copy: the project may change meanwhile.
      const workshop = openWorkshop(workshops[0]?.folder)
      const tested = { ...workshop, tests: createTests(workshop.folder) }
      workshops.push(tested)
      return tested
    },
  }
}

async function runAll(mutants, { path, workers, texts }) {
  const began = performance.now()
  const yard = createYard()
  try {
    const first = yard.open()
    const log = openLog(path, stateOf(first.folder))
    const earlier = mutants.map((mutant) => log.find(mutant)).filter((one) => one !== undefined)
    const left = mutants.filter((mutant) => !log.find(mutant))
    if (earlier.length > 0) console.log(`${earlier.length} were judged before.`)
    const facts = left.length > 0 ? await prepare(first, left, texts) : {}
    while (yard.workshops.length < Math.min(workers, left.length)) yard.open()
    const now = await tryAll(left, yard.workshops, { log, ...facts })
    const verdicts = [...earlier, ...now]
    const failed = verdicts.filter(({ how }) => how !== 'caught')
    if (failed.length > 0) console.log(`\n${failed.map(line).join('\n')}`)
    const total = `${now.length} mutants in ${seconds(performance.now() - began)}`
    console.log(`\n${total}. All: ${counts(verdicts)}. Up to ${RUNS} random worlds each.`)
    return verdicts.length === mutants.length && failed.length === 0 ? 0 : 1
  } finally {
    yard.close()
  }
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const mutants = partOf(chosen(MUTANTS, values.only), values.part)
  if (values.list) {
    for (const { file, name } of mutants) console.log(`${file}: ${name}`)
    return 0
  }
  const workers = Number(values.workers)
  if (!Number.isInteger(workers) || workers < 1)
    throw new Error('--workers takes a number from 1 on.')
  return runAll(mutants, { path: values.log, workers, texts: values.tests })
}

process.exitCode = await main().catch((error) => {
  console.error(error.message)
  return 1
})
