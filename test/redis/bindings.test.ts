import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createBindings } from '../../src/server/dbsc/bindings.js'
import { redisCoordinator } from '../../src/server/index.js'
import { createOidc, createOidcSessions } from '../../src/server/oidc/index.js'
import { PASSWORD } from '../support/fake-redis.js'
import { type RedisServer, startRedis } from './server.js'

/** Far longer than it takes on a busy machine, in ms. */
const SOON = { timeout: 60_000, interval: 50 }

let redis: RedisServer
const closing: (() => void)[] = []

beforeAll(async () => {
  redis = await startRedis()
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
afterAll(() => redis?.close())

/** What one process of an app knows of bound sessions, by a client of its own. */
async function start() {
  const client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
  closing.push(() => client.destroy())
  const coordinator = redisCoordinator({ client, password: PASSWORD, timeout: 4_000 })
  const server = createOidc({
    issuer: 'https://id.example',
    clientId: 'app',
    clientSecret: 'secret',
  })
  const { devices } = createOidcSessions({ server, coordinator })
  return createBindings({ devices, now: Date.now })
}

describe('a key that was registered for a bound session', () => {
  it('is no proof in another process while a real Redis does not answer, and another’s as soon as it does', async () => {
    const [here, there] = await Promise.all([start(), start()])
    await here.note('session_1', 'key of the browser')
    const ofThief = () => there.keyStateOf('session_1', 'key of a thief')
    await expect.poll(ofThief, SOON).toBe('other')
    redis.pause()
    try {
      expect(await ofThief()).toBe('unknown')
      expect(await there.keyStateOf('session_1', 'key of the browser')).toBe('unknown')
      expect(await there.stateOf('session_1')).toBe('unknown')
      expect(await here.keyStateOf('session_1', 'key of the browser')).toBe('counts')
    } finally {
      redis.resume()
    }
    await expect.poll(ofThief, SOON).toBe('other')
    expect(await there.keyStateOf('session_1', 'key of the browser')).toBe('counts')
  })
})
