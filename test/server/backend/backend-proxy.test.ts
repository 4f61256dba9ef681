import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { APP, COOKIE, createBackendWorld, MINUTE } from './backend-world.js'

async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld(options)
  await world.signIn()
  const { session } = await world.sessions.getSession(world.jar.header())
  return { ...world, token: session?.accessToken ?? '' }
}

/** For tests after which Ada is as young a user as before. */
const shared = signedIn()

beforeEach(async () => {
  const { arrivals, upstream } = await shared
  arrivals.splice(0)
  upstream.answer = () => Response.json({ fine: true })
})

const refuse = () => new Response('{"error":"token"}', { status: 401 })

describe('a request to an upstream', () => {
  it('goes there with the token, and the answer comes back', async () => {
    const { call, arrivals, token, upstream } = await shared
    upstream.answer = () =>
      new Response('{"id":7}', {
        status: 201,
        headers: { 'Content-Type': 'application/json', ETag: '"7"' },
      })
    const response = await call('/auth/proxy/api/posts/a%20b?draft=1&draft=2', {
      method: 'PUT',
      body: '{"title":"Hi"}',
      headers: { 'Content-Type': 'application/json', 'If-Match': '"6"' },
    })
    expect([response.status, await response.json()]).toEqual([201, { id: 7 }])
    expect(response.headers.get('ETag')).toBe('"7"')
    const [arrived] = arrivals
    expect(arrived).toMatchObject({
      method: 'PUT',
      url: 'https://api.example/v1/posts/a%20b?draft=1&draft=2',
      body: '{"title":"Hi"}',
    })
    expect(Object.fromEntries(arrived?.headers ?? [])).toMatchObject({
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'if-match': '"6"',
    })
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE'])(
    'may be a %s',
    async (method) => {
      const { call, arrivals } = await shared
      expect((await call('/auth/proxy/api', { method })).status).toBe(200)
      expect(arrivals[0]).toMatchObject({ method, url: 'https://api.example/v1' })
    },
  )

  it('takes nothing along that is between the browser and this server', async () => {
    const { call, arrivals, token } = await shared
    await call('/auth/proxy/api/posts', {
      headers: {
        Authorization: 'Bearer mine',
        Connection: 'keep-alive, X-Secret',
        'X-Secret': '1',
        'Keep-Alive': 'timeout=5',
        TE: 'trailers',
        Upgrade: 'websocket',
        'Proxy-Authorization': 'Basic abc',
        Forwarded: 'for=1.1.1.1',
        'X-Forwarded-For': '1.1.1.1',
        'X-Forwarded-Host': 'evil.example',
        'X-Real-IP': '1.1.1.1',
        Origin: APP,
        Referer: `${APP}/secret`,
        'Sec-Fetch-Mode': 'cors',
        'Accept-Encoding': 'zstd',
        Host: 'evil.example',
        Prefer: 'stays',
      },
    })
    expect(Object.fromEntries(arrivals[0]?.headers ?? [])).toEqual({
      authorization: `Bearer ${token}`,
      prefer: 'stays',
    })
  })

  it('carries what the app has set for this upstream, and nobody else can set that', async () => {
    const api = { target: 'https://api.example/v1', headers: { 'X-Api-Key': 'key-1' } }
    const { call, arrivals } = await signedIn({ backend: { upstreams: { api } } })
    await call('/auth/proxy/api', { headers: { 'X-Api-Key': 'forged' } })
    expect(arrivals[0]?.headers.get('X-Api-Key')).toBe('key-1')
  })

  it('of nobody does not go there', async () => {
    const { call, arrivals } = createBackendWorld()
    const response = await call('/auth/proxy/api/posts')
    expect([response.status, (await response.json()).code]).toEqual([401, 'session_missing'])
    expect(arrivals).toEqual([])
  })

  it('of whom nobody knows does not go there, and may come again', async () => {
    const { call, arrivals, clock, workos } = await signedIn()
    await clock.advance(6 * MINUTE)
    workos.fail({ type: 'drop' }, { times: 2 })
    const response = await call('/auth/proxy/api/posts')
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(arrivals).toEqual([])
    await clock.advance(1_000)
    expect((await call('/auth/proxy/api/posts')).status).toBe(200)
  })

  it('goes there with a fresh token, whose cookie comes with the answer', async () => {
    const { call, arrivals, clock, jar, token, workos } = await signedIn()
    await clock.advance(6 * MINUTE)
    const before = jar.cookies.get(COOKIE)
    const response = await call('/auth/proxy/api/posts')
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(arrivals[0]?.headers.get('Authorization')).not.toBe(`Bearer ${token}`)
    expect(jar.cookies.get(COOKIE)).not.toBe(before)
    expect(workos.count('refresh_token')).toBe(1)
  })

  it.each([
    '/auth/proxy/api/%2e%2e%2fadmin',
    '/auth/proxy/api/..%2fadmin',
    '/auth/proxy/api/..;/admin',
    '/auth/proxy/api/%252e%252e/admin',
    '/auth/proxy/api//evil.example/x',
    '/auth/proxy/api/%2f%2fevil.example',
    '/auth/proxy/api/%5c%5cevil.example',
    '/auth/proxy/api/a%00b',
    '/auth/proxy/api/%E0%A4%A',
  ])('does not go astray: %s', async (path) => {
    const { call, arrivals, jar } = createBackendWorld()
    jar.cookies.set(COOKIE, 'nonsense')
    const response = await call(path)
    expect([response.status, (await response.json()).code]).toEqual([400, 'invalid_request'])
    expect(arrivals).toEqual([])
  })

  it.each([
    '/auth/proxy/',
    '/auth/proxy//',
    '/auth/proxy/nothing/x',
    '/auth/proxy/constructor',
    '/auth/proxy/__proto__/x',
    '/auth/proxy/https:%2f%2fevil.example',
    '/auth/proxy/https://evil.example',
    '/auth/proxy/api%2f..%2fx',
  ])('knows the upstreams of the app only: %s', async (path) => {
    const { call, arrivals } = createBackendWorld()
    const response = await call(path)
    expect([response.status, (await response.json()).code]).toEqual([404, 'not_found'])
    expect(arrivals).toEqual([])
  })

  it.each(['/auth/proxy/api/../../x', '/auth/proxy/api/%2e%2e/%2e%2e/x', '/auth/proxy'])(
    'is none when its address is elsewhere: %s',
    async (path) => {
      const { backend } = createBackendWorld()
      expect(await backend.handle(new Request(`${APP}${path}`))).toBeNull()
    },
  )
})

describe('an upstream that refuses the token', () => {
  it('gets a new one, once', async () => {
    const { call, upstream, arrivals, token, workos, jar } = await signedIn()
    upstream.answer = ({ headers }) =>
      headers.get('Authorization') === `Bearer ${token}` ? refuse() : Response.json({ fine: true })
    const before = jar.cookies.get(COOKIE)
    const response = await call('/auth/proxy/api/posts', {
      method: 'POST',
      body: 'hello',
      headers: { 'Content-Length': '5' },
    })
    expect([response.status, await response.json()]).toEqual([200, { fine: true }])
    expect(arrivals.map(({ body }) => body)).toEqual(['hello', 'hello'])
    expect(workos.count('refresh_token')).toBe(1)
    expect(jar.cookies.get(COOKIE)).not.toBe(before)
  })

  it('has the last word', async () => {
    const { call, upstream, arrivals, workos } = await signedIn()
    upstream.answer = refuse
    const response = await call('/auth/proxy/api/posts')
    expect([response.status, await response.json()]).toEqual([401, { error: 'token' }])
    expect([arrivals.length, workos.count('refresh_token')]).toEqual([2, 1])
  })

  it('costs one refresh, however many ask', async () => {
    const { call, upstream, token, workos } = await signedIn()
    upstream.answer = ({ headers }) =>
      headers.get('Authorization') === `Bearer ${token}` ? refuse() : Response.json({})
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call('/auth/proxy/api/posts')),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(workos.count('refresh_token')).toBe(1)
  })

  it('is not asked again with a token that was just made', async () => {
    const { call, upstream, arrivals, clock, workos } = await signedIn()
    await clock.advance(6 * MINUTE)
    upstream.answer = refuse
    expect((await call('/auth/proxy/api/posts')).status).toBe(401)
    expect([arrivals.length, workos.count('refresh_token')]).toEqual([1, 1])
  })

  it('is not asked again when there is no new token, and the answer stays its own', async () => {
    const { call, upstream, arrivals, workos } = await signedIn()
    upstream.answer = refuse
    workos.fail({ type: 'drop' }, { times: 2 })
    const response = await call('/auth/proxy/api/posts')
    expect([response.status, await response.json()]).toEqual([401, { error: 'token' }])
    expect(arrivals).toHaveLength(1)
  })

  it('ends a session that is over, for the browser too', async () => {
    const { call, upstream, workos, jar } = await signedIn()
    upstream.answer = refuse
    workos.endSession(workos.sessions()[0]?.id ?? '')
    expect((await call('/auth/proxy/api/posts')).status).toBe(401)
    expect(jar.cookies.size).toBe(0)
  })

  it('is not sent a stream twice', async () => {
    const { backend, jar, upstream, arrivals, workos } = await shared
    upstream.answer = refuse
    const chunks = ['one ', 'two ', 'three']
    const body = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(chunk))
      },
    })
    const init = {
      method: 'POST',
      headers: { 'X-Holdfast': '1', Cookie: jar.header() ?? '' },
      body,
      duplex: 'half',
    }
    const response = await backend.handle(new Request(`${APP}/auth/proxy/api/upload`, init))
    expect(response?.status).toBe(401)
    expect(arrivals.map((arrived) => arrived.body)).toEqual(['one two three'])
    expect(workos.count('refresh_token')).toBe(0)
  })
})

