import { describe, expect, it } from 'vitest'
import { figuresIn, SOURCES, unfounded } from './figures.js'
import { PAGES, read } from './pages.js'

/** What happened then is not measured again, and the tables of the benchmark are judged where they are made. */
const pages = PAGES.filter((page) => page !== 'CHANGELOG.md' && !page.startsWith('bench/'))

/** Those that a file of the repository has. */
const HELD = SOURCES.flatMap(({ figure, from }) => ('file' in from ? [{ figure, ...from }] : []))

describe('a figure in the text', () => {
  it.each(pages)('has a source: %s', (page) => {
    expect(unfounded(read(page), page)).toEqual([])
  })

  it.each(HELD)('is as its source has it: $figure', ({ file, has }) => {
    expect(read(file)).toMatch(has)
  })

  it('has its source in the list no longer than a page has it', () => {
    const told = pages.map((page) => ({ page, figures: figuresIn(read(page)) }))
    const isTold = ({ figure, on }: (typeof SOURCES)[number]): boolean =>
      (on ?? pages).some((name) =>
        told.some(({ page, figures }) => page === name && figures.includes(figure)),
      )
    expect(SOURCES.filter((source) => !isTold(source))).toEqual([])
  })

  it.each([
    ['typed by hand', 'It has 3.2 kB.'],
    ['typed in words', 'It is about ten times faster.'],
    ['typed without a space', 'It has 3.2kB.'],
    ['typed in another unit', 'It has 3.2 KiB.'],
    ['a share', 'It is 40% of what it was.'],
    ['a ratio', 'It is 10x faster.'],
    ['a time', 'It took 1.2 ms.'],
    ['a longer time', 'It takes 12 s.'],
    ['a time that has its source on another page', 'It takes 30 s.'],
    ['a number of sessions', 'It remembers 3,000 opened sessions.'],
    ['a length', 'A seal has 12,289 characters at most.'],
    ['a number of clients', 'It serves 12 clients.'],
    ['said on the home page', '---\ntagline: It has 3.2 kB.\n---\n'],
    ['over two lines', 'It took 12\nrequests.'],
    ['with words between', 'It saw 12 random larger worlds.'],
    ['in a table', '| run | worlds |\n| --- | --- |\n| on a Monday | 12 |'],
    ['a row of a report', '| clients | ours | theirs |\n| --- | --- | --- |\n| wait | 15 | 20 |'],
    [
      'beside a run of another paragraph',
      'On commit 1234567, seed 1.\n\nOf 17 worlds none failed.',
    ],
  ])('is found when it is %s', (_how, text) => {
    expect(unfounded(text)).toHaveLength(1)
  })

  it.each([
    ['a run wrote it', '<!-- sizes -->\n\nIt has 3.2 kB.\n\n<!-- end of sizes -->'],
    ['its run can be repeated', 'On commit 1234567, seeds 1 to 17: of 17 worlds none failed.'],
    ['it is code', 'Pass `3 bytes`.\n\n```ts\n// 5 bytes\n```'],
  ])('is believed where %s', (_why, text) => {
    expect(unfounded(text)).toEqual([])
  })
})

it('docs/bindings.md names the versions that the bindings are tested with', () => {
  const { devDependencies } = JSON.parse(read('package.json'))
  const row = /^\| tested with .*/m.exec(read('docs/bindings.md'))?.[0] ?? ''
  const frameworks = ['react', 'vue', 'svelte', 'solid-js', '@angular/core']
  const installed = frameworks.map((name) => {
    const [version] = /\d+\.\d+/.exec(devDependencies[name]) ?? []
    return `${name}@${version}`
  })
  expect([...row.matchAll(/`([^`]*)`/g)].map(([, told]) => told)).toEqual(installed)
})
