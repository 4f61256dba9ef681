import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a process is started with; times in ms. */
export interface WorkerOptions {
  readonly redis: string
  readonly desk: string
  readonly password: string
  readonly replay?: number
  readonly term?: number
  readonly timeout?: number
}

/** What a process is told to do. */
export interface Order {
  readonly id: number
  readonly token: string
  /** How many calls to make at once. */
  readonly calls: number
  /** Whether the desk is left alone while it fails. */
  readonly patient?: boolean
  /** A session to end before. */
  readonly end?: string
  /** A session to ask for after. */
  readonly ended?: string
}

/** What an order came to. */
export interface Done {
  readonly type: 'done'
  readonly id: number
  /** Of each call its text, or its failure. */
  readonly answers: readonly string[]
  readonly ended: boolean
}

/** What a process says. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'outage'; readonly code: string; readonly message: string }
  | Done

/** A real process with a coordinator in it. */
export interface Process {
  readonly pid: number
  /** The outages that it reported. */
  readonly outages: readonly string[]
  /** Makes calls together. Rejects when the process dies. */
  ask(token: string, order?: Partial<Omit<Order, 'id' | 'token'>>): Promise<Done>
  kill(): void
  /** Lets go of it; resolves to the code with which it then ends by itself. */
  leave(): Promise<number | null>
}

/** Starts processes from sources as they are now. */
export interface Processes {
  start(options: WorkerOptions): Promise<Process>
  /** Ends all, and removes what was built. */
  close(): Promise<void>
}

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

function hire(child: ChildProcess): Process & { readonly ready: Promise<void> } {
  const outages: string[] = []
  const waiting = new Map<number, (done: Done) => void>()
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lost = gone.then((code): never => {
    throw new Error(`The process ended (${code}).`)
  })
  // It is no failure that nobody waits any more when it ends.
  lost.catch(() => {})
  let count = 0
  const ready = new Promise<void>((resolve) => {
    child.on('message', (report: Report) => {
      if (report.type === 'ready') resolve()
      if (report.type === 'outage') outages.push(`${report.code}: ${report.message}`)
      if (report.type === 'done') waiting.get(report.id)?.(report)
    })
  })
  return {
    pid: child.pid ?? 0,
    outages,
    ready: Promise.race([ready, lost]),
    ask(token, order = {}) {
      const id = ++count
      const done = new Promise<Done>((resolve) => void waiting.set(id, resolve))
      child.send({ id, token, calls: 1, ...order })
      return Promise.race([done, lost])
    },
    kill: () => void child.kill('SIGKILL'),
    leave() {
      if (child.connected) child.disconnect()
      return gone
    },
  }
}

/** Builds the script of the processes, in a folder from which packages are found. */
export async function createProcesses(): Promise<Processes> {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp', 'redis-'))
  const outfile = join(folder, 'worker.mjs')
  const entryPoints = [join(here, 'worker.ts')]
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'es2022' } as const
  await build({ ...common, entryPoints, outfile, packages: 'external', tsconfigRaw: {} })
  const children: ChildProcess[] = []
  return {
    async start(options) {
      const child = fork(outfile, [JSON.stringify(options)], { execArgv: [] })
      children.push(child)
      const { ready, ...process } = hire(child)
      await ready
      return process
    },
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await gone
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
