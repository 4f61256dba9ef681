import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../package/compile.js'
import { anchorsOf, filesNamedIn, linksOf, PAGES, read } from './pages.js'

/** The file that a link of a page leads to. */
const fileOf = (page: string, path: string): string =>
  path === '' ? page : posix.join(posix.dirname(page), path)

/** What is wrong with the form of an address elsewhere, which no test asks. Hosts that RFC 2606 reserves are nobody's. */
function wrongOutside(href: string): string | null {
  if (!URL.canParse(href)) return `${href}: is no address`
  const { protocol, hostname } = new URL(href)
  if (protocol !== 'https:') return `${href}: is not by https:`
  const isNobodys =
    !/\.\w/.test(hostname) || /(^|\.)(example|test|invalid|localhost)(\.\w+)?$/.test(hostname)
  return isNobodys ? `${href}: leads to a host that is nobody's` : null
}

/** What is wrong with a link; `null` for nothing. The reference is made by the build, which looks at links to it. */
function wrongWith(page: string, href: string): string | null {
  if (/^([a-z]+:|\/\/)/i.test(href)) return wrongOutside(href)
  if (href.startsWith('/'))
    return `${href}: leads to a path of the site, which a code forge has not`
  const [path = '', anchor] = href.split('#')
  const file = fileOf(page, decodeURI(path))
  if (/^docs\/reference(\/|$)/.test(file)) return null
  if (!existsSync(join(root, file))) return `${href}: there is no ${file}`
  if (anchor === undefined || !file.endsWith('.md')) return null
  return anchorsOf(read(file)).has(anchor) ? null : `${href}: ${file} has no such heading`
}

describe('a link of a page', () => {
  it.each(PAGES)('leads somewhere: %s', (page) => {
    const problems = linksOf(read(page)).map((href) => wrongWith(page, href))
    expect(problems.filter((problem) => problem !== null)).toEqual([])
  })

  it.each([
    ['nowhere.md', 'there is no docs/nowhere.md'],
    ['errors.md#no_such_code', 'has no such heading'],
    ['/errors', 'which a code forge has not'],
    ['../nowhere/README.md', 'there is no nowhere/README.md'],
    ['http://vitest.dev', 'is not by https:'],
    ['//vitest.dev', 'is no address'],
    ['https://', 'is no address'],
    ['https://app.example/docs', "is nobody's"],
    ['https://www.example.com', "is nobody's"],
    ['https://intranet/docs', "is nobody's"],
  ])('that leads nowhere is found: %s', (href, problem) => {
    const [found = ''] = linksOf(`See [this](${href}).`)
    expect(wrongWith('docs/errors.md', found)).toContain(problem)
  })

  it('is not looked for in code', () => {
    expect(linksOf('`[a](b.md)`\n\n```md\n[c](d.md)\n```\n\n[e](f.md "title")')).toEqual(['f.md'])
  })
})

describe('a file that is named as code', () => {
  const missing = (text: string): string[] =>
    filesNamedIn(text).filter((path) => !existsSync(join(root, path)))

  // What a release has changed may be gone.
  it.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('is there: %s', (page) => {
    expect(missing(read(page))).toEqual([])
  })

  it('is missed, also in a list', () => {
    expect(missing('- See `test/nowhere.ts`,\n  `docs/nowhere.md` and `docs/errors.md`.')).toEqual([
      'test/nowhere.ts',
      'docs/nowhere.md',
    ])
  })
})

describe('an anchor', () => {
  it('is made of a heading as code forges make it', () => {
    const text =
      '# What `a()` does, and *why*\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n'
    expect([...anchorsOf(text)]).toEqual(['what-a-does-and-why', 'twice', 'twice-1'])
  })
})
