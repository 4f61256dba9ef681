import { describe, expect, it } from 'vitest'
import { recordedOf } from '../../bench/record.js'
import { peerScenarios, SETTING } from '../../docs/.vitepress/playground/peer.js'
import recorded from '../../docs/.vitepress/playground/recorded.json' with { type: 'json' }

const setting = {
  date: '2026-02-03T04:05:06Z',
  holdfast: '1',
  authJs: '2',
  chromium: '3',
  node: '4',
}

describe('what the benchmark records for the playground', () => {
  it('is every row as the table has it, with the day and the versions', () => {
    const row = {
      measure: 'requests',
      holdfast: { text: '1', score: 1, raw: [1] },
      peer: { text: '10', score: 10, raw: [10] },
    }
    const entries = [
      { name: 'Ten tabs', outcome: [row] },
      { name: 'Broken', outcome: 'could not run: no browser' },
    ]
    expect(recordedOf(setting, entries)).toEqual({
      setting: { ...setting, date: '2026-02-03' },
      scenarios: [{ name: 'Ten tabs', rows: [{ measure: 'requests', holdfast: '1', peer: '10' }] }],
    })
  })

  it('has every scenario that the playground shows, with at least a row of each', () => {
    for (const { name, rows } of peerScenarios()) {
      expect(rows.length, name).toBeGreaterThan(0)
      const all = recorded.scenarios.find((scenario) => scenario.name === name)?.rows
      for (const row of rows) expect(all).toContainEqual(row)
    }
    expect(SETTING).toEqual(recorded.setting)
  })
})
