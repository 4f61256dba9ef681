import { afterEach, describe, expect, it, vi } from 'vitest'
import { backend } from '../../src/providers/backend/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createHttp } from '../../src/providers/http.js'
import { workos } from '../../src/providers/workos/index.js'
import { workosServer } from '../../src/server/index.js'
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