describe('an answer of an upstream', () => {
  it('leaves nothing on this origin, and no cache keeps it for others', async () => {
    const { call, upstream, jar } = await shared
    upstream.answer = () =>
      new Response('hello', {
        headers: {
          'Set-Cookie': `${COOKIE}=planted; Path=/`,
          'Clear-Site-Data': '"cookies"',
          'Strict-Transport-Security': 'max-age=0',
          'WWW-Authenticate': 'Basic realm="x"',
          'Access-Control-Allow-Origin': '*',
          'Service-Worker-Allowed': '/',
          'Content-Encoding': 'gzip',
          'Content-Length': '999',
          Connection: 'X-Internal',
          'X-Internal': 'secret',
          'Transfer-Encoding': 'chunked',
          'Cache-Control': 'public, max-age=3600',
          Vary: 'Accept',
          'X-Total-Count': '5',
        },
      })
    const before = jar.header()
    const response = await call('/auth/proxy/api/posts')
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'private, no-store',
      'content-type': 'text/plain;charset=UTF-8',
      vary: 'Accept, Cookie',
      'x-content-type-options': 'nosniff',
      'x-total-count': '5',
    })
    expect(jar.header()).toBe(before)
  })

  it('may be kept by the browser that asked', async () => {
    const { call, upstream } = await shared
    const cache = 'private, max-age=60'
    upstream.answer = () => new Response('hello', { headers: { 'Cache-Control': cache } })
    expect((await call('/auth/proxy/api')).headers.get('Cache-Control')).toBe(cache)
  })

  it.each([204, 205, 304])('may have no body: %i', async (status) => {
    const { call, upstream } = await shared
    upstream.answer = () => new Response(null, { status })
    const response = await call('/auth/proxy/api')
    expect([response.status, response.body]).toEqual([status, null])
  })

  it.each([
    ['https://api.example/v1/posts/7?x=1', '/auth/proxy/api/posts/7?x=1'],
    ['posts/7', '/auth/proxy/api/posts/7'],
    ['/v1', '/auth/proxy/api'],
    ['/v1/', '/auth/proxy/api/'],
    ['?page=2', '/auth/proxy/api/a?page=2'],
    ['/v2/posts', 'https://api.example/v2/posts'],
    ['/v1x', 'https://api.example/v1x'],
    ['//elsewhere.example/x', 'https://elsewhere.example/x'],
    ['javascript:alert(1)', null],
    ['http://[', null],
  ])('is not followed elsewhere: %s', async (location, expected) => {
    const { call, upstream, arrivals } = await shared
    upstream.answer = () => new Response(null, { status: 302, headers: { Location: location } })
    const response = await call('/auth/proxy/api/a')
    expect([response.status, response.headers.get('Location')]).toEqual([302, expected])
    expect(arrivals).toMatchObject([{ redirect: 'manual' }])
  })

  it('comes as it is made, not at its end', async () => {
    const { call, upstream } = await shared
    let finish = (): void => {}
    upstream.answer = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('first '))
            finish = () => {
              controller.enqueue(new TextEncoder().encode('last'))
              controller.close()
            }
          },
        }),
      )
    const response = await call('/auth/proxy/api/events')
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first ')
    finish()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('last')
  })
})

