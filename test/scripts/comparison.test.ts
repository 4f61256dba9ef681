import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { between, TABLES } from '../../scripts/comparison.mjs'

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/comparison.md')

describe('the comparison with other libraries', () => {
  it.each(TABLES)('has the %s of the last recorded run (else: npm run comparison)', (name) => {
    const recorded = between(read('bench/README.md'), name)
    expect(recorded).toContain('| ')
    expect(between(page, name)).toBe(recorded)
  })

  it('names the version of each package that its lock file has', () => {
    const rows = [...between(page, 'peers table').matchAll(/^\| `(\S+)` \| (\S+) \|/gm)]
    expect(rows.length).toBeGreaterThan(0)
    const locks = ['package-lock.json', 'test/guides/package-lock.json'].map(
      (path) => JSON.parse(read(path)).packages,
    )
    for (const [, name, version] of rows) {
      const versions = locks.map((packages) => packages[`node_modules/${name}`]?.version)
      expect(versions, name).toContain(version)
    }
  })

  it('has no figure of a run outside of its tables', () => {
    const prose = ['peers table', ...TABLES].reduce(
      (text, name) => text.replace(between(page, name), ''),
      page,
    )
    expect(prose.match(/\d[\d.,]* ?(?:kB|bytes|ms|µs|s|%|requests)\b/g) ?? []).toEqual([])
  })
})
