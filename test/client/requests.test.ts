import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, type Provider, resourceTokens, type SessionUser } from '../../src/index.js'
import { PATIENT } from '../support/patient.js'
import { createWorld, HOUR } from '../support/world.js'

const API = 'https://api.example'
const OPTIONS = { autoRefresh: false, fetchOrigins: [API] } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

/** An API that answers as it is told, and what it was sent. */
function api(answer: (request: Request) => Response | Promise<Response>) {
  const seen: { readonly token: string | null; readonly body: string }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    seen.push({ token: request.headers.get('authorization'), body: await request.clone().text() })
    return answer(request)
  })
  return seen
}

const refuse = (token: string) => (request: Request) =>
  new Response(null, {
    status: request.headers.get('authorization') === `Bearer ${token}` ? 401 : 200,
  })

describe('auth.fetch', () => {
  it('never sends one person’s request with another’s token: then the 401 is the answer', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const seen = api(async (request) => {
      await auth.signIn({ name: 'bob' })
      return refuse('access-1')(request)
    })
    const response = await auth.fetch(`${API}/mail`, { method: 'POST', body: 'by ada' })
    expect(response.status).toBe(401)
    expect(seen).toEqual([{ token: 'Bearer access-1', body: 'by ada' }])
  })

  it('never sends a request that waited for one person’s token with another’s', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const seen = api(() => new Response())
    await world.clock.advance(3_600_001)
    world.server.hold()
    const answer = auth.fetch(`${API}/mail`, { method: 'POST', body: 'by ada' })
    const refused = expect(answer).rejects.toMatchObject({ code: 'superseded' })
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    world.server.release()
    await refused
    expect(seen).toEqual([])
  })

  it('ends with the reason of its signal while it waits for a token, and sends nothing', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const seen = api(() => new Response())
    await world.clock.advance(3_600_001)
    world.server.hold()
    const controller = new AbortController()
    const answer = auth.fetch(`${API}/mail`, { signal: controller.signal })
    const reason = new DOMException('The page was left.', 'AbortError')
    const ended = expect(answer).rejects.toBe(reason)
    await world.clock.settle()
    controller.abort(reason)
    await ended
    expect(seen).toEqual([])
    world.server.release()
  })

  it('ends with the reason of its signal while it has a refused token refreshed', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const seen = api(refuse('access-1'))
    world.server.hold()
    const controller = new AbortController()
    const request = new Request(`${API}/mail`, { signal: controller.signal })
    const ended = expect(auth.fetch(request)).rejects.toMatchObject({ name: 'AbortError' })
    await vi.waitUntil(() => world.server.sent.length > 0, PATIENT)
    controller.abort()
    await ended
    expect(seen).toHaveLength(1)
    world.server.release()
  })

  it('goes on as the same person who signed in again meanwhile', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    let signIns = 0
    const seen = api(async (request) => {
      if (signIns++ === 0) await auth.signIn({ name: 'ada' })
      return refuse('access-1')(request)
    })
    expect((await auth.fetch(`${API}/me`)).status).toBe(200)
    expect(seen.map(({ token }) => token)).toEqual(['Bearer access-1', 'Bearer access-2'])
  })

  it('does not refresh for a 401 that only another sign-in can cure (RFC 9470)', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const challenge = 'Bearer error="insufficient_user_authentication", max_age="5"'
    api(() => new Response(null, { status: 401, headers: { 'WWW-Authenticate': challenge } }))
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    expect(world.server.sent).toEqual([])
  })

  it('obeys patience: while the auth server is sick, a 401 is the answer', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', OPTIONS)
    const seen = api(refuse('access-1'))
    world.server.fail({ error: new AuthError('server_error', 'Down.', { retryAfter: 20_000 }) })
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    await world.clock.advance(10_000)
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    expect(world.server.sent).toHaveLength(1)
    expect(seen).toHaveLength(2)
    await world.clock.advance(10_000)
    expect((await auth.fetch(`${API}/me`)).status).toBe(200)
  })

  it.each([403, 404, 500])('refreshes nothing because of a %i', async (status) => {
    const world = createWorld()
    const fetchOrigins = ['https://api.example']
    const { auth } = await world.signedIn('ada', { autoRefresh: false, fetchOrigins })
    vi.stubGlobal('fetch', async () => new Response(null, { status }))
    expect((await auth.fetch('https://api.example/me')).status).toBe(status)
    await world.clock.settle()
    expect(world.server.sent).toEqual([])
  })

  it('in the pause of a sick server has its answer at once, whoever has the lock', async () => {
    const world = createWorld()
    const provider = { ...world.server.provider, tokens: resourceTokens() }
    const { auth } = await world.signedIn('ada', { ...OPTIONS, provider })
    api(refuse('access-1'))
    world.server.fail({ error: new AuthError('server_error', 'Down.', { retryAfter: 20_000 }) })
    await auth.fetch(`${API}/me`)
    world.browser.locks.neverGrant(true)
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    const token = auth.getAccessToken({ resource: 'https://mail.example' })
    await expect(token).rejects.toMatchObject({ code: 'server_error', retryAfter: 20_000 })
  })

  it('takes two people of whom nobody knows anything for two', async () => {
    const world = createWorld()
    const { provider } = world.server
    const signIn = async ({ name }: { readonly name: string }) => {
      const { user: _, ...grant } = world.server.issue(name)
      return grant
    }
    const { auth } = await world.signedIn('ada', { ...OPTIONS, provider: { ...provider, signIn } })
    const seen = api(async (request) => {
      if (seen.length === 1) await auth.signIn({ name: 'bob' })
      return refuse('access-1')(request)
    })
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    expect(seen).toHaveLength(1)
  })
})

