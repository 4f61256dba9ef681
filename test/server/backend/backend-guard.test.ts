import { describe, expect, it } from 'vitest'
import { memorySessionList } from '../../../src/server/index.js'
import { APP, createBackendWorld } from './backend-world.js'

const SIBLING = 'https://www.example'

type Method = 'GET' | 'POST'
const ROUTES: readonly (readonly [Method, string])[] = [
  ['GET', '/auth/session'],
  ['POST', '/auth/refresh'],
  ['GET', '/auth/proxy/api/posts'],
  ['POST', '/auth/proxy/api/posts'],
  ['GET', '/auth/sessions'],
  ['POST', '/auth/sign-out'],
]

async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld({ sealed: { list: memorySessionList() }, ...options })
  await world.signIn()
  world.workos.clearLog()
  return world
}

describe('pages of other sites', () => {
  const strangers: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['without the header', {}],
    ['with an empty header', { 'X-Holdfast': '' }],
    ['with another value', { 'X-Holdfast': '2' }],
    ['by a form', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
    ['with the header all the same', { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'cross-site' }],
    ['of a sibling host', { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-site', Origin: SIBLING }],
    ['typed by a person', { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'none' }],
    ['of an old browser', { 'X-Holdfast': '1', Origin: 'https://evil.example' }],
    ['in a sandbox', { 'X-Holdfast': '1', Origin: 'null' }],
    ['by http', { 'X-Holdfast': '1', Origin: 'http://app.example' }],
  ]

  it.each(strangers)('are refused %s', async (_name, headers) => {
    const { send, workos, arrivals, jar } = await shared
    const before = jar.header()
    for (const [method, path] of [...ROUTES, ['POST', '/auth/sessions/end'] as const]) {
      const response = await send(path, { method, headers })
      expect([path, response.status, (await response.json()).code]).toEqual([
        path,
        403,
        'forbidden',
      ])
      expect(response.headers.has('Access-Control-Allow-Origin')).toBe(false)
    }
    expect([workos.requests, arrivals, jar.header()]).toEqual([[], [], before])
  })
  const shared = signedIn()

  it('may not even ask, nor say so in a request of another kind', async () => {
    const { send } = await shared
    const asking = { 'Access-Control-Request-Method': 'GET' }
    expect((await send('/auth/session', { headers: asking })).status).toBe(403)
    const response = await send('/auth/refresh', {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-'))).toEqual([])
  })
})

describe('pages of the app', () => {
  it.each([
    ['of a present-day browser', { 'Sec-Fetch-Site': 'same-origin' }],
    [
      'behind a proxy that changes the address',
      { 'Sec-Fetch-Site': 'same-origin', Origin: SIBLING },
    ],
    ['of an old browser', { Origin: APP }],
    ['of an old browser, by GET', {}],
  ])('may call %s', async (_name, headers) => {
    const { send } = await signedIn()
    for (const [method, path] of ROUTES) {
      const init = { method, headers: { 'X-Holdfast': '1', ...headers } }
      expect([path, (await send(path, init)).status]).toEqual([path, 200])
    }
  })

  it('may be known under another origin than the server’s own', async () => {
    const { send } = createBackendWorld({ backend: { origin: 'https://public.example' } })
    const status = async (origin: string) =>
      (await send('/auth/session', { headers: { 'X-Holdfast': '1', Origin: origin } })).status
    expect(await status('https://public.example')).toBe(200)
    expect(await status(APP)).toBe(403)
  })
})

describe('pages of an allowed origin', () => {
  const options = { backend: { allowedOrigins: [SIBLING] } }
  const headers = { 'X-Holdfast': '1', Origin: SIBLING, 'Sec-Fetch-Site': 'same-site' }

  it('may call, and read the answer', async () => {
    const { send } = await signedIn(options)
    for (const [method, path] of ROUTES) {
      const response = await send(path, { method, headers })
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(SIBLING)
      expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true')
      expect(response.headers.get('Vary')).toContain('Origin')
    }
  })

  it('may read refusals too, and when to come again', async () => {
    const { send, workos } = await signedIn(options)
    workos.fail({ type: 'rate-limited', retryAfter: 3 })
    const response = await send('/auth/refresh', { method: 'POST', headers })
    expect(response.status).toBe(503)
    expect(response.headers.get('Access-Control-Expose-Headers')).toContain('retry-after')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(SIBLING)
  })

  it('still need the header', async () => {
    const { send } = await signedIn(options)
    const { 'X-Holdfast': _, ...rest } = headers
    expect((await send('/auth/session', { headers: rest })).status).toBe(403)
  })

  it.each(ROUTES)('are told so when they ask: %s %s', async (method, path) => {
    const { send, workos, arrivals } = await signedIn(options)
    const response = await send(path, {
      method: 'OPTIONS',
      headers: {
        Origin: SIBLING,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'content-type,x-holdfast',
      },
    })
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': SIBLING,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'content-type,x-holdfast',
      vary: 'Origin',
    })
    expect([workos.requests, arrivals]).toEqual([[], []])
  })

  it('do not open the door to others', async () => {
    const { send } = await signedIn(options)
    for (const origin of [
      'https://evil.example',
      `${SIBLING}.evil.example`,
      'null',
      SIBLING.toUpperCase(),
    ]) {
      const response = await send('/auth/session', { headers: { ...headers, Origin: origin } })
      expect(response.status).toBe(403)
      expect(response.headers.has('Access-Control-Allow-Origin')).toBe(false)
      expect(response.headers.get('Vary')).toContain('Origin')
    }
  })
})

describe('addresses to navigate to', () => {
  it.each(['/auth/sign-in', '/auth/sign-up', '/auth/callback'])(
    'are not for fetch: %s',
    async (path) => {
      const { send } = createBackendWorld()
      for (const mode of ['cors', 'no-cors', 'same-origin']) {
        const headers = { 'Sec-Fetch-Mode': mode, 'X-Holdfast': '1' }
        const response = await send(path, { headers })
        expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
      }
    },
  )

  it('are for navigations of any site, and for browsers that do not say', async () => {
    const { send } = createBackendWorld()
    const navigation = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Site': 'cross-site' }
    for (const headers of [navigation, {}]) {
      expect((await send('/auth/sign-in', { headers })).status).toBe(303)
    }
  })
})
