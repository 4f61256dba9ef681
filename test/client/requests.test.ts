import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, type Provider, type SessionUser } from '../../src/index.js'
import { createWorld } from '../support/world.js'

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
})
