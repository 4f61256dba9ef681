// The processes that run simulated worlds: bundled once, asked over IPC, ended by whoever began.
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const PARTS = ['worker', 'summary', 'thorough', 'tally', 'herd', 'herd-report']
/** How much of what a worker said is told when it dies, in characters. */
const LAST_WORDS = 4_000
/** How long a process may take to start, in ms: on a busy machine longer than a world. */
const START = 60_000

/** A core each, and room for what lives as long as a step: a world costs less that way. */
const FRUGAL = ['--single-threaded', '--max-semi-space-size=64']

/** A world that gives no sign of life. */
export class HungError extends Error {
  constructor(seed, ms) {
    super(`no sign of life for ${ms / 1000} s`)
    this.seed = seed
  }
}

/** Makes the simulator something that Node can run, in a fresh folder. */
export async function bundle(plugins = []) {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp/simulate-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const part = (name) => pathToFileURL(join(folder, `${name}.js`)).href
  try {
    await build({
      entryPoints: PARTS.map((name) => join(root, `test/simulation/${name}.ts`)),
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      tsconfigRaw: {},
      logLevel: 'silent',
      plugins,
    })
    const { merge, count } = await import(part('tally'))
    const { assertThorough } = await import(part('thorough'))
    const { sentenceOf, textSummary, markdownSummary } = await import(part('summary'))
    const { emptyHerd, joinHerds } = await import(part('herd'))
    const { goalsOf, herdReport, markdownHerd } = await import(part('herd-report'))
    const kit = { merge, count, assertThorough, sentenceOf, textSummary, markdownSummary }
    const herd = { emptyHerd, joinHerds, goalsOf, herdReport, markdownHerd }
    return { ...kit, ...herd, entry: join(folder, 'worker.js'), remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Starts one process. `ask` resolves to its answer, `end` once the process is gone. */
function startWorker(entry, patience) {
  const child = fork(entry, [], { execArgv: FRUGAL, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said = `${said}${text}`.slice(-LAST_WORDS)
    })
  }
  const gone = new Promise((resolve) => {
    child.once('error', resolve)
    // Not 'exit': by 'close' all that it said has been read.
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })

  const ask = (task) =>
    new Promise((resolve, reject) => {
      let seed = task.from ?? task.seed
      let timer
      const settle = (how, value) => {
        clearTimeout(timer)
        child.off('message', hear)
        how(value)
      }
      const wait = (ms) => {
        clearTimeout(timer)
        timer = setTimeout(() => settle(reject, new HungError(seed, ms)), ms)
      }
      const hear = (reply) => {
        if (reply.type === 'refused') return settle(reject, new Error(reply.why))
        if (reply.type !== 'seed') return settle(resolve, reply)
        seed = reply.seed
        wait(patience)
      }
      wait(Math.max(patience, START))
      child.on('message', hear)
      gone.then((how) =>
        settle(reject, new Error(`A worker died (${how}) at seed ${seed}. It said last:\n${said}`)),
      )
      // A process that is gone rejects above.
      child.send(task, () => {})
    })

  return { ask, gone, kill: () => child.kill('SIGKILL') }
}

/** The processes of one simulation; after `close` none is left. */
export function createStaff(entry, patience) {
  const all = new Set()
  const start = () => {
    const worker = startWorker(entry, patience)
    all.add(worker)
    return worker
  }
  const end = async (worker) => {
    worker.kill()
    await worker.gone
    all.delete(worker)
  }
  const kill = () => {
    for (const worker of all) worker.kill()
  }
  return {
    start,
    end,
    kill,
    /** Asks a new process one thing. */
    async once(task) {
      const worker = start()
      try {
        return await worker.ask(task)
      } finally {
        await end(worker)
      }
    },
    close: () => Promise.all([...all].map(end)),
  }
}
