import ky, { HTTPError, type KyInstance } from 'ky'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type AuthKyOptions, authKy } from '../../src/ky.js'
import { PATIENT } from '../support/patient.js'
import { createWorld } from '../support/world.js'

const API = 'https://api.example'

/** ky's own pauses, without the waiting. */
const AT_ONCE = { limit: 2, delay: () => 0 }

type Answer = (request: Request) => Response | Promise<Response>

/** An API that answers in this order, then always well, and what it was sent. */
function api(...answers: Answer[]) {
  const sent: { url: string; method: string; bearer: string | null; text: string }[] = []
  vi.stubGlobal('fetch', async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const { url, method, headers } = request
    sent.push({ url, method, bearer: headers.get('authorization'), text: await request.text() })
    return (await answers.shift()?.(request)) ?? Response.json({ fine: true })
  })
  return sent
}

const status =
  (code: number): Answer =>
  () =>
    new Response('', { status: code })

/** A client in which Ada is signed in, and its ky. */
async function adas(options: AuthKyOptions = {}) {
  const world = createWorld()
  const { auth } = await world.signedIn('ada', { autoRefresh: false, fetchOrigins: [API] })
  return { world, auth, http: authKy(auth, { prefixUrl: API, retry: AT_ONCE, ...options }) }
}

const bearers = (sent: readonly { bearer: string | null }[]) => sent.map(({ bearer }) => bearer)

afterEach(() => void vi.unstubAllGlobals())

describe('authKy', () => {
  it('attaches the token for the origins that may have it, and for no other', async () => {
    const sent = api()
    const { http } = await adas({ prefixUrl: '' })
    for (const url of [`${API}/a`, 'https://api.example.evil/a', 'https://other.example/a']) {
      await http(url)
    }
    expect(bearers(sent)).toEqual(['Bearer access-1', null, null])
  })

  it.each(['get', 'post', 'put', 'patch', 'delete', 'head'] as const)(
    'sends %s with it',
    async (method) => {
      const sent = api()
      const { http } = await adas()
      await http[method]('orders')
      expect(sent).toMatchObject([
        { url: `${API}/orders`, method: method.toUpperCase(), bearer: 'Bearer access-1' },
      ])
    },
  )

  it('refreshes after a 401 and sends the request once more, body and all', async () => {
    const sent = api(status(401))
    const { http, world } = await adas()
    expect(await http.post('orders', { json: { tea: 1 } }).json()).toEqual({ fine: true })
    expect(sent.map(({ bearer, text }) => [bearer, text])).toEqual([
      ['Bearer access-1', '{"tea":1}'],
      ['Bearer access-2', '{"tea":1}'],
    ])
    expect(world.server.sent).toHaveLength(1)
  })

  it('does so once: a second 401 is the answer', async () => {
    const sent = api(status(401), status(401))
    const { http } = await adas()
    await expect(http('orders')).rejects.toBeInstanceOf(HTTPError)
    expect(sent).toHaveLength(2)
  })

  it('repeats a body that is a stream, which it reads twice', async () => {
    const sent = api(status(401))
    const { http } = await adas()
    const bytes = new TextEncoder()
    const body = new ReadableStream({
      start(controller) {
        for (const part of ['one ', 'two']) controller.enqueue(bytes.encode(part))
        controller.close()
      },
    })
    await http.post('orders', { body })
    expect(sent.map(({ text }) => text)).toEqual(['one two', 'one two'])
  })

  it('leaves prefix, hooks, retry and time limit to ky', async () => {
    const sent = api(status(503), status(503))
    const seen: string[] = []
    const { http } = await adas({
      timeout: 5_000,
      hooks: {
        beforeRequest: [(request) => request.headers.set('x-trace', 'trace')],
        beforeRetry: [({ retryCount }) => void seen.push(`retry ${retryCount}`)],
        afterResponse: [(_request, _options, response) => void seen.push(`${response.status}`)],
      },
    })
    await http('orders')
    expect(sent.map(({ url }) => url)).toEqual(Array(3).fill(`${API}/orders`))
    expect(seen).toEqual(['503', 'retry 1', '503', 'retry 2', '200'])
  })

  it('ends the wait for a token when the caller does', async () => {
    const sent = api(status(401))
    const { http, world } = await adas()
    const controller = new AbortController()
    world.server.hold()
    const answer = http('orders', { signal: controller.signal, retry: 0 })
    await vi.waitUntil(() => world.server.sent.length === 1, PATIENT)
    controller.abort()
    world.server.release()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent).toHaveLength(1)
  })

  it('puts no token into what ky throws', async () => {
    api(status(404))
    const { http } = await adas()
    const error: unknown = await http('orders').catch((thrown) => thrown)
    if (!(error instanceof HTTPError)) throw new Error('ky was to refuse it.')
    expect([...error.request.headers].flat().join()).not.toContain('access-1')
  })
})

