import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { redisCoordinator, type TokenReuse } from '../../src/server/index.js'
import { createSuperTokens, type SuperTokensOptions } from '../../src/server/supertokens/index.js'
import { createScriptedSuperTokensCore } from '../../src/testing/index.js'
import { PASSWORD } from '../support/fake-redis.js'
import { type RedisServer, startRedis } from './server.js'

let server: RedisServer
const connect = () => createClient({ url: server.url }).connect()
const clients: Awaited<ReturnType<typeof connect>>[] = []

beforeAll(async () => {
  server = await startRedis()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})
afterAll(() => server?.close())

/** Some servers of one app, each with a connection of its own, and their core. */
async function openApp(count: number, options: Pick<SuperTokensOptions, 'reuseWindow'> = {}) {
  const core = createScriptedSuperTokensCore()
  /** What each of them was told of spent tokens. */
  const reuses: TokenReuse[][] = []
  const open = async (_: unknown, index: number) => {
    const client = await connect()
    clients.push(client)
    const coordinator = redisCoordinator({ client, password: PASSWORD, prefix: `app-${count}:` })
    const heard: TokenReuse[] = []
    reuses[index] = heard
    return createSuperTokens({
      hosts: 'http://localhost:3567',
      fetch: core.fetch,
      coordinator,
      onReuse: (reuse) => void heard.push(reuse),
      ...options,
    })
  }
  const [first, ...others] = await Promise.all(Array.from({ length: count }, open))
  if (!first) throw new Error('An app has a server.')
  return { core, first, servers: [first, ...others], reuses }
}

describe('servers that share sessions of SuperTokens by a real Redis', () => {
  it('make one exchange of a refresh token that many requests bring', async () => {
    const { core, first, servers } = await openApp(4)
    const { refreshToken } = await first.createNewSession('ada')
    const calls = servers.flatMap((one) =>
      Array.from({ length: 50 }, () => one.refreshSession(refreshToken.token)),
    )
    const tokens = new Set((await Promise.all(calls)).map((got) => got.refreshToken.token))
    expect(core.count('/session/refresh')).toBe(1)
    expect(tokens.size).toBe(1)
    // No sibling was made whose first use would make the others look stolen.
    for (const token of tokens) {
      for (const one of servers) await one.refreshSession(token)
    }
    expect(core.count('/session/refresh')).toBe(2)
  })

  it('tell each other of theft, whoever asks the core', async () => {
    const { core, first, servers } = await openApp(3)
    const { session, refreshToken } = await first.createNewSession('ada')
    // The owner goes on elsewhere, with servers that do not share with these.
    const elsewhere = createSuperTokens({ hosts: 'http://localhost:3567', fetch: core.fetch })
    const next = await elsewhere.refreshSession(refreshToken.token)
    await elsewhere.refreshSession(next.refreshToken.token)
    core.clearLog()
    const failures = await Promise.all(
      servers.map((one) => one.refreshSession(refreshToken.token).catch((error) => error)),
    )
    for (const failure of failures) {
      expect(failure).toMatchObject({
        type: 'TOKEN_THEFT_DETECTED',
        sessionHandle: session.handle,
        userId: 'ada',
      })
    }
    expect(core.count('/session/refresh')).toBe(1)
    expect(core.sessions()).toEqual([])
  })

  it('tell of a spent token where it comes again, though another one has exchanged it', async () => {
    // Longer than a busy machine takes from one call to the next.
    const { core, servers, reuses } = await openApp(2, { reuseWindow: 60_000 })
    const [here, there] = servers
    if (!here || !there) throw new Error('There are two.')
    const { session, refreshToken } = await here.createNewSession('ada')
    const next = await here.refreshSession(refreshToken.token, { request: 'the tab' })
    const again = await there.refreshSession(refreshToken.token, { request: 'a stranger' })
    expect(again.refreshToken.token).toBe(next.refreshToken.token)
    expect(core.count('/session/refresh')).toBe(1)
    await expect
      .poll(() => reuses[1], { timeout: 20_000 })
      .toEqual([
        {
          sessionId: session.handle,
          userId: 'ada',
          age: expect.any(Number),
          request: 'a stranger',
        },
      ])
    expect(reuses[0]).toEqual([])
  })

  it('hear of a sign-out at one of them: a replay brings nobody back', async () => {
    const { first, servers } = await openApp(2)
    const { session, refreshToken } = await first.createNewSession('ada')
    await first.refreshSession(refreshToken.token)
    await first.revokeSession(session.handle)
    for (const one of servers) {
      await expect(one.refreshSession(refreshToken.token)).rejects.toMatchObject({
        type: 'UNAUTHORISED',
      })
    }
  })
})
