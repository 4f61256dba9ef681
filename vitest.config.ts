import { configDefaults, defineConfig } from 'vitest/config'
import { changesProcess, hasPage, testsIn } from './test/support/own-process.js'

// From 25 on Node has a localStorage of its own, which hides the one of happy-dom.
const [major = 0] = process.versions.node.split('.').map(Number)
const withoutStorage = major >= 25 ? ['--no-experimental-webstorage'] : []
/** A core each, and room for what lives as long as a test: that takes less time. */
const execArgv = ['--single-threaded', '--max-semi-space-size=64', ...withoutStorage]

/**
 * What runs in this process and waits for nothing real. A limit is there for what hangs: a machine
 * that has much else to do takes ten times as long, and fails no test.
 */
const inProcess = {
  execArgv,
  maxWorkers: '100%',
  globalSetup: ['test/support/ready-keys.setup.ts'],
  setupFiles: ['test/support/ready-keys.ts'],
  expect: { poll: { timeout: 50_000 } },
}

/**
 * What waits for real browsers and servers. Its files share a process for each worker: to load what
 * drives a browser takes seconds, and nothing of it is kept in a module.
 */
const real = {
  testTimeout: 120_000,
  hookTimeout: 400_000,
  expect: { poll: { timeout: 20_000 } },
  isolate: false,
}

const named = (names: readonly string[]): string[] =>
  names.map((name) => `test/next/${name}.test.ts`)

/** Apps that Next.js builds and runs. */
const NEXT_DAILY = named([
  'demo',
  'demo-servers',
  'protected',
  'base-path',
  'today',
  'supertokens-today',
])

/** More of them, which take as long: half of them run each day, and all with `HOLDFAST_NEXT=all`. */
const NEXT_BY_TURNS = [
  named(['authkit', 'any-server-today']),
  named(['own-proxy-built', 'today-acts']),
]

const today = Math.floor(Date.now() / (24 * 3_600_000))
const NEXT_TODAY =
  process.env.HOLDFAST_NEXT === 'all' ? NEXT_BY_TURNS.flat() : NEXT_BY_TURNS[today % 2]

/** Apps of other frameworks, installed, built and driven. */
const FRAMEWORKS = ['test/frameworks/by-turns.test.ts']

/** Apps that are made by the guides alone, in fresh folders. */
const NEWCOMER = ['test/newcomer/tasks.test.ts']

/** What phones and every TypeScript make of the built package: it only computes. */
const PLATFORMS = ['native', 'types-matrix', 'guides'].map((name) => `test/${name}/**/*.test.ts`)

/** What is driven in Chromium. */
const BROWSER = ['test/browser/**/*.test.ts', 'test/extension/**/*.test.ts']

/** Tests with a thousand requests, or with processes of their own. */
const CROWDS = [
  'test/**/*.crowd.test.ts',
  'test/simulation/simulate.test.ts',
  'test/processes/**/*.test.ts',
]

/** What tries very many inputs: properties, a mistake in every call, every default, every expression. */
const HOSTILE = [
  'test/**/*.property.test.ts',
  'test/**/*mistakes.test.ts',
  'test/**/hostile-*.test.ts',
  'test/defaults/defaults.test.ts',
  'test/architecture/regexes.test.ts',
  'test/server/supertokens/every-interface.test.ts',
]

/** Other libraries, which do the same beside Holdfast, and their faces on it. */
const PEERS = ['test/interop/**/*.test.ts', 'test/compat/!(*mistakes).test.ts']

/** What is no unit test, or has a project of its own. */
const ELSEWHERE = [
  ...CROWDS,
  ...HOSTILE,
  ...PEERS,
  'test/package/**',
  'test/docs/**',
  'test/worlds/**',
  'test/redis/**',
  'test/oidc/**',
  ...BROWSER,
  'test/engines/**',
  ...NEXT_DAILY,
  ...NEXT_BY_TURNS.flat(),
  ...FRAMEWORKS,
  ...NEWCOMER,
  ...PLATFORMS,
]
const alone = testsIn('test').filter(changesProcess)
const pages = testsIn('test').filter((file) => hasPage(file) && !changesProcess(file))
const apart = [...configDefaults.exclude, ...alone, ...pages]

const unit = { ...inProcess, testTimeout: 60_000, hookTimeout: 60_000 }
/** What shares a few processes, each file leaving them as they were: see test/support/own-process.ts. */
const sharing = {
  ...unit,
  isolate: false,
  setupFiles: [...unit.setupFiles, 'test/support/leaves-nothing.ts'],
}

export default defineConfig({
  test: {
    execArgv,
    projects: [
      {
        test: {
          ...sharing,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...apart],
        },
      },
      { test: { ...sharing, name: 'unit-pages', include: pages, exclude: ELSEWHERE } },
      { test: { ...unit, name: 'unit-alone', include: alone, exclude: ELSEWHERE } },
      { test: { ...sharing, name: 'hostile', include: HOSTILE, exclude: apart } },
      { test: { ...sharing, name: 'peers', include: PEERS, exclude: apart } },
      {
        test: {
          ...inProcess,
          name: 'crowds',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: CROWDS,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          maxWorkers: '100%',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...real,
          name: 'docs',
          include: ['test/docs/**/*.test.ts'],
          globalSetup: ['test/docs/site.setup.ts'],
          maxConcurrency: 2,
        },
      },
      { test: { name: 'worlds', include: ['test/worlds/**/*.test.ts'], maxWorkers: '100%' } },
      {
        test: {
          ...real,
          name: 'redis',
          include: ['test/redis/**/*.test.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...real,
          name: 'oidc',
          include: ['test/oidc/**/*.test.ts'],
          maxWorkers: 2,
          // The server warns, at each start, that it is not set up for the world.
          silent: 'passed-only',
        },
      },
      {
        test: {
          ...real,
          name: 'next',
          include: [...NEXT_DAILY, ...(NEXT_TODAY ?? [])],
          fileParallelism: false,
          // An app may have to be installed and built first.
          hookTimeout: 1_200_000,
        },
      },
      {
        test: {
          name: 'platforms',
          include: PLATFORMS,
          fileParallelism: false,
          // It installs and compiles in the time that other parts leave it.
          testTimeout: 3_600_000,
          hookTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...real,
          name: 'apps',
          include: [...FRAMEWORKS, ...NEWCOMER],
          maxWorkers: 2,
          // Each installs and builds an app.
          testTimeout: 600_000,
          hookTimeout: 1_200_000,
        },
      },
      {
        test: {
          ...real,
          name: 'browser',
          include: BROWSER,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...real,
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          maxWorkers: 2,
        },
      },
    ],
  },
})
