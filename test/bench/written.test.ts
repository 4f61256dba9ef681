import { expect, it } from 'vitest'
import { tableOf } from '../../bench/report.js'
import { renew } from '../../bench/written.js'

const figure = (score: number) => ({ text: `${score} | ms`, score, raw: [score] })

const table = (figures: Readonly<Record<string, readonly number[]>>, goal?: string): string =>
  tableOf(
    Object.entries(figures).map(([name, scores]) => ({
      name,
      outcome: scores.map((score, index) => ({
        measure: `wait ${index}`,
        holdfast: figure(score),
        peer: figure(2 * score),
        goal,
      })),
    })),
    'Peer',
  )

const HEADLINE = 'Holdfast beside Peer, 2026-11-01.'
const WHOLE = `${HEADLINE}\n\n${table({ '`load()`': [1, 2], Bundle: [30] })}`
const run = 'beside Peer 2 on 2026-11-02'
const report = (figures: Readonly<Record<string, readonly number[]>>, goal?: string) => ({
  headline: 'not used',
  table: table(figures, goal),
  run,
})

it('rows that were measured anew replace those of their scenario, and the headline says so', () => {
  expect(renew(WHOLE, report({ Bundle: [31] }))).toBe(
    `${HEADLINE} Measured since: _Bundle_ ${run}.\n\n${table({ '`load()`': [1, 2], Bundle: [31] })}`,
  )
})

it('a scenario that is measured once more has its newest time, and others keep theirs', () => {
  const once = renew(WHOLE, report({ Bundle: [31], '`load()`': [3, 4] }))
  const later = 'beside Peer 3 on 2026-11-03'
  const twice = renew(once, { ...report({ Bundle: [32] }), run: later })
  expect(twice).toBe(
    `${HEADLINE} Measured since: _Bundle_ ${later}; _\`load()\`_ ${run}.\n\n${table({ '`load()`': [3, 4], Bundle: [32] })}`,
  )
})

it('rows without a goal go into a table that has a column for them', () => {
  const whole = `${HEADLINE}\n\n${table({ Bundle: [30] }, 'met')}`
  expect(renew(whole, report({ Bundle: [31] }))).toMatch(/\| 62 \\\| ms +\| Holdfast +\| +\|$/)
})

it('a scenario or a column that the table does not have is no part of it', () => {
  expect(() => renew(WHOLE, report({ Memory: [1] }))).toThrow(/Memory is not in the table yet/)
  expect(() => renew(WHOLE, report({ Bundle: [1] }, 'met'))).toThrow(/other columns/)
})
