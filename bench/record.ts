import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Entry } from './report.js'

/** Where the playground of the documentation reads what the benchmark has seen. */
const FILE = 'docs/.vitepress/playground/recorded.json'

/** What the figures were measured with. */
export interface RecordedSetting {
  /** An ISO 8601 time. */
  readonly date: string
  readonly holdfast: string
  readonly authJs: string
  readonly chromium: string
  readonly node: string
}

/**
 * What the playground shows of a run: every row as the table has it, without the single values.
 * A scenario that could not run is left out.
 */
export function recordedOf(setting: RecordedSetting, entries: readonly Entry[]): object {
  const { date, holdfast, authJs, chromium, node } = setting
  return {
    setting: { date: date.slice(0, 10), holdfast, authJs, chromium, node },
    scenarios: entries.flatMap(({ name, outcome }) =>
      typeof outcome === 'string'
        ? []
        : [
            {
              name,
              rows: outcome.map(({ measure, holdfast: ours, peer }) => ({
                measure,
                holdfast: ours.text,
                peer: peer.text,
              })),
            },
          ],
    ),
  }
}

/** Writes what the playground of the documentation shows of a run. */
export function recordFor(root: string, setting: RecordedSetting, entries: readonly Entry[]): void {
  const path = join(root, FILE)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(recordedOf(setting, entries), null, 2)}\n`)
}
