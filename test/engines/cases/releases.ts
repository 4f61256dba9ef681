import type { Context } from '../page/contexts.js'
import { check, type EngineCase, holding, signedIn } from './case.js'
import { crowdOf, expireOften, figures } from './expiry.js'
import { hear } from './places.js'

const kinds = { local: 'localStorage', 'indexed-db': 'IndexedDB' } as const

const beside = (storage: keyof typeof kinds): EngineCase => ({
  name: `windows of 0.1.0 and new ones on ${kinds[storage]} hear of each other and spend one refresh per expiry`,
  limit: 40_000,
  async run(world) {
    const { window, frame } = world
    const next = await window({ storage })
    const old = await window({ storage, release: '0.1.0' })
    await hear([next, old])
    await hear([old, next])
    const others: readonly Context[] = [
      await frame({ storage }),
      await frame({ storage, release: '0.1.0' }),
    ]
    const contexts = [next, old, ...others]
    const token = signedIn(await old.order({ do: 'sign-in' }))
    for (const context of contexts) await holding(context, token)
    const tally = await expireOften(world, crowdOf(contexts), 20)
    check(tally.unequal === 0, `an expiry cost other than one refresh: ${JSON.stringify(tally)}`)
    check(tally.torn === 0, `tokens differ: ${JSON.stringify(tally)}`)
    return figures(tally)
  },
})

/** A deploy leaves windows of earlier releases open. */
export const releases: readonly EngineCase[] = [beside('local'), beside('indexed-db')]
