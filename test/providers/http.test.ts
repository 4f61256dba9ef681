import { afterEach, describe, expect, it, vi } from 'vitest'
import { backend } from '../../src/providers/backend/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createHttp, type HttpRequest } from '../../src/providers/shared/http.js'
import { toPassing } from '../../src/providers/shared/passing.js'
import { parseRetryAfter } from '../../src/providers/shared/retry-after.js'
import { workos } from '../../src/providers/workos/index.js'
import { workosServer } from '../../src/server/workos/index.js'
import { fc } from '../support/fast-check.js'
import { context, jwt } from '../support/wire.js'
import { sessionBody } from '../support/workos-wire.js'

const url = 'https://auth.example'

/** A server that always answers so, and what it was sent. */
function far(answer: () => Response) {
  const sent: Request[] = []
  const send: typeof fetch = async (input, init) => {
    sent.push(new Request(input, init))
    return answer()
  }
  return { sent, fetch: send }
}

const fine = (): Response => Response.json({ fine: true })

afterEach(() => void vi.unstubAllGlobals())

describe('a request', () => {
  it.each([
    [{}, 'omit'],
    [{ credentials: 'include' }, 'include'],
  ] as const)(
    'with %j follows no redirect, and leaves nothing in caches',
    async (options, credentials) => {
      const { sent, fetch } = far(fine)
      await createHttp({ url, fetch, ...options })({ path: '/token' }, context())
      expect(sent).toMatchObject([{ redirect: 'manual', cache: 'no-store', credentials }])
    },
  )

  // What workerd throws: at `cache` before the compatibility date of 2024-11-11, at `credentials`
  // in its releases of that time, at a `redirect` that it does not know to this day.
  it.each([['cache'], ['credentials'], ['cache', 'credentials']] as const)(
    'goes out where the platform knows no %s %s',
    async (...unknown) => {
      class EdgeRequest extends Request {
        constructor(input: RequestInfo | URL, init: RequestInit = {}) {
          if (init.redirect === 'error') throw new TypeError('Invalid redirect value.')
          const field = unknown.find((name) => name in init)
          if (field) throw new Error(`The '${field}' field is not implemented.`)
          super(input, init)
        }
      }
      vi.stubGlobal('Request', EdgeRequest)
      const { sent, fetch } = far(fine)
      const http = createHttp({ url, fetch, credentials: 'include' })
      const request = { path: '/token', json: { a: 1 }, query: { b: '2' }, token: 't' }
      expect(await http(request, context())).toMatchObject({ status: 200, body: { fine: true } })
      expect(sent).toMatchObject([{ method: 'POST', url: `${url}/token?b=2`, redirect: 'manual' }])
    },
  )
})

describe('a body', () => {
  /** What goes out. */
  async function sent(request: HttpRequest) {
    const inits: [unknown, RequestInit | undefined][] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      inits.push([input, init])
      return fine()
    }
    await createHttp({ url, fetch })(request, context())
    const [input, init] = inits[0] ?? []
    return { input, ...init, headers: Object(init?.headers) }
  }

  it('is form-encoded where a server wants that, without what is undefined', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'a+b&c=d é', scope: undefined }
    expect(await sent({ path: '/token', form })).toMatchObject({
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: 'grant_type=refresh_token&refresh_token=a%2Bb%26c%3Dd+%C3%A9',
    })
  })

  it.each(['PATCH', 'DELETE', 'PUT'] as const)('goes with %s too', async (method) => {
    expect(await sent({ path: '/x', method, json: { a: 1 } })).toMatchObject({
      input: `${url}/x`,
      method,
      body: '{"a":1}',
    })
  })

  it('is none where there is none', async () => {
    const init = await sent({ path: '/x', method: 'DELETE', token: 'abc' })
    expect(init).not.toHaveProperty('body')
    expect(init.headers).toEqual({ Authorization: 'Bearer abc' })
  })

  it.each(['a\nb', 'a\u200bb', ' a', 'é', '\ud800'])(
    'never leaves with a token that no header can carry: %j',
    async (token) => {
      const { sent, fetch } = far(fine)
      const answer = createHttp({ url, fetch })({ path: '/x', token }, context())
      await expect(answer).rejects.toMatchObject({ code: 'invalid_argument', retryable: false })
      expect(sent).toEqual([])
    },
  )
})

