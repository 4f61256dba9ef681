import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnv, installLocked, npm, unpackPackage } from '../support/npm.js'
import { type Running, run, serve } from '../support/processes.js'
import { type Guide, packagesOf, readGuide, withSettings } from './guide.js'

/** The folders beside this file: each has the packages of one kind of app, by its lock file. */
export type Kind = 'react' | 'vue' | 'svelte' | 'solid' | 'next' | 'express'

/** An app that was made by a guide alone. */
export interface NewApp {
  readonly guide: Guide
  /** Runs a line of a shell in its folder, with `settings` in the environment. @throws Error when it fails */
  run(line: string, settings?: Readonly<Record<string, string>>): Promise<string>
  /** Starts a server in its folder. @throws Error when it does not answer at `url` */
  serve(line: string, url: string, settings?: Readonly<Record<string, string>>): Promise<Running>
}

/** A folder outside the repository, with the package as it is published. */
export interface Desk {
  /** Does what a guide says, up to its files. @throws Error when something in it cannot be done */
  follow(name: string, kind: Kind, settings: Readonly<Record<string, string>>): Promise<NewApp>
  clear(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const env = cleanEnv(process.env.PATH ?? '')

/** What makes a folder, by the words of the guide: with the releases of `tools`, in place of the latest. */
const MAKERS = [
  { words: 'npm create vite@latest my-app -- ', tool: 'create-vite', further: '' },
  {
    words: 'npx create-next-app@latest my-app ',
    tool: 'create-next-app',
    further: ' --skip-install --disable-git',
  },
]

/** What needs no deed here: the folder is made, and its packages come by the lock file. */
const DONE = ['mkdir my-app', 'cd my-app', 'npm init --yes', 'npm pkg set type=module']

/** What the reader starts or tests: each task does so itself. */
const LATER = /^(npm install |npm run dev$|npx vitest run$|node )/

async function makeFolder(guide: Guide, folder: string, tools: string): Promise<void> {
  for (const line of guide.commands) {
    const maker = MAKERS.find(({ words }) => line.startsWith(words))
    if (maker) {
      const program = join(tools, 'node_modules', '.bin', maker.tool)
      const options = line.slice(maker.words.length) + maker.further
      await run({ line: `${program} my-app ${options}`, folder, env })
    } else if (!DONE.includes(line) && !LATER.test(line)) {
      throw new Error(`Nobody knows here what to do for \`${line}\`.`)
    }
  }
  await mkdir(join(folder, 'my-app'), { recursive: true })
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Fails for a package that a guide forgot, and for one that it needs and the lock file has not. */
async function checkPackages(guide: Guide, folder: string, made: string): Promise<void> {
  const read = async (path: string): Promise<Manifest> =>
    JSON.parse(await readFile(path, 'utf8').catch(() => '{}'))
  const namesOf = ({ dependencies, devDependencies }: Manifest): string[] =>
    Object.keys({ ...dependencies, ...devDependencies })
  const had = namesOf(JSON.parse(made))
  const locked = namesOf(await read(join(folder, 'package.json')))
  const missing = packagesOf(guide).filter((name) => !locked.includes(name))
  if (missing.length > 0) throw new Error(`The lock file has no ${missing.join(', ')}.`)
  const given = [...had, ...packagesOf(guide)]
  const used = [...guide.files.values()].flatMap((text) =>
    [...text.matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(([, name = '']) => name),
  )
  const forgotten = used.filter((name) => locked.includes(name) && !given.includes(name))
  if (forgotten.length > 0) throw new Error(`The guide does not install ${forgotten.join(', ')}.`)
}

async function write(folder: string, guide: Guide, settings: Readonly<Record<string, string>>) {
  for (const [path, text] of guide.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    const whole = path.startsWith('.env') ? withSettings(text, settings) : text
    await writeFile(join(folder, path), whole)
  }
}

/** Makes a desk of the package that was built. */
export async function createDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-newcomer-'))
  const home = await unpackPackage(root, folder)
  const tools = join(folder, 'tools')
  await installLocked(here('tools'), tools)

  async function follow(
    name: string,
    kind: Kind,
    settings: Readonly<Record<string, string>>,
  ): Promise<NewApp> {
    const guide = readGuide(name)
    // As deep as in the repository: the lock file names the package as `file:../../..`.
    const place = join(home, 'newcomer', name)
    await mkdir(place, { recursive: true })
    await makeFolder(guide, place, tools)
    const app = join(place, 'my-app')
    const made = await readFile(join(app, 'package.json'), 'utf8').catch(() => '{}')
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      await cp(here(`${kind}/${file}`), join(app, file))
    }
    await checkPackages(guide, app, made)
    await npm('ci', app)
    await write(app, guide, settings)
    return {
      guide,
      run: (line, own) => run({ line, folder: app, env: { ...env, ...own } }),
      serve: (line, url, own) => serve({ line, folder: app, env: { ...env, ...own } }, url),
    }
  }

  return {
    follow,
    clear: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}
