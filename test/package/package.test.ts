import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const subpaths = Object.keys(manifest.exports).map((key) => key.replace(/^\./, 'holdfast'))
const modules = subpaths.filter((name) => !name.endsWith('.json'))

/**
 * Bytes, minified and compressed. See the commit that set them: the promises of crash and
 * lock-free safety cost more than the first estimate.
 */
const BUDGETS = { core: 11_200, gotrue: 20_100 }

let folder: string
let tarball: string

/** What Node prints for a module with this text, in a project that has the packed package. */
function run(text: string): string {
  writeFileSync(join(folder, 'run.mjs'), text)
  return execFileSync(process.execPath, ['run.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  })
}

async function size(text: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  })
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '')
  execFileSync('tar', ['-xzf', tarball, '-C', folder])
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(folder, 'package'), join(folder, 'node_modules', 'holdfast'))
  for (const name of Object.keys(manifest.dependencies)) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(join(folder, 'node_modules'), join(folder, 'package', 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed package', () => {
  it('satisfies publint', async () => {
    const { messages } = await publint({
      pkgDir: join(folder, 'package'),
      pack: false,
      strict: true,
    })
    expect(messages).toEqual([])
  })

  it('has types that are right for every ES module resolution', async () => {
    const result = await checkPackage(
      createPackageFromTarballData(new Uint8Array(readFileSync(tarball))),
    )
    if (!result.types) throw new Error('There are no types.')
    // What being ESM only means: old resolution finds no subpaths, and require() gets a module.
    const meant = (problem: { kind: string; resolutionKind?: string }): boolean =>
      problem.kind === 'CJSResolvesToESM' || problem.resolutionKind === 'node10'
    expect(result.problems.filter((problem) => !meant(problem))).toEqual([])
  })

  it('gives every subpath to a plain import', () => {
    const text = modules.map((name) => `console.log(Object.keys(await import('${name}')).length)`)
    expect(
      run(text.join('\n'))
        .trim()
        .split('\n')
        .map(Number)
        .every((count) => count > 0),
    ).toBe(true)
    expect(
      run(`import json from 'holdfast/package.json' with { type: 'json' }; console.log(json.name)`),
    ).toContain('holdfast')
  })

  it('does nothing when it is imported, and lets the process exit', () => {
    const names = [
      'localStorage',
      'sessionStorage',
      'indexedDB',
      'BroadcastChannel',
      'fetch',
      'setTimeout',
      'setInterval',
      'addEventListener',
      'document',
      'navigator',
    ]
    const text = `
      const touched = []
      for (const name of ${JSON.stringify(names)}) {
        const value = globalThis[name]
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value } })
      }
      touched.length = 0
      ${modules.map((name) => `await import('${name}')`).join('\n')}
      console.log(JSON.stringify(touched))`
    // jose and ky look at the platform's name when they load; nothing is called.
    const touched: string[] = JSON.parse(run(text))
    expect(touched.filter((name) => name !== 'navigator' && name !== 'document')).toEqual([])
  })

  it('names no path of the machine that built it', () => {
    const texts = readdirSync(join(folder, 'package'), {
      recursive: true,
      encoding: 'utf8',
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(texts.length).toBeGreaterThan(50)
    expect(texts.filter((text) => text.includes(root))).toEqual([])
  })

  it.each([
    ['core', `export { AuthClient, memoryStorage } from 'holdfast'`],
    [
      'gotrue',
      `export { AuthClient, webStorage } from 'holdfast'; export { gotrue } from 'holdfast/providers/gotrue'`,
    ],
  ] as const)('stays within the budget of %s', async (name, text) => {
    const bytes = await size(text)
    console.log(`${name}: ${bytes} of ${BUDGETS[name]} bytes`)
    expect(bytes).toBeLessThanOrEqual(BUDGETS[name])
  })
})

describe('the README', () => {
  it('has examples that compile', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text)
    expect(blocks.length).toBeGreaterThan(5)
    const first = blocks[0] ?? ''
    const at = join(root, '.tmp', 'readme')
    rmSync(at, { recursive: true, force: true })
    mkdirSync(at, { recursive: true })
    const names = blocks.map((text, index) => {
      const prelude = index === 0 ? '' : first.split('auth.onAuthStateChange')[0]
      const lines = new Set(`${prelude}`.split('\n').filter((line) => line.startsWith('import')))
      const body = text
        .split('\n')
        .filter((line) => !lines.has(line))
        .join('\n')
      const imports = [...body.matchAll(/^import .*$/gm)].map(([line]) => line)
      const rest = body.replace(/^import .*$/gm, '')
      const file = `block-${index}.ts`
      writeFileSync(
        join(at, file),
        [...imports, `${prelude}`, index === 0 ? rest : `{${rest}}`, 'export {}'].join('\n'),
      )
      return file
    })
    const tsconfig = {
      extends: '../../test/tsconfig.json',
      compilerOptions: {
        rootDir: '../..',
        paths: {
          holdfast: ['../../src/index.ts'],
          'holdfast/testing': ['../../src/testing/index.ts'],
          'holdfast/providers/gotrue': ['../../src/providers/gotrue/index.ts'],
        },
      },
      include: names,
    }
    writeFileSync(join(at, 'tsconfig.json'), JSON.stringify(tsconfig))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    execFileSync(process.execPath, [tsc, '-p', at], { encoding: 'utf8' })
  })
})
