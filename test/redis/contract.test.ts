import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { redisCoordinator } from '../../src/server/coordination/redis.js'
import { redisCommands } from '../../src/server/coordination/redis-commands.js'
import { redisSessionStore } from '../../src/server/coordination/redis-session-store.js'
import { coordinatorContract } from '../contracts/coordinator-contract.js'
import { redisContract } from '../contracts/redis-contract.js'
import { sessionStoreContract } from '../contracts/session-store-contract.js'
import { PASSWORD } from '../support/fake-redis.js'
import { type RedisServer, startRedis } from './server.js'

/** Longer than a busy machine takes for the few steps that must happen within it, in ms. */
const REPLAY = 6_000
/** After so many ms an outage is tried again. */
const PROBE = 1_100

let server: RedisServer
const connect = (RESP: 2 | 3) => createClient({ url: server.url, RESP }).connect()
const clients: Awaited<ReturnType<typeof connect>>[] = []

beforeAll(async () => {
  server = await startRedis()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})
afterAll(() => server?.close())

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each([2, 3] as const)('a real Redis that speaks RESP%i', (version) => {
  it.each(redisContract)('$name', async ({ run }) => {
    const client = await connect(version)
    clients.push(client)
    await run({ client, pass: sleep })
  })

  it.each(['r', 'l', 'e'] as const)('is not down when a key (%s) holds no text', async (kind) => {
    const client = await connect(version)
    clients.push(client)
    const reports: unknown[] = []
    const report = (error: unknown): void => void reports.push(error)
    const prefix = `types-${kind}-${version}:`
    const options = { client, password: PASSWORD, prefix, term: 100, report }
    const { once, end, ended } = redisCoordinator(options)
    const commands = redisCommands(prefix, 1)
    const [tombstone = ''] = (await commands.ended('session')).keys
    const keys = { r: commands.resultName('key'), l: `${prefix}l:{key}`, e: tombstone }
    await client.rPush(keys[kind], 'a list')
    expect((await once('key', async () => 'its own')).text).toBe('its own')
    await end('session', 1_000)
    expect(await ended('session')).toBe(true)
    expect(reports).toEqual([])
  })
})

describe('a tombstone in a real Redis', () => {
  it.each([
    ['the auth server has not heard of', 34_560_060_000, { confirmed: false }],
    ['it has heard of', 360_000, { confirmed: true }],
  ])('stands as long as it was told to: of an end that %s', async (_, life, options) => {
    const client = await connect(3)
    clients.push(client)
    const prefix = `life-${life}:`
    const { end } = redisCoordinator({ client, password: PASSWORD, prefix })
    await end('session', life, options)
    const left = await client.pTTL(await redisCommands(prefix, 1).tombstoneName('session'))
    expect(left).toBeLessThanOrEqual(life)
    // A busy machine may take its time to ask.
    expect(left).toBeGreaterThan(life - 60_000)
  })

  it('keeps the life of its last word, be that shorter or longer', async () => {
    const client = await connect(3)
    clients.push(client)
    const { end } = redisCoordinator({ client, password: PASSWORD, prefix: 'last:' })
    const name = await redisCommands('last:', 1).tombstoneName('session')
    await end('session', 34_560_060_000, { confirmed: false })
    await end('session', 360_000, { confirmed: true })
    expect(await client.pTTL(name)).toBeLessThanOrEqual(360_000)
    await end('session', 34_560_060_000, { confirmed: false })
    expect(await client.pTTL(name)).toBeGreaterThan(34_560_000_000)
  })
})

describe('a real Redis that is full', () => {
  it('is one outage, though it lets itself be read, and costs nobody an answer', async () => {
    const client = await connect(3)
    clients.push(client)
    const reports: unknown[] = []
    const report = (error: unknown): void => void reports.push(error)
    const coordinator = redisCoordinator({ client, password: PASSWORD, prefix: 'full:', report })
    await client.configSet('maxmemory', '1')
    try {
      for (const key of ['one', 'two', 'three']) {
        expect((await coordinator.once(key, async () => 'its own')).text).toBe('its own')
        await sleep(PROBE)
        expect(await coordinator.ended('session')).toBe(false)
        await sleep(PROBE)
      }
    } finally {
      await client.configSet('maxmemory', '0')
    }
    expect(reports).toMatchObject([{ code: 'storage' }])
  })
})

describe.each([2, 3] as const)(
  'the session store on a real Redis that speaks RESP%i',
  (version) => {
    it.each(sessionStoreContract)('$name', async ({ run }) => {
      const client = await connect(version)
      clients.push(client)
      await run({ store: redisSessionStore({ client, timeout: REPLAY }), pass: sleep })
    })
  },
)

describe.each([2, 3] as const)('the coordinator on a real Redis that speaks RESP%i', (version) => {
  const reports: unknown[] = []

  it.each(coordinatorContract)('$name', async ({ run }) => {
    await run({
      replay: REPLAY,
      delay: 1_000,
      async create() {
        const client = await connect(version)
        clients.push(client)
        const report = (error: unknown): void => void reports.push(error)
        return redisCoordinator({ client, password: PASSWORD, replay: REPLAY, report })
      },
      async pass(ms) {
        await sleep(ms)
        // What was sent before this has been carried out.
        await Promise.all(clients.map((client) => client.ping()))
      },
      until: (promise) => promise,
    })
    expect(reports).toEqual([])
  })
})