describe('an upstream that is not there', () => {
  it.each([
    ['refuses', () => Promise.reject(new TypeError('fetch failed: secret')), 502],
    ['hides a redirect', () => Response.error(), 502],
  ])('is told of, and reported: %s', async (_name, answer, status) => {
    const { call, upstream, reports, token } = await signedIn()
    upstream.answer = answer
    const response = await call('/auth/proxy/api/posts')
    const text = await response.text()
    expect([response.status, JSON.parse(text).code]).toEqual([status, 'upstream_failed'])
    expect(reports).toMatchObject([{ code: 'network' }])
    for (const hidden of ['secret', 'api.example', token]) {
      expect(`${text}${reports}${JSON.stringify(reports)}`).not.toContain(hidden)
    }
  })

  it('is one line in the log, however many requests meet it; the next time is another', async () => {
    const { call, upstream, reports, clock } = await signedIn()
    const ask = async (times: number): Promise<number> => {
      for (let count = 0; count < times; count += 1) await call('/auth/proxy/api/posts')
      return reports.length
    }
    upstream.answer = () => Promise.reject(new TypeError('fetch failed'))
    expect(await ask(20)).toBe(1)
    await clock.advance(MINUTE / 2)
    expect(await ask(20)).toBe(1)
    upstream.answer = () => Response.json({})
    await ask(1)
    await clock.advance(MINUTE)
    upstream.answer = () => Promise.reject(new TypeError('fetch failed'))
    expect(await ask(20)).toBe(2)
  })

  it('does not hide that another one is not there either', async () => {
    const target = 'https://api.example'
    const { call, reports } = await signedIn({
      backend: {
        upstreams: { one: { target }, other: { target } },
        fetch: () => Promise.reject(new TypeError('fetch failed')),
      },
    })
    await call('/auth/proxy/one')
    await call('/auth/proxy/other')
    expect(reports.map(String)).toEqual([
      expect.stringContaining('Upstream one'),
      expect.stringContaining('Upstream other'),
    ])
  })

  describe('in time', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
    afterEach(() => void vi.useRealTimers())

    /** An upstream that answers nobody; `meanwhile` happens while it is waited for. */
    const silent = (meanwhile: () => void, timeout?: number) =>
      signedIn({
        backend: {
          upstreams: { api: { target: 'https://api.example', requestTimeout: timeout } },
          fetch: (_input, init) =>
            new Promise((_, reject) => {
              init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
              queueMicrotask(meanwhile)
            }),
        },
      })

    it.each([
      ['as the app says', 500, 500],
      ['as most gateways wait', undefined, 30_000],
    ])('is given up %s', async (_name, timeout, limit) => {
      let early = true
      const pass = (): void => {
        vi.advanceTimersByTime(limit - 1)
        queueMicrotask(() => {
          early = false
          vi.advanceTimersByTime(1)
        })
      }
      const { call, reports } = await silent(pass, timeout)
      const response = await call('/auth/proxy/api')
      expect([response.status, early]).toEqual([504, false])
      expect(reports).toMatchObject([{ code: 'timeout' }])
    })

    it.each([Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
      'is waited for as long as the app says, also for longer than timers last: %d ms',
      async (timeout) => {
        const { call, reports } = await signedIn({
          backend: {
            upstreams: { api: { target: 'https://api.example', requestTimeout: timeout } },
            fetch: (_input, init) =>
              new Promise((resolve, reject) => {
                init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
                queueMicrotask(() => {
                  vi.advanceTimersByTime(10 * MINUTE)
                  resolve(Response.json({}))
                })
              }),
          },
        })
        expect((await call('/auth/proxy/api')).status).toBe(200)
        expect(reports).toEqual([])
      },
    )

    it('is given up when whoever asked is gone', async () => {
      const page = new AbortController()
      const { call, reports } = await silent(() => page.abort())
      await call('/auth/proxy/api', { signal: page.signal })
      // It has come to its end, and nobody has to be told of a page that was closed.
      expect(reports).toEqual([])
    })
  })
})
