import { setTimeout as delay } from 'node:timers/promises'
import { type Figure, type Figures, fact } from '../../figures.js'
import type { PeerName } from '../peers.js'
import { type OidcLab, onOidcStage } from '../stage.js'
import { outOf } from './expiries.js'
import type { OidcScenario } from './scenario.js'

const DAY = 86_400_000
/** For how many periods a page with a wrong clock is watched. */
const PERIODS = 2

const wrong = (clockAhead: number, day: string) => async (lab: OidcLab, peer: PeerName) => {
  const none: Figure = { text: 'nobody signs in', score: Number.POSITIVE_INFINITY, raw: null }
  const [signedIn, sent] = [`${day}: tabs signed in`, `${day}: refreshes in ${PERIODS} periods`]
  const play = onOidcStage(lab, { peer, mode: 'strict', tabs: 1, clockAhead }, async (stage) => {
    await delay(PERIODS * lab.period)
    const figures: Figures = {
      [signedIn]: outOf(await stage.alive(), 1),
      [sent]: fact(stage.gate.refreshes.length),
    }
    return figures
  })
  return play.catch((error: unknown): Figures => {
    const text = error instanceof Error ? error.message.split('\n')[0] : error
    return { [signedIn]: { ...none, raw: text }, [sent]: { ...none, text: '' } }
  })
}

export const clocks: OidcScenario = {
  name: 'A clock that is a day off',
  async run(lab, peer) {
    const [fast, slow] = await Promise.all([
      wrong(DAY, 'a day fast')(lab, peer),
      wrong(-DAY, 'a day slow')(lab, peer),
    ])
    return { ...fast, ...slow }
  },
}
