/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis'
import { redisCoordinator } from '../../src/server/coordination/redis.js'

const password = 'a password of more than thirty-two characters'

export function everyKindOfClientWillDo(): void {
  redisCoordinator({ password, client: createClient() })
  redisCoordinator({ password, client: createClient({ RESP: 2, url: 'redis://localhost' }) })
  redisCoordinator({ password, client: createClientPool() })
  redisCoordinator({ password, client: createCluster({ rootNodes: [] }) })
  redisCoordinator({ password, client: createSentinel({ name: 'a', sentinelRootNodes: [] }) })
  const buffers = { [RESP_TYPES.BLOB_STRING]: Buffer }
  redisCoordinator({ password, client: createClient().withTypeMapping(buffers) })
}

export function nothingElseWill(): void {
  // @ts-expect-error There must be a client.
  redisCoordinator({ password })
  // @ts-expect-error What lies in Redis must be sealed.
  redisCoordinator({ client: createClient() })
  // @ts-expect-error An address is no client.
  redisCoordinator({ password, client: 'redis://localhost' })
  // @ts-expect-error A client that can not run scripts is none.
  redisCoordinator({ password, client: { get: async () => null } })
}
