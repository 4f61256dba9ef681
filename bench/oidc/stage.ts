import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ADA } from '../../test/servers/admin.js'
import { listen, type NodeServer } from '../../test/support/node-server.js'
import { installSkew } from '../clients/conditions.js'
import type { Outcome } from '../clients/peer.js'
import type { Gate } from './gate.js'
import type { Setup } from './page.js'
import type { PeerName, PerPeer } from './peers.js'
import type { BenchServer, Mode } from './servers.js'

/** What all scenarios share. Times in ms. */
export interface OidcLab {
  readonly browser: Browser
  readonly server: BenchServer
  /** Whether all scenarios run at once, and briefly. */
  readonly quick: boolean
  /** Where the pages are. */
  readonly site: string
  /** How long clients keep a token until they renew it. */
  readonly period: number
  readonly expiries: number
  /** How long a client may take after an outage. */
  readonly recovery: number
  readonly tabs: number
}

/** One client with its tabs, signed in at a server of its own. */
export interface OidcStage {
  readonly gate: Gate
  readonly pages: readonly Page[]
  /** When the first tab was there and signed in, in ms since the epoch. */
  readonly since: number
  /** How many tabs hand out a token that the server gave and that has not expired. */
  alive(): Promise<number>
}

/** How long a sign-in may take, in ms. */
const SIGN_IN = 60_000
/** How often a watched tab asks for a token, in ms: as an app with something to do. */
const PAUSE = 1_000

/** Serves each client's page at the folder of its name; whatever is below is that page. */
export const startPages = (scripts: PerPeer<string>): Promise<NodeServer> =>
  listen(async ({ url = '/' }, response) => {
    const [, peer = '', file = ''] = url.split('?')[0]?.split('/') ?? []
    const script = Object.entries(scripts).find(([name]) => name === peer)?.[1]
    if (script === undefined) return void response.writeHead(404).end()
    const isScript = file === 'page.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
    const page = `<!doctype html><link rel=icon href=data:,><script src=/${peer}/page.js></script>`
    response.end(isScript ? script : page)
  })

/** Ada fills in the form that Keycloak shows; at oidc-provider there is none. */
async function passForm(page: Page): Promise<void> {
  if (!(await page.locator('#kc-form-login').isVisible())) return
  await page.fill('#username', ADA.username)
  await page.fill('#password', ADA.password)
  await page.click('#kc-login')
}

/**
 * Begins a sign-in and follows it until the page is back.
 * @throws Error with what the client says, or the place where it got stuck.
 */
async function signIn(page: Page, redirectUri: string): Promise<void> {
  const end = Date.now() + SIGN_IN
  let said: unknown
  page
    .evaluate(() => window.oidcPeer.signIn())
    .catch((error: unknown) => {
      // The page is left while it calls.
      if (!/navigation|destroyed|closed/.test(String(error))) said = error
    })
  while (!page.url().startsWith(redirectUri)) {
    if (said) throw said
    if (Date.now() > end) throw new Error(`it gets stuck at ${new URL(page.url()).pathname}`)
    // While it navigates there is nothing to fill in.
    await passForm(page).catch(() => {})
    await delay(100)
  }
  await page.waitForLoadState()
}

async function openTab(context: BrowserContext, peer: PeerName, setup: Setup): Promise<Page> {
  const page = await context.newPage()
  const start = (): Promise<boolean> => page.evaluate(() => window.oidcPeer.start())
  await page.goto(`${new URL(setup.redirectUri).origin}/${peer}/`)
  if (await start()) return page
  await signIn(page, setup.redirectUri)
  if (!(await start())) throw new Error('nobody is signed in')
  return page
}

const ask = (page: Page): Promise<Outcome> => page.evaluate(() => window.oidcPeer.token())

/** What a tab says at once; one that takes too long says nothing. */
const askSoon = (page: Page): Promise<Outcome | null> =>
  Promise.race([ask(page).catch(() => null), delay(15_000, null)])

/** Whoever opens tabs does it alone: that is what keeps a machine busy, and the rest is waiting. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}

const inTurn = createTurns()

/** How a stage is set. */
export interface Scene {
  readonly peer: PeerName
  readonly mode: Mode
  /** @default those of the lab */
  readonly tabs?: number
  /** How far the pages' clocks are ahead, in ms. */
  readonly clockAhead?: number
  /** Whether tabs ask for a token every second. @default true */
  readonly watched?: boolean
}

/** Sets a stage, plays on it, and clears it away. */
export async function onOidcStage<T>(
  lab: OidcLab,
  scene: Scene,
  play: (stage: OidcStage) => Promise<T>,
): Promise<T> {
  const { peer, mode, tabs = lab.tabs, clockAhead, watched = true } = scene
  const place = await lab.server.open(peer, mode)
  const context = await lab.browser.newContext()
  try {
    await context.addInitScript((setup) => {
      window.setup = setup
    }, place.setup)
    if (clockAhead !== undefined) {
      await context.addInitScript(installSkew, { date: clockAhead, monotonic: 0 })
    }
    const open = (): Promise<Page> => openTab(context, peer, place.setup)
    const { pages, since } = await inTurn(async () => {
      const opened = [await open()]
      const at = Date.now()
      while (opened.length < tabs) opened.push(await open())
      return { pages: opened, since: at }
    })
    if (watched) {
      await Promise.all(pages.map((page) => page.evaluate((ms) => window.watch(ms), PAUSE)))
    }
    const { gate } = place
    return await play({
      gate,
      pages,
      since,
      async alive() {
        const outcomes = await Promise.all(pages.map(askSoon))
        return outcomes.filter((one) => one?.kind === 'session' && gate.isAlive(one.token)).length
      },
    })
  } finally {
    await context.close()
    await place.close()
  }
}
