import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addressBeneath } from '../../src/server/backend/paths.js'
import { createRoute } from '../../src/server/backend/upstreams.js'
import { createBackendWorld } from '../server/backend/backend-world.js'
import { PATIENT } from '../support/patient.js'

async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld(options)
  await world.signIn()
  return world
}

/** For tests that leave nothing behind. */
const shared = signedIn()

beforeEach(async () => {
  const { arrivals, upstream } = await shared
  arrivals.splice(0)
  upstream.answer = () => Response.json({ fine: true })
})

/** What servers believe, or act on, in requests. */
const UP = [
  'X-Original-URL',
  'X-Rewrite-URL',
  'X_Api_Key',
  'X-Api-Key',
  'CF-Connecting-IP',
  'True-Client-IP',
  'X-Client-IP',
  'Fastly-Client-IP',
  'X-Cluster-Client-IP',
  'Remote-User',
  'REMOTE_USER',
  'X-Remote-User',
  'X-WebAuth-User',
  'X-Authenticated-User',
  'X-User-Id',
  'X-Amzn-Oidc-Data',
  'X-Goog-IAP-JWT-Assertion',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'X-Host',
  'X-Forwarded-Prefix',
  'X_Forwarded_For',
  'Client-Cert',
  'X-SSL-Client-Cert',
  'Early-Data',
  'Max-Forwards',
  'Destination',
  'SOAPAction',
  'Proxy',
]
/** What browsers, and servers before this one, act on in answers. */
const DOWN = [
  'X-Accel-Redirect',
  'X-Accel-Buffering',
  'X-Accel-Expires',
  'X-Sendfile',
  'X-LIGHTTPD-send-file',
  'X-Lua-File',
  'NEL',
  'Report-To',
  'Reporting-Endpoints',
  'Speculation-Rules',
  'Origin-Agent-Cluster',
  'Accept-CH',
  'Critical-CH',
  'Permissions-Policy',
  'Document-Policy',
  'SourceMap',
  'Link',
  'Set-Login',
  'Use-As-Dictionary',
  'No-Vary-Search',
  'Supports-Loading-Mode',
  'Observe-Browsing-Topics',
  'Attribution-Reporting-Register-Source',
  'Public-Key-Pins',
  'Expect-CT',
  'P3P',
  'Content-Location',
  'X-Middleware-Rewrite',
  'CDN-Cache-Control',
  'Surrogate-Control',
  'Surrogate-Key',
  'Cloudflare-CDN-Cache-Control',
  'Edge-Control',
  'Expires',
  'Age',
]
/** What of it says nothing but what is asked for, or what the answer is: an app may add it. */
const ADDABLE = [
  'X-Api-Key',
  'Destination',
  'SOAPAction',
  'Permissions-Policy',
  'Document-Policy',
  'SourceMap',
  'Link',
  'Content-Location',
  'Expires',
  'Age',
]

describe('a page cannot tell an upstream what only servers may say', () => {
  it.each(UP)('%s', async (name) => {
    const { call, arrivals } = await shared
    await call('/auth/proxy/api', { headers: { [name]: 'forged' } })
    expect([...(arrivals[0]?.headers ?? [])].map(([key]) => key)).toEqual(['authorization'])
  })
})

describe('an upstream cannot tell the browser, or a server before it, what acts on this origin', () => {
  it.each(DOWN)('%s', async (name) => {
    const { call, upstream } = await shared
    upstream.answer = () => new Response('x', { headers: { [name]: 'planted' } })
    const { headers } = await call('/auth/proxy/api')
    expect(headers.has(name)).toBe(false)
  })
})

describe('the headers that an app adds', () => {
  const deps = { fetch, report: () => {}, now: () => 0 }
  const target = 'https://api.example'

  it('pass, in the direction that was asked for', async () => {
    const api = { target, requestHeaders: ['X-Tenant'], responseHeaders: ['Link'] }
    const { call, upstream, arrivals } = await signedIn({ backend: { upstreams: { api } } })
    upstream.answer = () => new Response('x', { headers: { Link: '<b>', 'X-Tenant': 'b' } })
    const { headers } = await call('/auth/proxy/api', { headers: { 'X-Tenant': 'a', Link: '<a>' } })
    expect(arrivals[0]?.headers.get('X-Tenant')).toBe('a')
    expect(arrivals[0]?.headers.has('Link')).toBe(false)
    expect([headers.get('Link'), headers.get('X-Tenant')]).toEqual(['<b>', null])
  })

  it.each([
    ...[...UP, ...DOWN].filter((name) => !ADDABLE.includes(name)),
    'X_Tenant',
    'Connection',
    'Content-Length',
    'Keep-Alive',
    'Proxy-Authorization',
    'Te',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Accept-Encoding',
    'Host',
    'X-Original-Host',
    'X-Http-Method',
    'Origin',
    'Referer',
    'Cookie',
    'Cookie2',
    'Set-Cookie',
    'Set-Cookie2',
    'Authorization',
    'Www-Authenticate',
    'Authentication-Info',
    'X-Holdfast',
    'X-Goog-Authenticated-User-Email',
    'X-MS-Client-Principal-Id',
    'Client-Cert-Chain',
    'X-Client-Cert',
    'Forwarded',
    'Via',
    'X-Real-Ip',
    'Sec-Fetch-Site',
    'Access-Control-Allow-Origin',
    'Alt-Svc',
    'Clear-Site-Data',
    'Public-Key-Pins-Report-Only',
    'Refresh',
    'Service-Worker-Allowed',
    'Strict-Transport-Security',
    'Vercel-Cdn-Cache-Control',
    'Netlify-Cdn-Cache-Control',
    'Akamai-Cache-Control',
    'a b',
    '',
    'x\n',
  ])('cannot be %j', (name) => {
    for (const names of [{ requestHeaders: [name] }, { responseHeaders: [name] }]) {
      expect(() => createRoute('api', { target, ...names }, deps)).toThrow('cannot hold')
    }
  })
})

