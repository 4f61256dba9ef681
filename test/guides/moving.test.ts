import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { installLocked } from '../support/npm.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.tmp', 'moving')
const pages = readdirSync(join(root, 'docs', 'moving')).filter((name) => name.endsWith('.md'))

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    types: ['node'],
    skipLibCheck: true,
    // What the package imports of others is looked for beside it, as where it is installed.
    preserveSymlinks: true,
  },
  include: ['**/*.ts', '**/*.tsx'],
}

/** The files of a part of a page, by the path in the first line of each block. */
function filesOf(page: string, part: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, 'docs', 'moving', page), 'utf8')
  const [, section = ''] = text.split(`\n## ${part}\n`)
  const blocks = section.split('\n## ')[0] ?? ''
  return new Map(
    [...blocks.matchAll(/^```tsx?\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
      ([, path = '', file = '']) => [path, file],
    ),
  )
}

const PARTS = pages.flatMap((page) => ['Before', 'After'].map((part) => ({ page, part })))

/** What the compiler says of a part, which is nothing when all is well. */
async function compile(page: string, part: string): Promise<string> {
  const at = join(folder, 'apps', page.replace('.md', ''), part)
  for (const [path, text] of filesOf(page, part)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify(TSCONFIG))
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

describe('the guides of moving', () => {
  it('have a whole file or more before and after', () => {
    expect(pages.length).toBeGreaterThan(0)
    const sizes = PARTS.map(({ page, part }) => ({ page, part, files: filesOf(page, part).size }))
    expect(sizes.filter(({ files }) => files === 0)).toEqual([])
  })

  it.each(pages)('in %s Holdfast is what comes after, and not what was before', (page) => {
    const textOf = (part: string): string => [...filesOf(page, part).values()].join('\n')
    expect(textOf('Before')).not.toContain("'holdfast")
    expect(textOf('After')).toContain("'holdfast")
  })

  it.each(PARTS)('compile in $page: $part', async ({ page, part }) => {
    expect(await compile(page, part)).toBe('')
  })
})
