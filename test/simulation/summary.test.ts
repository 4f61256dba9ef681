import { describe, expect, it } from 'vitest'
import { FAULTS } from './faults.js'
import { NETWORK_FAULTS } from './network.js'
import { figures, markdownSummary, sentenceOf, textSummary } from './summary.js'
import type { Tally } from './tally.js'
import { assertThorough, ENOUGH_RUNS, RESUMED } from './thorough.js'
import { INVARIANTS } from './verdict.js'

/** A tally as so many runs of GoTrue make it that explored everything. */
function thoroughTally(runs = ENOUGH_RUNS): Tally {
  const tally: Tally = { runs, 'different runs': runs, choices: 10 * runs }
  const names = [
    ...['choices untamed', 'contexts', 'simulated ms', 'refreshes sent', 'refreshes needed'],
    ...Object.keys(INVARIANTS).map((name) => `evaluated ${name}`),
    ...Object.keys(FAULTS).map((name) => `fault ${name}`),
    ...NETWORK_FAULTS.map((name) => `fault ${name}`),
    ...['runs v1', 'runs v2', 'runs strict', 'lock web', 'lock lease', 'lock loose-lease'],
    ...['clocks many', 'stale reads', 'twins', 'taken over'],
    ...['timed', 'uses', 'timed out idle', 'timed out absolute'],
    ...['start nothing', 'start take-over', 'start resume', 'asking backend', 'asking refresh'],
    ...['signed in by a page', 'late cookies', ...RESUMED.map((name) => `resumed ${name}`)],
    ...['get', 'refresh', 'foreign', 'signIn', 'signOut', 'dispose'].map((name) => `call ${name}`),
  ]
  for (const name of names) tally[name] = 3
  return tally
}

describe('runs that explored nothing fail loudly', () => {
  const without = (name: string, runs?: number): Tally => ({ ...thoroughTally(runs), [name]: 0 })

  it('and those that explored everything do not', () => {
    expect(() => assertThorough(thoroughTally())).not.toThrow()
  })

  it.each(Object.keys(INVARIANTS))('as when %s was never evaluated', (name) => {
    expect(() => assertThorough(without(`evaluated ${name}`))).toThrow(`"evaluated ${name}"`)
  })

  it.each(['crash', 'lock stolen', 'drop', 'status 503', 'clock set'])(
    'as when the fault %s was never injected',
    (name) => {
      expect(() => assertThorough(without(`fault ${name}`))).toThrow(`"fault ${name}"`)
    },
  )

  it.each([
    'refreshes sent',
    'runs strict',
    'lock loose-lease',
    'call foreign',
    'contexts',
    'resumed another',
  ])('as when there was no %s', (name) => {
    expect(() => assertThorough(without(name))).toThrow(`"${name}"`)
  })

  it('and as when OpenID Connect servers of one kind were never met, though GoTrue was', () => {
    const servers = ['family', 'grace', 'keycloak', 'loser', 'refusing', 'renewing']
    const tally = thoroughTally()
    for (const name of servers) tally[`runs ${name}`] = 3
    expect(() => assertThorough(tally, 'oidc')).not.toThrow()
    tally['runs loser'] = 0
    expect(() => assertThorough(tally, 'oidc')).toThrow('"runs loser"')
  })

  it('but what only cookies bring is not asked of OpenID Connect', () => {
    const tally = without('evaluated one-person')
    for (const name of ['family', 'grace', 'keycloak', 'loser', 'refusing', 'renewing'])
      tally[`runs ${name}`] = 3
    expect(() => assertThorough(tally, 'oidc')).not.toThrow()
  })

  it('as when the scheduler chose nothing, however few the runs', () => {
    expect(() => assertThorough(without('choices untamed', 10))).toThrow('the tame one')
  })

  it('as when the runs were all alike', () => {
    const tally = { ...thoroughTally(10), 'different runs': 1 }
    expect(() => assertThorough(tally)).toThrow('9 of 10 runs were like another one')
  })

  it('as when nothing was run or evaluated', () => {
    expect(() => assertThorough({})).toThrow('nothing was run, no invariant was evaluated')
  })

  it('but a few runs may miss a rare fault', () => {
    expect(() => assertThorough(without('fault lock stolen', ENOUGH_RUNS - 1))).not.toThrow()
  })
})

describe('the summary', () => {
  const tally: Tally = {
    ...thoroughTally(),
    'runs v1': 1500,
    hurried: 7,
    'simulated ms': 7_200_000,
    'ended evicted': 4,
    'ended storage deleted': 2,
    'ended strict: answer lost': 5,
    'repeat lost': 6,
    'violation identity': 1,
    'violation hung': 2,
    'violation not-lost': 3,
  }
  const line = (name: string) => figures(tally).find((figure) => figure.name === name)

  it('tells sessions that were ended from those that were lost', () => {
    expect(line('sessions ended on purpose')).toMatchObject({
      figure: '6',
      detail: 'evicted 4, storage deleted 2',
    })
    expect(line('sessions lost, explained')?.detail).toBe('strict: answer lost 5')
    expect(line('sessions lost, unexplained')?.figure).toBe('3')
  })

  it('counts mix-ups, waits without an end, and all violations', () => {
    expect(line('identity mix-ups')?.figure).toBe('1')
    expect(line('unbounded waits')).toMatchObject({ figure: '2', detail: 'hung 2' })
    expect(line('violations of any invariant')?.figure).toBe('6')
  })

  it('counts the worlds that were hurried, whose rest shows less', () => {
    expect(line('hurried')?.figure).toBe('7')
  })

  it('counts the evaluations of every invariant', () => {
    const { detail = '' } = line('invariants evaluated') ?? {}
    for (const name of Object.keys(INVARIANTS)) expect(detail).toContain(`${name} 3`)
  })

  it('is a table for the terminal, no line of which is too wide', () => {
    const lines = textSummary(tally).split('\n')
    for (const text of lines) expect(text.length).toBeLessThanOrEqual(124)
    expect(lines[0]).toMatch(/^runs +2,000 {2}v1 1,500, /)
    expect(lines.join(' ')).toMatch(/simulated time +2 h/)
  })

  it('is a table for docs/proof.md, with its date, commit and seeds', () => {
    const text = markdownSummary(tally, {
      date: '2026-01-02',
      commit: 'abc1234',
      seed: 5,
      runs: 10,
      protocol: 'gotrue',
    })
    expect(text).toContain('2026-01-02, commit abc1234, seeds 5 to 14:')
    expect(text).toContain('| sessions lost, explained | 5 | strict: answer lost 5 |')
  })

  it('knows the sentence that a failure breaks', () => {
    expect(sentenceOf('identity')).toBe(INVARIANTS.identity)
    expect(sentenceOf('hung')).toBe('every world ends')
  })
})
