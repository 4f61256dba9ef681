import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An engine at work. */
export interface Running {
  /** Resolves when it ends by itself. */
  readonly ended: Promise<void>
  /** What it printed. */
  log(): string
  /** Ends it and all its processes, and removes its profile; resolves to the paths in it. */
  stop(): Promise<readonly string[]>
}

/** A program to start, in a folder of its own. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly profile: string
}

/** The version number in what a program prints. */
export function ask(command: string, args: readonly string[]): string {
  try {
    const said = execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' })
    return /(?<=\s)\d[\w.+~-]*/.exec(said)?.[0] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** A new folder for an engine to keep everything in. */
export const freshProfile = (): string => mkdtempSync(join(tmpdir(), 'holdfast-engine-'))

/** Starts a program; its folder is its home, and goes when it ends. */
export function run({ command, args, env, profile }: Launch): Running {
  // A group of its own, so that its many processes end with it.
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: profile, TMPDIR: profile, ...env },
  })
  let log = ''
  const hear = (chunk: Buffer): void => {
    log = `${log}${chunk}`.slice(-10_000)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      log += String(error)
      resolve()
    })
    child.on('exit', () => resolve())
  })
  /** Signals all its processes; `false` when there are none. */
  function signal(name: NodeJS.Signals | 0): boolean {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name)
    } catch {
      return false
    }
  }
  return {
    ended,
    log: () => log,
    async stop() {
      // Asked kindly first: a screen leaves a lock behind when it is killed.
      const end = performance.now() + 1_000
      let left = signal('SIGTERM')
      while (left && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        left = signal(0)
      }
      signal('SIGKILL')
      await ended
      const paths = readdirSync(profile, { recursive: true, encoding: 'utf8' })
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
      return paths
    },
  }
}
