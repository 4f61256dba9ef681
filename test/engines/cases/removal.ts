import { check, type EngineCase, holding, signedIn, sleep } from './case.js'

const kinds = { local: 'localStorage', 'indexed-db': 'IndexedDB' } as const

/** Waits until nobody holds the lock of these clients. */
const lockIsFree = (key: string): Promise<unknown> =>
  navigator.locks.request(`holdfast:${key}`, () => {})

const removal = (storage: keyof typeof kinds): EngineCase => ({
  name: `a frame removed in the middle of a refresh on ${kinds[storage]} signs nobody out, a hundred times`,
  limit: 120_000,
  async run({ frame, server, key }) {
    await server.setDelay(10)
    const survivor = await frame({ storage })
    signedIn(await survivor.order({ do: 'sign-in' }))
    await server.takeRefreshes()
    let [victim, slowest, own, begun, longest] = [await frame({ storage }), 0, 0, 0, 30]
    for (let round = 0; round < 100; round++) {
      const next = frame({ storage })
      await lockIsFree(key)
      // Its answer will never come.
      victim.order({ do: 'refresh' }).catch(() => {})
      await sleep(Math.random() * longest)
      victim.remove()
      const begin = performance.now()
      const asks = round % 5 === 0
      if (asks) own++
      const report = await survivor.order({ do: asks ? 'refresh' : 'token' })
      slowest = Math.max(slowest, performance.now() - begin)
      signedIn(report, `the survivor of round ${round}`)
      check(
        !report.events.some((event) => event.startsWith('SIGNED_OUT')),
        `the survivor of round ${round} heard ${report.events.at(-1)}`,
      )
      victim = await next
      if (round % 10 < 9) continue
      const theirs = (await server.takeRefreshes()) - own
      own = 0
      begun += theirs
      // On a busy machine those that are removed so soon have not begun.
      if (theirs < 2) longest = Math.min(2 * longest, 800)
    }
    signedIn(await victim.order({ do: 'token' }), 'the last frame')
    check(begun >= 10, `only ${begun} of the removed frames had begun`)
    return { figures: { 'removed after the request': begun, 'slowest ms': Math.round(slowest) } }
  },
})

const stolen: EngineCase = {
  name: 'a lock stolen in the middle of a refresh costs a request, not the session',
  async run({ frame, server, key }) {
    const [one, two] = [await frame({ storage: 'local' }), await frame({ storage: 'local' })]
    signedIn(await one.order({ do: 'sign-in' }))
    await server.takeRefreshes()
    for (let round = 0; round < 10; round++) {
      await server.hold()
      const first = one.order({ do: 'refresh' })
      await sleep(Math.random() * 20)
      await navigator.locks.request(`holdfast:${key}`, { steal: true }, () => {})
      const second = two.order({ do: 'refresh' })
      await sleep(Math.random() * 20)
      await server.letGo()
      signedIn(await first, 'the one whose lock was stolen')
      signedIn(await second, 'the other')
    }
    // Which of two tokens is the last one is for storage to say; both follow it.
    const last = await two.order({ do: 'refresh' })
    const token = signedIn(last)
    for (const context of [one, two]) {
      const { events } = await holding(context, token)
      check(!events.join().includes('SIGNED_OUT'), `somebody was signed out: ${events}`)
    }
    return { figures: { refreshes: await server.takeRefreshes() } }
  },
}

/** What becomes of a session when contexts and locks go away. */
export const removals: readonly EngineCase[] = [removal('local'), removal('indexed-db'), stolen]
