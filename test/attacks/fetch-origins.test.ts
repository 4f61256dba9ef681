import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage, type Provider } from '../../src/index.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { frontToken } from '../client/supertokens-world.js'

const provider: Provider = { id: 'p', refresh: async () => null }
const open = (fetchOrigins: unknown) =>
  Reflect.construct(AuthClient, [{ provider, storage: memoryStorage(), fetchOrigins }])

describe('a list of origins that is none is refused before a token goes anywhere', () => {
  it.each([
    ['a text, of which every part is in it', 'https://api.example'],
    ['a set', new Set(['https://api.example'])],
    ['a star', ['*']],
    ['every subdomain', ['https://*.example']],
    ['the origin of sandboxed frames', ['null']],
    ['nothing', ['']],
    ['no text', [undefined]],
    ['a hole', new Array(1)],
    ['a symbol', [Symbol('an origin?')]],
    ['an address that is no text', [new URL('https://api.example')]],
    ['a host', ['api.example']],
    ['an address with a path', ['https://api.example/v1']],
    ['a slash at the end', ['https://api.example/']],
    ['a user', ['https://api.example@evil.example']],
    ['a query', ['https://api.example?x']],
    ['a backslash', ['https://api.example\\.evil.example']],
    ['a blank', [' https://api.example']],
    ['a line after it', ['https://api.example\n']],
    ['capital letters, which no browser writes', ['https://API.example']],
    ['letters that browsers write in punycode', ['https://bücher.example']],
    ['the default port, which no browser writes', ['https://api.example:443']],
    ['the default port of http', ['http://localhost:80']],
    ['another scheme', ['ftp://api.example']],
    ['a script', ['javascript:alert(1)']],
    ['one of several', ['https://api.example', 'api.example']],
  ])('%s', (_, origins) => {
    expect(() => open(origins)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching('etchOrigins'),
      }),
    )
  })

  it.each([
    ['none', []],
    [
      'what browsers write',
      ['https://api.example', 'http://localhost:3000', 'https://a.example:8443'],
    ],
    ['numbers', ['http://127.0.0.1:8080', 'http://[::1]:3000', 'https://xn--bcher-kva.example']],
  ])('while %s is taken', (_, origins) => {
    open(origins).dispose()
  })
})

/** A server on this device, and the requests that it got. */
async function serve(answer: (path: string) => string | null) {
  const seen: { readonly line: string; readonly antiCsrf: unknown }[] = []
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, antiCsrf: request.headers['anti-csrf'] })
    const location = answer(request.url ?? '')
    response.writeHead(location === null ? 200 : 307, location === null ? {} : { location }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { seen, origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}

describe('the anti-CSRF token of SuperTokens stays at the origins that it is for', () => {
  let thief: Awaited<ReturnType<typeof serve>>
  let api: Awaited<ReturnType<typeof serve>>
  let auth: AuthClient

  beforeAll(async () => {
    thief = await serve(() => null)
    api = await serve((path) => (path === '/away' ? `${thief.origin}/taken` : null))
    const own = supertokens({ url: api.origin, lookForSession: false })
    auth = new AuthClient({ provider: own, storage: memoryStorage(), fetchOrigins: [api.origin] })
    const up = { sessionHandle: 'handle', iat: 1 }
    const headers = new Headers({
      'front-token': frontToken({ uid: 'ada', ate: Date.now() + 3_600_000, up }),
      'anti-csrf': 'secret',
    })
    await Reflect.get(auth.actions, 'adopt')({ headers })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    for (const { seen } of [api, thief]) seen.splice(0)
  })
  afterAll(() => {
    auth.dispose()
    api.close()
    thief.close()
  })

  it('as there is one', async () => {
    await auth.fetch(`${api.origin}/here`, { method: 'POST' })
    expect(api.seen).toEqual([{ line: 'POST /here', antiCsrf: 'secret' }])
  })

  it('also when they redirect a request that changes nothing', async () => {
    expect((await auth.fetch(`${api.origin}/away`)).status).toBe(200)
    expect(thief.seen).toEqual([{ line: 'GET /taken', antiCsrf: undefined }])
    expect(api.seen.map(({ antiCsrf }) => antiCsrf)).toEqual(['secret', undefined])
  })

  it('also when they redirect one that changes something, which is not sent on', async () => {
    const call = auth.fetch(`${api.origin}/away`, { method: 'POST', body: '{}' })
    await expect(call).rejects.toMatchObject({ code: 'rejected', retryable: false })
    expect(thief.seen).toEqual([])
  })

  it('also where a page does not see that it was redirected', async () => {
    const sent: (string | null)[] = []
    vi.stubGlobal('fetch', async (request: Request) => {
      sent.push(`${request.redirect} ${request.headers.get('anti-csrf')}`)
      // What browsers give for a redirect that they do not follow (Fetch §2.2.6).
      const hidden = Object.defineProperties(new Response(), {
        type: { value: 'opaqueredirect' },
        status: { value: 0 },
      })
      return request.redirect === 'manual' ? hidden : new Response('there')
    })
    expect(await (await auth.fetch(`${api.origin}/away`)).text()).toBe('there')
    expect(sent).toEqual(['manual secret', 'follow null'])
  })

  it('and an app that follows no redirects sees them as ever', async () => {
    const response = await auth.fetch(`${api.origin}/away`, { method: 'POST', redirect: 'manual' })
    expect(response.status).toBe(307)
  })
})
