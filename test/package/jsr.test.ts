import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsrExports } from '../../scripts/jsr-exports.mjs'
import { mergeAugmentations } from '../../scripts/jsr-merge.mjs'
import { compile, manifest, modules, root } from './compile.js'

const sources = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(join(root, 'src', name), 'utf8')] as const),
)

const CHANGES_ANOTHER = /^declare module '\.|^declare global/m

describe('the sources for JSR', () => {
  const merged = mergeAugmentations(sources)

  it('have no module that changes the types of another one', () => {
    const before = [...sources.values()].filter((text) => CHANGES_ANOTHER.test(text))
    const after = [...merged].filter(([, text]) => CHANGES_ANOTHER.test(text))
    expect(before.length).toBeGreaterThan(3)
    expect(after.map(([path]) => path)).toEqual([])
  })

  it('compile, with a type for each export that needs none to be inferred', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    expect(compilerOptions.isolatedDeclarations).toBe(true)
    compile(join(root, '.tmp', 'jsr-types'), Object.fromEntries(merged), {
      extends: '../../tsconfig.json',
      compilerOptions: { noEmit: true, rootDir: '.' },
      include: ['.'],
    })
  })
})

describe('what JSR exports', () => {
  const exported = jsrExports(manifest)
  /** The names that a source exports, types too, as it lists them. */
  const namesIn = (path: string): string[] =>
    [...(sources.get(path) ?? '').matchAll(/^export (?:type )?\{([^}]*)\}|^export const (\w+)/gm)]
      .flatMap(([, list, one = '']) => list?.split(',') ?? [one])
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .sort()

  it('is all that an app can import from npm, and a source each', () => {
    expect(Object.keys(exported)).toEqual(modules.map((name) => name.replace(/^holdfast/, '.')))
    const paths = Object.values(exported).map((path) => path.replace('./src/', ''))
    expect(paths.filter((path) => !sources.has(path))).toEqual([])
  })

  it('has no panel for whoever does not ask for it in production, under the same names', () => {
    expect(exported['./devtools']).toBe('./src/devtools/nothing.ts')
    expect(exported['./devtools/production']).toBe('./src/devtools/index.ts')
    expect(namesIn('devtools/index.ts')).toContain('DevtoolsOptions')
    expect(namesIn('devtools/nothing.ts')).toEqual(namesIn('devtools/index.ts'))
  })
})

describe('what a provider adds to a type of the core', () => {
  const core =
    'export interface Facts {\n  readonly a: string\n}\nexport interface Names extends Record<never, true> {}\n'
  const added = (path: string, text: string): string =>
    mergeAugmentations(
      new Map([
        ['core/facts.ts', core],
        [path, text],
      ]),
    ).get('core/facts.ts') ?? ''

  it('is written there, with the import of the types that it names', () => {
    const text = `export interface Own {}
declare module '../core/facts.js' {
  interface Facts {
    readonly b?: Own
  }
}
`
    expect(added('providers/own.ts', text)).toBe(
      `import type { Own } from '../providers/own.js'\n${core.replace('a: string\n', 'a: string\n  readonly b?: Own\n')}`,
    )
  })

  it('is written into an interface that was empty', () => {
    const text =
      "declare module '../core/facts.js' {\n  interface Names {\n    EVENT: true\n  }\n}\n"
    expect(added('providers/own.ts', text)).toContain('export interface Names {\n  EVENT: true\n}')
  })

  it('cannot be written where there is no such type', () => {
    const text = "declare module '../core/facts.js' {\n  interface Other {\n    a: 1\n  }\n}\n"
    expect(() => added('providers/own.ts', text)).toThrow('There is no interface Other')
  })
})
