import { afterEach, describe, expect, it } from 'vitest'
import { createExpressSuperTokens, superTokensCors } from '../../src/express/index.js'
import { userRoleClaim } from '../../src/server/supertokens/claims/index.js'
import { openApp } from '../server/supertokens/claims-stage.js'
import type { NodeServer } from '../support/node-server.js'
import { ask, MAJORS, serve } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const WEB = 'https://www.example.test'
const COOKIE = { rid: 'session', 'st-auth-mode': 'cookie' }

describe.each(MAJORS)('an app of SuperTokens on Express %s', (_major, express) => {
  async function open() {
    const roles = userRoleClaim({ fetchValue: () => ['reader'] })
    const { includes } = roles.validators
    const stage = await openApp({ claims: [roles], globalClaimValidators: [includes('reader')] })
    const auth = createExpressSuperTokens({ sessions: stage.sessions })
    const app = express()
    app.use(superTokensCors({ allowedOrigins: [WEB] }), auth.middleware)
    app.post('/login', (request, response, next) => {
      auth.createNewSession(response, 'ada', { request }).then(() => response.json({}), next)
    })
    app.post('/adopt', (request, response, next) => {
      const work = async () => {
        const tokens = await stage.superTokens.createNewSession('ada', { by: 'an import' })
        const session = await auth.attachToRequestResponse(request, response, tokens)
        response.json(session.getJWTPayload())
      }
      work().catch(next)
    })
    app.get('/me', auth.verifySession(), (request, response) => {
      response.json(auth.sessionOf(request).getJWTPayload())
    })
    const forAdmins = auth.verifySession({
      overrideGlobalClaimValidators: (all) => [...all, includes('admin')],
    })
    app.post('/admin', forAdmins, (_request, response) => void response.json({}))
    app.post('/promote', auth.verifySession(), (request, response, next) => {
      auth
        .sessionOf(request)
        .setClaimValue(roles, ['reader', 'admin'])
        .then(() => response.json({}), next)
    })
    app.use(auth.errorHandler)
    const server = await serve(app)
    servers.push(server)
    let cookie = ''
    const post = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const sent = { ...COOKIE, ...(cookie && { cookie }), ...headers }
      const answer = await ask(server.origin, path, { method: 'POST', headers: sent })
      const line = answer.setCookies.find((value) => value.startsWith('sAccessToken='))
      cookie = line?.split(';')[0] ?? cookie
      return answer
    }
    return { ...stage, origin: server.origin, post }
  }

  it('lets pass who has the claims that a route asks for, and the page sees what changes', async () => {
    const { post } = await open()
    await post('/login')
    const refused = await post('/admin')
    expect([refused.status, refused.json()]).toEqual([
      403,
      {
        message: 'invalid claim',
        claimValidationErrors: [
          {
            id: 'st-role',
            reason: {
              message: 'wrong value',
              expectedToInclude: 'admin',
              actualValue: ['reader'],
            },
          },
        ],
      },
    ])
    const promoted = await post('/promote')
    expect(promoted.headers['front-token']).toMatch(/^ey/)
    expect((await post('/admin')).status).toBe(200)
  })

  it('takes over a session that was made without a request', async () => {
    const { post, core } = await open()
    const answer = await post('/adopt')
    expect([answer.json(), core.sessions()[0]?.userDataInJWT]).toEqual([
      { by: 'an import' },
      { by: 'an import' },
    ])
    expect(answer.setCookies.map((line) => line.split('=')[0])).toEqual([
      'sAccessToken',
      'sRefreshToken',
    ])
  })

  it('carries tokens as the app says by any header of a request', async () => {
    const { sessions } = await openApp({
      transfer: ({ headers }) => (headers.get('x-client') === 'phone' ? 'header' : 'cookie'),
    })
    const auth = createExpressSuperTokens({ sessions })
    const app = express()
    app.post('/login', (request, response, next) => {
      auth.createNewSession(response, 'ada', { request }).then(() => response.json({}), next)
    })
    const server = await serve(app)
    servers.push(server)
    const login = async (headers: Readonly<Record<string, string>>) => {
      const answer = await ask(server.origin, '/login', { method: 'POST', headers })
      return [answer.status, answer.setCookies.length, 'st-access-token' in answer.headers]
    }
    expect(await login({ 'x-client': 'phone' })).toEqual([200, 0, true])
    expect(await login({})).toEqual([200, 2, false])
  })

  it('answers browsers that ask whether a page of another origin may ask', async () => {
    const { origin } = await open()
    const headers = { Origin: WEB, 'Access-Control-Request-Method': 'POST' }
    const asked = await ask(origin, '/me', { method: 'OPTIONS', headers })
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, WEB])
    const evil = { ...headers, Origin: 'https://evil.test' }
    const refused = await ask(origin, '/me', { method: 'OPTIONS', headers: evil })
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([
      403,
      undefined,
    ])
  })

  it('lets such a page read what its session answers, refusals included', async () => {
    const { post } = await open()
    for (const [path, status] of [
      ['/login', 200],
      ['/admin', 403],
      ['/auth/session/refresh', 401],
    ] as const) {
      const { headers, status: said } = await post(path, {
        Origin: WEB,
        'Sec-Fetch-Site': 'cross-site',
      })
      expect([said, headers['access-control-allow-origin']]).toEqual([status, WEB])
      expect(String(headers['access-control-expose-headers']).split(', ')).toContain('front-token')
      expect(String(headers.vary).split(', ')).toContain('Origin')
    }
  })
})
