import type { Page } from 'playwright-core'
import { type ClientName, perClient } from '../bundles.js'
import type { Outcome } from '../clients/peer.js'
import { count, duration, type Figures, type Scenario } from '../figures.js'
import { type Lab, onStage } from '../lab.js'

const TABS = 10

/** More than the hour that a token lives, in ms. */
const SLEEP = 3_601_000

interface Round {
  readonly refreshes: number
  readonly tokens: number
  readonly signedOut: number
  readonly waits: readonly number[]
}

/** The device wakes after the token's end, and the page asks for the session; in ms. */
const wake = (page: Page, at: number): Promise<number> =>
  page.evaluate(
    async ([moment, sleep]) => {
      await new Promise((resolve) => setTimeout(resolve, moment - Date.now()))
      window.skew.date += sleep
      window.skew.monotonic += sleep
      const from = performance.now()
      await window.peer.getSession()
      return performance.now() - from
    },
    [at, SLEEP] as const,
  )

const ask = (page: Page): Promise<Outcome> => page.evaluate(() => window.peer.getSession())

const play = (lab: Lab, client: ClientName): Promise<Round> =>
  onStage({ lab, client, clockAhead: 0 }, async (stage) => {
    const pages = [await stage.signedIn()]
    while (pages.length < TABS) pages.push(await stage.tab())
    stage.site.server.clearLog()
    stage.site.advance(SLEEP)
    const at = Date.now() + 1_000
    const waits = await Promise.all(pages.map((page) => wake(page, at)))
    const ends = await Promise.all(pages.map(ask))
    const tokens = ends.flatMap((end) => (end.kind === 'session' ? [end.token] : []))
    return {
      refreshes: stage.refreshes(),
      tokens: new Set(tokens).size,
      signedOut: TABS - tokens.length,
      waits,
    }
  })

async function measureClient(lab: Lab, client: ClientName): Promise<Figures> {
  const rounds: Round[] = []
  for (let left = lab.quick ? 1 : 3; left > 0; left--) rounds.push(await play(lab, client))
  return {
    'refresh requests': count(rounds.map(({ refreshes }) => refreshes)),
    'distinct access tokens in the end': count(rounds.map(({ tokens }) => tokens)),
    'tabs signed out': count(rounds.map(({ signedOut }) => signedOut)),
    'wait of a tab, median': duration(rounds.flatMap(({ waits }) => waits)),
  }
}

/** Ten tabs share a session; the device sleeps past the token's end; all ask at once. */
export const tenTabs: Scenario<Lab> = {
  name: 'Ten tabs at expiry',
  run: (lab) => perClient((client) => measureClient(lab, client)),
}
