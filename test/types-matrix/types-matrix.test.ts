import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { installLocked } from '../support/npm.js'
import { APP, COMMON, everything, SOLID_ALONE, subpathsFor, USING } from './app.js'
import { ALL, ROUNDS, type Row, rowsOf, VALUES, type Version } from './rows.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.tmp', 'types-matrix')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const subpaths: readonly string[] = Object.keys(exports)
  .map((key) => key.replace(/^\./, 'holdfast'))
  .filter((name) => !name.endsWith('.json'))

const compilerOf = (version: Version): string =>
  version === 'today'
    ? join(root, 'node_modules', 'typescript')
    : join(folder, 'node_modules', `typescript-${version}`)

const LIBS = {
  pages: ['ES2022', 'DOM', 'DOM.Iterable'],
  node: ['ES2022'],
  disposable: ['ES2022', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
}

const settingsOf = ({ resolution, lib, skipLibCheck }: Row) => ({
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: 'ES2022',
  lib: LIBS[lib],
  types: lib === 'node' ? ['node'] : [],
  module: resolution === 'bundler' ? 'ESNext' : resolution,
  moduleResolution: resolution,
  skipLibCheck,
})

/** CommonJS may import what is ESM only since 5.8, and by `nodenext` (its release notes). */
const knowsRequire = ({ version, resolution }: Row): boolean =>
  version !== '5.4' && resolution === 'nodenext'

/** Those of today; with `HOLDFAST_TYPES=all` all of them. */
const TODAY =
  process.env.HOLDFAST_TYPES === 'all' ? ALL : rowsOf(Math.floor(Date.now() / (24 * 3_600_000)))

const nameOf = (row: Row): string => Object.values(row).join('-')

/** What an app of a row has in it. */
const filesOf = (row: Row): Readonly<Record<string, string>> => ({
  'all.ts': everything(subpathsFor(row, subpaths)),
  'app.ts': APP,
  ...(row.lib === 'disposable' && { 'using.ts': USING }),
  ...(knowsRequire(row) && { 'common.cts': COMMON }),
})

/** Compiles an app. Resolves to what the compiler says, which is nothing when all is well. */
async function compile(row: Row, name = nameOf(row), sources = filesOf(row)): Promise<string> {
  const at = join(folder, 'apps', name)
  const files = {
    ...sources,
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ compilerOptions: settingsOf(row), include: ['*'] }),
  }
  mkdirSync(join(at, 'node_modules'), { recursive: true })
  symlinkSync(root, join(at, 'node_modules', 'holdfast'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text)
  const tsc = join(compilerOf(row.version), 'bin', 'tsc')
  return promisify(execFile)(process.execPath, [tsc, '-p', at]).then(
    ({ stdout }) => stdout,
    (error) => String(error.stdout || error),
  )
}

/** What the compiler said of each row. */
const said = new Map<Row, string>()

beforeAll(async () => {
  rmSync(join(folder, 'apps'), { recursive: true, force: true })
  await installLocked(fileURLToPath(new URL('.', import.meta.url)), folder)
  const left = [...TODAY]
  async function work(): Promise<void> {
    for (let row = left.shift(); row; row = left.shift()) said.set(row, await compile(row))
  }
  // A compiler takes a core and a quarter of a gigabyte.
  await Promise.all([work(), work()])
})

describe('the rows of the matrix', () => {
  const names = ['version', 'resolution', 'lib', 'skipLibCheck'] as const
  const pairs = names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .flatMap((other) =>
        VALUES[one].flatMap((a) => VALUES[other].map((b) => ({ [one]: a, [other]: b }))),
      ),
  )

  it.each(pairs)('have one for %o, each day', (pair) => {
    for (let day = 0; day < ROUNDS; day++) {
      expect(rowsOf(day)).toContainEqual(expect.objectContaining(pair))
    }
  })

  it('are all there are, in as many days as there are rounds', () => {
    const all = Object.values(VALUES).reduce((product, values) => product * values.length, 1)
    expect(new Set(ALL.map(nameOf)).size).toBe(all)
  })
})

describe('the types of the built package are clean', () => {
  it.each(TODAY)(
    'with TypeScript $version, resolution $resolution, lib for $lib, skipLibCheck $skipLibCheck',
    (row) => {
      expect(said.get(row)).toBe('')
    },
  )
})

it('only Solid is left out with TypeScript 5.4, which cannot read its types without Holdfast either', async () => {
  const row: Row = { version: '5.4', resolution: 'bundler', lib: 'pages', skipLibCheck: false }
  expect(subpaths.filter((name) => !subpathsFor(row, subpaths).includes(name))).toEqual([
    'holdfast/solid',
  ])
  const lines = (await compile(row, 'solid-alone', { 'all.ts': SOLID_ALONE })).trim().split('\n')
  for (const line of lines) {
    expect(line).toMatch(/solid-js\/types\/jsx\.d\.ts.*'ContentVisibilityAutoStateChangeEvent'/)
  }
})