describe('an answer', () => {
  const answerTo = (response: Response) =>
    createHttp({ url, fetch: async () => response })({ path: '/token' }, context())

  /** A body without an end, how much of it was read, and whether the rest was declined. */
  function endless(init: ResponseInit = {}) {
    const seen = { bytes: 0, cancelled: false }
    const chunk = new Uint8Array(65_536).fill(32)
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        seen.bytes += chunk.byteLength
        controller.enqueue(chunk)
      },
      cancel() {
        seen.cancelled = true
      },
    })
    return { response: new Response(body, init), seen }
  }

  it('that has no end is read no further than a megabyte', async () => {
    const { response, seen } = endless()
    await expect(answerTo(response)).rejects.toMatchObject({ code: 'bad_response', status: 200 })
    expect(seen.bytes).toBeLessThan(1_048_576 + 3 * 65_536)
    expect(seen.cancelled).toBe(true)
  })

  it('that says it is too large is not read at all', async () => {
    const { response, seen } = endless({ headers: { 'Content-Length': '268435456' } })
    await expect(answerTo(response)).rejects.toMatchObject({ code: 'bad_response' })
    expect(seen.bytes).toBeLessThan(3 * 65_536)
    expect(seen.cancelled).toBe(true)
  })

  it('is read where a fetch gives no stream, as in React Native', async () => {
    const bare = (text: string): Response =>
      Object.defineProperty(new Response(text), 'body', { value: undefined })
    expect(await answerTo(bare('{"fine":true}'))).toMatchObject({ body: { fine: true } })
    await expect(answerTo(bare(`"${'x'.repeat(2 ** 20)}"`))).rejects.toMatchObject({
      code: 'bad_response',
    })
  })

  it('keeps its letters where a chunk ends in the middle of one', async () => {
    const bytes = new TextEncoder().encode('{"name":"Zoë 🦊"}')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await answerTo(new Response(body))).toMatchObject({ body: { name: 'Zoë 🦊' } })
  })

  it.each([408, 409, 425, 429, 500, 503, 599])(
    'of status %i keeps its status and its wish to wait, whatever its body is',
    async (status) => {
      const headers = { 'Retry-After': '7' }
      const broken = new ReadableStream({ start: (controller) => controller.error(new Error()) })
      const bodies = ['<html>', '', null, '[', '"text"', broken, endless().response.body]
      for (const body of bodies) {
        const answer = await answerTo(new Response(body, { status, headers }))
        expect(answer).toMatchObject({ status, retryAfter: 7_000 })
        expect(toPassing(answer)).toMatchObject({
          code: status === 429 ? 'rate_limited' : 'server_error',
          retryable: true,
          retryAfter: 7_000,
        })
      }
    },
  )

  it('that a fetch of the app’s has got by following a redirect is not the server’s', async () => {
    const followed = Object.defineProperty(fine(), 'redirected', { value: true })
    await expect(answerTo(followed)).rejects.toMatchObject({ code: 'bad_response' })
  })

  /** As React Native has it, whose `fetch` follows redirects whatever it is told, and does not say so. */
  const native = (to: string): Response =>
    Object.defineProperties(fine(), { redirected: { value: undefined }, url: { value: to } })

  it.each([
    'https://wifi.example/token',
    'http://auth.example/token',
    'https://auth.example:8443/',
  ])(
    'that came from another origin is not the server’s, where no platform tells: %s',
    async (to) => {
      await expect(answerTo(native(to))).rejects.toMatchObject({ code: 'bad_response' })
    },
  )

  it.each(['', `${url}/token`, `${url}/elsewhere?a=1`])(
    'that came from the server itself is taken there: %j',
    async (to) => {
      expect(await answerTo(native(to))).toMatchObject({ body: { fine: true } })
    },
  )

  it('of an address inside, which a fetch of the app’s asks in place of the server’s, is taken', async () => {
    const inside = Object.defineProperty(fine(), 'url', { value: 'http://gotrue:9999/token' })
    expect(await answerTo(inside)).toMatchObject({ body: { fine: true } })
  })

  it('of a failing server puts no text of its into an error', () => {
    const answer = { status: 500, headers: new Headers(), body: null, retryAfter: undefined }
    const said = { message: 'connect to db.internal as admin', serverCode: 'failed: db.internal' }
    const error = toPassing(answer, said)
    expect(JSON.stringify([error, error?.message])).not.toContain('internal')
    expect(toPassing(answer, { serverCode: 'unexpected_failure' })).toMatchObject({
      serverCode: 'unexpected_failure',
    })
  })
})

