import { startRedis } from '../../test/redis/server.js'
import { findExecutable } from '../../test/support/executable.js'
import { count, duration, type Figure, type Figures } from '../figures.js'
import { LATENCY } from '../site.js'
import type { ServerLab, ServerScenario } from './lab.js'
import type { Process } from './processes.js'
import { type ProcessOptions, perSdk } from './sdks.js'

/** Requests of one session that come together. */
const CALLERS = 1_000

interface Round {
  readonly exchanges: number
  readonly working: number
  /** Until the last caller has its answer, in ms. */
  readonly time: number
}

async function play(
  { desk }: ServerLab,
  processes: readonly Process[],
  callers = CALLERS,
): Promise<Round> {
  const cookie = await desk.signIn()
  const order = { work: 'refresh-together', cookie, calls: callers / processes.length } as const
  const done = await Promise.all(processes.map((process) => process.ask(order)))
  return {
    exchanges: desk.exchanges(),
    working: done.reduce((sum, { working }) => sum + working, 0),
    time: Math.max(...done.map(({ time }) => time)),
  }
}

/** How many have what they came for. */
function served(raw: readonly number[]): Figure {
  const { text } = count(raw)
  return { text, score: CALLERS - Math.min(...raw), raw }
}

async function measure(
  lab: ServerLab,
  many: number,
  options: Omit<ProcessOptions, 'port'>,
): Promise<Figures> {
  const processes = await Promise.all(Array.from({ length: many }, () => lab.start(options)))
  lab.desk.latency = LATENCY
  // A server that meets a crowd has met others before: it is compiled and has connections.
  await play(lab, processes, lab.quick ? 40 : CALLERS)
  const rounds: Round[] = []
  for (let left = lab.quick ? 1 : 3; left > 0; left--) rounds.push(await play(lab, processes))
  for (const process of processes) process.end()
  return {
    'exchanges sent': count(rounds.map(({ exchanges }) => exchanges)),
    'callers with a working session': served(rounds.map(({ working }) => working)),
    'until all have an answer, median': duration(rounds.map(({ time }) => time)),
  }
}

const crowdOn = (many: number, where: string): ServerScenario => ({
  name: `${CALLERS} refreshes of one session, ${where}`,
  run: (lab) => perSdk((sdk) => measure(lab, many, { sdk })),
})

/** All requests reach one process. */
export const oneProcess: ServerScenario = crowdOn(1, '1 process')

/** The requests are spread over processes that know nothing of each other. */
export const fourProcesses: ServerScenario = crowdOn(4, '4 processes')

/** The same where Holdfast has a Redis; WorkOS's SDK has no use for one. */
export const fourWithRedis: ServerScenario = {
  name: `${CALLERS} refreshes of one session, 4 processes with Redis`,
  lacks() {
    if (process.env.REDIS_SERVER_PATH || findExecutable(['redis-server'])) return null
    return 'there is no redis-server: set REDIS_SERVER_PATH, or put one on the path'
  },
  async run(lab) {
    const redis = await startRedis()
    try {
      return await perSdk((sdk) => measure(lab, 4, { sdk, redis: redis.url }))
    } finally {
      await redis.close()
    }
  },
}