describe('a path does not leave its upstream', () => {
  it.each([
    '/..%20/admin',
    '/%20../admin',
    '/..%20',
    '/.%20./admin',
    '/..%09/admin',
    '/..%20;/admin',
    '/.%20/admin',
    '/..%C2%A0/admin',
    '/..%E2%80%A8/admin',
    '/%EF%BC%8E%EF%BC%8E/admin',
    '/%E2%80%A5/admin',
    '/..%EF%BC%8Fadmin',
    '/%25EF%25BC%258E./admin',
    '/a/%2e%2e%20/b',
  ])('by what some servers take for `..`: %s', (path) => {
    expect(addressBeneath('https://api.example/v1', path, '')).toBeNull()
  })

  it.each(['/...', '/.well-known/x', '/a..b', '/..a', '/a%20b', '/%E2%80%A6', '/..%E2%80%A8x'])(
    'nor is one refused that only looks like it: %s',
    (path) => {
      expect(addressBeneath('https://api.example/v1', path, '')?.pathname).toBe(`/v1${path}`)
    },
  )
})

describe('a body that does not go on', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const bytes = new TextEncoder().encode('piece')
  /** One piece, and then nothing; tells whether somebody gave it up. */
  function stuck() {
    const state = { cancelled: false, asked: 0 }
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          state.asked += 1
          if (state.asked > 1) return new Promise<void>(() => {})
          controller.enqueue(bytes)
          return undefined
        },
        cancel() {
          state.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return { state, body }
  }

  it('of an upstream breaks off, and holds nothing for ever', async () => {
    const { call, upstream } = await shared
    const { state, body } = stuck()
    upstream.answer = () => new Response(body)
    const response = await call('/auth/proxy/api')
    const reader = response.body?.getReader()
    await reader?.read()
    const next = reader?.read().catch((error: unknown) => error)
    await vi.waitUntil(() => state.asked === 2, PATIENT)
    vi.advanceTimersByTime(59_999)
    expect(state.cancelled).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await next).toMatchObject({ code: 'timeout' })
    expect(state.cancelled).toBe(true)
  })

  it('of an upstream is not given up while nobody wants more of it', async () => {
    const { call, upstream } = await shared
    const { state, body } = stuck()
    upstream.answer = () => new Response(body)
    const response = await call('/auth/proxy/api')
    await response.body?.getReader().read()
    vi.advanceTimersByTime(3_600_000)
    expect(state).toEqual({ cancelled: false, asked: 1 })
  })

  it.each([
    ['an upload', '/auth/proxy/api', {}, 408],
    ['a small body', '/auth/proxy/api', { 'Content-Length': '50' }, 408],
    ['a wish', '/auth/refresh', {}, 400],
  ])('of a page ends in an answer: %s', async (_, path, sent, status) => {
    const { backend, jar } = await shared
    const { state, body } = stuck()
    const headers = { 'X-Holdfast': '1', Cookie: jar.header() ?? '', ...sent }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const answering = backend.handle(new Request(`https://app.example${path}`, init))
    await vi.waitUntil(() => state.asked === 2, PATIENT)
    vi.advanceTimersByTime(60_000)
    expect((await answering)?.status).toBe(status)
    expect(state.cancelled).toBe(true)
  })

  it.each([
    ['an upload', {}],
    ['a small body', { 'Content-Length': '50' }],
  ])('of a page ends after the `idleTimeout` of its upstream: %s', async (_, sent) => {
    const api = { target: 'https://api.example', idleTimeout: 5_000 }
    const { backend, jar } = await signedIn({ backend: { upstreams: { api } } })
    const { state, body } = stuck()
    const headers = { 'X-Holdfast': '1', Cookie: jar.header() ?? '', ...sent }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const answering = backend.handle(new Request('https://app.example/auth/proxy/api', init))
    await vi.waitUntil(() => state.asked === 2, PATIENT)
    vi.advanceTimersByTime(4_999)
    expect(state.cancelled).toBe(false)
    vi.advanceTimersByTime(1)
    expect((await answering)?.status).toBe(408)
    expect(state.cancelled).toBe(true)
  })

  it('of an upstream breaks off after the `idleTimeout` of it', async () => {
    const api = { target: 'https://api.example', idleTimeout: 5_000 }
    const { call, upstream } = await signedIn({ backend: { upstreams: { api } } })
    const { state, body } = stuck()
    upstream.answer = () => new Response(body)
    const reader = (await call('/auth/proxy/api')).body?.getReader()
    await reader?.read()
    const next = reader?.read().catch((error: unknown) => error)
    await vi.waitUntil(() => state.asked === 2, PATIENT)
    vi.advanceTimersByTime(5_000)
    expect(await next).toMatchObject({ code: 'timeout' })
  })

  it('of a page is not taken for an upstream that is silent', async () => {
    const { backend, jar, reports } = await shared
    reports.splice(0)
    const { state, body } = stuck()
    const headers = { 'X-Holdfast': '1', Cookie: jar.header() ?? '' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const answering = backend.handle(new Request('https://app.example/auth/proxy/api', init))
    await vi.waitUntil(() => state.asked === 2, PATIENT)
    vi.advanceTimersByTime(60_000)
    await answering
    expect(reports).toEqual([])
  })
})
