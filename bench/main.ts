import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findChromium, launch, launchWhole } from '../test/browser/chromium.js'
import { bounded } from './bounded.js'
import { bundleSizes, type PerClient, pageScripts } from './bundles.js'
import type { Figures, Scenario } from './figures.js'
import type { Lab } from './lab.js'
import { runOidc } from './oidc/main.js'
import { recordFor } from './record.js'
import { type Entry, rowsOf, tableOf } from './report.js'
import { fastClock, quota, refreshInListener, visibility } from './scenarios/conditions.js'
import { outage, rateLimited } from './scenarios/outages.js'
import { memory, pageLoad, readCost, size } from './scenarios/speed.js'
import { tenTabs } from './scenarios/tabs.js'
import { type Part, type Run, runServer } from './server/main.js'
import { LATENCY } from './site.js'
import { writeReport } from './written.js'

/** What the figures were measured with. */
interface Setting {
  readonly date: string
  readonly holdfast: string
  readonly authJs: string
  readonly chromium: string
  readonly node: string
  /** Of every answer of the server, in ms. */
  readonly latency: number
  readonly quick: boolean
}

const SCENARIOS: readonly Scenario<Lab>[] = [
  tenTabs,
  rateLimited,
  fastClock,
  refreshInListener,
  quota,
  visibility,
  outage,
  size,
  pageLoad,
  readCost,
  memory,
]

function versionIn(root: string, folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const has = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return has ? String(manifest.version) : 'unknown'
}

/** What a scenario came to. */
interface Result {
  readonly name: string
  /** What was measured, or why nothing was. */
  readonly outcome: PerClient<Figures> | Error
}

async function play(lab: Lab, { name, run }: Scenario<Lab>): Promise<Result> {
  const outcome = await bounded(name, () => run(lab))
  // What a scenario leaves open after its time is up must not disturb the next.
  await Promise.all(lab.browser.contexts().map((context) => context.close()))
  return { name, outcome }
}

async function playAll(lab: Lab, words: string): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const scenario of SCENARIOS) {
    if (scenario.name.includes(words)) results.push(await play(lab, scenario))
  }
  return results
}

const entryOf = ({ name, outcome }: Result): Entry =>
  outcome instanceof Error
    ? { name, outcome: `could not run: ${outcome.message}` }
    : { name, outcome: rowsOf(outcome.holdfast, outcome['auth-js']) }

const rawOf = ({ name, outcome }: Result): unknown =>
  outcome instanceof Error ? { name, error: outcome.message } : { name, figures: outcome }

function headline(setting: Setting): string {
  const { holdfast, authJs, chromium, node, date, latency, quick } = setting
  return [
    `Holdfast ${holdfast} beside @supabase/auth-js ${authJs}, in Chromium ${chromium},`,
    `Node ${node}, on ${date.slice(0, 10)}. The server answers after ${latency} ms.`,
    ...(quick ? ['A quick run: the figures mean little.'] : []),
  ].join(' ')
}

/** Runs the scenarios of the browser and prints their table. */
async function runBrowser({
  root,
  quick,
  readme,
  record,
  scenario,
  versionOf,
}: Run): Promise<Part> {
  if (!findChromium()) {
    console.error('No Chromium here: set CHROMIUM_PATH, or put one on the path.')
    return { raw: null, failed: true }
  }
  const [scripts, sizes] = [await pageScripts(root), await bundleSizes(root)]
  const authJs = versionOf('node_modules/@supabase/auth-js')
  if (!scripts['auth-js'].includes(authJs)) throw new Error(`The page holds no auth-js ${authJs}.`)
  const browser = await (quick ? launch() : launchWhole())
  const lab = { browser, scripts, sizes, quick }
  const results = await playAll(lab, scenario).finally(() => browser.close())
  const setting: Setting = {
    date: new Date().toISOString(),
    holdfast: versionOf('.'),
    authJs,
    chromium: browser.version(),
    node: process.versions.node,
    latency: LATENCY,
    quick,
  }
  const report = {
    headline: headline(setting),
    table: tableOf(results.map(entryOf), 'auth-js'),
    run: `beside @supabase/auth-js ${authJs} on ${setting.date.slice(0, 10)}`,
  }
  console.log(`${report.headline}\n\n${report.table}`)
  if (readme) writeReport(root, 'browser table', { ...report, scenario })
  if (record) recordFor(root, setting, results.map(entryOf))
  const failed = results.some(({ outcome }) => outcome instanceof Error)
  return { raw: { setting, results: results.map(rawOf) }, failed }
}

const PARTS = { browser: runBrowser, server: runServer, oidc: runOidc }

/** Runs all scenarios, or those of one part, and prints the tables; resolves to the exit code. */
export async function main(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      scenario: { type: 'string', default: '' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  })
  const { quick, only, scenario, json, readme, record } = values
  if (only !== undefined && !Object.hasOwn(PARTS, only)) {
    console.error(`\`--only\` takes one of these: ${Object.keys(PARTS).join(', ')}.`)
    return 1
  }
  const run = {
    root,
    quick,
    readme,
    record,
    scenario,
    versionOf: (folder: string) => versionIn(root, folder),
  }
  if (readme && scenario && only !== 'browser' && only !== 'server') {
    console.error('`--readme` with `--scenario` takes `--only browser` or `--only server`.')
    return 1
  }
  if (record && scenario) {
    console.error('`--record` writes a whole table: leave `--scenario` out.')
    return 1
  }
  if (record && quick) {
    console.error('`--record` keeps what people will read: leave `--quick` out.')
    return 1
  }
  const parts: Record<string, Part> = {}
  for (const [name, play] of Object.entries(PARTS)) {
    if (only === undefined || only === name) parts[name] = await play(run)
  }
  if (json) {
    const raws = Object.entries(parts).map(([name, { raw }]) => [name, raw])
    writeFileSync(json, `${JSON.stringify(Object.fromEntries(raws), null, 2)}\n`)
  }
  return Object.values(parts).some(({ failed }) => failed) ? 1 : 0
}
