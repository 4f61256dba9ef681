import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { backendHandler } from '../../src/express/index.js'
import {
  ADA,
  COOKIE,
  createBackendWorld,
  type WorldOptions,
} from '../server/backend/backend-world.js'
import { listen, type NodeServer, readText } from '../support/node-server.js'
import { type Asked, ask, MAJORS, serve } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const PAGE = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' }
const JSON_BODY = { 'Content-Type': 'application/json' }

describe.each(MAJORS)('a backend in an app on Express %s', (_major, express) => {
  type App = ReturnType<typeof express>
  type Handler = ReturnType<typeof backendHandler>

  const alone = (app: App, handler: Handler): void => void app.use(handler)

  /** An app in front of a signed-in browser. */
  async function open(build: (app: App, handler: Handler) => void = alone, options?: WorldOptions) {
    const world = createBackendWorld(options)
    await world.signIn()
    const app = express()
    build(app, backendHandler(world.backend))
    const server = await serve(app)
    servers.push(server)
    const call = (path: string, asked: Asked = {}) => {
      const cookie = world.jar.header()
      const headers = { ...PAGE, ...(cookie && { cookie }), ...asked.headers }
      return ask(server.origin, path, { ...asked, headers })
    }
    return { ...world, call, server }
  }

  /** The same with an upstream that is a server too. */
  async function openWith(upstream: Parameters<typeof listen>[0], build = alone) {
    const server = await listen(upstream)
    servers.push(server)
    const upstreams = { api: { target: server.origin } }
    return open(build, { backend: { upstreams, fetch: (input, init) => fetch(input, init) } })
  }

  it('signs in by redirects, and tells who is there', async () => {
    const { call, jar, workos, server } = await open()
    jar.cookies.clear()
    const begun = await call('/auth/sign-in?returnTo=/home', {
      headers: { 'Sec-Fetch-Mode': 'navigate' },
    })
    expect(begun.status).toBe(303)
    const location = new URL(begun.headers.location ?? '')
    expect(location.searchParams.get('redirect_uri')).toBe(`${server.origin}/auth/callback`)
    location.searchParams.set('redirect_uri', 'https://app.example/auth/callback')
    location.searchParams.set('login_hint', ADA)
    const back = await workos.fetch(location)
    const callback = new URL(back.headers.get('Location') ?? '')
    const [flow = ''] = begun.setCookies
    const done = await call(`${callback.pathname}${callback.search}`, {
      headers: { cookie: flow.split(';')[0] ?? '' },
    })
    expect([done.status, done.headers.location]).toEqual([303, `${server.origin}/home`])
    expect(done.setCookies).toEqual([
      expect.stringMatching(/^__Host-holdfast-flow-.*Max-Age=0/),
      expect.stringMatching(/^__Host-holdfast=Fe26/),
    ])
    jar.cookies.set(COOKIE, /=([^;]*)/.exec(done.setCookies[1] ?? '')?.[1] ?? '')
    expect((await call('/auth/session')).json()).toMatchObject({
      session: { user: { email: ADA } },
    })
  })

  it.each([
    ['before a body parser', (app: App, handler: Handler) => app.use(handler, express.json())],
    ['after one', (app: App, handler: Handler) => app.use(express.json(), handler)],
    [
      'after one that keeps the text',
      (app: App, handler: Handler) => app.use(express.text({ type: '*/*' }), handler),
    ],
    [
      'after one that keeps the bytes',
      (app: App, handler: Handler) => app.use(express.raw({ type: '*/*' }), handler),
    ],
    ['beneath a path', (app: App, handler: Handler) => app.use('/auth', handler)],
    [
      'in a router',
      (app: App, handler: Handler) => app.use('/auth', express.Router().use(handler)),
    ],
  ])('reads what pages send: mounted %s', async (_name, build) => {
    const { call } = await open(build)
    const body = JSON.stringify({ organizationId: 'org_2' })
    const answer = await call('/auth/refresh', { method: 'POST', headers: JSON_BODY, body })
    expect(answer.json()).toMatchObject({ session: { organizationId: 'org_2' } })
    expect(answer.headers['cache-control']).toBe('private, no-store')
    expect(answer.setCookies).toEqual([expect.stringMatching(/^__Host-holdfast=Fe26/)])
  })

  it('leaves what is not its own to the app, with its body unread', async () => {
    const { call } = await open((app, handler) => {
      app.use(handler, express.json())
      app.post('/posts', (request, response) => void response.json({ got: request.body }))
    })
    const answer = await call('/posts', { method: 'POST', headers: JSON_BODY, body: '{"a":1}' })
    expect(answer.json()).toEqual({ got: { a: 1 } })
    expect((await call('/auth/nothing')).status).toBe(404)
  })

  it('after a parser of forms leaves those to the app, and says what is wrong with its own', async () => {
    const { call, reports } = await open((app, handler) => {
      app.use(express.urlencoded({ extended: false }), handler)
      app.post('/form', (request, response) => void response.json(request.body))
    })
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const asked = { method: 'POST', headers: form, body: 'a=1' }
    expect((await call('/form', asked)).json()).toEqual({ a: '1' })
    expect((await call('/auth/refresh', asked)).status).toBe(500)
    expect(reports).toMatchObject([{ code: 'invalid_argument' }])
  })

  it('keeps the cookies and the Vary that the app has set', async () => {
    const { call, jar } = await open((app, handler) => {
      app.use((_request, response, next) => {
        response.cookie('before', '1').vary('Accept')
        next()
      }, handler)
    })
    jar.cookies.set(COOKIE, 'nonsense')
    const { setCookies, headers } = await call('/auth/session')
    expect(setCookies).toEqual(['before=1; Path=/', expect.stringContaining('Max-Age=0')])
    expect(headers.vary).toBe('Accept, Cookie')
  })

  it('passes bodies on and back as they come', async () => {
    const { call } = await openWith(async (request, response) => {
      const text = await readText(request)
      response.setHeader('X-Total-Count', text.length)
      for (let piece = 0; piece < 40; piece++) response.write(text.slice(0, 65_536))
      response.end(request.headers.authorization?.slice(0, 10))
    })
    const body = 'a'.repeat(1_000_000)
    const answer = await call('/auth/proxy/api/upload', {
      method: 'POST',
      body,
      headers: { 'Transfer-Encoding': 'chunked' },
    })
    expect(answer.headers['x-total-count']).toBe('1000000')
    expect(answer.text).toHaveLength(40 * 65_536 + 10)
    expect(answer.text.endsWith('Bearer eyJ')).toBe(true)
  })

  it('breaks off where the upstream does', async () => {
    const { call } = await openWith(async (_request, response) => {
      response.setHeader('Content-Length', 1_000)
      response.write('half', () => void response.destroy())
    })
    await expect(call('/auth/proxy/api/x')).rejects.toThrow(/aborted|hang up|terminated/)
  })

  it('stops the upstream when the browser has gone', async () => {
    let gone = (): void => {}
    const stopped = new Promise<void>((resolve) => {
      gone = resolve
    })
    const { server, jar } = await openWith(async (_request, response) => {
      response.once('close', gone)
      response.write('the first of many')
    })
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      `GET /auth/proxy/api/events HTTP/1.1\r\nHost: a\r\nX-Holdfast: 1\r\nCookie: ${jar.header()}\r\n\r\n`,
    )
    socket.once('data', () => socket.destroy())
    await stopped
  })

  it.each([
    ['a host that is none', 'GET /auth/session HTTP/1.1\r\nHost: a b', 404],
    ['two slashes', 'GET //evil.example/auth/session HTTP/1.1\r\nHost: a', 404],
    ['a method that the web does not know', 'TRACE /auth/session HTTP/1.1\r\nHost: a', 404],
    ['a star', 'OPTIONS * HTTP/1.1\r\nHost: a', 404],
    ['a whole address', 'GET http://evil.example/auth/session HTTP/1.1\r\nHost: a', 200],
    ['no host', 'GET /auth/session HTTP/1.0', 200],
  ])('answers a request of %s', async (_name, head, status) => {
    const { server } = await open((app, handler) => {
      app.use(handler, (_request, response) => void response.status(404).end())
    })
    const text = await new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1')
      socket.write(`${head}\r\nX-Holdfast: 1\r\nConnection: close\r\n\r\n`)
      let all = ''
      socket.on('data', (chunk) => {
        all += chunk
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })
})
