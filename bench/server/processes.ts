import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Done, Order, ProcessOptions } from './sdks.js'

/** A process with an SDK in it. */
export interface Process {
  /** Does one thing at a time. Rejects when the process dies. */
  ask(order: Order): Promise<Done>
  end(): void
}

/** The scripts that processes run. */
const SCRIPTS = ['worker', 'importer', 'memory-worker'] as const

/** Starts processes of what is in `dist`. */
export interface Processes {
  start(options: ProcessOptions): Promise<Process>
  /** Runs a script with one argument, and options of Node; resolves to the one thing that it says. */
  once(
    script: (typeof SCRIPTS)[number],
    argument: string,
    execArgv?: readonly string[],
  ): Promise<unknown>
  /** Ends all, and removes what was built. */
  close(): void
}

async function hire(child: ChildProcess): Promise<Process> {
  const lost = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`A process of the benchmark ended (${code}).`)))
  })
  // It is no failure when nobody waits for it any more.
  lost.catch(() => {})
  const next = (): Promise<Done> =>
    Promise.race([new Promise<Done>((resolve) => child.once('message', resolve)), lost])
  await next()
  return {
    ask(order) {
      child.send(order)
      return next()
    },
    end: () => void child.kill(),
  }
}

/** The first thing that a process says. Rejects when it dies without a word. */
function wordOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`A process of the benchmark ended (${code}).`)))
  })
}

/** Builds the scripts of the processes inside the package, where it finds `holdfast` by its name. */
export async function createProcesses(root: string): Promise<Processes> {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp', 'bench-server-'))
  await build({
    entryPoints: SCRIPTS.map((name) => join(root, `bench/server/${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: {},
  })
  const children: ChildProcess[] = []
  return {
    start(options) {
      const child = fork(join(folder, 'worker.mjs'), [JSON.stringify(options)], { execArgv: [] })
      children.push(child)
      return hire(child)
    },
    once(script, argument, execArgv = []) {
      const child = fork(join(folder, `${script}.mjs`), [argument], { execArgv: [...execArgv] })
      children.push(child)
      return wordOf(child)
    },
    close() {
      for (const child of children) child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