describe('a call that Ada began', () => {
  it('is not sent again as Grace, who signed in while ky waited', async () => {
    const { http, auth } = await adas()
    const sent = api(async () => {
      await auth.signIn({ name: 'grace' })
      return new Response('', { status: 503 })
    })
    await expect(http.delete('orders')).rejects.toMatchObject({ code: 'superseded' })
    expect(bearers(sent)).toEqual(['Bearer access-1'])
  })

  it('is not sent again as Grace, who signed in while the 401 was under way', async () => {
    const { http, auth } = await adas()
    const sent = api(async () => {
      await auth.signIn({ name: 'grace' })
      return new Response('', { status: 401 })
    })
    const answer = http.delete('orders', { retry: 0 })
    await expect(answer).rejects.toMatchObject({ code: 'superseded' })
    expect(bearers(sent)).toEqual(['Bearer access-1'])
  })

  it('is not sent as Grace, who signed in during a hook, before anything was sent', async () => {
    const { auth, http } = await adas()
    const sent = api()
    const slow = http.extend({
      hooks: { beforeRequest: [async () => void (await auth.signIn({ name: 'grace' }))] },
    })
    await expect(slow.post('transfer')).rejects.toMatchObject({ code: 'superseded' })
    expect(sent).toEqual([])
  })

  it('is not sent as Grace, who signed in while it waited for a token', async () => {
    const { http, auth, world } = await adas({ retry: 0 })
    const sent = api()
    await world.clock.advance(3_600_001)
    world.server.hold()
    const answer = http.delete('orders')
    answer.catch(() => undefined)
    await world.clock.settle()
    await auth.signIn({ name: 'grace' })
    world.server.release()
    await expect(answer).rejects.toMatchObject({ code: 'superseded' })
    expect(sent).toEqual([])
  })

  it('is sent again as Ada after an outage, with whatever token she has by then', async () => {
    const { http, auth } = await adas()
    const sent = api(async () => {
      await auth.refreshSession()
      return new Response('', { status: 503 })
    })
    await http.delete('orders')
    expect(bearers(sent)).toEqual(['Bearer access-1', 'Bearer access-2'])
  })

  it('leaves the next call to Grace', async () => {
    const { http, auth } = await adas()
    const sent = api()
    await http('orders')
    await auth.signIn({ name: 'grace' })
    await http('orders')
    expect(bearers(sent)).toEqual(['Bearer access-1', 'Bearer access-2'])
  })

  it('is not sent again where nothing says whose session it is', async () => {
    const session = (accessToken: string) => ({
      accessToken,
      refreshToken: 'r',
      expiresAt: 0,
      user: null,
      extras: {},
    })
    let current = session('a1')
    const auth = {
      fetch: (input: RequestInfo | URL, init?: RequestInit) => globalThis.fetch(input, init),
      getSnapshot: () => ({ session: current }),
      subscribe: () => () => undefined,
    }
    const sent = api(() => {
      current = session('a2')
      return new Response('', { status: 503 })
    })
    const call = authKy(auth, { retry: AT_ONCE })(`${API}/orders`)
    await expect(call).rejects.toMatchObject({ code: 'superseded' })
    expect(sent).toHaveLength(1)
  })
})

describe('an instance of ky', () => {
  const traced = (): KyInstance => ky.create({ headers: { 'x-app': 'shop' } })

  it('of the app keeps its defaults, and gets the token', async () => {
    const headers: (string | null)[] = []
    vi.stubGlobal('fetch', async (request: Request, init?: RequestInit) => {
      const given = new Request(request, init).headers
      headers.push(given.get('x-app'), given.get('authorization'))
      return Response.json({})
    })
    const { http } = await adas({ ky: traced() })
    await http('orders')
    expect(headers).toEqual(['shop', 'Bearer access-1'])
  })

  it('that is extended gets it too; one that is created anew does not', async () => {
    const sent = api()
    const { http } = await adas()
    await http.extend({ prefixUrl: `${API}/v2` }).get('orders')
    await http.extend(({ prefixUrl }) => ({ prefixUrl: `${prefixUrl}/v3` })).get('orders')
    await http.create({ prefixUrl: API }).get('orders')
    expect(sent.map(({ url, bearer }) => [url.slice(API.length), bearer])).toEqual([
      ['/v2/orders', 'Bearer access-1'],
      ['/v3/orders', 'Bearer access-1'],
      ['/orders', null],
    ])
  })

  it('with a fetch of its own is refused: the token would not be on it', async () => {
    const { auth, http } = await adas()
    const own = { fetch: globalThis.fetch }
    const wrong = expect.objectContaining({ code: 'invalid_argument' })
    expect(() => authKy(auth, { ky: ky.create(own) })).toThrow(wrong)
    expect(() => authKy(auth, Object(own))).toThrow(wrong)
    expect(() => http.extend(own)).toThrow(wrong)
    expect(() => http.get('orders', own)).toThrow(wrong)
  })
})
