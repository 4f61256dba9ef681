import { AuthError } from '../../core/errors.js'
import { LISTED, type SessionList } from '../sealed/session-list.js'
import { checkObject } from '../shared/arguments.js'
import { checkPositive } from './coordinator.js'
import { processClock } from './process-clock.js'
import { type Command, checkRedisClient, redisLink } from './redis-link.js'
import { ALL, PUT } from './redis-scripts.js'
import type { RedisSessionStoreOptions } from './redis-session-store.js'

/** Far more than Redis takes and far less than users notice, in ms. */
const TIMEOUT = 500

/**
 * Holds which sessions people have, in Redis, which gets to see seals only, and names that tell nothing.
 * @example
 * ```ts
 * import { redisSessionList } from 'holdfast/server'
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().connect()
 * const server = createOidc({ issuer: 'https://id.example', clientId, clientSecret: 'secret' })
 * const sessions = createOidcSessions({ server, list: redisSessionList({ client }) })
 * ```
 * @throws AuthError `invalid_argument` for an unfit client or number.
 */
export function redisSessionList(options: RedisSessionStoreOptions): SessionList {
  checkObject('options', options)
  const { client, prefix = 'holdfast:', clock = processClock, report = () => {} } = options
  checkRedisClient(client)
  const timeout = Math.ceil(checkPositive('timeout', options.timeout ?? TIMEOUT))
  const link = redisLink({ client, timeout, clock, report })

  async function call(script: string, person: string, args: Command['args']): Promise<unknown> {
    const reply = await link.call({ script, keys: [`${prefix}u:${person}`], args })
    if (reply) return reply.value
    const message = 'Redis, which holds the list of sessions, does not answer.'
    throw new AuthError('storage', message, { retryable: true })
  }

  return {
    async put(person, session, { sealed, ttl }) {
      await call(PUT, person, [session, sealed, Math.ceil(ttl), LISTED])
    },
    async all(person) {
      const found = await call(ALL, person, [])
      return Array.isArray(found) ? found.map(String) : []
    },
  }
}
