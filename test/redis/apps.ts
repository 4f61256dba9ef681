import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a process of the app is told. */
export interface AppOptions {
  readonly redis: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  /** What sign-ins are asked for with besides. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Where people sign in: that of one of the processes. */
  readonly origin: string
}

/** What a process of the app says. */
export type AppReport =
  | { readonly type: 'listening'; readonly origin: string }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }

/** A process of the app. */
export interface AppProcess {
  /** Where it listens, also before it has begun. */
  readonly origin: string
  begin(options: AppOptions): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a process says next. */
const next = (child: ChildProcess): Promise<AppReport> =>
  new Promise((resolve, reject) => {
    child.once('message', (report: AppReport) => resolve(report))
    child.once('exit', (code) => reject(new Error(`The process ended (${code}).`)))
  })

async function hire(child: ChildProcess): Promise<AppProcess> {
  const first = await next(child)
  if (first.type !== 'listening') throw new Error('The process does not listen.')
  return {
    origin: first.origin,
    async begin(options) {
      const said = next(child)
      child.send(options)
      const report = await said
      if (report.type === 'failed') throw new Error(report.message)
    },
  }
}

/** Starts so many processes of the app, from the sources of a repository as they are now. */
export async function startApps(count: number, repository = root) {
  mkdirSync(join(repository, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(repository, '.tmp', 'apps-'))
  const outfile = join(folder, 'app.mjs')
  const entryPoints = [join(repository, 'test/redis/app.ts')]
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'es2022' } as const
  await build({ ...common, entryPoints, outfile, packages: 'external', tsconfigRaw: {} })
  const children = Array.from({ length: count }, () => fork(outfile, [], { execArgv: [] }))
  return {
    processes: await Promise.all(children.map(hire)),
    /** Ends them, and removes what was built. */
    async close(): Promise<void> {
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
