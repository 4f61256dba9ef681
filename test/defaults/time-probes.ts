import { createWorld, HOUR } from '../support/world.js'
import type { Probe } from './documented.js'

type World = ReturnType<typeof createWorld>

/** Moves time in steps until something has happened; the ms that it took. */
export async function until(
  { clock }: World,
  step: number,
  happened: () => boolean,
): Promise<number> {
  for (let ms = 0; ms < 2 * HOUR; ms += step) {
    if (happened()) return ms
    await clock.advance(step)
  }
  throw new Error('It never happened.')
}

/** How long a call takes that only a bound ends. */
async function lasts(world: World, call: Promise<unknown>, step = 1_000): Promise<number> {
  let settled = false
  const end = (): void => {
    settled = true
  }
  call.then(end, end)
  await world.clock.settle()
  return until(world, step, () => settled)
}

/** The times between requests in an outage, with the longest jitter. */
async function pauses(): Promise<readonly number[]> {
  const world = createWorld()
  const environment = { random: () => 1 - 2 ** -52 }
  const { auth } = await world.signedIn('ada', { autoRefresh: true, environment })
  world.server.outage(1_000)
  await world.clock.advance(HOUR - 12 * 60_000)
  const times: number[] = []
  await until(world, 500, () => {
    // Somebody asks all the while: else the pauses would be longer.
    auth.getSession().catch(() => {})
    while (times.length < world.server.sent.length) times.push(world.clock.monotonic())
    return times.length > 12
  }).catch(() => {})
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

/** When the client acts, and when it gives up, where it is told nothing. */
export const timeProbes: Readonly<Record<string, Probe>> = {
  'EngineOptions.autoRefresh': {
    async observe() {
      const sent = async (visible: boolean): Promise<number> => {
        const world = createWorld()
        const { tab } = await world.signedIn()
        if (!visible) tab.hide()
        await world.clock.advance(HOUR)
        return world.server.sent.length
      }
      const [shown, hidden] = [await sent(true), await sent(false)]
      return shown && hidden ? true : shown ? 'visible' : false
    },
  },
  'EngineOptions.refreshMargin': {
    async observe() {
      /** The life that is left when a refresh begins: the margin, and some part of a sixth. */
      const lead = async (lifetime: number): Promise<number> => {
        const world = createWorld({ lifetime })
        const { auth } = await world.signedIn('ada', { autoRefresh: false })
        await world.clock.advance(lifetime / 2)
        const passed = await until(world, 1_000, () => {
          void auth.getSession()
          return world.server.sent.length > 0
        })
        // It shows one step after the call that began it.
        return lifetime / 2 - (passed - 1_000)
      }
      // The part is the same for both, so it can be taken out.
      const [one, two] = [await lead(HOUR), await lead(2 * HOUR)]
      return Math.round((2 * one - two) / 10_000) * 10_000
    },
  },
  'EngineOptions.waitMargin': {
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn('ada', { autoRefresh: false, requestTimeout: HOUR })
      world.server.hold()
      await world.clock.advance(HOUR - 30_000)
      let left = 30_000
      for (let waits = false; !waits; left -= 1_000) {
        waits = true
        auth.getSession().then(() => {
          waits = false
        })
        await world.clock.settle()
        if (waits) return left
        await world.clock.advance(1_000)
      }
      return null
    },
  },
  'EngineOptions.requestTimeout': {
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn('ada', { autoRefresh: false })
      world.server.hold()
      return lasts(world, auth.refreshSession())
    },
  },
  'EngineOptions.storageTimeout': {
    async observe() {
      const world = createWorld()
      world.browser.storage.hangReads(true)
      return lasts(world, world.open().auth.getSession(), 100)
    },
  },
  'EngineOptions.retryDelay': {
    observe: async () => (await pauses())[0],
  },
  'EngineOptions.maxRetryDelay': {
    observe: async () => Math.max(...(await pauses())),
  },
}
