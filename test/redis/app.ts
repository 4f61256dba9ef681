// One of several processes of an app: a backend on Node, whose coordinator is on Redis.
import { createServer } from 'node:http'
import { createClient } from 'redis'
import { nodeHandler } from '../../src/node/index.js'
import { createBackend, createRequestSessions, redisCoordinator } from '../../src/server/index.js'
import { createOidc, createOidcSessions } from '../../src/server/oidc/index.js'
import type { AppOptions, AppReport } from './apps.js'

const say = (report: AppReport): void => void process.send?.(report)

/** Answers under one origin, as all processes do: that of the first is where people sign in. */
async function begin({ redis, origin, ...server }: AppOptions) {
  const client = createClient({ url: redis, socket: { reconnectStrategy: 50 } })
  client.on('error', () => {})
  await client.connect()
  const password = 'a password of more than 32 characters, for cookies'
  const oidc = createOidc(server)
  const coordinator = redisCoordinator({ client, password, timeout: 4_000 })
  const sealed = createOidcSessions({ server: oidc, coordinator })
  const cookie = { password, name: 'session', secure: false }
  const sessions = createRequestSessions({ sessions: sealed, cookie })
  const backend = createBackend({ sessions, signIn: oidc, password, origin, events: true })
  return nodeHandler(backend, { origin })
}

let handler: Awaited<ReturnType<typeof begin>> | undefined
const server = createServer((request, response) => void handler?.(request, response))
process.on('message', (options: AppOptions) => {
  begin(options).then(
    (made) => {
      handler = made
      say({ type: 'ready' })
    },
    (error: unknown) => say({ type: 'failed', message: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  say({ type: 'listening', origin: `http://127.0.0.1:${port}` })
})
