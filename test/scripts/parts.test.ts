import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CI_MINUTES, PARTS, PREPARATION } from '../../scripts/parts.mjs'
import { summary } from '../../scripts/totals.mjs'

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const all = [...PARTS.change, ...PARTS.rest]

describe('the parts of the tests', () => {
  it('hold every project of vitest once, and nothing twice', () => {
    const projects = [...read('vitest.config.ts').matchAll(/\bname: '([\w-]+)'/g)].map(
      ([, name = '']) => name,
    )
    expect(projects.length).toBeGreaterThan(5)
    const patterns = all.flatMap(({ project }) => project ?? [])
    const fitting = (project: string) =>
      patterns.filter((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(project))
    expect(projects.filter((project) => fitting(project).length !== 1)).toEqual([])
    expect(patterns).toHaveLength(new Set(projects.flatMap(fitting)).size)
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  it('run each test file, and in one project', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const args = ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', '--json']
    // Also those that have their turn another day.
    const env = { PATH: process.env.PATH, HOLDFAST_NEXT: 'all' }
    const listed: readonly { readonly file: string }[] = JSON.parse(
      execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' }),
    )
    const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${name}`)
    expect(listed.map(({ file }) => relative(root, file)).sort()).toEqual(files.sort())
  })

  it('share the minutes that CI has', () => {
    const shares = [PREPARATION, ...all].map(({ share }) => share)
    expect(Math.min(...shares)).toBeGreaterThan(0)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(CI_MINUTES)
  })

  it('leave four minutes to those that a change needs', () => {
    const shares = PARTS.change.map(({ share }) => share)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(4)
  })

  it('are all told of to contributors, with the minutes', () => {
    const page = read('CONTRIBUTING.md')
    const untold = all.filter(
      ({ name, share }) => !new RegExp(`\`${name}\` +\\| +${share} `).test(page),
    )
    expect(untold.map(({ name }) => name)).toEqual([])
  })

  it('need neither a browser nor Redis after a change', () => {
    expect(PARTS.change.map(({ name }) => name)).toEqual(['lint', 'types', 'unit', 'package'])
  })
})

describe('the summary', () => {
  const fast = { name: 'fast', share: 1, ms: 30_000, passed: 2, failed: 1 }
  const slow = { name: 'slow', share: 1, ms: 60_001, passed: 3, skipped: 1, names: ['one > two'] }

  it('ends with the sums of all parts', () => {
    expect(summary([fast, slow]).at(-1)).toBe('5 passed, 1 failed, 1 skipped')
    expect(summary([]).at(-1)).toBe('0 passed, 0 failed, 0 skipped')
  })

  it('says who took more than its share, and only then', () => {
    const lines = summary([fast, slow]).filter((line) => line.includes('MORE THAN ITS SHARE'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^slow .* 1\.0 of 1 min/)
  })

  it('names what was skipped, and where', () => {
    expect(summary([fast, slow])).toContain('skipped in slow: one > two')
  })

  it('names what failed last of all, where the end of a long log still shows it', () => {
    const lines = summary([{ ...fast, failures: ['a.test.ts > b'] }, slow])
    expect(lines.at(-2)).toBe('failed in fast: a.test.ts > b')
  })
})
