import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createExpressSuperTokens,
  type ExpressSuperTokensOptions,
} from '../../src/express/index.js'
import {
  bearer,
  cookies,
  createStage,
  EPOCH,
  ERRORS,
  EXPIRED,
  type FakeOptions,
  failureOf,
  GOOD,
  REFRESH,
} from '../server/supertokens/web-stage.js'
import type { NodeServer } from '../support/node-server.js'
import { type Answer, type Asked, ask, MAJORS, serve } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const REFRESH_PATH = '/auth/session/refresh'
const HAS_REFRESH = cookies({ sRefreshToken: REFRESH })
const HAS_ACCESS = cookies({ sAccessToken: GOOD })
type Auth = ReturnType<typeof createExpressSuperTokens>
interface Settings extends FakeOptions {
  readonly on?: ExpressSuperTokensOptions['on']
}

const names = ({ setCookies }: Answer): string[] =>
  setCookies.map((line) => `${line.split('=')[0]}${line.includes(EPOCH) ? ' erased' : ''}`)
const ERASED = ['sAccessToken erased', 'sRefreshToken erased']

/** What is left of an error at the end of the app. */
const last: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  response.status(500).json({ left: String(error.code ?? error.message) })
}

describe.each(MAJORS)('sessions of SuperTokens in an app on Express %s', (_major, express) => {
  async function open(
    build: (app: Express, auth: Auth) => void,
    { on, ...options }: Settings = {},
  ) {
    const stage = createStage(options)
    const app = express()
    const auth = createExpressSuperTokens({ sessions: stage.sessions, on })
    build(app, auth)
    app.use(last)
    const server = await serve(app)
    servers.push(server)
    const call = (path: string, asked: Asked = {}) => ask(server.origin, path, asked)
    const post = (path: string, headers: Asked['headers'] = {}) =>
      call(path, { method: 'POST', headers })
    return { ...stage, call, post }
  }
  const routes = (app: Express, auth: Auth): void => {
    app.use(auth.middleware)
    app.get('/me', auth.verifySession(), (request, response) => {
      response.json(auth.sessionOf(request).getUserId())
    })
    app.post('/login', (request, response, next) => {
      const began = auth.createNewSession(response, 'ada', { jwtPayload: { a: 1 }, request })
      began.then((session) => response.json(session.getHandle()), next)
    })
    app.use(auth.errorHandler)
  }

  it('begin with the response alone, and then in cookies', async () => {
    const { post, calls } = await open((app, auth) => {
      app.post('/login', (_request, response, next) => {
        response.cookie('mine', '1')
        response.vary('Origin').set('Access-Control-Expose-Headers', 'X-Mine')
        const data = { sessionData: { cart: 1 } }
        auth.createNewSession(response, 'ada', data).then(() => response.json({}), next)
      })
    })
    const answer = await post('/login')
    expect(calls).toEqual([['createNewSession', 'ada', {}, { cart: 1 }]])
    expect(names(answer)).toEqual(['mine', 'sAccessToken', 'sRefreshToken'])
    expect(answer.headers).toMatchObject({
      'front-token': expect.stringMatching(/^[\w+/]+=*$/),
      'access-control-expose-headers': 'X-Mine, front-token',
      'cache-control': 'private, no-store',
      vary: 'Origin, Cookie',
    })
  })

  it('spend nothing for a response that has begun, which could not carry the new tokens', async () => {
    const { post, calls, superTokens } = await open((app, auth) => {
      const answer =
        (work: (request: Request, response: Response) => Promise<unknown>): RequestHandler =>
        async (request, response) => {
          response.write('begun, ')
          response.end(JSON.stringify(await failureOf(work(request, response))))
        }
      app.post(
        '/login',
        answer((request, response) => auth.createNewSession(response, 'ada', { request })),
      )
      app.post('/refresh', answer(auth.refreshSession))
      app.post(
        '/attach',
        answer(async (request, response) => {
          const tokens = await superTokens.createNewSession('ada')
          return auth.attachToRequestResponse(request, response, tokens)
        }),
      )
    })
    for (const path of ['/login', '/refresh', '/attach']) {
      const answer = await post(path, HAS_REFRESH)
      expect(answer.text).toBe('begun, {"type":"GENERAL_ERROR","code":"invalid_argument"}')
      expect(answer.setCookies).toEqual([])
      // Only what the app itself has asked for.
      expect(calls.map(([name]) => name)).toEqual(path === '/attach' ? ['createNewSession'] : [])
    }
  })

  it('begin as the front end of the request wants it', async () => {
    const { post } = await open(routes)
    expect(names(await post('/login', { 'st-auth-mode': 'cookie' }))).toHaveLength(2)
    const inHeaders = await post('/login', { 'st-auth-mode': 'header' })
    expect(names(inHeaders)).toEqual([])
    expect(inHeaders.headers).toHaveProperty('st-access-token')
  })

  it('guard a route', async () => {
    const { call } = await open(routes)
    expect((await call('/me', { headers: HAS_ACCESS })).json()).toBe('ada')
    expect((await call('/me', { headers: bearer(GOOD) })).json()).toBe('ada')
    const nobody = await call('/me')
    expect(nobody.status).toBe(401)
    expect(nobody.json()).toEqual({ message: 'unauthorised' })
    expect(nobody.setCookies).toEqual([])
    const late = await call('/me', { headers: cookies({ sAccessToken: EXPIRED }) })
    expect(late.status).toBe(401)
    expect(late.json()).toEqual({ message: 'try refresh token' })
    expect(late.setCookies).toEqual([])
  })

  it('let those pass too who have none, where the route says so', async () => {
    const { call } = await open((app, auth) => {
      app.get('/', auth.verifySession({ sessionRequired: false }), (request, response) => {
        response.json(auth.optionalSessionOf(request)?.getUserId() ?? 'nobody')
      })
      app.get('/unguarded', (request, response) => {
        response.json(auth.sessionOf(request).getUserId())
      })
      app.use(auth.errorHandler)
    })
    expect((await call('/')).json()).toBe('nobody')
    expect((await call('/', { headers: HAS_ACCESS })).json()).toBe('ada')
    expect((await call('/unguarded', { headers: HAS_ACCESS })).status).toBe(401)
  })

  it('refresh and sign out at the paths of the front end, with a body or without', async () => {
    const { call, post, calls } = await open((app, auth) => {
      app.use(express.json())
      app.use('/auth', auth.middleware)
      routes(app, auth)
    })
    const bare = await post(REFRESH_PATH, HAS_REFRESH)
    expect([bare.status, bare.text, names(bare)]).toEqual([
      200,
      '{}',
      ['sAccessToken', 'sRefreshToken'],
    ])
    for (const body of ['{"a":1}', '{}']) {
      const headers = { ...HAS_REFRESH, 'Content-Type': 'application/json' }
      expect((await call(REFRESH_PATH, { method: 'POST', headers, body })).status).toBe(200)
    }
    const out = await post('/auth/signout?x=1', HAS_ACCESS)
    expect(out.json()).toEqual({ status: 'OK' })
    expect(names(out)).toEqual(ERASED)
    expect(calls.at(-1)).toEqual(['revokeSession', 'h-good'])
    expect((await post('/elsewhere')).status).toBe(404)
    expect((await call(REFRESH_PATH)).status).toBe(404)
  })

  it('read cookies as they came, whatever a parser made of them', async () => {
    const { post } = await open((app, auth) => {
      app.use((request, _response, next) => {
        Object.assign(request, { cookies: { sRefreshToken: 'parsed' } })
        next()
      })
      app.use(auth.middleware)
    })
    expect((await post(REFRESH_PATH, HAS_REFRESH)).status).toBe(200)
    const twice = { cookie: ['a=1; sRefreshToken=a', 'sRefreshToken=b'] }
    expect((await post(REFRESH_PATH, twice)).json()).toEqual({ left: 'invalid_argument' })
  })

  it('refresh in a route of the app, once per cookie however often it is called', async () => {
    const { post } = await open((app, auth) => {
      app.post(REFRESH_PATH, (request, response, next) => {
        const twice = async (): Promise<void> => {
          await auth.refreshSession(request, response)
          const session = await auth.refreshSession(request, response)
          response.json(session.getHandle())
        }
        twice().catch(next)
      })
      app.use(auth.errorHandler)
    })
    const answer = await post(REFRESH_PATH, HAS_REFRESH)
    expect(answer.json()).toBe('h2')
    expect(names(answer)).toEqual(['sAccessToken', 'sRefreshToken'])
    expect(answer.headers['front-token']).not.toContain(',')
  })

  it('are changed by the session that a route gets', async () => {
    const { post } = await open((app, auth) => {
      app.post('/leave', (request, response, next) => {
        const leave = async (): Promise<void> => {
          const session = await auth.getSession(request, response, { antiCsrfCheck: false })
          await session.updateSessionData({ left: true })
          await session.revokeSession()
          response.json(await session.getSessionData())
        }
        leave().catch(next)
      })
      app.use(auth.errorHandler)
    })
    const answer = await post('/leave', HAS_ACCESS)
    expect(answer.json()).toEqual({ cart: 1 })
    expect(names(answer)).toEqual(ERASED)
    expect(answer.headers['front-token']).toBe('remove')
  })

  it.each([
    ['UNAUTHORISED', 401, { message: 'unauthorised' }, ERASED],
    ['TOKEN_THEFT_DETECTED', 401, { message: 'token theft detected' }, ERASED],
    ['TRY_REFRESH_TOKEN', 401, { message: 'try refresh token' }, []],
    ['GENERAL_ERROR', 503, { message: 'try again later' }, []],
  ] as const)('answer %s by %i', async (type, status, body, erased) => {
    const { post, call, state } = await open(routes)
    state.failure = ERRORS[type]()
    for (const answer of [
      await post(REFRESH_PATH, HAS_REFRESH),
      await call('/me', { headers: HAS_ACCESS }),
    ]) {
      expect([answer.status, answer.json(), names(answer)]).toEqual([status, body, erased])
      expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined)
    }
  })

  it('answer as the app wants it, with the tokens cleared already', async () => {
    const heard: unknown[] = []
    const { post, call, state } = await open(routes, {
      on: {
        unauthorised: (error, request, response, next) => {
          heard.push(error.type, request.url, typeof next)
          response.statusCode = 418
          response.end()
        },
        tryRefreshToken: (_error, _request, _response, next) => next(new Error('passed on')),
        tokenTheftDetected: async ({ userId, sessionHandle }) => {
          heard.push(userId, sessionHandle)
          throw new Error('failed')
        },
        generalError: (error, _request, _response, next) => next(error),
      },
    })
    state.failure = ERRORS.TOKEN_THEFT_DETECTED()
    const theft = await post(REFRESH_PATH, HAS_REFRESH)
    expect([theft.status, theft.json(), names(theft)]).toEqual([500, { left: 'failed' }, ERASED])
    state.failure = ERRORS.UNAUTHORISED()
    const over = await call('/me', { headers: HAS_ACCESS })
    expect([over.status, names(over)]).toEqual([418, ERASED])
    expect(heard).toEqual(['ada', 'h', 'UNAUTHORISED', '/me', 'function'])
    state.failure = ERRORS.TRY_REFRESH_TOKEN()
    expect((await call('/me', { headers: HAS_ACCESS })).json()).toEqual({ left: 'passed on' })
    state.failure = ERRORS.GENERAL_ERROR()
    const outage = await call('/me', { headers: HAS_ACCESS })
    expect([outage.json(), names(outage)]).toEqual([{ left: 'network' }, []])
  })

  it('answer doubled cookies by 200, or the front end would take it for a sign-out', async () => {
    const heard: unknown[] = []
    const { post } = await open(routes, {
      scheme: { formerly: [{ domain: 'old.example' }] },
      on: { tryRefreshToken: (error) => heard.push(error) },
    })
    const answer = await post(REFRESH_PATH, { cookie: 'sRefreshToken=a; sRefreshToken=b' })
    expect([answer.status, heard]).toEqual([200, []])
    expect(new Set(names(answer))).toEqual(new Set(['sRefreshToken erased']))
  })

  it('leave errors of others, and their own of no remedy, to the app', async () => {
    const { call, state } = await open((app, auth) => {
      routes(app, auth)
      app.get('/broken', () => {
        throw new Error('broken')
      })
      app.use(auth.errorHandler)
    })
    expect((await call('/broken')).json()).toEqual({ left: 'broken' })
    state.failure = new TypeError('a bug')
    expect((await call('/me', { headers: HAS_ACCESS })).json()).toEqual({ left: 'a bug' })
  })

  it('write nothing once the headers are sent', async () => {
    const failures: unknown[] = []
    const { call, calls } = await open((app, auth) => {
      app.get('/', (request, response, next) => {
        const late = async (): Promise<void> => {
          const session = await auth.getSession(request, response)
          response.write('begun')
          failures.push(await failureOf(auth.createNewSession(response, 'ada')))
          failures.push(await failureOf(auth.refreshSession(request, response)))
          await auth.getSession(request, response)
          await session.revokeSession()
          response.end('ended')
        }
        late().catch(next)
      })
    })
    const answer = await call('/', { headers: { ...HAS_ACCESS } })
    expect([answer.status, answer.text, answer.setCookies]).toEqual([200, 'begunended', []])
    expect(failures).toEqual(Array(2).fill({ type: 'GENERAL_ERROR', code: 'invalid_argument' }))
    expect(calls.map(([name]) => name)).toEqual(['getSession', 'getSession', 'revokeSession'])
  })

  it('do not answer what has been answered meanwhile', async () => {
    const { post } = await open((app, auth) => {
      app.use((_request, response, next) => {
        next()
        response.status(504).end('too late')
      })
      routes(app, auth)
    })
    for (const answer of [
      await post(REFRESH_PATH, HAS_REFRESH),
      await post('/auth/signout', HAS_ACCESS),
    ]) {
      expect([answer.status, answer.text]).toEqual([504, 'too late'])
    }
  })

  it('have an error handler that Express knows by its four parameters', () => {
    const { sessions } = createStage()
    expect(createExpressSuperTokens({ sessions }).errorHandler).toHaveLength(4)
  })
})

describe('settings of sessions of SuperTokens in an app on Express', () => {
  const { sessions } = createStage()
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no sessions', {}],
    ['those of another kind', { sessions: { getSession() {} } }],
    ['answers that are none', { sessions, on: 'unauthorised' }],
    ['an answer that is none', { sessions, on: { unauthorised: 401 } }],
    ['a misspelt answer, which would never be given', { sessions, on: { unauthorized() {} } }],
  ])('that cannot work are refused at once: %s', (_, options) => {
    expect(() => Reflect.apply(createExpressSuperTokens, null, [options])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
