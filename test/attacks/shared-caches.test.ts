import { describe, expect, it } from 'vitest'
import { createExpressSessions, createExpressSuperTokens } from '../../src/express/index.js'
import { applySession } from '../../src/server/requests/apply-session.js'
import { keepPrivate } from '../../src/server/requests/caching.js'
import { ask, MAJORS, serve } from '../express/stage.js'
import { createApp } from '../next/app.js'
import { createBackendWorld } from '../server/backend/backend-world.js'
import { bearer, cookies, createStage, GOOD } from '../server/supertokens/web-stage.js'

const PRIVATE = 'private, no-store'

describe('a shared cache does not keep what is for one person', () => {
  it.each([
    [null, PRIVATE],
    ['public, max-age=60', PRIVATE],
    ['max-age=60', PRIVATE],
    ['no-cache', PRIVATE],
    ['no-store', PRIVATE],
    ['no-cache="private"', PRIVATE],
    ['no-cache="x, private, y"', PRIVATE],
    ['no-cache="a\\", private, b"', PRIVATE],
    ['private="x-name", max-age=60', PRIVATE],
    ['x-private', PRIVATE],
    ['private-ish', PRIVATE],
    ['private, s-maxage=600', PRIVATE],
    ['public, private', PRIVATE],
    ['private', 'private'],
    ['PRIVATE, Max-Age=60', 'PRIVATE, Max-Age=60'],
    ['max-age=60 , private', 'max-age=60 , private'],
  ])('which says %j', (said, expected) => {
    const headers = new Headers(said === null ? {} : { 'Cache-Control': said })
    keepPrivate(headers)
    expect(headers.get('Cache-Control')).toBe(expected)
  })

  it('which was told that the browser may keep it, where it sets a cookie', () => {
    const headers = new Headers({ 'Cache-Control': 'private, max-age=60' })
    applySession(headers, { failure: null, setCookies: ['a=b'] })
    expect(headers.get('Cache-Control')).toBe(PRIVATE)
  })

  it.each([
    'CDN-Cache-Control',
    'Surrogate-Control',
    'X-Accel-Expires',
    'Cloudflare-CDN-Cache-Control',
    'Vercel-CDN-Cache-Control',
    'Netlify-CDN-Cache-Control',
    'Akamai-Cache-Control',
    'Edge-Control',
    'Expires',
    'Pragma',
  ])('by what speaks past `Cache-Control`: %s', (name) => {
    const headers = new Headers({ [name]: '3600', 'Cache-Control': 'private' })
    keepPrivate(headers)
    expect([...headers]).toEqual([['cache-control', 'private']])
  })

  it.each([
    [null, 'Cookie'],
    ['Accept', 'Accept, Cookie'],
    ['accept, COOKIE', 'accept, COOKIE'],
    ['*', '*'],
    ['X-Cookie', 'X-Cookie, Cookie'],
  ])('and with a Vary of %j it is told apart by cookies', (said, expected) => {
    const headers = new Headers(said === null ? {} : { Vary: said })
    applySession(headers, { failure: null, setCookies: [] })
    expect(headers.get('Vary')).toBe(expected)
  })
})

