import type { Context } from '../page/contexts.js'
import {
  check,
  type EngineCase,
  type Finding,
  holding,
  type Part,
  signedIn,
  type World,
} from './case.js'

/** More than any token of this server lives, in ms. */
const LIFE = 3_600_000

/** Contexts with one session, and how to let it expire in all of them. */
export interface Crowd {
  readonly contexts: readonly Context[]
  /** Everybody's clocks move on past the token's end. */
  expire(): Promise<void>
}

/** Options of `gather`. */
export interface Gathering {
  /** @default 10 */
  readonly count?: number
  /** Which clocks count the time that passes. @default 'both' */
  readonly clocks?: 'both' | 'wall'
}

/** Contexts that have a session in common already. */
export function crowdOf(contexts: readonly Context[], clocks: 'both' | 'wall' = 'both'): Crowd {
  let by = 0
  return {
    contexts,
    async expire() {
      by += LIFE
      const shift = { wall: by, monotonic: clocks === 'both' ? by : 0 }
      await Promise.all(contexts.map((context) => context.order({ do: 'shift', by: shift })))
    },
  }
}

/** Opens contexts that share a session. */
export async function gather(
  open: () => Promise<Context>,
  { count = 10, clocks = 'both' }: Gathering = {},
): Promise<Crowd> {
  const contexts = await Promise.all(Array.from({ length: count }, open))
  const [first] = contexts
  check(first !== undefined, 'there is no context')
  const token = signedIn(await first.order({ do: 'sign-in' }))
  await Promise.all(contexts.map((context) => holding(context, token)))
  return crowdOf(contexts, clocks)
}

/** Opens five windows, then frames, one at each call. */
export function mixed({ window, frame }: World, part: Part): () => Promise<Context> {
  let windows = 0
  // Frames share a process with this page; windows have one of their own, where it can be had.
  return () => (windows++ < 5 ? window(part) : frame(part))
}

/** What a hundred expiries cost. */
export interface Tally {
  readonly rounds: number
  readonly refreshes: number
  /** Rounds with another number of requests than one. */
  readonly unequal: number
  /** Rounds that ended with different tokens. */
  readonly torn: number
  readonly most: number
  readonly ms: number
}

/** Lets the session expire so often; everybody asks for a token, each at a random time. */
export async function expireOften({ server }: World, crowd: Crowd, rounds: number): Promise<Tally> {
  const begin = performance.now()
  const counts: number[] = []
  let torn = 0
  for (let round = 0; round < rounds; round++) {
    await crowd.expire()
    await server.takeRefreshes()
    const reports = await Promise.all(
      crowd.contexts.map((context) => context.order({ do: 'token', delay: Math.random() * 30 })),
    )
    const tokens = new Set(reports.map((report, index) => signedIn(report, `context ${index}`)))
    if (tokens.size !== 1) torn++
    counts.push(await server.takeRefreshes())
  }
  return {
    rounds,
    torn,
    refreshes: counts.reduce((sum, count) => sum + count, 0),
    unequal: counts.filter((count) => count !== 1).length,
    most: Math.max(...counts),
    ms: performance.now() - begin,
  }
}

/** A tally in words of the table. */
export const figures = (tally: Tally): Finding => ({
  figures: {
    'refreshes per expiry': (tally.refreshes / tally.rounds).toFixed(2),
    most: tally.most,
    'ms per round': Math.round(tally.ms / tally.rounds),
  },
})

const kinds = { local: 'localStorage', 'indexed-db': 'IndexedDB' } as const

/**
 * Of so many rounds one may cost a second request. A renderer hears of another's write to localStorage when it has time
 * for it: on a busy machine that is now and then later than a lock is kept for it. IndexedDB has one truth for all.
 */
const RARE = { local: 20, 'indexed-db': Number.POSITIVE_INFINITY } as const

const oneRefresh = (storage: keyof typeof kinds): EngineCase => ({
  name: `five frames and five windows on ${kinds[storage]} spend one refresh per expiry, a hundred times`,
  limit: 60_000,
  async run(world) {
    const crowd = await gather(mixed(world, { storage }))
    const tally = await expireOften(world, crowd, 100)
    const told = JSON.stringify(tally)
    const late = tally.rounds / RARE[storage]
    check(tally.unequal <= late, `expiries cost another number of refreshes than one: ${told}`)
    check(tally.most <= 2, `an expiry cost more than a second refresh: ${told}`)
    check(tally.torn <= tally.unequal, `contexts were left with different tokens: ${told}`)
    return figures(tally)
  },
})

/** One refresh per expiry, however many contexts ask and whenever they do. */
export const expiry: readonly EngineCase[] = [oneRefresh('local'), oneRefresh('indexed-db')]
