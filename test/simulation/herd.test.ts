import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { between } from '../../scripts/comparison.mjs'
import { emptyHerd, joinHerds, OUTAGE, runHerd, SIGN_INS } from './herd.js'
import { goalsOf, herdReport, markdownHerd } from './herd-report.js'

const CLIENTS = 20_000
const herd = (pace: Parameters<typeof runHerd>[0]) => runHerd(pace, CLIENTS, 1)
const herds = { idle: herd('idle'), asked: herd('asked'), old: herd('old') }
/** The rows of a table in Markdown, by what they say first. */
const rowsOf = (text: string): Map<string, readonly string[]> =>
  new Map(
    [...between(text, 'herd').matchAll(/^\| (.+?) \| (.+) \|$/gm)].map(
      ([, name = '', cells = '']) => [name, cells.split(' | ')] as const,
    ),
  )
const sum = (counts: readonly number[]): number => counts.reduce((so, count) => so + count, 0)

describe('a herd of twenty thousand clients', () => {
  it.each(goalsOf(herds))('$what: $figures', ({ met }) => {
    expect(met).toBe(true)
  })

  it('gets its tokens in the end, each client once', () => {
    for (const { perSecond } of Object.values(herds)) {
      expect(sum(perSecond.slice(OUTAGE))).toBe(CLIENTS)
    }
  })

  it('would miss every goal by the old pace', () => {
    const { old } = herds
    const goals = goalsOf({ idle: old, asked: { ...old, waited: 2 * old.waited }, old })
    expect(goals.filter(({ met }) => met)).toEqual([])
  })

  it('is reported with a figure for each pace, and what became of each goal', () => {
    const report = herdReport(herds)
    expect(report).toContain('20,000 clients')
    expect(report.match(/^met: /gm)).toHaveLength(4)
    expect(report).toMatch(/^most requests of a client +8 +\d+ +\d+$/m)
  })

  it('does for each client what docs/proof.md says of a million', () => {
    const told = rowsOf(readFileSync(new URL('../../docs/proof.md', import.meta.url), 'utf8'))
    const seen = rowsOf(markdownHerd(herds))
    expect([...told.keys()].slice(1)).toEqual([...seen.keys()].slice(1))
    const means = ['requests of a client', 'without a token after it, mean']
    for (const name of [...means, 'length of the recovery']) {
      const figures = (rows: typeof told): number[] => (rows.get(name) ?? []).map(Number.parseFloat)
      const [page, herd] = [figures(told), figures(seen)]
      expect(page.length, name).toBe(3)
      for (const [place, figure] of page.entries()) {
        // A small herd leaves more to chance.
        expect(Math.abs(figure / (herd[place] ?? 0) - 1), `${name}: ${herd[place]}`).toBeLessThan(
          0.05,
        )
      }
    }
  })
})

describe('two herds as one', () => {
  it('count what both did', () => {
    const [a, b] = [runHerd('idle', 300, 1), runHerd('idle', 200, 2)]
    const both = joinHerds(a, b)
    expect(both).toMatchObject({ clients: 500, waited: a.waited + b.waited })
    expect(sum(both.perMinute)).toBe(sum(a.perMinute) + sum(b.perMinute))
    expect(both.mostWaited).toBe(Math.max(a.mostWaited, b.mostWaited))
    expect(joinHerds(emptyHerd(), a)).toEqual(a)
  })

  it('differ by their seed alone', () => {
    expect(runHerd('asked', 100, 7)).toEqual(runHerd('asked', 100, 7))
    expect(runHerd('asked', 100, 7)).not.toEqual(runHerd('asked', 100, 8))
    // Nobody refreshes before the first sign-in's token is due.
    expect(sum(runHerd('idle', 100, 7).perMinute.slice(0, SIGN_INS + 30))).toBe(0)
  })
})
