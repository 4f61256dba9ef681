import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { findChromium, launch, launchWhole } from '../../test/browser/chromium.js'
import { findExecutable } from '../../test/support/executable.js'
import { insertBetween } from '../../test/support/markdown.js'
import { bounded } from '../bounded.js'
import { bytes, type Figures } from '../figures.js'
import type { Part, Run } from '../server/main.js'
import { oidcScripts, oidcSizes } from './bundles.js'
import { LATENCY } from './gate.js'
import { MARGINS, PACKAGES, PEERS, type PeerName, perPeer } from './peers.js'
import { clocks } from './scenarios/clocks.js'
import { lostAnswer, tenExpiries } from './scenarios/expiries.js'
import { outage } from './scenarios/outage.js'
import type { OidcScenario } from './scenarios/scenario.js'
import { signOut } from './scenarios/sign-out.js'
import { type BenchServer, oidcProviders, type ServerOptions, startKeycloak } from './servers.js'
import { type OidcLab, onOidcStage, startPages } from './stage.js'
import { type Outcome, oidcTable, type Result, titleOf } from './table.js'

const SCENARIOS: readonly OidcScenario[] = [tenExpiries, lostAnswer, outage, clocks, signOut]

/** The longest that a scenario may take for all clients, in ms: ten expiries of a minute's tokens. */
const LONGEST = 600_000

/** What came of one server. */
interface Chapter {
  readonly server: BenchServer
  /** Clients that do not run there, and why. */
  readonly absent: ReadonlyMap<PeerName, string>
  readonly results: readonly Result[]
}

/** Tries whether a client can sign in at a server and gets a token there; resolves to why it cannot. */
async function reasonAgainst(lab: OidcLab, peer: PeerName): Promise<string | null> {
  try {
    const scene = { peer, mode: 'strict', tabs: 1, watched: false } as const
    const alive = await onOidcStage(lab, scene, (stage) => stage.alive())
    return alive === 1 ? null : 'it hands out no token that works'
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return line.replace(/^page\.evaluate: /, '').replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, '')
  }
}

async function findAbsent(lab: OidcLab): Promise<ReadonlyMap<PeerName, string>> {
  const reasons = await perPeer((peer) => reasonAgainst(lab, peer))
  return new Map(
    PEERS.flatMap((peer): [PeerName, string][] => {
      const reason = reasons[peer]
      return reason === null ? [] : [[peer, reason]]
    }),
  )
}

async function playChapter(lab: OidcLab, words: string): Promise<Chapter> {
  const absent = await findAbsent(lab)
  const play = async ({ name, run }: OidcScenario): Promise<Result> => {
    const one = (peer: PeerName): Promise<Outcome> => {
      const reason = absent.get(peer)
      if (reason !== undefined) return Promise.resolve(new Error(reason))
      const title = `${lab.server.title}, ${name}: ${peer}`
      return bounded(title, () => run(lab, peer), LONGEST)
    }
    const result = { name, outcomes: await perPeer(one) }
    console.error(oidcTable([result]))
    return result
  }
  const chosen = SCENARIOS.filter(({ name }) => name.includes(words))
  if (lab.quick) return { server: lab.server, absent, results: await Promise.all(chosen.map(play)) }
  const results: Result[] = []
  for (const scenario of chosen) results.push(await play(scenario))
  return { server: lab.server, absent, results }
}

const lacksKeycloak = (): string | null => {
  const missing = ['java', 'mvn', 'unzip'].filter((name) => !findExecutable([name]))
  return missing.length > 0 ? `Keycloak needs ${missing.join(', ')}` : null
}

/** The servers that the clients meet, one after the other. */
function* kindsOf(
  { quick, versionOf }: Run,
  options: ServerOptions,
): Generator<() => Promise<BenchServer>> {
  yield async () => oidcProviders(options, versionOf('node_modules/oidc-provider'))
  if (!quick && !lacksKeycloak()) yield () => startKeycloak(options)
}

