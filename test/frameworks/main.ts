import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launch } from '../browser/chromium.js'
import { alignedTable, insertBetween } from '../support/markdown.js'
import { APPS, type App } from './apps.js'
import { type Cell, play, type Row, TITLES } from './drive.js'
import { createWorkshop } from './workshop.js'

const SERVERS: Readonly<Record<App['server'], string>> = {
  oidc: 'OpenID Connect',
  gotrue: 'GoTrue',
}

const isKnown = (name: string): boolean => APPS.some((app) => app.name === name)

/** What is wrong with the words of the command line; `null` for nothing. */
function wrongWith(names: readonly string[], isWritten: boolean): string | null {
  if (isWritten && names.length > 0) {
    return '`--write` writes the whole matrix: leave the names out.'
  }
  const unknown = names.filter((name) => !isKnown(name))
  if (unknown.length === 0) return null
  const known = APPS.map(({ name }) => name).join(', ')
  return `There is no app '${unknown.join(', ')}'. There are: ${known}.`
}

const cellText = ({ text, isFailed }: Cell): string => (isFailed ? `FAILED: ${text}` : text)

function reportOf(rows: readonly Row[]): string {
  const table = alignedTable(
    ['framework', 'Node', 'auth server', ...TITLES],
    rows.map(({ app, version, node, cells }) => [
      `${app.title} ${version}`,
      node,
      SERVERS[app.server],
      ...cells.map(cellText),
    ]),
  )
  return `${new Date().toISOString().slice(0, 10)}:\n\n${table}`
}

/** Drives the apps and prints the matrix; resolves to the exit code. */
export async function main(root: string, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      write: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  })
  const problem = wrongWith(positionals, values.write)
  if (problem) {
    console.error(problem)
    return 1
  }
  const apps = APPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const browser = await launch()
  const workshop = await createWorkshop(root, values.verbose)
  const rows: Row[] = []
  try {
    for (const app of apps) {
      console.error(`— ${app.title} —`)
      const row = await play(app, { workshop, browser })
      for (const cell of row.cells) console.error(`  ${cell.title}: ${cellText(cell)}`)
      rows.push(row)
    }
  } finally {
    await browser.close()
    await workshop.close()
  }
  const report = reportOf(rows)
  console.log(report)
  if (rows.some(({ cells }) => cells.some(({ isFailed }) => isFailed))) return 1
  if (values.write) insertBetween(join(root, 'docs/frameworks.md'), 'frameworks matrix', report)
  return 0
}
