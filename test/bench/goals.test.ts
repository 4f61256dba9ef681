import { expect, it } from 'vitest'
import type { Figure } from '../../bench/figures.js'
import { type Entry, tableOf } from '../../bench/report.js'
import { withGoals } from '../../bench/server/goals.js'

const ms = (score: number): Figure => ({ text: `${score} ms`, score, raw: [score] })
const entry = (name: string, measure: string, ours: number, theirs: number): Entry => ({
  name,
  outcome: [{ measure, holdfast: ms(ours), peer: ms(theirs) }],
})
const CALL = 'CPU time of a call, median'
const IMPORT = 'CPU time of `holdfast/server`, median'

/** What the last column of a table says, row by row. */
const lastOf = (entries: readonly Entry[]): (string | undefined)[] =>
  tableOf(entries.map(withGoals), 'WorkOS')
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').at(-2)?.trim())

it.each([
  ['`authenticate()`, each cookie new', CALL, 10, 21, 'WorkOS ≥ 2×: 2.1×, met'],
  ['`authenticate()`, each cookie new', CALL, 10, 19, 'WorkOS ≥ 2×: 1.9×, MISSED'],
  ['`authenticate()`, the same cookie again', CALL, 1, 15, 'WorkOS ≥ 15×: 15.0×, met'],
  ['`refresh()`', CALL, 11, 10, 'WorkOS ≥ 1×: 0.9×, MISSED'],
  ['Import', IMPORT, 30, 10, 'Holdfast ≤ 3×: 3.0×, met'],
  ['Import', IMPORT, 31, 10, 'Holdfast ≤ 3×: 3.1×, MISSED'],
])('says beside %s, %s, of %d and %d: %s', (name, measure, ours, theirs, said) => {
  expect(lastOf([entry(name, measure, ours, theirs)])).toEqual([said])
})

it('leaves the cell of a row without a goal empty, and the column out where no row has one', () => {
  const other = entry('Browser bundle', 'minified, gzip -9', 20, 10)
  expect(lastOf([entry('`refresh()`', CALL, 1, 1), other])).toEqual(['WorkOS ≥ 1×: 1.0×, met', ''])
  expect(lastOf([other, { name: 'Redis', outcome: 'not run: none' }])).toEqual(['WorkOS', ''])
})
