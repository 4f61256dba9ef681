import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { Figure } from '../../figures.js'
import { until } from '../../lab.js'
import { onOidcStage } from '../stage.js'
import { outOf } from './expiries.js'
import type { OidcScenario } from './scenario.js'

/** How long the other tabs have, in ms. */
const BOUND = 10_000

const isOut = (page: Page): Promise<boolean> =>
  Promise.race([
    page.evaluate(async () => (await window.oidcPeer.token()).kind === 'none').catch(() => false),
    delay(BOUND, false),
  ])

async function countOut(pages: readonly Page[]): Promise<number> {
  return (await Promise.all(pages.map(isOut))).filter(Boolean).length
}

/** In whole seconds: what is below is noise of a machine that runs five clients. */
function within(ms: number | null): Figure {
  const score = ms === null ? Number.POSITIVE_INFINITY : Math.ceil(ms / 1000)
  return {
    text: ms === null ? `not within ${BOUND / 1000} s` : `within ${score} s`,
    score,
    raw: ms,
  }
}

export const signOut: OidcScenario = {
  name: 'One tab signs out',
  run: (lab, peer) =>
    onOidcStage(lab, { peer, mode: 'strict', watched: false }, async ({ pages }) => {
      const [first, ...others] = pages
      if (!first) throw new Error('there is no tab')
      // Most clients leave the page while they sign out.
      first.evaluate(() => window.oidcPeer.signOut()).catch(() => {})
      const all = await until(BOUND, async () => (await countOut(others)) === others.length)
      return {
        'other tabs that say so when asked': outOf(await countOut(others), others.length),
        'until all do': within(all),
      }
    }),
}
