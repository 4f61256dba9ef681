// Hands out seeds to processes, and collects what they found.
import { bundle, createStaff, HungError } from './workers.mjs'

const BATCH = 50
/** How long a world may give no sign of life, in ms. */
const PATIENCE = 120_000
/** So many worlds may hang before the simulation is given up. */
const MOST_HUNG = 3

/** Seeds not run yet, handed out in batches. */
function createQueue(seed, runs) {
  const again = []
  let next = seed
  return {
    take() {
      if (again.length > 0) return again.pop()
      if (next >= seed + runs) return undefined
      const from = next
      next = Math.min(next + BATCH, seed + runs)
      return { from, to: next }
    },
    giveBack(from, to) {
      if (from < to) again.push({ from, to })
    },
  }
}

/** What has been found so far. */
function createFindings({ merge, count }) {
  const tally = {}
  const violations = []
  const hung = []
  return {
    tally,
    violations,
    add(reply) {
      merge(tally, reply.tally)
      violations.push(...reply.found)
    },
    hang({ from, to }, { seed, message }) {
      const what = `${message}, in a batch of the seeds ${from} to ${to - 1}`
      violations.push({ seed, invariant: 'hung', what })
      hung.push(seed)
      if (hung.length >= MOST_HUNG) throw new Error(`Worlds hang: seeds ${hung.join(', ')}.`)
      for (const name of ['runs', 'different runs', 'violation hung']) count(tally, name)
    },
  }
}

async function runAll({ kit, staff, workers, protocol }, { runs, seed, onProgress = () => {} }) {
  const began = performance.now()
  const queue = createQueue(seed, runs)
  const findings = createFindings(kit)
  const { tally, violations } = findings
  const ms = () => performance.now() - began
  const work = async () => {
    let worker = staff.start()
    for (let batch = queue.take(); batch; batch = queue.take()) {
      try {
        findings.add(await worker.ask({ type: 'run', protocol, ...batch }))
      } catch (error) {
        if (!(error instanceof HungError)) throw error
        findings.hang(batch, error)
        queue.giveBack(batch.from, error.seed)
        queue.giveBack(error.seed + 1, batch.to)
        await staff.end(worker)
        worker = staff.start()
      }
      onProgress({ done: tally.runs ?? 0, runs, violations, ms: ms() })
    }
    await staff.end(worker)
  }
  const crew = Math.min(workers, Math.ceil(runs / BATCH))
  await Promise.all(Array.from({ length: crew }, work))
  if (tally.runs !== runs) throw new Error(`${runs} runs were asked for, ${tally.runs} were made.`)
  violations.sort((a, b) => a.seed - b.seed)
  return { tally, violations, ms: ms() }
}

/** So many clients of a herd are one task: a process says nothing while it is at one. */
const FLOCK = 50_000

/** Takes a herd through an outage and a day, at each pace: the same clients by their seeds. */
async function runHerds({ kit, staff, workers }, { clients, seed }) {
  const herds = { idle: kit.emptyHerd(), asked: kit.emptyHerd(), old: kit.emptyHerd() }
  const tasks = []
  for (let from = 0; from < clients; from += FLOCK) {
    const flock = { clients: Math.min(FLOCK, clients - from), seed: seed + from }
    for (const pace of Object.keys(herds)) tasks.push({ type: 'herd', pace, ...flock })
  }
  const work = async () => {
    const worker = staff.start()
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      const { herd } = await worker.ask(task)
      herds[task.pace] = kit.joinHerds(herds[task.pace], herd)
    }
    await staff.end(worker)
  }
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work))
  return herds
}

/** What is to be said about a violation: shrunk, and drawn. */
async function explain({ kit, staff, protocol }, { seed, invariant, what }) {
  const head = `seed ${seed} breaks ${invariant}: ${kit.sentenceOf(invariant)}\n  ${what}`
  // To shrink it would take as long as it hangs, many times over.
  if (invariant === 'hung') return head
  try {
    const { drawn, reruns } = await staff.once({ type: 'shrink', protocol, seed, invariant })
    const { list, failed, timeline } = drawn
    return [
      head,
      `in ${reruns} runs shrunk to a world in which:\n  ${failed?.what}`,
      `npm run simulate -- --protocol ${protocol} --replay-list '${list}'`,
      timeline,
    ].join('\n')
  } catch (error) {
    return `${head}\nIt could not be shrunk: ${error.message}`
  }
}

/** Bundles the simulator; `close` ends its processes and removes its files. */
export async function openSimulator({
  workers,
  protocol = 'gotrue',
  patience = PATIENCE,
  plugins,
}) {
  const kit = await bundle(plugins)
  const staff = createStaff(kit.entry, patience)
  const parts = { kit, staff, workers, protocol }
  return {
    kit,
    run: (options) => runAll(parts, options),
    herds: (options) => runHerds(parts, options),
    explain: (found) => explain(parts, found),
    replay: (task) => staff.once({ type: 'replay', protocol, ...task }),
    kill() {
      staff.kill()
      kit.remove()
    },
    async close() {
      await staff.close()
      kit.remove()
    },
  }
}
