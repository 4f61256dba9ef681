import { describe, expect, it } from 'vitest'
import { redisSessionStore } from '../../../src/server/coordination/redis-session-store.js'
import { sessionStoreContract } from '../../contracts/session-store-contract.js'
import { createFakeRedis, createTime } from '../../support/fake-redis.js'

function createWorld() {
  const { clock, until } = createTime()
  const redis = createFakeRedis(clock)
  const client = redis.client()
  const reports: string[] = []
  const report = ({ message }: Error): void => void reports.push(message)
  const store = redisSessionStore({ client, clock, report })
  return { clock, until, client, reports, store }
}

describe('the session store on Redis', () => {
  it.each(sessionStoreContract)('$name', async ({ run }) => {
    const { store, clock } = createWorld()
    await run({ store, pass: clock.advance })
  })

  it.each(['refuse', 'lose', 'lose-answer'] as const)(
    'says that it cannot tell when a command comes to nothing: %s',
    async (fault) => {
      const { store, client, until, reports } = createWorld()
      client.fault = () => fault
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.put('name', 'seal', 1_000),
        () => store.get('name'),
        () => store.expire('name', 0),
      ]
      for (const call of calls) {
        await expect(until(call())).rejects.toMatchObject({ code: 'storage', retryable: true })
      }
      expect(reports).toHaveLength(1)
      client.fault = () => null
      await until(store.put('name', 'seal', 1_000))
      expect(await until(store.get('name'))).toBe('seal')
    },
  )

  it.each<[string, object]>([
    ['no client', {}],
    ['a client that sends no scripts', { client: { get: () => null } }],
    ['no time', { client: { eval: async () => null }, timeout: 0 }],
  ])('is refused with %s', (_, options) => {
    expect(() => Reflect.apply(redisSessionStore, undefined, [options])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
