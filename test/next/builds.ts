import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { turnsOf } from '../support/turns.js'
import type { WrittenFile } from './written-app.js'

/** A Next, and its bundler. */
export interface NextBuild {
  /** In the titles of tests. */
  readonly title: string
  /** Where in `demo/next/.tmp` what was built by it is: each has folders of its own. */
  readonly folder: string
  /** What `next build` and `next dev` are told. */
  readonly flags: readonly string[]
  /** Whether it is Next 15, which has packages of its own, calls the proxy middleware, and runs that in its edge runtime. */
  readonly isNext15?: true
  /** Whether the app has a route in the edge runtime: by webpack Next 16 cannot build it, and `frameworks/next-15` has one. */
  readonly hasEdgeRoute?: true
}

const TURBOPACK: NextBuild = {
  title: 'Next 16, by Turbopack',
  folder: 'turbopack',
  flags: [],
  hasEdgeRoute: true,
}
const WEBPACK: NextBuild = { title: 'Next 16, by webpack', folder: 'webpack', flags: ['--webpack'] }
const NEXT_15: NextBuild = {
  title: 'Next 15, by webpack',
  folder: 'next-15',
  flags: [],
  isNext15: true,
}

/** Each of them where all are asked for, else the one whose turn it is: a test then has one build, as ever. */
const todayOf = (byDay: readonly NextBuild[]): readonly NextBuild[] =>
  process.env.HOLDFAST_NEXT === 'all' ? [...new Set(byDay)] : turnsOf(byDay, Date.now(), 1)

/**
 * The builds of the app with a `basePath`, the Pages Router and the App Router. Those that take longest do not come on the
 * days of authkit-nextjs, the even ones (`NEXT_BY_TURNS` in vitest.config.ts).
 */
export const WITH_BASE_PATH = todayOf([TURBOPACK, NEXT_15, TURBOPACK, WEBPACK])

/** Those of the apps of docs/next.md, with `cacheComponents`: Server Actions on odd days, any auth server on even ones. */
export const WITH_CACHE_COMPONENTS = todayOf([TURBOPACK, TURBOPACK, WEBPACK, WEBPACK])

const demo = fileURLToPath(new URL('../../demo/next', import.meta.url))

/** Where an app is, so that it shares the packages of the demo, unless it has its own. */
export const folderOf = (app: string, { folder }: NextBuild): string =>
  join(demo, '.tmp', `${app}-${folder}`)

/** The packages of an app that does not take those of the demo: its folder has a lock file. */
export const homeOf = (app: string, build: NextBuild): string =>
  build.isNext15 ? folderOf(app, build) : demo

type Dependencies = Readonly<Record<string, string>>

/** The part of a package.json that names packages, and so does a lock file of itself. */
interface Names {
  readonly dependencies: Dependencies
}

const at15 = (name: string): string =>
  readFileSync(join(demo, '../../frameworks/next-15', name), 'utf8')

/** What `frameworks/next-15` installs, but for our package, which is put there as it was built. */
export function packagesOfNext15(): readonly WrittenFile[] {
  const lock: { readonly packages: Readonly<Record<string, Names>> } = JSON.parse(
    at15('package-lock.json'),
  )
  const manifest: Names = JSON.parse(at15('package.json'))
  const { '': itself, 'node_modules/holdfast': ours, ...packages } = lock.packages
  const withOurs = (named: Names): Names => {
    const { holdfast: _, ...others } = named.dependencies
    return { ...named, dependencies: { ...others, ...ours?.dependencies } }
  }
  const locked = { ...lock, packages: { '': withOurs(itself ?? manifest), ...packages } }
  return [
    ['package.json', JSON.stringify(withOurs(manifest))],
    ['package-lock.json', JSON.stringify(locked)],
    ['.npmrc', at15('.npmrc')],
  ]
}

/** Where the log of an app is kept. */
export const logOf = (app: string): string => join(demo, '.tmp', `${app}.log`)
