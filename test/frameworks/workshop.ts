import { rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { cleanEnv, npm, unpackPackage } from '../support/npm.js'
import { freePort, type Running, run, serve } from '../support/processes.js'
import type { App } from './apps.js'

type Settings = Readonly<Record<string, string>>

/** An app in the workshop. */
export interface Project {
  /** The framework's version, as it was installed. */
  readonly version: string
  /** The Node that runs it. */
  readonly node: string
  /** @throws Error with what the build said. */
  build(settings: Settings): Promise<void>
  /** Serves on the loopback. @throws Error when it does not answer. */
  start(settings: Settings, port: number): Promise<Running>
  remove(): Promise<void>
}

/** A folder outside the repository, with the package as it is published. */
export interface Workshop {
  /** Copies an app into it and installs what its lock file says. @throws Error when that fails. */
  install(app: App): Promise<Project>
  close(): Promise<void>
}

/** What a package.json says of an app. */
interface Manifest {
  readonly version: string
  readonly engines: { readonly node: string }
}

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))

const numbersOf = (version: string): readonly number[] =>
  (/\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)

/** Whether this process runs on the first version that a range such as `>=22.12.0` names, or a later one. */
function isEnough(range: string): boolean {
  const [have, least] = [numbersOf(process.versions.node), numbersOf(range)]
  const at = least.findIndex((number, index) => number !== (have[index] ?? 0))
  return at < 0 || (least[at] ?? 0) < (have[at] ?? 0)
}

/** Where a Node is that an app can run on: ours, or that of its package. */
async function findNode(range: string): Promise<string> {
  if (isEnough(range)) return process.execPath
  const [major] = numbersOf(range)
  const line = `npx -y -p node@${major} -- node -p process.execPath`
  const printed = await run({ line, folder: tmpdir(), env: process.env })
  return printed.trim().split('\n').at(-1) ?? ''
}

/** Makes a workshop of the package that was built in `root`; `isShown`: what the apps print is shown. */
export async function createWorkshop(root: string, isShown = false): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-frameworks-'))
  const close = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  // Whoever interrupts this has no use for it either.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const home = await unpackPackage(root, folder).catch(async (error: unknown) => {
    await close()
    throw error
  })

  async function install({ name, framework }: App): Promise<Project> {
    // As deep as in the repository: its lock file names the package as `file:../..`.
    const place = join(home, 'frameworks', name)
    const isSource = (path: string): boolean => !/[\\/]node_modules([\\/]|$)/.test(path)
    await cp(join(root, 'frameworks', name), place, { recursive: true, filter: isSource })
    const { engines } = await readManifest(place)
    const path = await findNode(engines.node)
    const env = cleanEnv(`${dirname(path)}${delimiter}${process.env.PATH ?? ''}`)
    await npm('ci', place, env)
    const { version } = await readManifest(join(place, 'node_modules', framework))
    const printed = await run({ line: 'node -p process.versions.node', folder: place, env })
    return {
      version,
      node: printed.trim(),
      async build(settings) {
        const own = { ...env, ...settings }
        const said = await run({ line: 'npm run build', folder: place, env: own, isShown })
        const warning = /.*not supported in the Edge Runtime.*/.exec(said)?.[0]
        if (warning) throw new Error(`The build warns: ${warning}`)
      },
      start(settings, port) {
        const own = { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port) }
        const command = { line: 'npm start', folder: place, isShown }
        const url = `http://127.0.0.1:${port}/`
        return serve({ ...command, env: { ...env, ...settings, ...own } }, url)
      },
      remove: () => rm(place, { recursive: true, force: true, maxRetries: 3 }),
    }
  }

  return { install, close }
}

/** An origin of the loopback that nobody uses. */
export async function freeOrigin(
  host = '127.0.0.1',
): Promise<{ readonly origin: string; readonly port: number }> {
  const port = await freePort()
  return { origin: `http://${host}:${port}`, port }
}
