import { alignedTable } from '../test/support/markdown.js'
import type { Figure, Figures } from './figures.js'

/** One line of a table: a figure of Holdfast and the same of its peer. */
export interface Row {
  readonly measure: string
  readonly holdfast: Figure
  readonly peer: Figure
  /** What is to be reached, and whether it was. */
  readonly goal?: string | undefined
}

/** The rows of two sets of figures, by what they measure. */
export function rowsOf(holdfast: Figures, peer: Figures): readonly Row[] {
  return Object.entries(holdfast).flatMap(([measure, ours]) => {
    const theirs = peer[measure]
    return theirs ? [{ measure, holdfast: ours, peer: theirs }] : []
  })
}

/** What a scenario came to: its rows, or why there are none. */
export interface Entry {
  readonly name: string
  readonly outcome: readonly Row[] | string
}

/** Who is ahead: differences below a twentieth are noise. */
function ahead({ holdfast: { score: ours }, peer: { score: theirs } }: Row, peer: string): string {
  if (ours === undefined || theirs === undefined) return ''
  const near =
    Math.abs(ours - theirs) <= 0.05 * Math.max(ours, theirs) && Number.isFinite(ours + theirs)
  if (ours === theirs || near) return 'equal'
  return ours < theirs ? 'Holdfast' : peer
}

function cellsOf({ name, outcome }: Entry, peer: string): string[][] {
  if (typeof outcome === 'string') return [[name, outcome, '', '', '', '']]
  return outcome.map((row, index) => [
    index === 0 ? name : '',
    row.measure,
    row.holdfast.text,
    row.peer.text,
    ahead(row, peer),
    row.goal ?? '',
  ])
}

/** A table in Markdown, with aligned columns; the peer's is under its name. Goals have one where there are any. */
export function tableOf(entries: readonly Entry[], peer: string): string {
  const head = ['scenario', 'measured', 'Holdfast', peer, 'ahead', 'goal']
  const rows = entries.flatMap((entry) => cellsOf(entry, peer))
  const columns = rows.some((cells) => cells.at(-1)) ? head.length : head.length - 1
  const cut = (cells: readonly string[]): readonly string[] => cells.slice(0, columns)
  return alignedTable(cut(head), rows.map(cut))
}
