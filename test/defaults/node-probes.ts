import { once } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import express, { type Express } from 'express'
import { vi } from 'vitest'
import {
  createNodeSessions,
  type NodeRequest,
  nodeHandler,
  toWebRequest,
  type WebRequestOptions,
} from '../../src/node/index.js'
import { type Answer, type Asked, ask, serve } from '../express/stage.js'
import { createBackendWorld } from '../server/backend/backend-world.js'
import { listen } from '../support/node-server.js'
import type { Probe } from './documented.js'

/** Asks an app once. */
async function askApp(build: (app: Express) => void, asked: Asked = {}): Promise<Answer> {
  const app = express()
  build(app)
  const server = await serve(app)
  return ask(server.origin, '/page?tab=2', asked).finally(() => server.close())
}

/** What a guarded page answers. */
async function askGuarded(
  options: Parameters<ReturnType<typeof createNodeSessions>['requireSession']>[0],
  asked: Asked,
  isSignedIn = false,
): Promise<Answer> {
  const { sessions, jar, signIn } = createBackendWorld()
  if (isSignedIn) await signIn()
  const cookie = jar.header()
  const headers = { ...(cookie && { cookie }), ...asked.headers }
  const { requireSession } = createNodeSessions({ sessions })
  return askApp(
    (app) => {
      app.all('/page', requireSession(options), (_request, response) => {
        response.json('fine')
      })
    },
    { ...asked, headers },
  )
}

const ofSessions: Readonly<Record<string, Probe>> = {
  'NodeSessionsOptions.routes': {
    says: 'none: mount them by themselves, before what asks for a session',
    async observe() {
      const { sessions } = createBackendWorld()
      const routes = nodeHandler(() => Response.json('a route'))
      const guarded = [{ sessions }, { sessions, routes }].map((options) =>
        askApp((app) => app.use(createNodeSessions(options).requireSession())),
      )
      return (await Promise.all(guarded)).map(({ status }) => status).join() === '401,200'
    },
  },
  'RequireSessionOptions.dangerouslyAllowAnyOrigin': {
    async observe() {
      const asked = {
        method: 'POST',
        headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      }
      const { status } = await askGuarded(undefined, asked, true)
      const allowed = await askGuarded({ dangerouslyAllowAnyOrigin: true }, asked, true)
      return allowed.status === 200 ? status === 200 : null
    },
  },
  'RequireSessionOptions.signInPath': {
    says: 'nowhere: they get 401',
    async observe() {
      const asked = { headers: { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' } }
      const { status, headers } = await askGuarded(undefined, asked)
      const sent = await askGuarded({ signInPath: '/auth/sign-in' }, asked)
      const location = '/auth/sign-in?returnTo=%2Fpage%3Ftab%3D2'
      return status === 401 && !headers.location && sent.headers.location === location
    },
  },
}

/** A request to `a`, of which a proxy says that it was one to `b`. */
const request = (more: Partial<NodeRequest> = {}): NodeRequest =>
  Object.assign(Readable.from([]), {
    url: '/',
    headers: { host: 'a', 'x-forwarded-host': 'b', 'x-forwarded-proto': 'https' },
    ...more,
  })

const urlOf = (options?: WebRequestOptions, more?: Partial<NodeRequest>): string | undefined =>
  toWebRequest(request(more), options)?.url

const ofRequests: Readonly<Record<string, Probe>> = {
  'AddressOptions.origin': {
    says: 'what the request says: the scheme of its connection and the header `Host`',
    observe: () =>
      urlOf() === 'http://a/' &&
      urlOf({}, { socket: { destroyed: false, encrypted: true } }) === 'https://a/' &&
      urlOf({ origin: 'https://c' }) === 'https://c/',
  },
  'AddressOptions.trustProxy': {
    observe: () => (urlOf({ trustProxy: true }) === 'https://b/' ? urlOf() !== 'http://a/' : null),
  },
  'WebRequestOptions.body': {
    says: 'request.body',
    async observe() {
      const read = async (options?: WebRequestOptions): Promise<string | undefined> => {
        const parsed = {
          method: 'POST',
          headers: { host: 'a', 'content-length': '1' },
          body: 'left by a parser',
        }
        const ended = request(parsed)
        ended.resume()
        await once(ended instanceof Readable ? ended : new Readable(), 'end')
        return toWebRequest(ended, options)?.text()
      }
      return (
        (await read()) === 'left by a parser' && (await read({ body: 'elsewhere' })) === 'elsewhere'
      )
    },
  },
  'WebRequestOptions.response': {
    says: 'none, and the signal never does',
    async observe() {
      const aborted: (boolean | undefined)[] = []
      const { origin, close } = await listen(async (incoming, outgoing) => {
        const signals = [undefined, outgoing].map(
          (response) => toWebRequest(incoming, { response })?.signal,
        )
        outgoing.once('close', () => aborted.push(...signals.map((signal) => signal?.aborted)))
        outgoing.destroy()
      })
      await ask(origin, '/').catch(() => {})
      await vi.waitUntil(() => aborted.length > 0, { timeout: 50_000 })
      await close()
      return aborted[0] === false && aborted[1] === true
    },
  },
  'NodeHandlerOptions.report': {
    says: 'console.error',
    async observe() {
      const error = new Error('Broken.')
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const server = createServer(nodeHandler(() => Promise.reject(error)))
      const { origin, close } = await listen(
        async (...pair) => void server.emit('request', ...pair),
      )
      const { status } = await ask(origin, '/').finally(close)
      return status === 500 && log.mock.calls.flat().includes(error)
    },
  },
}

/** What the handlers and sessions of servers of Node do when they are told nothing. */
export const nodeProbes: Readonly<Record<string, Probe>> = { ...ofSessions, ...ofRequests }
