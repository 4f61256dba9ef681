import { readFileSync, writeFileSync } from 'node:fs'
import type { PerClient } from './bundles.js'
import { ahead, type Figure, type Figures } from './figures.js'

/** What a scenario came to. */
export interface Result {
  readonly name: string
  /** What was measured, or why nothing was. */
  readonly outcome: PerClient<Figures> | Error
}

/** One line of the table. */
interface Row {
  readonly measure: string
  readonly holdfast: Figure
  readonly peer: Figure
}

function rowsOf({ holdfast, 'auth-js': peer }: PerClient<Figures>): Row[] {
  return Object.entries(holdfast).flatMap(([measure, ours]) => {
    const theirs = peer[measure]
    return theirs ? [{ measure, holdfast: ours, peer: theirs }] : []
  })
}

function cellsOf({ name, outcome }: Result): string[][] {
  if (outcome instanceof Error) return [[name, `could not run: ${outcome.message}`, '', '', '']]
  return rowsOf(outcome).map(({ measure, holdfast, peer }, index) => [
    index === 0 ? name : '',
    measure,
    holdfast.text,
    peer.text,
    ahead({ holdfast, 'auth-js': peer }),
  ])
}

/** The results as a table in Markdown, with aligned columns. */
export function tableOf(results: readonly Result[]): string {
  const head = ['scenario', 'measured', 'Holdfast', 'auth-js', 'ahead']
  const rows = results.flatMap(cellsOf).map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')))
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** The results with every single value, for `--json`. */
export const rawOf = (results: readonly Result[]): unknown =>
  results.map(({ name, outcome }) =>
    outcome instanceof Error ? { name, error: outcome.message } : { name, figures: outcome },
  )

/** Puts a report between the marks of a Markdown file. */
export function insertInto(file: string, report: string): void {
  const [before, old, after] = readFileSync(file, 'utf8').split(
    /(?<=<!-- table -->\n)|(?=<!-- end -->)/,
  )
  if (old === undefined || after === undefined) throw new Error(`${file} has no place for a table.`)
  writeFileSync(file, `${before}\n${report}\n\n${after}`)
}
