import { setTimeout as delay } from 'node:timers/promises'
import { type ClientName, perClient } from '../bundles.js'
import type { Outcome } from '../clients/peer.js'
import { duration, type Figures, fact, outcomes, type Scenario, took, yes } from '../figures.js'
import { type Lab, onStage, pass, until } from '../lab.js'

const HOUR = 3_600_000
const ALWAYS = { path: '/token', times: Number.POSITIVE_INFINITY }

/** How long the server says 429, and how long a client may take to recover, in ms. */
const LIMITED = 10_000
const RECOVERY = 15_000

const rateLimit = (lab: Lab, client: ClientName): Promise<Figures> =>
  onStage({ lab, client, clockAhead: 0 }, async (stage) => {
    const { server, advance } = stage.site
    const page = await stage.signedIn()
    const ask = (): Promise<Outcome> => page.evaluate(() => window.peer.getSession())
    server.fail({ type: 'rate-limited', retryAfter: 2 }, ALWAYS)
    advance(HOUR + 1_000)
    await pass(page, HOUR + 1_000)
    const from = Date.now()
    const answer = await ask()
    await delay(Math.max(0, from + LIMITED - Date.now()))
    const requests = stage.refreshes()
    const kept = await stage.isSaved(page)
    server.heal()
    const recovery = await until(RECOVERY, async () => (await ask()).kind === 'session')
    return {
      'the caller gets': outcomes([answer]),
      'requests in 10 s': fact(requests),
      'session still in storage': yes(kept),
      'session back after the 429s end': took(recovery, RECOVERY),
    }
  })

/** `getSession()` with an expired token while the server answers 429. */
export const rateLimited: Scenario<Lab> = {
  name: '429 on an expired token',
  run: (lab) => perClient((client) => rateLimit(lab, client)),
}

/** Life that the token has left when the outage begins: near its end for both clients, in ms. */
const LEFT = 50_000
const LATER_CALLS = 100

interface Calls {
  /** Ms of the first call, and of each of the later ones on average: one alone is too short. */
  readonly first: number
  readonly later: number
  readonly outcomes: readonly Outcome[]
}

const endure = (lab: Lab, client: ClientName): Promise<Calls> =>
  onStage({ lab, client, clockAhead: 0 }, async (stage) => {
    const page = await stage.signedIn()
    stage.site.server.fail({ type: 'status', status: 503 }, ALWAYS)
    stage.site.advance(HOUR - LEFT)
    await pass(page, HOUR - LEFT)
    return page.evaluate(async (times) => {
      const from = performance.now()
      const outcomes = [await window.peer.getSession()]
      const between = performance.now()
      while (outcomes.length <= times) outcomes.push(await window.peer.getSession())
      return {
        first: between - from,
        later: (performance.now() - between) / times,
        outcomes,
      }
    }, LATER_CALLS)
  })

async function outageFigures(lab: Lab, client: ClientName): Promise<Figures> {
  // Nearly all of it is waiting: the rounds do not disturb each other.
  const rounds = await Promise.all(
    Array.from({ length: lab.quick ? 1 : 5 }, () => endure(lab, client)),
  )
  return {
    'callers get': outcomes(rounds.flatMap((round) => round.outcomes)),
    'first call, median': duration(rounds.map(({ first }) => first)),
    'calls after it, median': duration(rounds.map(({ later }) => later)),
  }
}

/** `getSession()` with a token that is valid for a while, when every refresh is answered 503. */
export const outage: Scenario<Lab> = {
  name: 'Outage with a valid token',
  run: (lab) => perClient((client) => outageFigures(lab, client)),
}
