import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

/** A requirement of a standard. */
interface Row {
  readonly id: string
  readonly whose: readonly string[]
  readonly shownBy: readonly Shown[]
}

/** A test that a row names. */
interface Shown {
  readonly file: string
  readonly title: string
}

/** `[name](../test/file.test.ts) “title”, “describe › title”`, up to the next file. */
const shownIn = (text: string): Shown[] =>
  [...text.matchAll(/\]\(\.\.\/(test\/[^)]+)\)((?: “[^”]+”,?)+)/g)].flatMap(
    ([, file = '', titles = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  )

/** Rows that begin with a number. */
const rowsOf = (text: string): Row[] =>
  [...text.matchAll(/^\| (V?\d[\d.]*) \|(.*)\|$/gm)].map(([, id = '', rest = '']) => {
    const [, whose = '', ...shown] = rest.split('|')
    return {
      id,
      whose: whose.split(',').map((one) => one.trim()),
      shownBy: shownIn(shown.join('|')),
    }
  })

/** The first arguments of `it`, `test` and `describe`, and of what their `each` makes. */
function titlesOf(text: string): string[] {
  const run = text.replace(/\b(?:it|test|describe)\.(?:skip|todo)\(\s*(['"`]).*?\1/gs, '')
  const calls = run.matchAll(
    /(?:\b(?:it|test|describe)\(|\)\()\s*(?:'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`([^`]*)`)\s*,/g,
  )
  return [...calls].map(([, single, double, template]) =>
    (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1'),
  )
}

/** Whether a title is meant; with `…` at its end, any that begins so. */
const isMeant = (meant: string, title: string): boolean =>
  meant.endsWith('…') ? title.startsWith(meant.slice(0, -1)) : title === meant

/** Whether these are titles of a file, one within the other. */
function isAmong(meant: string, titles: readonly string[]): boolean {
  let left = titles
  return meant.split(' › ').every((part) => {
    const at = left.findIndex((title) => isMeant(part, title))
    left = left.slice(at + 1)
    return at >= 0
  })
}

/** What is wrong with tests that are named. */
function missing(shown: readonly Shown[], read: (file: string) => string | null): string[] {
  return shown.flatMap(({ file, title }) => {
    const text = read(file)
    if (text === null) return [`${file} is not there`]
    return isAmong(title, titlesOf(text)) ? [] : [`${file} has no “${title}”`]
  })
}

const read = (file: string): string | null => {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

const rows = rowsOf(page)
const WHOSE = ['library', 'app', 'auth server', 'not applicable', 'not in this version']

/**
 * How many requirements each section of ASVS 5.0.0 has, by the CSV file of its release, and how many
 * sections RFC 9700 has beneath 2 and 4 that ask something of somebody.
 */
const COUNTS: Readonly<Record<string, readonly number[]>> = {
  V3: [1, 3, 5, 8, 8, 1, 5],
  V7: [3, 4, 2, 5, 3, 2],
  V9: [3, 4],
  V10: [2, 3, 5, 16, 5, 2, 3],
  V14: [2, 8, 3],
  V16: [1, 5, 4, 3, 4],
}
const RFC = ['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6']

describe('the page about security', () => {
  it('names tests that exist, by their files and titles', () => {
    const shown = shownIn(page)
    expect(shown.length).toBeGreaterThan(150)
    expect([...new Set(missing(shown, read))]).toEqual([])
  })

  it('has a test for each requirement that is the library’s', () => {
    const bare = rows.filter(({ whose, shownBy }) => whose.includes('library') && !shownBy[0])
    expect(bare.map(({ id }) => id)).toEqual([])
  })

  it('says of each requirement whose it is', () => {
    const odd = rows.filter(({ whose }) => !whose.every((one) => WHOSE.includes(one)))
    expect(odd.map(({ id }) => id)).toEqual([])
  })

  it('has every requirement of its chapters, once and in order', () => {
    const asvs = Object.entries(COUNTS).flatMap(([chapter, counts]) =>
      counts.flatMap((count, section) =>
        Array.from({ length: count }, (_, index) => `${chapter}.${section + 1}.${index + 1}`),
      ),
    )
    const rfc = [...RFC, ...Array.from({ length: 17 }, (_, index) => `4.${index + 1}`)]
    expect(rows.map(({ id }) => id)).toEqual([...asvs, ...rfc])
  })

  it('leads to where faults are reported, and is led to from there', () => {
    expect(page).toContain('(../SECURITY.md)')
    expect(read('SECURITY.md')).toContain('(docs/security.md)')
    expect(read('README.md')).toContain('(docs/security.md)')
  })
})

describe('the reader of that page', () => {
  const line = '| V1.2.3 | what | library, app | [a](../test/a.test.ts) “does it”; and more |'
  const [row] = rowsOf(line)

  it('reads rows', () => {
    const shownBy = [{ file: 'test/a.test.ts', title: 'does it' }]
    expect(row).toEqual({ id: 'V1.2.3', whose: ['library', 'app'], shownBy })
  })

  it('reads several titles of several files', () => {
    const text =
      '[a](../test/a.test.ts) “one”, “two › three”; [b](../test/b.test.ts) “four”. Or “no”.'
    expect(shownIn(text).map(({ file, title }) => `${file} ${title}`)).toEqual([
      'test/a.test.ts one',
      'test/a.test.ts two › three',
      'test/b.test.ts four',
    ])
  })

  it.each([
    ["it('does it', () => {", []],
    ["test('does it', async () => {", []],
    ["describe.skipIf(!path)('does it', () => {", []],
    ["it.each([1])('does it', (one) => {", []],
    ["it.each<[string]>([\n  ['x'],\n])('does it', (one) => {", []],
    ['it("does it", () => {', []],
    ["it('does it not', () => {", ['test/a.test.ts has no “does it”']],
    ["it.skip('does it', () => {", ['test/a.test.ts has no “does it”']],
    ["expect(that('does it')).toBe(1)", ['test/a.test.ts has no “does it”']],
    [null, ['test/a.test.ts is not there']],
  ])('finds a title in %j', (text, wrong) => {
    expect(missing(row?.shownBy ?? [], () => text)).toEqual(wrong)
  })

  it('takes the beginning of a title where more follows, and titles within others', () => {
    const titles = ['a client', 'does it', 'a server', 'does more']
    expect(isAmong('does…', titles)).toBe(true)
    expect(isAmong('does', titles)).toBe(false)
    expect(isAmong('it…', titles)).toBe(false)
    expect(isAmong('a client › does it', titles)).toBe(true)
    expect(isAmong('a server › does it', titles)).toBe(false)
  })
})
