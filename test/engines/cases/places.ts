import type { Context } from '../page/contexts.js'
import type { StorageKind } from '../page/orders.js'
import { check, type EngineCase, holding, type Part, signedIn, until, type World } from './case.js'
import { crowdOf, expireOften, figures } from './expiry.js'
import { life } from './lacks.js'

const sandboxed = (storage: StorageKind): EngineCase => ({
  name: `in a sandboxed frame of opaque origin, a client on ${storage} storage works in memory`,
  run: async ({ frame }) => life(await frame({ storage }, { sandbox: 'allow-scripts' })),
})

const partitioned = (storage: StorageKind): EngineCase => ({
  name: `in a frame on another site, a client on ${storage} storage has a session of its own`,
  async run({ frame, popup, elsewhere }) {
    const home = await popup({ storage }, elsewhere)
    const token = signedIn(await home.order({ do: 'sign-in' }))
    const guest = await frame({ storage }, { origin: elsewhere })
    const seen = await guest.order({ do: 'token' })
    check(seen.token === null, 'the frame sees the session of its site outside the partition')
    await life(guest)
    check((await home.order({ do: 'token' })).token === token, 'the frame ended the first session')
    const sibling = await frame({ storage }, { origin: elsewhere })
    const own = signedIn(await guest.order({ do: 'sign-in', email: 'bob@example.com' }))
    await holding(sibling, own)
  },
})

const workers = {
  'web worker': (world: World, part: Part) => world.worker(part),
  'shared worker': (world: World, part: Part) => world.sharedWorker(part),
  'service worker': (world: World, part: Part) => world.serviceWorker(part),
}

const offered = {
  'web worker': () => 'Worker' in globalThis,
  'shared worker': () => 'SharedWorker' in globalThis,
  'service worker': () => 'serviceWorker' in navigator,
}

/** The second hears what the first does, and the reverse. */
export async function hear(contexts: readonly [Context, Context]): Promise<void> {
  const [one, two] = contexts
  for (const context of contexts) {
    await until(context, ({ status }) => status === 'signed-out', 'not signed out at first')
  }
  const token = signedIn(await one.order({ do: 'sign-in' }))
  await until(two, ({ events }) => events.at(-1) === 'SIGNED_IN', 'the sign-in was not heard of')
  await holding(two, token)
  const fresh = signedIn(await two.order({ do: 'refresh' }))
  await holding(one, fresh)
  await two.order({ do: 'sign-out' })
  const gone = 'SIGNED_OUT other-context'
  await until(one, ({ events }) => events.at(-1) === gone, 'the sign-out was not heard of')
}

const shares = (kind: keyof typeof workers): EngineCase => ({
  name: `a ${kind} and a page hear of each other and spend one refresh per expiry`,
  limit: 40_000,
  async run(world) {
    if (!offered[kind]()) return { absent: `this engine offers no ${kind}` }
    const page = await world.frame({ storage: 'indexed-db' })
    const worker = await workers[kind](world, { storage: 'indexed-db' })
    await hear([page, worker])
    await hear([worker, page])
    const token = signedIn(await page.order({ do: 'sign-in' }))
    await holding(worker, token)
    const contexts = [page, worker, await world.frame({ storage: 'indexed-db' })]
    const tally = await expireOften(world, crowdOf(contexts), 20)
    check(tally.unequal === 0, `an expiry cost other than one refresh: ${JSON.stringify(tally)}`)
    check(tally.torn === 0, `tokens differ: ${JSON.stringify(tally)}`)
    return figures(tally)
  },
})

/** Frames and workers that share sessions with a page, or must not. */
export const places: readonly EngineCase[] = [
  sandboxed('default'),
  sandboxed('local'),
  sandboxed('indexed-db'),
  partitioned('local'),
  partitioned('indexed-db'),
  shares('web worker'),
  shares('shared worker'),
  shares('service worker'),
]
