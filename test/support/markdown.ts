import { readFileSync, writeFileSync } from 'node:fs'

/** A table in Markdown, with aligned columns. Each row has as many cells as the head. */
export function alignedTable(
  head: readonly string[],
  given: readonly (readonly string[])[],
): string {
  const rows = given.map((row) =>
    row.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')),
  )
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** A Markdown file in three parts, of which the second is what lies between the marks of this name. */
function partsOf(file: string, name: string): readonly [string, string, string] {
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const [at, to] = [text.indexOf(begin), text.indexOf(end)]
  if (at < 0 || to < at) throw new Error(`${file} has no place for a ${name}.`)
  const from = at + begin.length
  return [text.slice(0, from), text.slice(from, to), text.slice(to)]
}

/** What lies between the marks of this name in a Markdown file. */
export const textBetween = (file: string, name: string): string => partsOf(file, name)[1].trim()

/** Puts a report between the marks of this name in a Markdown file. */
export function insertBetween(file: string, name: string, report: string): void {
  const [before, , after] = partsOf(file, name)
  writeFileSync(file, `${before}\n${report}\n\n${after}`)
}
