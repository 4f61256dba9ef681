import { setTimeout as delay } from 'node:timers/promises'
import { type ClientName, perClient } from '../bundles.js'
import type { Outcome } from '../clients/peer.js'
import {
  count,
  duration,
  type Figure,
  type Figures,
  outcomes,
  type Scenario,
  took,
  yes,
} from '../figures.js'
import { type Lab, onStage, until } from '../lab.js'
import { ADA } from '../site.js'

const DAY = 86_400_000
const CALLS = 50

const readWithClock = (lab: Lab, client: ClientName, clockAhead: number): Promise<number> =>
  onStage({ lab, client, clockAhead }, async (stage) => {
    const page = await stage.signedIn()
    stage.site.server.clearLog()
    await page.evaluate(
      async ([calls, pause]) => {
        for (let left = calls; left > 0; left--) {
          await window.peer.getSession()
          await new Promise((resolve) => setTimeout(resolve, pause))
        }
      },
      [CALLS, lab.quick ? 20 : 120] as const,
    )
    return stage.refreshes()
  })

/** Fifty calls in about six seconds, with tokens that live an hour. */
export const fastClock: Scenario<Lab> = {
  name: 'Clock a day fast, 50 `getSession()`',
  run: (lab) =>
    perClient(async (client) => ({
      'refresh requests': count([await readWithClock(lab, client, DAY)]),
      'the same with a right clock': count([await readWithClock(lab, client, 0)]),
    })),
}

/** How long a listener waits for its answer, in ms. */
const PATIENCE = 10_000

type Trigger = 'SIGNED_IN' | 'TOKEN_REFRESHED'

const listenAndRefresh = (lab: Lab, client: ClientName, trigger: Trigger): Promise<number | null> =>
  onStage({ lab, client }, async (stage) => {
    const page = await stage.tab()
    await page.evaluate((awaited) => {
      let asked = false
      window.peer.on(async (event) => {
        if (event !== awaited || asked) return
        asked = true
        window.heard = [event]
        const from = performance.now()
        const { kind } = await window.peer.refreshSession()
        if (kind === 'session') window.waited = performance.now() - from
      })
    }, trigger)
    const calls = page.evaluate(async ({ email, password }) => {
      await window.peer.signIn(email, password)
      await window.peer.refreshSession()
    }, ADA)
    // The page is closed under calls that never end.
    calls.catch(() => {})
    const asked = await until(PATIENCE, () => page.evaluate(() => window.heard.length > 0))
    if (asked === null) throw new Error(`The listener never heard of ${trigger}.`)
    await until(PATIENCE, () => page.evaluate(() => window.waited !== undefined))
    return page.evaluate(() => window.waited ?? null)
  })

async function listenOften(lab: Lab, client: ClientName, trigger: Trigger): Promise<Figure> {
  const waits: number[] = []
  for (let left = lab.quick ? 1 : 5; left > 0; left--) {
    const wait = await listenAndRefresh(lab, client, trigger)
    if (wait === null) return took(null, PATIENCE)
    waits.push(wait)
  }
  return duration(waits)
}

/** A listener that awaits `refreshSession()`. */
export const refreshInListener: Scenario<Lab> = {
  name: 'Refresh in a listener',
  run: (lab) =>
    perClient(async (client) => ({
      'answer in SIGNED_IN, median': await listenOften(lab, client, 'SIGNED_IN'),
      'answer in TOKEN_REFRESHED, median': await listenOften(lab, client, 'TOKEN_REFRESHED'),
    })),
}

/** How long a client may take to save when there is room again, in ms. */
const SAVING = 15_000

const fillStorage = (lab: Lab, client: ClientName): Promise<Figures> =>
  onStage({ lab, client, quota: true }, async (stage) => {
    const page = await stage.signedIn()
    const refreshed = await page.evaluate(() => {
      window.full = true
      return window.peer.refreshSession()
    })
    const read: Outcome = await page.evaluate(() => window.peer.getSession())
    await page.evaluate(() => {
      window.full = false
    })
    const saved = await until(SAVING, () => stage.isSaved(page))
    await page.reload()
    const after: Outcome = await page.evaluate(() => window.create().refreshSession())
    return {
      '`refreshSession()` gives': outcomes([refreshed]),
      '`getSession()` gives': outcomes([read]),
      'new token saved once there is room': took(saved, SAVING),
      'signed in after a reload': yes(after.kind === 'session'),
    }
  })

/** Storage is full when a rotated token is to be saved. */
export const quota: Scenario<Lab> = {
  name: 'Quota at save',
  run: (lab) => perClient((client) => fillStorage(lab, client)),
}

const FLIPS = 50

/** How many events, and which. */
const heardFigure = (heard: readonly string[]): Figure => ({
  text: [heard.length, ...new Set(heard)].join(' '),
  score: heard.length,
  raw: heard,
})

const flip = (lab: Lab, client: ClientName): Promise<Figures> =>
  onStage({ lab, client, visibility: true }, async (stage) => {
    const page = await stage.signedIn()
    await page.evaluate(() => window.peer.on((event) => void window.heard.push(event)))
    await until(2_000, () => page.evaluate(() => window.heard.length > 0))
    stage.site.server.clearLog()
    await page.evaluate(async (flips) => {
      window.heard = []
      for (let left = flips; left > 0; left--) {
        window.show('hidden')
        await new Promise((resolve) => setTimeout(resolve, 20))
        window.show('visible')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }, FLIPS)
    await delay(500)
    const heard = await page.evaluate(() => window.heard)
    return {
      'events heard': heardFigure(heard),
      requests: count([stage.site.server.requests.length]),
    }
  })

/** A fresh session, and a tab that is hidden and shown fifty times. */
export const visibility: Scenario<Lab> = {
  name: 'Fifty visibility flips',
  run: (lab) => perClient((client) => flip(lab, client)),
}
