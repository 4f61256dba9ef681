import { AuthError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { SessionStore } from '../sealed/session-store.js'
import { checkObject } from '../shared/arguments.js'
import { checkPositive } from './coordinator.js'
import { processClock } from './process-clock.js'
import { type Command, checkRedisClient, type RedisClient, redisLink } from './redis-link.js'
import { EXPIRE, GET, KEEP } from './redis-scripts.js'

/** Options of {@link redisSessionStore}. */
export interface RedisSessionStoreOptions {
  /** A client of the `redis` package, connected by the app. Redis 5 or newer. */
  readonly client: RedisClient
  /** What every key begins with. @default 'holdfast:' */
  readonly prefix?: string | undefined
  /** Milliseconds for one command. @default 500 */
  readonly timeout?: number | undefined
  /** Hears of an outage of Redis, once each. @default nobody does */
  readonly report?: ((error: AuthError) => void) | undefined
  /** @default the clock of this process */
  readonly clock?: Clock | undefined
}

/** Far more than Redis takes and far less than users notice, in ms. */
const TIMEOUT = 500

/**
 * Holds sessions in Redis that are too large for cookies. Redis gets to see seals only, and names that
 * tell nothing. One without persistence, or that evicts keys, signs their people out when it forgets.
 * @example
 * ```ts
 * import { redisSessionStore } from 'holdfast/server'
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().connect()
 * const server = createOidc({ issuer: 'https://id.example', clientId, clientSecret: 'secret' })
 * const sessions = createOidcSessions({ server, store: redisSessionStore({ client }) })
 * ```
 * @throws AuthError `invalid_argument` for an unfit client or number.
 */
export function redisSessionStore(options: RedisSessionStoreOptions): SessionStore {
  checkObject('options', options)
  const { client, prefix = 'holdfast:', clock = processClock, report = () => {} } = options
  checkRedisClient(client)
  const timeout = Math.ceil(checkPositive('timeout', options.timeout ?? TIMEOUT))
  const link = redisLink({ client, timeout, clock, report })

  async function call(script: string, name: string, args: Command['args']): Promise<unknown> {
    const reply = await link.call({ script, keys: [`${prefix}s:${name}`], args }, { urgent: true })
    if (reply) return reply.value
    throw new AuthError('storage', 'Redis, which holds this session, does not answer.')
  }

  return {
    async put(name, sealed, ttl) {
      await call(KEEP, name, [sealed, Math.ceil(ttl)])
    },
    async get(name) {
      const found = await call(GET, name, [])
      return found === null || found === '' ? null : String(found)
    },
    async expire(name, ttl) {
      await call(EXPIRE, name, [Math.ceil(ttl)])
    },
  }
}