describe('a provider that has a say in requests', () => {
  function withProvider(own: Partial<Provider<{ readonly name: string }, SessionUser>>) {
    const world = createWorld()
    return {
      world,
      open: () =>
        world.signedIn('ada', { ...OPTIONS, provider: { ...world.server.provider, ...own } }),
    }
  }

  it('authorizes each by its method and address, in its own time', async () => {
    const { open } = withProvider({
      authorize: async ({ accessToken }, { url, method }) => ({
        Authorization: `DPoP ${accessToken}`,
        DPoP: `${method} ${url}`,
      }),
    })
    const { auth } = await open()
    const sent: (string | null)[] = []
    vi.stubGlobal('fetch', async ({ headers }: Request) => {
      sent.push(headers.get('authorization'), headers.get('dpop'))
      return new Response()
    })
    await auth.fetch(`${API}/mail`, { method: 'POST' })
    expect(sent).toEqual(['DPoP access-1', `POST ${API}/mail`])
  })

  it('has a request repeated once, without a refresh, where a nonce was missing', async () => {
    const { world, open } = withProvider({
      readAnswer: ({ status, headers }) => ({
        kind: status === 401 && headers.get('DPoP-Nonce') ? 'repeat' : 'none',
      }),
    })
    const { auth } = await open()
    const seen = api(() => new Response(null, { status: 401, headers: { 'DPoP-Nonce': 'n' } }))
    expect((await auth.fetch(`${API}/me`)).status).toBe(401)
    expect(seen).toHaveLength(2)
    expect(world.server.sent).toEqual([])
  })

  it('tells of another step that an API wants', async () => {
    const { open } = withProvider({
      readAnswer: ({ status }) =>
        status === 403 ? { kind: 'step', step: { step: 'mfa' } } : { kind: 'none' },
    })
    const { auth } = await open()
    api(() => new Response(null, { status: 403 }))
    await expect(auth.fetch(`${API}/me`)).rejects.toMatchObject({
      code: 'step_required',
      status: 403,
      details: { step: 'mfa' },
    })
  })

  it('learns a newer state of the session from an API’s answer, in all tabs', async () => {
    const { world, open } = withProvider({
      readAnswer: ({ headers }) => ({
        kind: 'update',
        grant: {
          accessToken: headers.get('front-token') ?? '',
          lifetime: 1_000_000,
          role: 'admin',
        },
      }),
    })
    const { auth, events } = await open()
    const sibling = world.open(OPTIONS)
    await sibling.auth.getSession()
    api(() => new Response(null, { headers: { 'front-token': 'newer' } }))
    await auth.fetch(`${API}/me`)
    await world.clock.settle()
    expect(events.at(-1)).toBe('TOKEN_REFRESHED newer')
    expect(await sibling.auth.getSession()).toMatchObject({
      accessToken: 'newer',
      role: 'admin',
      refreshToken: 'refresh-1',
    })
    expect(world.server.sent).toEqual([])
  })

  it('does not lay what an API said of old tokens over those that came meanwhile', async () => {
    const { world, open } = withProvider({
      readAnswer: () => ({ kind: 'update', grant: { accessToken: 'older', lifetime: 1_000_000 } }),
    })
    const { auth } = await open()
    api(async () => {
      await auth.refreshSession()
      return new Response()
    })
    await auth.fetch(`${API}/me`)
    await world.clock.settle()
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })
})

describe('tokens in requests', () => {
  const calls: [string, string | null][] = []
  const answer = (status: number): void => {
    vi.stubGlobal('fetch', async (request: Request) => {
      calls.push([request.url, request.headers.get('authorization')])
      return new Response(await request.text(), { status: calls.length === 1 ? status : 200 })
    })
  }
  afterEach(() => {
    calls.length = 0
    vi.unstubAllGlobals()
  })

  it('auth.fetch attaches one only to origins on its list', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(200)
    for (const host of ['api.example', 'api.example.evil', 'other.example']) {
      await auth.fetch(`https://${host}/`)
    }
    expect(calls.map(([, token]) => token)).toEqual(['Bearer access-1', null, null])
  })

  it('a refresh for auth.fetch leaves the next one scheduled', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(401)
    world.server.hold()
    const response = auth.fetch('https://api.example/')
    await world.clock.settle()
    tab.hide()
    tab.show()
    await world.clock.settle()
    world.server.release()
    await response
    await world.clock.advance(HOUR)
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('auth.fetch answers a 401 with one refresh and one more try, body and all', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
    answer(401)
    const response = await auth.fetch('https://api.example/', { method: 'POST', body: 'hello' })
    expect(await response.text()).toBe('hello')
    expect(calls.map(([, token]) => token)).toEqual(['Bearer access-1', 'Bearer access-2'])
    expect(world.server.sent).toHaveLength(1)
  })
})
