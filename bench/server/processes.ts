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

/** Starts processes of what is in `dist`. */
export interface Processes {
  start(options: ProcessOptions): Promise<Process>
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

/** Builds the script of the processes inside the package, where it finds `holdfast` by its name. */
export async function createProcesses(root: string): Promise<Processes> {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp', 'bench-server-'))
  const outfile = join(folder, 'worker.mjs')
  await build({
    entryPoints: [join(root, 'bench/server/worker.ts')],
    outfile,
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
      const child = fork(outfile, [JSON.stringify(options)], { execArgv: [] })
      children.push(child)
      return hire(child)
    },
    close() {
      for (const child of children) child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
