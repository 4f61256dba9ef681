// The demo: one process that serves the page and, on the same origin, a scripted GoTrue.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createServer as createVite } from 'vite'

const root = new URL('.', import.meta.url).pathname
const src = new URL('../src/', import.meta.url).pathname

/** Tokens live half a minute, so that a visitor sees them rotate. */
const LIFETIME = 30_000

const MODES = {
  ok: null,
  down: { type: 'status', status: 503 },
  slow: { type: 'slow', delay: 4_000 },
  'rate-limited': { type: 'rate-limited', retryAfter: 5 },
}

async function readBody(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function toRequest(request) {
  const method = request.method ?? 'GET'
  const body = method === 'GET' || method === 'HEAD' ? undefined : await readBody(request)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value)
  }
  return new Request(`http://${request.headers.host}${request.url}`, { method, headers, body })
}

async function send(response, reply) {
  response.writeHead(reply.status, Object.fromEntries(reply.headers))
  response.end(Buffer.from(await reply.arrayBuffer()))
}

/** An API of the app's own: it knows whoever shows a token that works. */
async function tellWho(auth, request) {
  const headers = { authorization: request.headers.get('authorization') ?? '' }
  const answer = await auth.fetch(new Request(new URL('/auth/v1/user', request.url), { headers }))
  if (!answer.ok) return Response.json({ message: 'Who are you?' }, { status: 401 })
  const { user_metadata: { name } = {} } = await answer.json()
  return Response.json({ name })
}

/** What the page's buttons do to the server, and what it counts. */
function createControl(auth) {
  let mode = 'ok'
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/demo/status') {
      return Response.json({ refreshes: auth.count('refresh_token'), mode })
    }
    if (pathname === '/demo/me') return tellWho(auth, request)
    const wish = await request.json()
    if (wish.mode in MODES) {
      mode = wish.mode
      auth.heal()
      const fault = MODES[mode]
      if (fault) auth.fail(fault, { times: Number.POSITIVE_INFINITY, path: '/token' })
    }
    if (wish.revoke) auth.endSession(wish.revoke)
    return Response.json({ mode })
  }
}

/** Text as HTML. */
const safe = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The lines of the README that an app begins with. */
export function firstLines() {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, lines = ''] = /^```ts\n([\s\S]*?)\n```$/m.exec(readme) ?? []
  return lines
}

/** The page shows what an app writes. */
const showSource = (html) =>
  html.replace('<!-- first lines of the README -->', () => safe(firstLines()))

/** Starts the demo on the loopback. `port` 0 takes a free one. */
export async function startDemo({ port = 5173 } = {}) {
  const vite = await createVite({
    root,
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^holdfast$/, replacement: `${src}index.ts` },
        { find: /^holdfast\/devtools$/, replacement: `${src}devtools/index.ts` },
        { find: /^holdfast\/ky$/, replacement: `${src}ky.ts` },
        { find: /^holdfast\/providers\/gotrue$/, replacement: `${src}providers/gotrue/index.ts` },
      ],
    },
    server: { host: '127.0.0.1', port, strictPort: port !== 0 && port !== 5173 },
    plugins: [
      { name: 'source-of-the-page', transformIndexHtml: showSource },
      {
        name: 'scripted-gotrue',
        async configureServer(server) {
          const { createScriptedGoTrue } = await server.ssrLoadModule(`${src}testing/index.ts`)
          const auth = createScriptedGoTrue({
            accessTokenLifetime: LIFETIME,
            users: [
              {
                email: 'ada@example.com',
                password: 'correct horse',
                data: { name: 'Ada Lovelace' },
              },
              {
                email: 'grace@example.com',
                password: 'correct horse',
                data: { name: 'Grace Hopper' },
              },
            ],
          })
          const control = createControl(auth)
          server.middlewares.use(async (request, response, next) => {
            const path = request.url ?? ''
            const handler = path.startsWith('/auth/v1/')
              ? auth.fetch
              : path.startsWith('/demo/')
                ? control
                : null
            if (!handler) return next()
            try {
              await send(response, await handler(await toRequest(request)))
            } catch (error) {
              next(error)
            }
          })
        },
      },
    ],
  })
  await vite.listen()
  return { url: vite.resolvedUrls?.local[0] ?? '', close: () => vite.close() }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startDemo({ port: Number(process.env.PORT ?? 5173) })
  console.log(`The Holdfast demo runs at ${url}`)
}