describe('personal answers that set no cookie are kept out of shared caches', () => {
  it('of a backend', async () => {
    const world = createBackendWorld()
    await world.signIn()
    for (const path of ['/auth/session', '/auth/proxy/api/me']) {
      const { headers } = await world.call(path)
      expect(headers.getSetCookie()).toEqual([])
      expect([headers.get('Cache-Control'), headers.get('Vary')]).toEqual([PRIVATE, 'Cookie'])
    }
  })

  it('of a proxy whose upstream speaks to the CDN', async () => {
    const world = createBackendWorld()
    await world.signIn()
    world.upstream.answer = () =>
      new Response('mine', {
        headers: { 'Cache-Control': 'no-cache="private"', 'CDN-Cache-Control': 'max-age=600' },
      })
    const { headers } = await world.call('/auth/proxy/api/me')
    expect(headers.get('Cache-Control')).toBe(PRIVATE)
    expect(headers.has('CDN-Cache-Control')).toBe(false)
  })

  it.each(MAJORS)('of Express %s', async (_, express) => {
    const world = createBackendWorld()
    await world.signIn()
    const auth = createExpressSessions({ sessions: world.sessions })
    const app = express()
    app.use((_request, response, next) => {
      response.setHeader('CDN-Cache-Control', 'max-age=600')
      next()
    }, auth.middleware)
    app.get('/', (_request, response) => void response.send('hello'))
    app.get('/own', (_request, response) => {
      response.setHeader('Cache-Control', 'private, max-age=60')
      response.send('hello')
    })
    const server = await serve(app)
    try {
      const mine = { headers: { cookie: world.jar.header() ?? '' } }
      const { headers } = await ask(server.origin, '/', mine)
      expect([headers['cache-control'], headers.vary]).toEqual([PRIVATE, 'Cookie'])
      expect(headers['cdn-cache-control']).toBeUndefined()
      const own = await ask(server.origin, '/own', mine)
      expect(own.headers['cache-control']).toBe('private, max-age=60')
      const stranger = await ask(server.origin, '/')
      expect(stranger.headers['cache-control']).toBeUndefined()
      expect(stranger.headers.vary).toBe('Cookie')
    } finally {
      await server.close()
    }
  })

  it.each(MAJORS)(
    'of Express %s, whatever a handler says after the middleware, and however',
    async (_, express) => {
      const world = createBackendWorld()
      await world.signIn()
      const auth = createExpressSessions({ sessions: world.sessions })
      const app = express()
      app.use(auth.middleware)
      const LOUD = { 'Cache-Control': 'public, max-age=60', 'CDN-Cache-Control': 'max-age=600' }
      app.get(
        '/set',
        (_request, response) => void response.set({ ...LOUD, Vary: 'Accept' }).send('hello'),
      )
      app.get('/object', (_request, response) => {
        response.writeHead(200, 'Fine', { ...LOUD, vary: 'Accept' }).end('hello')
      })
      app.get('/list', (_request, response) => {
        const list = [
          'Cache-Control',
          'public',
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'Vary',
          'Accept',
        ]
        response.writeHead(200, list).end('hello')
      })
      app.get('/pieces', (_request, response) => {
        response.set(LOUD).vary('Accept').flushHeaders()
        response.end('hello')
      })
      app.get('/refreshed', async (request, response) => {
        await auth.refreshSession({ request, response })
        response
          .set({ ...LOUD, 'Cache-Control': 'private, max-age=60' })
          .vary('Accept')
          .send('hello')
      })
      const server = await serve(app)
      try {
        const mine = { headers: { cookie: world.jar.header() ?? '' } }
        for (const path of ['/set', '/object', '/list', '/pieces', '/refreshed']) {
          const { status, text, headers, setCookies } = await ask(server.origin, path, mine)
          expect([path, status, text]).toEqual([path, 200, 'hello'])
          expect(headers['cache-control']).toBe(PRIVATE)
          expect(String(headers.vary).split(', ').sort()).toEqual(['Accept', 'Cookie'])
          expect(headers['cdn-cache-control']).toBeUndefined()
          if (path === '/list') expect(setCookies).toEqual(['a=1', 'b=2'])
          if (path === '/refreshed') expect(setCookies).not.toEqual([])
        }
        const stranger = await ask(server.origin, '/object')
        expect(stranger.headers).toMatchObject({
          'cache-control': 'public, max-age=60',
          vary: 'Accept, Cookie',
        })
      } finally {
        await server.close()
      }
    },
  )

  it.each(MAJORS)(
    'of SuperTokens in Express %s, whatever a handler says afterwards',
    async (_, express) => {
      const { sessions } = createStage()
      const auth = createExpressSuperTokens({ sessions })
      const app = express()
      app.get('/me', auth.verifySession(), (_request, response) => {
        response.set({ 'Cache-Control': 'public, max-age=60', Vary: 'Accept' }).send('hello')
      })
      app.post('/login', async (_request, response) => {
        await auth.createNewSession(response, 'ada')
        response.set({ 'Cache-Control': 'private, max-age=60', Vary: 'Accept' }).send('hello')
      })
      const server = await serve(app)
      try {
        for (const [path, asked] of [
          ['/me', { headers: cookies({ sAccessToken: GOOD }) }],
          ['/login', { method: 'POST' }],
        ] as const) {
          const { headers, text } = await ask(server.origin, path, asked)
          expect([path, text, headers['cache-control'], headers.vary]).toEqual([
            path,
            'hello',
            PRIVATE,
            'Accept, Cookie',
          ])
        }
      } finally {
        await server.close()
      }
    },
  )

  it('of Next', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { response } = await ada.page(() => app.auth.withAuth())
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('Cache-Control')).toBe(PRIVATE)
    expect(response.headers.get('Vary')).toBe('Cookie')
    const stranger = await app.browser().page(() => app.auth.withAuth())
    expect(stranger.response.headers.get('Cache-Control')).toBeNull()
    expect(stranger.response.headers.get('Vary')).toBe('Cookie')
  })

  it.each([
    ['a cookie', cookies({ sAccessToken: GOOD }), 'Cookie'],
    ['a header', bearer(GOOD), 'Cookie'],
  ])('of SuperTokens, by %s', async (_, headers, vary) => {
    const { sessions, ask: asking } = createStage()
    const exchange = asking(headers, 'GET')
    exchange.answer.set('Cache-Control', 'public, max-age=60')
    await sessions.getSession(exchange)
    expect(exchange.answer.getSetCookie()).toEqual([])
    expect(exchange.answer.get('Cache-Control')).toBe(PRIVATE)
    expect(exchange.answer.get('Vary')).toBe(vary)
  })
})
