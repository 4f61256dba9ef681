import { setTimeout as delay } from 'node:timers/promises'
import type { Figure } from '../../figures.js'
import type { Refresh } from '../gate.js'
import { type OidcStage, onOidcStage } from '../stage.js'
import type { OidcScenario } from './scenario.js'

/** So many of all: more is better. */
export const outOf = (some: number, all: number): Figure => ({
  text: `${some} of ${all}`,
  score: all - some,
  raw: some,
})

const amount = (raw: number, text = `${raw}`): Figure => ({ text, score: raw, raw })

/** Requests that lie close together are about one expiry. `apart` in ms. */
function roundsOf(refreshes: readonly Refresh[], apart: number): number {
  const times = refreshes.map(({ at }) => at).sort((a, b) => a - b)
  return times.filter((at, index) => at - (times[index - 1] ?? Number.NEGATIVE_INFINITY) > apart)
    .length
}

/** Waits for so many ms; resolves to when not all tabs were signed in any more, `null` for never. */
async function endure(stage: OidcStage, ms: number): Promise<number | null> {
  const [from, all] = [Date.now(), stage.pages.length]
  let lost: number | null = null
  while (Date.now() - from < ms) {
    await delay(1_000)
    if (lost === null && (await stage.alive()) < all) lost = Date.now() - from
  }
  return lost
}

export const tenExpiries: OidcScenario = {
  name: 'Tabs that share a session, through expiries',
  run: (lab, peer) =>
    onOidcStage(lab, { peer, mode: 'strict' }, async (stage) => {
      const { period, expiries, tabs } = lab
      const lost = await endure(stage, period * (expiries + 0.5))
      const { refreshes } = stage.gate
      const rounds = roundsOf(refreshes, period / 3)
      const each = rounds === 0 ? 0 : refreshes.length / rounds
      const refused = refreshes.filter(({ status }) => status !== 200).length
      const alive = await stage.alive()
      return {
        'refresh requests per expiry': amount(each, `${Number(each.toFixed(1))}`),
        'of all requests refused': amount(refused, `${refused} of ${refreshes.length}`),
        [`tabs signed in after ${expiries} expiries`]: outOf(alive, tabs),
        'until a tab had no token that works': {
          text: lost === null ? 'never' : `${(lost / 1000).toFixed(0)} s`,
          score: lost === null ? 0 : 1 / lost,
          raw: lost,
        },
      }
    }),
}

export const lostAnswer: OidcScenario = {
  name: 'The answer to a refresh is lost, on a server that forgives',
  run: (lab, peer) =>
    onOidcStage(lab, { peer, mode: 'forgiving' }, async ({ gate, alive, pages }) => {
      gate.loseNext()
      const end = Date.now() + 6 * lab.period
      while (gate.lost() === 0 && Date.now() < end) await delay(200)
      if (gate.lost() === 0) throw new Error('it has sent no refresh')
      await delay(2 * lab.period)
      return { 'tabs signed in two expiries later': outOf(await alive(), pages.length) }
    }),
}
