import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { Outcome } from '../../clients/peer.js'
import { duration, fact, outcomes, took } from '../../figures.js'
import { until } from '../../lab.js'
import { onOidcStage } from '../stage.js'
import { outOf } from './expiries.js'
import type { OidcScenario } from './scenario.js'

/** How long the outage lasts after the first question, in ms. */
const OUTAGE = 10_000

interface Answer {
  readonly outcome: Outcome
  readonly ms: number
}

const timed = (page: Page): Promise<Answer> =>
  page.evaluate(async () => {
    const from = performance.now()
    const outcome = await window.oidcPeer.token()
    return { outcome, ms: performance.now() - from }
  })

export const outage: OidcScenario = {
  name: 'Outage with a token that is valid, and due',
  run: (lab, peer) =>
    onOidcStage(lab, { peer, mode: 'strict', watched: false }, async (stage) => {
      const { gate, pages } = stage
      gate.setDown(true)
      // In the last seconds of the token, when every client wants another one.
      const due = stage.since + lab.period + 1_000
      if (Date.now() > due && !lab.quick)
        throw new Error('the machine is too busy: the tokens are too old')
      await delay(Math.max(0, due - Date.now()))
      const answers = await Promise.all(pages.map(timed))
      await delay(OUTAGE)
      const sent = gate.refreshes.length
      gate.setDown(false)
      const back = await until(lab.recovery, async () => (await stage.alive()) === pages.length)
      return {
        'tabs get': outcomes(answers.map(({ outcome }) => outcome)),
        'after, median': duration(answers.map(({ ms }) => ms)),
        'requests until its end': fact(sent),
        'all tabs have a token again after': took(back, lab.recovery),
        'tabs signed in then': outOf(await stage.alive(), pages.length),
      }
    }),
}
