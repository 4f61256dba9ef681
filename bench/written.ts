import { join } from 'node:path'
import { alignedTable, insertBetween, textBetween } from '../test/support/markdown.js'

/** What a part of the benchmark has come to. */
export interface Report {
  /** What it was measured with, in a line of prose. */
  readonly headline: string
  /** In Markdown. A scenario's name is in the first cell of its first row. */
  readonly table: string
  /** Beside whom and when, such as `beside WorkOS 11.0.0 on 2026-11-30`. */
  readonly run: string
}

const SINCE = ' Measured since: '

/** The cells of each row of a table. */
const rowsIn = (table: string): readonly (readonly string[])[] =>
  table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )

/** The rows of each scenario, in their order. */
function scenariosIn(rows: readonly (readonly string[])[]): Map<string, (readonly string[])[]> {
  const found = new Map<string, (readonly string[])[]>()
  let own: (readonly string[])[] = []
  for (const row of rows) {
    const [name = ''] = row
    if (name) {
      own = []
      found.set(name, own)
    }
    own.push(row)
  }
  return found
}

/** When scenarios were measured that are newer than their table, by their names. */
function timesIn(said: string): Map<string, string> {
  const parts = said ? said.replace(/\.$/, '').split('; ') : []
  return new Map(
    parts.map((part) => {
      const [, name = '', run = ''] = /^_(.*)_ (.*)$/.exec(part) ?? []
      return [name, run]
    }),
  )
}

/**
 * A text of a whole run, with the rows of those scenarios that a later one has played in place of theirs; its
 * headline says which, beside whom and when.
 * @throws Error where the columns differ, or a scenario is not there yet: then the whole is to be measured.
 */
export function renew(whole: string, { table, run }: Report): string {
  const [headline = '', old = ''] = whole.trim().split('\n\n')
  const [head = [], , ...rows] = rowsIn(old)
  const [newHead = [], , ...newRows] = rowsIn(table)
  const scenarios = scenariosIn(rows)
  const [said = '', since = ''] = headline.split(SINCE)
  const times = timesIn(since)
  // A table in which no row has a goal has no column for them.
  const filled = (row: readonly string[]) => head.map((_, column) => row[column] ?? '')
  if (newHead.some((title, column) => title !== head[column])) {
    throw new Error('The table has other columns by now: measure the whole.')
  }
  for (const [name, own] of scenariosIn(newRows)) {
    if (!scenarios.has(name)) throw new Error(`${name} is not in the table yet: measure the whole.`)
    scenarios.set(name, own.map(filled))
    times.set(name, run)
  }
  const told = [...times].map(([name, when]) => `_${name}_ ${when}`).join('; ')
  return `${said}${SINCE}${told}.\n\n${alignedTable(head, [...scenarios.values()].flat())}`
}

/** Puts a report between its marks in the README: the whole of it, or only the scenarios that were played. */
export function writeReport(
  root: string,
  mark: string,
  { scenario, ...report }: Report & { readonly scenario: string },
): void {
  const file = join(root, 'bench/README.md')
  const { headline, table } = report
  insertBetween(
    file,
    mark,
    scenario ? renew(textBetween(file, mark), report) : `${headline}\n\n${table}`,
  )
}