describe('Retry-After', () => {
  const NOW = Date.UTC(2026, 0, 1)
  const at = (ms: number): string => new Date(ms).toUTCString()
  const wait = (text: string, date?: string) =>
    parseRetryAfter(new Headers({ 'Retry-After': text, ...(date && { Date: date }) }), NOW)

  it.each([
    ['seconds', '120', undefined, 120_000],
    ['a date, by this device’s clock', at(NOW + 5_000), undefined, 5_000],
    ['a date, by the answer’s own where it has one', at(5_000), at(0), 5_000],
    ['a date that is over', at(NOW - 5_000), undefined, undefined],
    ['years', '99999999999', undefined, 3_600_000],
    ['no time', '0', undefined, undefined],
    ['words', 'soon', undefined, undefined],
    ['less than nothing', '-5', undefined, undefined],
  ])('may be %s', (_name, text, date, expected) => {
    expect(wait(text, date)).toBe(expected)
  })

  it('is a wait within the hour or none, whatever it says', () => {
    const line = fc.string({ unit: fc.constantFrom(...'0123456789 :-,.+TZGMonJa') })
    fc.assert(
      fc.property(line, line, (text, date) => {
        const ms = wait(text, date)
        expect(ms === undefined || (ms > 0 && ms <= 3_600_000)).toBe(true)
      }),
    )
  })
})

describe('a signal', () => {
  /** One that lives long, and how many listen to it. */
  function long() {
    const { signal } = new AbortController()
    const listening = new Set<unknown>()
    return {
      listening,
      signal: Object.assign(signal, {
        addEventListener: (_: string, listener: unknown) => listening.add(listener),
        removeEventListener: (_: string, listener: unknown) => listening.delete(listener),
      }),
    }
  }

  it.each([
    ['an answer', fine],
    ['a page', () => new Response('<html>')],
    ['nothing', () => Promise.reject(new TypeError('lost'))],
  ])('that outlives its request is left as it was, after %s', async (_name, answer) => {
    const { signal, listening } = long()
    const seen: number[] = []
    const http = createHttp({
      url,
      fetch: async () => {
        seen.push(listening.size)
        return answer()
      },
    })
    await http({ path: '/x' }, { signal }).catch(() => undefined)
    expect([...seen, listening.size]).toEqual([1, 0])
  })
})

describe('a redirect', () => {
  const elsewhere = { location: 'https://wifi.example/token' }
  const session = {
    ...sessionBody(),
    expires_in: 3600,
    access_token: jwt({ sub: 'user_1', sid: 'session_1', iat: 100, exp: 400 }),
    session: { sessionId: 'session_1', handle: 'h1', expiresIn: 300_000, user: { id: 'user_1' } },
  }
  /** As pages get it, who see neither its status nor its address (Fetch §2.2.6). */
  const hidden = (): Response =>
    Object.defineProperties(Response.error(), { type: { value: 'opaqueredirect' } })

  const refreshes = {
    GoTrue: (send: typeof fetch) => gotrue({ url, fetch: send }).refresh('r', context()),
    WorkOS: (send: typeof fetch) =>
      workos({ url, clientId: 'c', fetch: send }).refresh('r', context()),
    'WorkOS on a server': (send: typeof fetch) =>
      workosServer({ url, clientId: 'c', apiKey: 'sk', fetch: send }).refresh('r', context()),
    'a backend': (send: typeof fetch) =>
      backend({ url, fetch: send }).refresh('http-only.session_1', context()),
  }
  const answers = {
    'that is hidden': hidden,
    ...Object.fromEntries(
      [301, 302, 303, 304, 307, 308].map((status) => [
        status,
        () => new Response(null, { status, headers: elsewhere }),
      ]),
    ),
    'to a page': () => new Response('<html>', { status: 302, headers: elsewhere }),
    'with a session': () => Response.json(session, { status: 302, headers: elsewhere }),
    'with words that end sessions': () =>
      Response.json(
        { code: 'session_not_found', error: 'invalid_grant' },
        { status: 307, headers: elsewhere },
      ),
  }

  it.each(
    Object.entries(refreshes).flatMap(([name, refresh]) =>
      Object.entries(answers).map(([kind, answer]) => [kind, name, refresh, answer] as const),
    ),
  )('(%s) is no answer of %s, nor followed', async (_kind, _name, refresh, answer) => {
    const { sent, fetch } = far(answer)
    const status = answer().status || undefined
    await expect(refresh(fetch)).rejects.toMatchObject({
      code: 'bad_response',
      retryable: true,
      status,
    })
    expect(sent.map((request) => new URL(request.url).origin)).toEqual([url])
  })
})
