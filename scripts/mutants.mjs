// Plants small bugs one at a time, and demands that the simulator or the unit tests catch each:
// npm run mutants -- [--only TEXT]... [--workers N] [--list]
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { UnappliedError } from './mutants/apply.mjs'
import { judge, RUNS } from './mutants/judge.mjs'
import { MUTANTS } from './mutants/list.mjs'
import { endAll } from './mutants/run.mjs'
import { openWorkshop, simulatedFiles, typeError } from './mutants/workshop.mjs'

const OPTIONS = {
  only: { type: 'string', multiple: true, default: [''] },
  workers: { type: 'string', default: String(availableParallelism()) },
  list: { type: 'boolean', default: false },
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** The mutants that have one of the texts in their name or file, in the order of the texts. */
function chosen(texts) {
  const found = texts.map((text) => {
    const mutants = MUTANTS.filter(({ name, file }) =>
      `${file} ${name}`.toLowerCase().includes(text.toLowerCase()),
    )
    if (mutants.length === 0) throw new Error(`No mutant has '${text}' in its name or file.`)
    return mutants
  })
  return [...new Set(found.flat())]
}

/** A broken project catches everything: without a mutant all must pass. */
async function checkBaseline({ folder }, mutants, inSimulator) {
  const complaint = await typeError(folder)
  if (complaint) throw new Error(`The project does not compile: ${complaint}`)
  const files = [...new Set(mutants.map(({ file }) => file))]
  const caught = await judge(folder, files, inSimulator)
  if (caught) throw new Error(`Something is caught without any mutant. ${caught}`)
}

async function tryOne(workshop, mutant, inSimulator) {
  const began = performance.now()
  const verdict = (how, by) => ({ ...mutant, how, by, ms: performance.now() - began })
  let remove
  try {
    remove = await workshop.plant(mutant)
    const by = await judge(workshop.folder, [mutant.file], inSimulator)
    return by ? verdict('caught', by) : verdict('SURVIVED', 'nothing')
  } catch (error) {
    return verdict(error instanceof UnappliedError ? 'NOT APPLIED' : 'NOT JUDGED', error.message)
  } finally {
    remove?.()
  }
}

const line = ({ how, file, name, by, ms }) => `${how}  ${seconds(ms)}  ${file}: ${name}\n  by ${by}`

async function tryAll(mutants, workshops, inSimulator) {
  const verdicts = []
  const queue = mutants.values()
  const work = async (workshop) => {
    // All share one iterator: each mutant is taken by one of them.
    for (const mutant of queue) {
      const verdict = await tryOne(workshop, mutant, inSimulator)
      verdicts.push(verdict)
      console.log(line(verdict))
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

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const mutants = chosen(values.only)
  if (values.list) {
    for (const { file, name } of mutants) console.log(`${file}: ${name}`)
    return 0
  }
  const workers = Number(values.workers)
  if (!Number.isInteger(workers) || workers < 1)
    throw new Error('--workers takes a number from 1 on.')
  const began = performance.now()
  const first = openWorkshop()
  const workshops = [first]
  const close = () => {
    for (const workshop of workshops) workshop.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      endAll()
      close()
      process.exit(1)
    })
  }
  try {
    const inSimulator = await simulatedFiles(first.folder)
    await checkBaseline(first, mutants, inSimulator)
    console.log(`Without a mutant all passes (${seconds(performance.now() - began)}).`)
    // From the first copy: the project may change meanwhile.
    while (workshops.length < Math.min(workers, mutants.length)) {
      workshops.push(openWorkshop(first.folder))
    }
    const verdicts = await tryAll(mutants, workshops, inSimulator)
    const failed = verdicts.filter(({ how }) => how !== 'caught')
    if (failed.length > 0) console.log(`\n${failed.map(line).join('\n')}`)
    const total = `${verdicts.length} mutants in ${seconds(performance.now() - began)}`
    console.log(`\n${total}: ${counts(verdicts)}. Up to ${RUNS} random worlds each.`)
    return verdicts.length === mutants.length && failed.length === 0 ? 0 : 1
  } finally {
    close()
  }
}

process.exitCode = await main().catch((error) => {
  console.error(error.message)
  return 1
})
