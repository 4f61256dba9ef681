import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { installLocked } from '../support/npm.js'
import { type Files, readGuides, readMoves } from './pages.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.tmp', 'guides')
const guides = readGuides(root)
const moves = readMoves(root)

/** What Vite and other tools tell the compiler of an app's surroundings. */
const SURROUNDINGS = `
interface ImportMeta {
  readonly env: Readonly<Record<string, string>>
}
`

const settingsOf = (name: string) => ({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    verbatimModuleSyntax: true,
    experimentalDecorators: name.endsWith('-angular'),
    jsx: name.endsWith('-solid') ? 'preserve' : 'react-jsx',
    ...(name.endsWith('-solid') && { jsxImportSource: 'solid-js' }),
    types: name.endsWith('-svelte') ? ['node', 'svelte'] : ['node'],
    skipLibCheck: true,
    // What the package imports of others is looked for beside it, as where it is installed.
    preserveSymlinks: true,
  },
  include: ['**/*'],
})

/** What the compiler says of an app, which is nothing when all is well. */
async function compile(name: string, files: Files): Promise<string> {
  const at = join(folder, 'apps', name)
  for (const [path, text] of [...files, ['surroundings.d.ts', SURROUNDINGS] as const]) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify(settingsOf(name)))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return promisify(execFile)(process.execPath, [tsc, '-p', at]).then(
    ({ stdout }) => stdout,
    (error) => String(error.stdout || error),
  )
}

beforeAll(async () => {
  rmSync(join(folder, 'apps'), { recursive: true, force: true })
  await installLocked(fileURLToPath(new URL('.', import.meta.url)), folder)
  symlinkSync(root, join(folder, 'node_modules', 'holdfast'))
})

it('guides of all frameworks are found, and pages of moving', () => {
  const frameworks = new Set([...guides.keys()].map((name) => name.split('-').at(-1)))
  expect([...frameworks].sort()).toEqual(['angular', 'next', 'react', 'solid', 'svelte', 'vue'])
  expect(moves.size).toBeGreaterThan(0)
})

describe.each([...guides])('the guide %s', (name, files) => {
  it('compiles', async () => {
    expect(await compile(name, files)).toBe('')
  })
})

describe.each([...moves])('the page of moving from %s', (name, { before, after }) => {
  it('has what was before, which compiles with that library', async () => {
    expect([...before.values()].join('\n')).toMatch(/ from '(?!holdfast)/)
    expect([...before.values()].join('\n')).not.toContain("'holdfast")
    expect(await compile(`${name}-before`, before)).toBe('')
  })

  it('has what comes after, which compiles with Holdfast', async () => {
    expect([...after.values()].join('\n')).toContain("'holdfast")
    expect(await compile(`${name}-after`, after)).toBe('')
  })
})
