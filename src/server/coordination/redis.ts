import { AuthError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { checkPassword, type Password } from '../sealed/seal.js'
import { checkObject } from '../shared/arguments.js'
import { checkPositive, localCoordinator, type Outcome, REPLAY, run } from './coordinator.js'
import type { Coordinator } from './coordinator-types.js'
import { processClock } from './process-clock.js'
import { redisCommands } from './redis-commands.js'
import { redisFeed } from './redis-feed.js'
import { checkRedisClient, type RedisClient, redisLink } from './redis-link.js'
import { redisPauses } from './redis-pauses.js'
import { redisRecords } from './redis-records.js'
import { redisTurns } from './redis-turns.js'
import { createWatches } from './watches.js'

/** Options of {@link redisCoordinator}. */
export interface RedisCoordinatorOptions {
  /** A client of the `redis` package, connected by the app. Redis 5 or newer. */
  readonly client: RedisClient
  /** Seals what lies in Redis. It may be the one of the cookies. */
  readonly password: Password
  /** What every key begins with. @default 'holdfast:' */
  readonly prefix?: string | undefined
  /**
   * How long those who come later get the result, in ms after it is there.
   * @default 30_000
   */
  readonly replay?: number | undefined
  /**
   * How long one process may work before another takes over, in ms: longer than the work can take.
   * @default 15_000
   */
  readonly term?: number | undefined
  /** Milliseconds for one command. @default 500 */
  readonly timeout?: number | undefined
  /**
   * Hears of an outage of Redis, once each, and of sign-outs that this process had to forget.
   * @default nobody does
   */
  readonly report?: ((error: AuthError) => void) | undefined
  /** @default the clock of this process */
  readonly clock?: Clock | undefined
}

/** Longer than a refresh, which ends after 10 s, in ms. */
const TERM = 15_000
/** Far more than Redis takes and far less than users notice, in ms. */
const TIMEOUT = 500

/** When a tombstone was left, by what it says. Those of 0.1, whose processes may write here too, say nothing but 1. */
function timeIn(tombstone: string): number | null {
  const at = /^at:(\d+)$/.exec(tombstone)?.[1]
  if (at !== undefined) return Number(at)
  return tombstone === '1' ? 1 : null
}

/** Milliseconds as Redis takes them: whole, and not more than it can add to its time. */
const whole = (ms: number): number => Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER)

const untold = (): AuthError =>
  new AuthError('storage', 'Redis fails: the other processes do not know of this end. Try again.', {
    retryable: true,
  })

const unasked = (): AuthError =>
  new AuthError(
    'storage',
    'Redis fails: what the other processes know cannot be told. Try again.',
    {
      retryable: true,
    },
  )

const span = (name: string, ms: number): number => whole(checkPositive(name, ms))

/**
 * A coordinator for all processes that share a Redis, which gets to see no token and no session
 * id. While Redis is down, slow or wrong, each process coordinates its own refreshes: no caller
 * sees an error of it. A Redis without persistence, or one that evicts keys, forgets sign-outs that
 * the auth server could not be told of: a stolen cookie of such a session is somebody again then.
 * @example
 * ```ts
 * import { redisCoordinator } from 'holdfast/server'
 * import { createWorkOSSessions } from 'holdfast/server/workos'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().connect()
 * const coordinator = redisCoordinator({ client, password: 'at least 32 characters, which only your servers know' })
 * const sessions = createWorkOSSessions({ clientId, apiKey, coordinator })
 * ```
 * @throws AuthError `invalid_argument` for an unfit password, client or number.
 */
export function redisCoordinator(options: RedisCoordinatorOptions): Coordinator {
  checkObject('options', options)
  const {
    client,
    password,
    prefix = 'holdfast:',
    clock = processClock,
    report = () => {},
  } = options
  checkPassword(password)
  checkRedisClient(client)
  const replay = span('replay', options.replay ?? REPLAY)
  const term = span('term', options.term ?? TERM)
  const timeout = span('timeout', options.timeout ?? TIMEOUT)
  const link = redisLink({ client, timeout, clock, report })
  const commands = redisCommands(prefix, term)
  const records = redisRecords(password)
  const turns = redisTurns({ link, commands, records, term, clock })
  const local = localCoordinator({ replay, now: clock.now, report })
  const watches = createWatches()
  const read = redisFeed({ link, commands, clock, watches })

  /** When Redis says that a name was ended; nothing while it cannot be asked. */
  async function askedAt(name: string): Promise<number | null | undefined> {
    const reply = await link.call(await commands.ended(name))
    return reply ? timeIn(String(reply.value)) : undefined
  }

  async function share(key: string, work: () => Promise<string>, window: number): Promise<Outcome> {
    const began = clock.now()
    const turn = await turns.take(key, window)
    if (turn?.type === 'done') {
      const { result, finishedAt } = turn.outcome
      // Whoever came while another process was at it has waited, and used nothing twice.
      const age = began - finishedAt
      return age > 0 ? { finishedAt, result: { ...result, age } } : turn.outcome
    }
    if (turn?.type === 'failed') throw turn.error
    const outcome = await run(work, clock.now).catch(async (error) => {
      if (turn) await turns.fail(turn, error)
      throw error
    })
    if (turn) await turns.succeed(turn, outcome, window)
    return outcome
  }

  return {
    once(key, work, options = {}) {
      const window = span('replay', options.replay ?? replay)
      return local.once(key, () => share(key, work, window), options)
    },
    async end(name, ttl, options) {
      await local.end(name, ttl, options)
      const tombstone = await commands.tombstoneName(name)
      watches.tell(tombstone)
      const { keepsFirst } = { ...options }
      const at = (keepsFirst && (await local.endedAt(name))) || clock.now()
      const command = await commands.end(name, { ttl: whole(ttl), at, keepsFirst })
      const reply = await link.call(command, { urgent: true, afterwards: command })
      // After it, for whoever hears of an end looks at once whether it is so.
      await link.call(commands.tell(tombstone))
      if (!reply && options?.everywhere) throw untold()
    },
    async ended(name) {
      return (await local.ended(name)) || typeof (await askedAt(name)) === 'number'
    },
    async endedAt(name, { everywhere = false } = {}) {
      const times = await Promise.all([local.endedAt(name), askedAt(name)])
      const known = times.filter((at) => typeof at === 'number')
      if (known.length > 0) return Math.max(...known)
      if (everywhere && times.includes(undefined)) throw unasked()
      return null
    },
    async watch(names, onEnd) {
      const tombstones = await Promise.all(names.map(commands.tombstoneName))
      const stop = watches.add(tombstones, onEnd)
      read()
      return stop
    },
    pauses: redisPauses({ link, commands, records, local: local.pauses }),
  }
}
