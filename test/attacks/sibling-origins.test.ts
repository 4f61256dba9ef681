import { afterEach, describe, expect, it } from 'vitest'
import { createExpressSessions, originGuard } from '../../src/express/index.js'
import {
  createOriginGuard,
  type OriginGuardOptions,
} from '../../src/server/requests/origin-guard.js'
import { createSuperTokens } from '../../src/server/supertokens/supertokens.js'
import { ask, MAJORS, serve } from '../express/stage.js'
import { createBackendWorld } from '../server/backend/backend-world.js'
import { bearer, cookies, createStage, failureOf, GOOD } from '../server/supertokens/web-stage.js'
import type { NodeServer } from '../support/node-server.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

type Sent = Record<string, string>

/** Requests that change something, and that pages of others can send on somebody's cookies. */
const FOREIGN: readonly (readonly [string, Sent])[] = [
  ['a sibling host', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://blog.app.example' }],
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['a sandbox', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
  ['a sibling, in an old browser', { Origin: 'https://blog.app.example' }],
  ['a sandbox, in an old browser', { Origin: 'null' }],
  ['another port, in an old browser', { Origin: 'https://app.example:8443' }],
  [
    'one that browsers say is foreign',
    { 'Sec-Fetch-Site': 'same-site', Origin: 'https://app.example' },
  ],
  ['a browser of the future', { 'Sec-Fetch-Site': 'same-party' }],
  ['a page with Basic credentials', { 'Sec-Fetch-Site': 'same-site', Authorization: 'Basic eA==' }],
]

/** Requests of our own pages, and of those who are no browser. */
const OURS: readonly (readonly [string, Sent])[] = [
  ['our page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://app.example' }],
  ['our page, in an old browser', { Origin: 'https://app.example' }],
  ['the person', { 'Sec-Fetch-Site': 'none' }],
  ['a script of a server', {}],
  ['a token in a header', { 'Sec-Fetch-Site': 'cross-site', Authorization: 'Bearer x' }],
  ['a token bound to a key', { 'Sec-Fetch-Site': 'cross-site', Authorization: 'DPoP x' }],
]

/** What the guard says of a request to https://app.example. */
function isForeign(sent: Sent, options: OriginGuardOptions = {}, answer = new Headers()) {
  const headers = new Headers({ Host: 'app.example', ...sent })
  return createOriginGuard(options)({ method: 'POST', headers, answer })
}

describe('a page of another origin changes nothing on somebody’s cookies', () => {
  it.each(FOREIGN)('by %s', (_, sent) => expect(isForeign(sent)).toBe(true))
  it.each(OURS)('while %s may', (_, sent) => expect(isForeign(sent)).toBe(false))

  it('where the app names its origin, also not by another scheme', () => {
    const sent = { Origin: 'http://app.example' }
    expect(isForeign(sent, { origin: 'https://app.example' })).toBe(true)
    expect(isForeign({ Origin: 'https://app.example' }, { origin: 'https://app.example' })).toBe(
      false,
    )
  })

  it('unless the app allows that origin', () => {
    const [, sent] = FOREIGN[0] ?? ['', {}]
    expect(isForeign(sent, { allowedOrigins: ['https://blog.app.example'] })).toBe(false)
    expect(isForeign(sent, { allowedOrigins: ['https://app.example'] })).toBe(true)
  })

  it('or has allowed it by CORS, with credentials', () => {
    const [, sent] = FOREIGN[0] ?? ['', {}]
    const allowing = (origin: string, credentials: string) =>
      new Headers({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': credentials,
      })
    expect(isForeign(sent, {}, allowing('https://blog.app.example', 'true'))).toBe(false)
    expect(isForeign(sent, {}, allowing('https://blog.app.example', ''))).toBe(true)
    expect(isForeign(sent, {}, allowing('*', 'true'))).toBe(true)
    expect(isForeign({ Origin: '*' }, {}, allowing('https://app.example', 'true'))).toBe(true)
  })

  it('nor by an origin whose name only begins like an allowed one', () => {
    const sent = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://www.example.evil' }
    expect(isForeign(sent, { allowedOrigins: ['https://www.example'] })).toBe(true)
  })

  it('nor by a page without an origin where the request does not tell its own host', () => {
    const headers = new Headers({ Origin: 'null' })
    expect(createOriginGuard()({ method: 'POST', url: '/transfer', headers })).toBe(true)
  })

  it.each(['PUT', 'PATCH', 'DELETE', 'QUERY', 'GETS', 'HEADING'])('by the method %s', (method) => {
    const headers = new Headers({ 'Sec-Fetch-Site': 'same-site' })
    expect(createOriginGuard()({ method, headers })).toBe(true)
  })

  it('while it may read, for that changes nothing', () => {
    const [, sent] = FOREIGN[1] ?? ['', {}]
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'get']) {
      expect(createOriginGuard()({ method, headers: new Headers(sent) })).toBe(false)
    }
  })

  it.each(['app.example', 'https://app.example/', 'https://*.app.example', 'null', ''])(
    'and %j is no origin to allow',
    (origin) => {
      expect(() => createOriginGuard({ allowedOrigins: [origin] })).toThrow('origin')
      expect(() => createOriginGuard({ origin })).toThrow('origin')
    },
  )

  it('nor is a text a list of them, or nothing', () => {
    for (const allowedOrigins of ['https://app.example', 5, {}, null]) {
      expect(() => Reflect.apply(createOriginGuard, null, [{ allowedOrigins }])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })
})

describe.each(MAJORS)('in Express %s', (_, express) => {
  async function open(options: OriginGuardOptions = {}, cors: Sent = {}) {
    const world = createBackendWorld()
    await world.signIn()
    const auth = createExpressSessions({ sessions: world.sessions, ...options })
    const app = express()
    app.use((_request, response, next) => {
      response.set({ 'Access-Control-Allow-Credentials': 'true', ...cors })
      next()
    })
    app.post('/transfer', auth.requireSession(), (_request, response) => void response.send('done'))
    app.post(
      '/open',
      auth.requireSession({ dangerouslyAllowAnyOrigin: true }),
      (_request, response) => void response.send('done'),
    )
    app.post('/hook', originGuard(options), (_request, response) => void response.send('done'))
    const server = await serve(app)
    servers.push(server)
    return (path: string, headers: Sent) =>
      ask(server.origin, path, {
        method: 'POST',
        headers: { cookie: world.jar.header() ?? '', ...headers },
      })
  }

  it.each(FOREIGN)('a guarded route is not for %s', async (_name, sent) => {
    const post = await open()
    const answers = [await post('/transfer', sent), await post('/hook', sent)]
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
    expect((await post('/open', sent)).status).toBe(200)
  })

  it('a guarded route is for pages that the app has allowed by CORS', async () => {
    const post = await open({}, { 'Access-Control-Allow-Origin': 'https://www.example' })
    const sent = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://www.example' }
    const answers = [await post('/transfer', sent), await post('/hook', sent)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const others = { ...sent, Origin: 'https://evil.example' }
    expect((await post('/hook', others)).status).toBe(403)
  })

  it('a guarded route is for our pages, and for those that are allowed', async () => {
    const post = await open({ allowedOrigins: ['https://www.example'] })
    const sent = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://www.example' }
    expect((await post('/transfer', sent)).status).toBe(200)
    expect((await post('/transfer', { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200)
  })
})

describe('with SuperTokens', () => {
  const inCookies = cookies({ sAccessToken: GOOD, sRefreshToken: 'refresh/1+=' })

  it.each(FOREIGN.slice(0, -1))('nobody is signed out, or refreshed, by %s', async (_, sent) => {
    const { sessions, ask: asking, calls } = createStage()
    const headers = { Host: 'app.example', ...inCookies, ...sent }
    for (const work of [sessions.getSession, sessions.refreshSession]) {
      const exchange = asking(headers)
      expect(await failureOf(work(exchange))).toEqual({ type: 'UNAUTHORISED', code: 'rejected' })
      expect(exchange.answer.getSetCookie()).toEqual([])
    }
    await sessions.handle(
      new Request('https://app.example/auth/signout', { method: 'POST', headers }),
    )
    expect(calls).toEqual([])
  })

  it('front ends on other origins go on, by a header that only they write', async () => {
    const { sessions, ask: asking } = createStage()
    const sent = { 'Sec-Fetch-Site': 'same-site', Origin: 'https://www.app.example' }
    for (const proof of [
      { rid: 'session' },
      { 'st-auth-mode': 'cookie' },
      { 'anti-csrf': 'csrf-1' },
    ]) {
      const session = await sessions.getSession(asking({ ...inCookies, ...sent, ...proof }))
      expect(session.getUserId()).toBe('ada')
    }
    const inHeader = asking({ ...bearer(GOOD), ...sent })
    expect((await sessions.getSession(inHeader)).getUserId()).toBe('ada')
  })

  it('pages of other origins may read, and do more where the app asks for no check', async () => {
    const { sessions, ask: asking } = createStage()
    const sent = { ...inCookies, 'Sec-Fetch-Site': 'same-site' }
    expect((await sessions.getSession(asking(sent, 'GET'))).getUserId()).toBe('ada')
    const unchecked = { antiCsrfCheck: false, sessionRequired: true } as const
    expect((await sessions.getSession(asking(sent), unchecked)).getUserId()).toBe('ada')
  })

  it('cookies that every site may send need a check of some kind', () => {
    const options = { hosts: 'http://localhost:3567', cookies: { sameSite: 'none' } } as const
    expect(() => createSuperTokens({ ...options, antiCsrf: 'NONE' })).toThrow('sameSite')
    expect(createSuperTokens(options).antiCsrf).toBe('VIA_CUSTOM_HEADER')
    expect(createSuperTokens({ ...options, antiCsrf: 'VIA_TOKEN' }).antiCsrf).toBe('VIA_TOKEN')
  })
})
