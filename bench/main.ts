import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findChromium, launch } from '../test/browser/chromium.js'
import { bundleSizes, pageScripts } from './bundles.js'
import type { Scenario } from './figures.js'
import type { Lab } from './lab.js'
import { insertInto, type Result, rawOf, tableOf } from './report.js'
import { fastClock, quota, refreshInListener, visibility } from './scenarios/conditions.js'
import { outage, rateLimited } from './scenarios/outages.js'
import { memory, pageLoad, readCost, size } from './scenarios/speed.js'
import { tenTabs } from './scenarios/tabs.js'
import { LATENCY } from './site.js'

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

function versionOf(root: string, folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const has = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return has ? String(manifest.version) : 'unknown'
}

/** The longest that a scenario may take, in ms: one that hangs must not hold up the others. */
const LONGEST = 120_000

async function play(lab: Lab, { name, run }: Scenario<Lab>): Promise<Result> {
  const from = performance.now()
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const tooLong = delay(LONGEST, undefined, { ref: false }).then((): never => {
    throw new Error(`it took more than ${seconds(LONGEST)}`)
  })
  const outcome = await Promise.race([run(lab), tooLong]).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  // What a scenario leaves open after its time is up must not disturb the next.
  await Promise.all(lab.browser.contexts().map((context) => context.close()))
  console.error(`${name}: ${seconds(performance.now() - from)}`)
  return { name, outcome }
}

async function playAll(lab: Lab): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const scenario of SCENARIOS) results.push(await play(lab, scenario))
  return results
}

function headline(setting: Setting): string {
  const { holdfast, authJs, chromium, node, date, latency, quick } = setting
  return [
    `Holdfast ${holdfast} beside @supabase/auth-js ${authJs}, in Chromium ${chromium},`,
    `Node ${node}, on ${date.slice(0, 10)}. The server answers after ${latency} ms.`,
    ...(quick ? ['A quick run: the figures mean little.'] : []),
  ].join(' ')
}

/** Runs all scenarios and prints the table; resolves to the exit code. */
export async function main(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
    },
  })
  const { quick, json, readme } = values
  if (!findChromium()) {
    console.error('No Chromium here: set CHROMIUM_PATH, or put one on the path.')
    return 1
  }
  const [scripts, sizes] = [await pageScripts(root), await bundleSizes(root)]
  const authJs = versionOf(root, 'node_modules/@supabase/auth-js')
  if (!scripts['auth-js'].includes(authJs)) throw new Error(`The page holds no auth-js ${authJs}.`)
  const browser = await launch()
  const results = await playAll({ browser, scripts, sizes, quick }).finally(() => browser.close())
  const setting: Setting = {
    date: new Date().toISOString(),
    holdfast: versionOf(root, '.'),
    authJs,
    chromium: browser.version(),
    node: process.versions.node,
    latency: LATENCY,
    quick,
  }
  const report = `${headline(setting)}\n\n${tableOf(results)}`
  console.log(report)
  if (readme) insertInto(join(root, 'bench/README.md'), report)
  if (json)
    writeFileSync(json, `${JSON.stringify({ setting, results: rawOf(results) }, null, 2)}\n`)
  return results.some(({ outcome }) => outcome instanceof Error) ? 1 : 0
}
