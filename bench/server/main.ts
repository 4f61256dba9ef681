import { cpus } from 'node:os'
import { bounded } from '../bounded.js'
import type { Figures } from '../figures.js'
import { type Entry, rowsOf, tableOf } from '../report.js'
import { LATENCY } from '../site.js'
import { writeReport } from '../written.js'
import { fourProcesses, fourWithRedis, oneProcess } from './crowd.js'
import { openDesk } from './desk.js'
import { withGoals } from './goals.js'
import { importCost } from './imports.js'
import type { ServerLab, ServerScenario } from './lab.js'
import { memory } from './memory.js'
import { createProcesses } from './processes.js'
import type { PerSdk } from './sdks.js'
import { browserBundle } from './sizes.js'
import { newCookies, refreshSpeed, sameCookie } from './speed.js'

const SCENARIOS: readonly ServerScenario[] = [
  newCookies,
  sameCookie,
  refreshSpeed,
  importCost,
  memory,
  oneProcess,
  fourProcesses,
  fourWithRedis,
  browserBundle,
]

/** Versions and the machine, as they go into the headline. */
interface Setting {
  readonly date: string
  readonly holdfast: string
  readonly node: string
  readonly workosNode: string
  readonly authkitJs: string
  readonly processor: string
  /** Of every answer of the server to a crowd, in ms. */
  readonly latency: number
  readonly quick: boolean
}

/** What a part of the benchmark is run with. */
export interface Run {
  readonly root: string
  readonly quick: boolean
  /** Whether its table goes into the README. */
  readonly readme: boolean
  /** Whether the playground of the documentation gets it; only the browser's part has one there. */
  readonly record: boolean
  /** Words in the names of the scenarios that are played; empty for all. */
  readonly scenario: string
  /** The version of the package in a folder of the repository. */
  versionOf(folder: string): string
}

/** What a part came to. */
export interface Part {
  /** Every single value. */
  readonly raw: unknown
  readonly failed: boolean
}

interface Result {
  readonly name: string
  readonly outcome: PerSdk<Figures> | Error | { readonly lacks: string }
}

async function play(lab: ServerLab, scenario: ServerScenario): Promise<Result> {
  const { name } = scenario
  const lacks = scenario.lacks?.()
  if (lacks) return { name, outcome: { lacks } }
  return { name, outcome: await bounded(name, () => scenario.run(lab), scenario.longest) }
}

async function playAll({ root, quick, scenario: words }: Run): Promise<readonly Result[]> {
  const desk = await openDesk()
  const processes = await createProcesses(root)
  const { port } = desk
  const start: ServerLab['start'] = (options) => processes.start({ ...options, port })
  const { once } = processes
  const results: Result[] = []
  try {
    for (const scenario of SCENARIOS) {
      if (!scenario.name.includes(words)) continue
      results.push(await play({ root, desk, start, once, quick }, scenario))
    }
  } finally {
    processes.close()
    await desk.close()
  }
  return results
}

function entryOf({ name, outcome }: Result): Entry {
  if (outcome instanceof Error) return { name, outcome: `could not run: ${outcome.message}` }
  if ('lacks' in outcome) return { name, outcome: `not run: ${outcome.lacks}` }
  return { name, outcome: rowsOf(outcome.holdfast, outcome.workos) }
}

const rawOf = ({ name, outcome }: Result): unknown =>
  outcome instanceof Error ? { name, error: outcome.message } : { name, ...outcome }

function headline(setting: Setting): string {
  const { holdfast, workosNode, authkitJs, node, processor, date, latency, quick } = setting
  return [
    `Holdfast ${holdfast} beside @workos-inc/node ${workosNode}, and in the browser`,
    `@workos-inc/authkit-js ${authkitJs}; Node ${node} on ${processor}, ${date.slice(0, 10)}.`,
    `To a crowd the server answers after ${latency} ms.`,
    ...(quick ? ['A quick run: the figures mean little.'] : []),
  ].join(' ')
}

/** Runs the scenarios of the server and prints their table. On CI nothing may be missing. */
export async function runServer(run: Run): Promise<Part> {
  const { root, quick, readme, versionOf } = run
  const results = await playAll(run)
  const setting: Setting = {
    date: new Date().toISOString(),
    holdfast: versionOf('.'),
    node: process.versions.node,
    workosNode: versionOf('node_modules/@workos-inc/node'),
    authkitJs: versionOf('node_modules/@workos-inc/authkit-js'),
    processor: cpus()[0]?.model ?? 'an unknown processor',
    latency: LATENCY,
    quick,
  }
  const table = tableOf(results.map(entryOf).map(withGoals), 'WorkOS')
  const { date, workosNode } = setting
  const beside = `beside @workos-inc/node ${workosNode} on ${date.slice(0, 10)}`
  const report = { headline: headline(setting), table, run: beside }
  console.log(`${report.headline}\n\n${table}`)
  if (readme) writeReport(root, 'server table', { ...report, scenario: run.scenario })
  const failed = results.some(
    ({ outcome }) => outcome instanceof Error || ('lacks' in outcome && process.env.CI === 'true'),
  )
  return { raw: { setting, results: results.map(rawOf) }, failed }
}
