import type { Engine } from './engine.js'
import type { SuiteRun } from './run-suite.js'

const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** One line of the table. */
export interface Line {
  readonly engine: Engine
  readonly suite: string
  readonly cases: number
  readonly passed: number
  readonly absent: number
  /** Milliseconds. */
  readonly ms: number
}

/** The line of a suite that a page ran. */
export function lineOf({ engine, suite, count, results, ms }: SuiteRun): Line {
  const absent = results.filter((result) => result.absent !== undefined).length
  const failed = results.filter((result) => result.error !== undefined).length
  const passed = results.length - absent - failed
  return { engine, suite, cases: count, passed, absent, ms }
}

function cells({ engine, suite, cases, passed, absent, ms }: Line): string[] {
  const numbers = [cases, passed, absent, cases - passed - absent].map(String)
  return [engine.name, engine.version(), suite, ...numbers, `${Math.round(ms / 1000)} s`]
}

const HEAD = ['engine', 'version', 'suite', 'cases', 'passed', 'absent', 'failed', 'time']

const told = (figures: Readonly<Record<string, number | string>>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** Lines, each under its heading, as text. */
export const table = (lines: readonly Line[]): string =>
  `\n${columns([HEAD, ...lines.map(cells)]).join('\n')}\n`

/** What was absent, and the figures of the repeated cases, as text. */
export function notes(runs: readonly SuiteRun[]): string {
  const lines = runs.flatMap(({ engine, results }) =>
    results.flatMap(({ name, absent, figures }) => [
      ...(absent === undefined ? [] : [`${engine.name}: absent: ${name} (${absent})`]),
      ...(figures ? [`${engine.name}: ${name}: ${told(figures)}`] : []),
    ]),
  )
  return `\n${lines.join('\n')}\n`
}
