import {
  check,
  type EngineCase,
  type Finding,
  holding,
  signedIn,
  sleep,
  until,
  type World,
} from './case.js'
import { expireOften, figures, gather } from './expiry.js'

/** What it means that a page was loaded anew: nothing, where a page without a client is so too. */
async function notRestored({ window }: World): Promise<Finding> {
  const bare = await window({ storage: 'default', bare: true })
  const back = bare.returned()
  await bare.order({ do: 'leave' })
  await back
  const { restored } = await bare.order({ do: 'look' })
  check(restored === 0, 'a page without a client is restored, and this one was loaded anew')
  return { absent: 'this engine restores no page' }
}

/** So often a page may leave: an engine keeps none that still reads or writes as it goes. */
const LEAVES = 3

const refreshedMeanwhile: EngineCase = {
  name: 'a page restored from the back/forward cache has the token that a sibling got meanwhile',
  async run(world) {
    const page = await world.window({ storage: 'local' })
    const sibling = await world.frame({ storage: 'local' })
    for (let left = LEAVES; left > 0; left--) {
      await holding(page, signedIn(await sibling.order({ do: 'sign-in' })))
      const back = page.returned()
      await page.order({ do: 'leave' })
      const token = signedIn(await sibling.order({ do: 'refresh' }))
      await back
      const { restored } = await holding(page, token)
      if (restored) return {}
    }
    return notRestored(world)
  },
}

const signedOutMeanwhile: EngineCase = {
  name: 'a page restored from the back/forward cache is signed out when a sibling signed out meanwhile',
  async run(world) {
    const page = await world.window({ storage: 'indexed-db' })
    const sibling = await world.frame({ storage: 'indexed-db' })
    for (let left = LEAVES; left > 0; left--) {
      await holding(page, signedIn(await sibling.order({ do: 'sign-in' })))
      const back = page.returned()
      await page.order({ do: 'leave' })
      await sibling.order({ do: 'sign-out' })
      await back
      const { restored } = await until(page, ({ status }) => status === 'signed-out', 'signed in')
      if (!restored) continue
      const gone = 'SIGNED_OUT other-context'
      await until(page, ({ events }) => events.at(-1) === gone, 'the sign-out was not heard of')
      check((await page.order({ do: 'token' })).token === null, 'a token was handed out')
      return {}
    }
    return notRestored(world)
  },
}

const leftMeanwhile: EngineCase = {
  name: 'a page that leaves in the middle of a refresh holds nobody up, and is signed in when it is back',
  async run(world) {
    const { server } = world
    const page = await world.window({ storage: 'indexed-db' })
    const sibling = await world.frame({ storage: 'indexed-db' })
    await holding(page, signedIn(await sibling.order({ do: 'sign-in' })))
    await server.hold()
    await server.takeRefreshes()
    // The page may be gone before it could answer.
    page.order({ do: 'refresh' }).catch(() => {})
    while ((await server.takeRefreshes()) === 0) await sleep(5)
    const back = page.returned()
    const gone = page.left()
    await page.order({ do: 'leave' })
    await gone
    const begin = performance.now()
    const wanted = sibling.order({ do: 'refresh' })
    while ((await server.takeRefreshes()) === 0) await sleep(5)
    const waited = performance.now() - begin
    await server.letGo()
    signedIn(await wanted, 'the sibling')
    await back
    // What it had asked for may still come.
    const asked = performance.now()
    const last = await page.order({ do: 'refresh' })
    const itself = performance.now() - asked
    await holding(sibling, signedIn(last, 'the page'))
    const { restored, events } = last
    check(!events.join().includes('SIGNED_OUT'), `the page heard ${events}`)
    const how = restored ? 'restored' : 'loaded anew'
    return {
      figures: {
        'the page was': how,
        'it waited ms': Math.round(itself),
        'its sibling waited ms': Math.round(waited),
      },
    }
  },
}

const slept = (clocks: 'both' | 'wall'): EngineCase => ({
  name: `after a sleep that ${clocks === 'both' ? 'both clocks' : 'only the wall clock'} counted, ten frames spend one refresh`,
  limit: 40_000,
  async run(world) {
    const crowd = await gather(() => world.frame({ storage: 'indexed-db' }), { clocks })
    const tally = await expireOften(world, crowd, 20)
    check(tally.unequal === 0, `a sleep cost other than one refresh: ${JSON.stringify(tally)}`)
    check(tally.torn === 0, `tokens differ: ${JSON.stringify(tally)}`)
    return figures(tally)
  },
})

const keptByItself: EngineCase = {
  name: 'a page that nobody asks refreshes by itself before the token ends, once among five',
  async run(world) {
    await world.server.setLifetime(4_000)
    const open = () => world.frame({ storage: 'indexed-db', autoRefresh: true })
    const { contexts } = await gather(open, { count: 5 })
    await world.server.takeRefreshes()
    await world.server.setLifetime(3_600_000)
    const [first] = contexts
    check(first !== undefined, 'there is no context')
    const before = (await first.order({ do: 'look' })).token
    const { token } = await until(first, (report) => report.token !== before, 'no refresh came')
    for (const context of contexts) await holding(context, token ?? '')
    const count = await world.server.takeRefreshes()
    check(count === 1, `it cost ${count} refreshes`)
  },
}

/** What happens to pages: they leave, return, sleep and wait. */
export const pages: readonly EngineCase[] = [
  refreshedMeanwhile,
  signedOutMeanwhile,
  leftMeanwhile,
  slept('both'),
  slept('wall'),
  keptByItself,
]