/** How long a client keeps a token, in s; and how much of everything there is. */
const amounts = ({ quick }: Run) =>
  quick
    ? { quick, period: 8, expiries: 1, tabs: 2, recovery: 5_000 }
    : { quick, period: 16, expiries: 10, tabs: 5, recovery: 60_000 }

async function playAll(run: Run, browser: Browser): Promise<readonly Chapter[]> {
  const { period, ...rest } = amounts(run)
  const pages = await startPages(await oidcScripts(run.root))
  const site = pages.origin
  const chapters: Chapter[] = []
  try {
    for (const start of kindsOf(run, { root: run.root, site, period })) {
      const server = await start()
      const lab = { browser, server, site, period: period * 1000, ...rest }
      chapters.push(await playChapter(lab, run.scenario).finally(server.close))
    }
  } finally {
    await pages.close()
  }
  return chapters
}

function chapterText({ server, absent, results }: Chapter): string {
  const { title, modes } = server
  const lines = [...absent].map(
    ([peer, reason]) => `${titleOf(peer)} does not run there: “${reason}”.`,
  )
  const mode = `**${title}**, ${modes.strict}; where it forgives: ${modes.forgiving}.`
  return `${[mode, ...lines].join(' ')}\n\n${oidcTable(results)}`
}

function headline(run: Run, chromium: string): string {
  const versions = PEERS.map((peer) => {
    const folder = peer === 'holdfast' ? '.' : `node_modules/${PACKAGES[peer]}`
    return `${titleOf(peer)} ${run.versionOf(folder)}`
  })
  const { period, tabs } = amounts(run)
  return [
    `${versions.join(', ')}; in Chromium ${chromium}, ${new Date().toISOString().slice(0, 10)}.`,
    `${tabs} tabs of one profile; every answer of a token endpoint takes ${LATENCY} ms more.`,
    `Tokens are renewed when they are ${period} s old: they live ${period + MARGINS.holdfast} s,`,
    `for auth0-spa-js ${period + MARGINS['auth0-spa-js']} s.`,
    ...(run.quick ? ['A quick run: the figures mean little.'] : []),
  ].join(' ')
}

async function bundleResult(root: string): Promise<Result> {
  const sizes = await oidcSizes(root)
  const outcomes = await perPeer(
    async (peer): Promise<Figures> => ({ 'minified, gzip -9': bytes([sizes[peer]]) }),
  )
  return { name: 'Bundle', outcomes }
}

/** Whether a client failed that runs there. */
const hasFailed = ({ server, results, absent }: Chapter): boolean =>
  PEERS.filter((peer) => peer !== server.without).some(
    (peer) => absent.has(peer) || results.some(({ outcomes }) => outcomes[peer] instanceof Error),
  )

/** Runs the clients of OpenID Connect side by side and prints their tables. */
export async function runOidc(run: Run): Promise<Part> {
  if (!findChromium()) {
    console.error('No Chromium here: set CHROMIUM_PATH, or put one on the path.')
    return { raw: null, failed: true }
  }
  const lacks = run.quick ? null : lacksKeycloak()
  if (lacks && run.readme) throw new Error(`The whole table cannot be written: ${lacks}.`)
  if (lacks) console.error(`Not on Keycloak: ${lacks}.`)
  const bundle = await bundleResult(run.root)
  const browser = await (run.quick ? launch() : launchWhole())
  const chapters = await playAll(run, browser).finally(() => browser.close())
  const report = [
    headline(run, browser.version()),
    ...chapters.map(chapterText),
    oidcTable([bundle]),
  ].join('\n\n')
  console.log(report)
  if (run.readme) insertBetween(join(run.root, 'bench/README.md'), 'oidc table', report)
  const raw = chapters.map(({ server, absent, results }) => ({
    server: server.title,
    absent: Object.fromEntries(absent),
    results: results.map(({ name, outcomes }) => ({ name, outcomes })),
  }))
  return { raw: { bundle, chapters: raw }, failed: chapters.some(hasFailed) }
}
