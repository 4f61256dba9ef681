import { redisCoordinator } from '../../src/server/coordination/redis.js'
import { redisSessionStore } from '../../src/server/coordination/redis-session-store.js'
import { createFakeRedis, createProcesses, createTime, PASSWORD } from '../support/fake-redis.js'
import type { Probe } from './documented.js'
import { DAY, isSilent, lasts, timeOf } from './times.js'

/** A store on a Redis of its own, and their clock. */
function createStore(prefix?: string) {
  const { clock } = createTime()
  const redis = createFakeRedis(clock)
  const client = redis.client()
  return { clock, redis, client, store: redisSessionStore({ client, clock, prefix }) }
}

const ofStores: Readonly<Record<string, Probe>> = {
  'RedisSessionStoreOptions.prefix': {
    async observe() {
      const keyOf = async (prefix?: string) => {
        const { store, redis } = createStore(prefix)
        await store.put('name', 'seal', DAY)
        return [...redis.entries.keys()][0] ?? ''
      }
      const [key, rest] = [await keyOf(), await keyOf('')]
      return key.endsWith(rest) && key.slice(0, -rest.length)
    },
  },
  'RedisSessionStoreOptions.timeout': {
    async observe() {
      const { store, client, clock } = createStore()
      client.fault = () => 'lose'
      return timeOf(clock, store.get('name'))
    },
  },
  'RedisSessionStoreOptions.report': {
    says: 'nobody does',
    observe() {
      return isSilent(async () => {
        const { store, client } = createStore()
        client.fault = () => 'refuse'
        await store.get('name')
      })
    },
  },
  'RedisSessionStoreOptions.clock': {
    says: 'the clock of this process',
    async observe() {
      const client = createStore().client
      client.fault = () => 'lose'
      return (await lasts(() => redisSessionStore({ client, timeout: 700 }).get('name'))) === 700
    },
  },
}

const ofCoordinators: Readonly<Record<string, Probe>> = {
  'RedisCoordinatorOptions.prefix': {
    async observe() {
      const { start, redis } = createProcesses()
      await start().coordinator.end('session', DAY)
      await start({ prefix: '' }).coordinator.end('session', DAY)
      const [key = '', rest = ''] = [...redis.entries.keys()]
      return key.endsWith(rest) && key.slice(0, -rest.length)
    },
  },
  'RedisCoordinatorOptions.replay': {
    async observe() {
      const { start, clock, until } = createProcesses()
      let runs = 0
      // Each time another process asks, which has no result of its own.
      const ask = () => until(start().coordinator.once('key', async () => String(++runs)))
      await ask()
      const began = clock.monotonic()
      for (let steps = 0; runs === 1 && steps < 120; steps++) {
        await clock.advance(1_000)
        await ask()
      }
      return clock.monotonic() - began
    },
  },
  'RedisCoordinatorOptions.term': {
    async observe() {
      const takesOver = async (term?: number): Promise<number> => {
        const { start, clock } = createProcesses({ replay: DAY })
        const never = new Promise<string>(() => {})
        void start({ ...(term && { term }) }).coordinator.once('key', () => never)
        await clock.settle()
        return timeOf(
          clock,
          start().coordinator.once('key', async () => 'done'),
        )
      }
      // They look at most 250 ms apart, at the same moments whatever the term is.
      const [took, sooner, later] = [
        await takesOver(),
        await takesOver(14_500),
        await takesOver(15_500),
      ]
      return sooner < took && took < later ? Math.floor(took / 1_000) * 1_000 : null
    },
  },
  'RedisCoordinatorOptions.timeout': {
    async observe() {
      const { start, clock } = createProcesses()
      const { client, coordinator } = start()
      client.fault = () => 'lose'
      return timeOf(clock, coordinator.ended('session'))
    },
  },
  'RedisCoordinatorOptions.report': {
    says: 'nobody does',
    observe() {
      return isSilent(async () => {
        const { client, coordinator } = createProcesses().start({ report: undefined })
        client.fault = () => 'refuse'
        await coordinator.ended('session')
      })
    },
  },
  'RedisCoordinatorOptions.clock': {
    says: 'the clock of this process',
    async observe() {
      const client = createStore().client
      client.fault = () => 'lose'
      const { ended } = redisCoordinator({ client, password: PASSWORD, timeout: 700 })
      return (await lasts(() => ended('session'))) === 700
    },
  },
}

/** What is kept in Redis does when it is told nothing but what it must be told. */
export const redisProbes: Readonly<Record<string, Probe>> = { ...ofStores, ...ofCoordinators }
