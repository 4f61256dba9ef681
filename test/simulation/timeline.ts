/** One thing that happened: in a context, at the server, or to the world. */
export interface Entry {
  readonly column: string
  readonly text: string
}

/** How to draw a time line. */
export interface TimelineOptions {
  /** How many rows at most, the last ones; `Infinity` for all. @default 120 */
  readonly rows?: number
  /** The widest line, in characters. @default 160 */
  readonly width?: number
}

const SERVER = 'server'
const WORLD = 'world'
const OTHERS = 'others'
/** A column that is narrower can hardly be read; tabs that do little then share one. */
const NARROWEST = 16
const WIDEST = 56
const BAR = ' │ '

/** After a mark that something is broken, what follows hardly explains it. */
const BROKEN = /^(?:BROKEN|THREW)/
const AFTERMATH = 8

/** What happened in one or more columns, and the place of the first among all entries. */
interface Row {
  readonly step: number
  readonly columns: readonly string[]
  readonly text: string
}

/** The text as a column shows it: no hosts, no long ids, nothing that goes without saying. */
export function shortened(text: string): string {
  return text
    .replace(/\bhttps?:\/\/[^/\s]+(?:\/auth\/v1(?=\/))?/g, '')
    .replace(/\/token\?grant_type=refresh_toke\w*/, 'refresh')
    .replace('?grant_type=', ' ')
    .replace(/\b(app\.)[\w-]{8,}(\w{4})\b/g, '$1$2')
    .replace(/\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f-]{27}\b/g, '$1')
    .replace(/^((?:lock|channel)\.\S+) holdfast:app$/, '$1')
    .replace(/ holdfast:app$/, ' lease')
    .replace(/^hears (?=[A-Z])/, '')
    .replace(/ (?:none|(?<=→ (\d+) )status \1)$/, '')
    .trim()
}

/** The one row that says as much as two that follow each other in a column, or `null`. */
function pair(before: Row, { columns: [column], text }: Row): Row | null {
  if (before.columns.length !== 1 || before.columns[0] !== column) return null
  if (text.startsWith('storage.') && text.replace(':answer', '') === before.text) return before
  const called = /^calls (\w+)$/.exec(before.text)?.[1]
  const done = called !== undefined && text === `${called} is done`
  return done ? { ...before, text: `${before.text}, done` } : null
}

/** Entries as rows: what follows at once is in the row of what it follows on. */
function rowsOf(entries: readonly Entry[]): Row[] {
  const rows: Row[] = []
  entries.forEach(({ column, text }, i) => {
    const row = { step: i + 1, columns: [column], text: shortened(text) }
    const before = rows.at(-1)
    const one = before && pair(before, row)
    if (one) rows[rows.length - 1] = one
    else rows.push(row)
  })
  return rows
}

/** Rows of the same text, one after the other in many columns, as one. */
function joined(rows: readonly Row[]): Row[] {
  const all: Row[] = []
  for (const row of rows) {
    const before = all.at(-1)
    const [column = ''] = row.columns
    const same = before?.text === row.text && !before.columns.includes(column) && column !== WORLD
    if (before && same) all[all.length - 1] = { ...before, columns: [...before.columns, column] }
    else all.push(row)
  }
  return all
}

const cut = (text: string, width: number): string =>
  (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width)

/** The columns in order of appearance, the server last; the quiet ones share a column if need be. */
function columnsOf(
  entries: readonly Entry[],
  most: number,
): { readonly names: readonly string[]; readonly shared: ReadonlySet<string> } {
  const steps = new Map<string, number>()
  for (const { column } of entries) steps.set(column, (steps.get(column) ?? 0) + 1)
  steps.delete(WORLD)
  const atServer = steps.delete(SERVER)
  const room = Math.max(2, most - (atServer ? 1 : 0))
  const busiest = [...steps].sort(([, a], [, b]) => b - a).map(([name]) => name)
  const shared = new Set(steps.size > room ? busiest.slice(room - 1) : [])
  const names = [...steps.keys()].filter((name) => !shared.has(name))
  if (shared.size > 0) names.push(OTHERS)
  if (atServer) names.push(SERVER)
  return { names, shared }
}

/** The rows to show, and how many come before and after them. */
function windowOf(rows: readonly Row[], most: number): [number, readonly Row[], number] {
  const broken = rows.findIndex(({ columns, text }) => columns[0] === WORLD && BROKEN.test(text))
  const all = most >= rows.length
  const end = broken < 0 || all ? rows.length : Math.min(rows.length, broken + 1 + AFTERMATH)
  const start = Math.max(0, end - most)
  return [start, rows.slice(start, end), rows.length - end]
}

/** Draws what happened as a table: a row per step, a column per context, the server’s last. */
export function timeline(entries: readonly Entry[], options: TimelineOptions = {}): string {
  const { rows: most = 120, width = 160 } = options
  const digits = String(entries.length).length
  const space = width - digits
  const { names, shared } = columnsOf(entries, Math.floor(space / (NARROWEST + BAR.length)))
  const room = Math.floor(space / Math.max(1, names.length)) - BAR.length
  const wide = Math.min(room, WIDEST)
  const full = names.length === 0 ? width : digits + names.length * (wide + BAR.length)
  const line = (left: string, cells: readonly string[]): string =>
    [left.padStart(digits), ...cells.map((cell) => cut(cell, wide))].join(BAR).trimEnd()
  const draw = ({ step, columns, text }: Row): string => {
    const left = String(step).padStart(digits)
    if (columns[0] === WORLD) return cut(`${left} ── ${text} `.padEnd(full, '─'), full)
    const others = columns.filter((column) => shared.has(column))
    const cells = names.map((name) => {
      if (name === OTHERS && others.length > 0) return `${others.join(', ')} ${text}`
      return columns.includes(name) ? text : ''
    })
    return line(left, cells)
  }
  const [earlier, shown, later] = windowOf(joined(rowsOf(entries)), most)
  return [
    line('', names),
    '─'.repeat(full),
    ...(earlier > 0 ? [`… ${earlier} earlier rows`] : []),
    ...shown.map(draw),
    ...(later > 0 ? [`… ${later} later rows`] : []),
  ].join('\n')
}
