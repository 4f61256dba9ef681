import { join, posix } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { read } from '../docs/pages.js'
import { compile, modules, root } from './compile.js'
import { APP, CLIENT, fileOf, filesOf, folderOf, PAGES, sources } from './examples.js'

/** The functions, classes and other values that a module exports: their names, and the comment on each. */
function exportsOf(file: string): ReadonlyMap<string, string> {
  const text = sources.get(file) ?? ''
  const found = new Map<string, string>()
  const made =
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(?:function|class|const) (\w+)/g
  for (const [, comment = '', name = ''] of text.matchAll(made)) {
    // Of a function with several signatures the first one is shown first.
    if (!found.has(name)) found.set(name, comment)
  }
  for (const [, names = '', from = ''] of text.matchAll(/^export \{([^}]*)\} from '(.*)\.js'/gm)) {
    const others = exportsOf(posix.join(posix.dirname(file), `${from}.ts`))
    for (const one of names.split(',')) {
      const [, name, as = name] = /^\s*(\w+)(?: as (\w+))?\s*$/.exec(one) ?? []
      if (name && as) found.set(as, others.get(name) ?? '')
    }
  }
  return found
}

/** What the pages import of each module. */
function metFirst(): ReadonlyMap<string, ReadonlySet<string>> {
  const met = new Map(modules.map((name) => [name, new Set<string>()]))
  const line = /^import \{([^}]*)\} from '(holdfast.*)'$/gm
  for (const [, names = '', from = ''] of PAGES.map(read).join('\n').matchAll(line)) {
    for (const name of names.split(',')) met.get(from)?.add(name.trim().split(' as ')[0] ?? '')
  }
  return met
}

it('pages with examples are found', () => {
  expect(PAGES).toEqual(
    expect.arrayContaining(['README.md', 'docs/moving/auth-js.md', 'docs/gotrue.md']),
  )
  expect(CLIENT).toContain('const auth = ')
})

describe('an example is shown by a hover', () => {
  const met = metFirst()
  // Not the address of Ada, who is `@example.com`.
  const hasExample = (comment = ''): boolean => / \* @example\n \* ```/.test(comment)

  it.each(modules)('over what is met first of %s', (name) => {
    const comments = [...exportsOf(fileOf(name))]
    const bare = comments.filter(([, comment]) => !hasExample(comment))
    const names = bare.map(([value]) => value)
    expect(
      names.filter((value) => met.get(name)?.has(value) || /^create[A-Z]/.test(value)),
    ).toEqual([])
    // Also of a module that no page imports.
    expect(comments.some(([, comment]) => hasExample(comment))).toBe(true)
  })

  it('also of what a module has from another one, by whatever name', () => {
    const express = exportsOf('express/index.ts')
    expect(hasExample(express.get('createExpressSessions'))).toBe(true)
    expect([...exportsOf('providers/oidc/popup.ts').keys()]).toEqual(['popup', 'handBack'])
  })
})

/** What tsc says of the examples of some pages, which it reads as one program: each would take it seconds. */
function errorsOf(pages: readonly string[]): string {
  const paths = modules.map((name) => [name, [`../../../src/${fileOf(name)}`]])
  const at = join(root, '.tmp', 'examples', folderOf(pages.length === 1 ? `${pages[0]}` : 'pages'))
  try {
    compile(
      at,
      { ...Object.fromEntries(pages.flatMap((page) => filesOf(page, 'here'))), 'app.d.ts': APP },
      {
        extends: '../../../test/tsconfig.json',
        compilerOptions: {
          rootDir: '../../..',
          jsx: 'react-jsx',
          jsxImportSource: 'react',
          paths: Object.fromEntries(paths),
        },
        include: ['**/*.ts', '**/*.tsx', '../../../src/**/*.d.ts'],
      },
    )
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`
  }
}

/** Which of these errors are a page's: those in its own files, and those of no page, which are of each. */
const ofPage = (errors: readonly string[], page: string, pages: readonly string[]): string[] =>
  errors.filter((error) => {
    // What follows is the message, which may name the file of another page.
    const [place = ''] = /^[^(\n]*/.exec(error) ?? []
    return !pages.some((other) => other !== page && place.includes(`/${folderOf(other)}/`))
  })

describe('an error of the compiler', () => {
  const pages = ['a.md', 'b.md']

  it.each([
    ['is of the page that it is in', 'pages/a-md/1.ts(1,1): error: No.', ['a.md']],
    ['is so where it names another', "pages/a-md/1.ts(1,1): error: See 'pages/b-md/1'.", ['a.md']],
    ['is of every page where it is of none', 'error: There is no memory left.', pages],
  ])('%s', (_what, error, whose) => {
    expect(pages.filter((page) => ofPage([error], page, pages).length > 0)).toEqual(whose)
  })

  it('is one also where the compiler ends without a word', () => {
    vi.stubEnv('NODE_OPTIONS', '--import=data:text/javascript,process.exit(7)')
    try {
      expect(() => compile(join(root, '.tmp', 'silent'), {}, {})).toThrow(/\S/)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('examples', () => {
  const all = [...PAGES, 'hovers'].filter((page) => filesOf(page, 'here').length > 0)
  /** What they add to a module of ours would hold for the other pages as well. */
  const apart = all.filter((page) =>
    filesOf(page, 'here').some(([, text]) => /^declare (?:module|global)\b/m.test(text)),
  )
  let together: readonly string[] = []
  beforeAll(() => {
    const errors = errorsOf(all.filter((page) => !apart.includes(page)))
    // An error goes on in lines that are indented.
    together = errors.split(/\n(?=\S)/).filter((error) => error !== '')
  }, 120_000)

  it.each(all.filter((page) => !apart.includes(page)))('of %s compile', (page) => {
    expect(ofPage(together, page, all)).toEqual([])
  })

  it.each(apart)('of %s compile', (page) => {
    expect(errorsOf([page])).toBe('')
  })
})
