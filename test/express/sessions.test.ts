import type { ErrorRequestHandler } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { createExpressSessions, type RequireSessionOptions } from '../../src/express/index.js'
import { ADA, COOKIE, createBackendWorld, MINUTE } from '../server/backend/backend-world.js'
import type { NodeServer } from '../support/node-server.js'
import { type Asked, ask, MAJORS, serve } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const NAVIGATION = { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }

describe.each(MAJORS)('the sessions of an app on Express %s', (_major, express) => {
  type App = ReturnType<typeof express>
  type Auth = ReturnType<typeof createExpressSessions>

  /** An app in front of a signed-in browser. */
  async function open(build: (app: App, auth: Auth) => void) {
    const world = createBackendWorld()
    await world.signIn()
    const app = express()
    build(app, createExpressSessions({ sessions: world.sessions }))
    const server = await serve(app)
    servers.push(server)
    const get = (path: string, asked: Asked = {}) => {
      const cookie = world.jar.header()
      const headers = { ...(cookie && { cookie }), ...asked.headers }
      return ask(server.origin, path, { ...asked, headers })
    }
    return { ...world, get, server }
  }

  const whoAmI = (app: App, auth: Auth): void => {
    app.use(auth.middleware)
    app.get('/me', (request, response) => {
      const { session, failure } = auth.of(request)
      response.json({ email: session?.user.email ?? null, reason: failure?.reason ?? null })
    })
  }

  const guarded =
    (options?: RequireSessionOptions) =>
    (app: App, auth: Auth): void => {
      app.get('/secret', auth.requireSession(options), (request, response) => {
        response.json(auth.sessionOf(request).role)
      })
    }

  it('tell who somebody is, and set nothing while nothing has changed', async () => {
    const { get, workos } = await open(whoAmI)
    const answer = await get('/me')
    expect(answer.json()).toEqual({ email: ADA, reason: null })
    expect(answer.setCookies).toEqual([])
    expect(workos.count('refresh_token')).toBe(0)
  })

  it('refresh ahead of expiry, and set the cookie beside the app’s own', async () => {
    const { get, clock, workos } = await open((app, auth) => {
      app.use((_request, response, next) => {
        response.setHeader('Vary', 'Accept')
        response.cookie('before', '1')
        next()
      })
      whoAmI(app, auth)
    })
    await clock.advance(4 * MINUTE)
    const answers = await Promise.all([get('/me'), get('/me'), get('/me')])
    for (const { setCookies, headers, json } of answers) {
      expect(json()).toMatchObject({ email: ADA })
      expect(setCookies).toEqual([
        'before=1; Path=/',
        expect.stringMatching(/^__Host-holdfast=Fe26.*HttpOnly; Secure/),
      ])
      expect(headers).toMatchObject({
        'cache-control': 'private, no-store',
        vary: 'Accept, Cookie',
      })
    }
    expect(workos.count('refresh_token')).toBe(1)
  })

  it('set the cookie once, however often a request changes it, and name a header once', async () => {
    const { get, clock } = await open((app, auth) => {
      app.use((_request, response, next) => {
        response.setHeader('Vary', 'Origin, cookie')
        next()
      })
      app.use(auth.middleware)
      app.get('/again', async (request, response) => {
        await auth.refreshSession({ request, response })
        const ended = await auth.signOut({ request, response })
        response.json(ended.error)
      })
    })
    await clock.advance(4 * MINUTE)
    const { setCookies, headers } = await get('/again')
    expect(setCookies).toEqual([expect.stringMatching(/^__Host-holdfast=; .*Max-Age=0/)])
    expect(headers.vary).toBe('Origin, cookie')
  })

  it.each([
    ['none', {}, 'no_session_cookie_provided', 0],
    ['nonsense', { cookie: `${COOKIE}=nonsense` }, 'invalid_session_cookie', 1],
    [
      'tampered with',
      { cookie: `a=1; ${COOKIE}=Fe26.2*1*x*y*z**a*b~2` },
      'invalid_session_cookie',
      1,
    ],
  ])('erase a cookie that is nobody’s: %s', async (_name, headers, reason, erased) => {
    const { get, jar } = await open(whoAmI)
    jar.cookies.clear()
    const answer = await get('/me', { headers })
    expect(answer.json()).toEqual({ email: null, reason })
    expect(answer.setCookies).toHaveLength(erased)
  })

  it('are refused headers that no server takes, and take those that it does', async () => {
    const { get } = await open(whoAmI)
    const huge = (size: number) => ({ headers: { cookie: `${COOKIE}=${'x'.repeat(size)}` } })
    expect((await get('/me', huge(100_000))).status).toBe(431)
    expect((await get('/me', huge(12_000))).json()).toMatchObject({ email: null })
  })

  it('say what is missing when they were not looked at', async () => {
    const { get } = await open((app, auth) => {
      app.get('/me', (request) => void auth.of(request))
      const says: ErrorRequestHandler = (error, _request, response, _next) => {
        response.json(error)
      }
      app.use(says)
    })
    expect((await get('/me')).json()).toMatchObject({ code: 'invalid_argument' })
  })

  it('hand what they cannot do to the app’s own handler of errors', async () => {
    const world = createBackendWorld()
    const load = () => Promise.reject(new Error('Broken.'))
    const auth = createExpressSessions({ sessions: { ...world.sessions, getSession: load } })
    const app = express()
    app.use(auth.middleware)
    const handle: ErrorRequestHandler = (error, _request, response, _next) => {
      response.end(error.message)
    }
    app.use(handle)
    const server = await serve(app)
    servers.push(server)
    expect((await ask(server.origin, '/')).text).toBe('Broken.')
  })

  describe('a guarded route', () => {
    it('is for those who are signed in', async () => {
      const { get } = await open(guarded())
      expect((await get('/secret')).json()).toBe('admin')
    })

    it('says so to all others', async () => {
      const { get, jar } = await open(guarded({ signInPath: '/auth/sign-in' }))
      jar.cookies.clear()
      for (const headers of [
        {},
        { Accept: '*/*' },
        { 'Sec-Fetch-Mode': 'cors', Accept: 'text/html' },
      ]) {
        const answer = await get('/secret', { headers })
        expect([answer.status, answer.headers.location]).toEqual([401, undefined])
        expect(answer.json()).toMatchObject({ status: 401, code: 'session_missing' })
      }
    })

    it('sends people to the sign-in, and back', async () => {
      const { get, jar } = await open(guarded({ signInPath: '/auth/sign-in' }))
      jar.cookies.set(COOKIE, 'nonsense')
      for (const headers of [NAVIGATION, { Accept: 'text/html,*/*' }]) {
        const answer = await get('/secret?a=1&b=2', { headers })
        expect([answer.status, answer.headers.location]).toEqual([
          303,
          '/auth/sign-in?returnTo=%2Fsecret%3Fa%3D1%26b%3D2',
        ])
        expect(answer.setCookies).toEqual([expect.stringMatching(/^__Host-holdfast=; /)])
      }
    })

    it('sends nobody anywhere while it is not known who they are', async () => {
      const { get, clock, workos } = await open(guarded({ signInPath: '/auth/sign-in' }))
      await clock.advance(6 * MINUTE)
      workos.fail({ type: 'rate-limited', retryAfter: 9 }, { grant: 'refresh_token' })
      const answer = await get('/secret', { headers: NAVIGATION })
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '9'])
      expect(answer.setCookies).toEqual([])
      await clock.advance(9_000)
      expect((await get('/secret', { headers: NAVIGATION })).status).toBe(200)
    })

    it('may come after the middleware, which is then not run twice', async () => {
      const { get, clock, workos } = await open((app, auth) => {
        app.use(auth.middleware, auth.middleware)
        guarded()(app, auth)
      })
      await clock.advance(6 * MINUTE)
      const { setCookies } = await get('/secret')
      expect([setCookies.length, workos.count('refresh_token')]).toEqual([1, 1])
    })
  })

  it('may be refreshed, switched and ended by the app’s own routes', async () => {
    const { get, jar, workos } = await open((app, auth) => {
      app.post('/switch', async (request, response) => {
        const { session } = await auth.refreshSession(
          { request, response },
          { organizationId: 'org_2' },
        )
        response.json([session?.organizationId, auth.sessionOf(request).role])
      })
      app.post('/leave', async (request, response) => {
        const { signOutUrl, error } = await auth.signOut({ request, response })
        response.json({ signOutUrl, error, left: auth.of(request).session })
      })
    })
    const switched = await get('/switch', { method: 'POST' })
    expect(switched.json()).toEqual(['org_2', 'member'])
    jar.cookies.set(COOKIE, /=([^;]*)/.exec(switched.setCookies[0] ?? '')?.[1] ?? '')
    const left = await get('/leave', { method: 'POST' })
    expect(left.json()).toEqual({
      signOutUrl: expect.stringContaining('/user_management/sessions/logout?session_id='),
      error: null,
      left: null,
    })
    expect(left.setCookies).toEqual([expect.stringContaining('Max-Age=0')])
    expect(workos.sessions()).toEqual([])
  })
})
