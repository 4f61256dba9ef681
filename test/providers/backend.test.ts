import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, type Session } from '../../src/index.js'
import {
  type BackendProviderOptions,
  backend,
  HTTP_ONLY,
} from '../../src/providers/backend/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { context, type Reply } from '../support/wire.js'

const SESSION = {
  sessionId: 'session_1',
  handle: 'h1',
  expiresIn: 300_000,
  user: { id: 'user_1', email: 'ada@example.com', firstName: 'Ada' },
  organizationId: 'org_1',
  role: 'admin',
  roles: ['admin'],
  permissions: ['posts:write'],
  entitlements: ['audit-logs'],
  featureFlags: ['beta'],
  impersonator: { email: 'boss@example.com', reason: 'A ticket.' },
  authenticationMethod: 'SSO',
}
const TOKEN = `${HTTP_ONLY}session_1`
const held = (accessToken: string): Session => ({
  accessToken,
  refreshToken: TOKEN,
  expiresAt: 0,
  user: null,
  sessionId: 'session_1',
  extras: {},
})

/** A provider whose requests are recorded and answered by hand, in order. */
function wire(options: BackendProviderOptions, ...replies: Reply[]) {
  const sent: { request: Request; body: unknown }[] = []
  const provider = backend({
    url: 'https://app.example/auth',
    async fetch(input, init) {
      const request = new Request(input, init)
      const text = await request.clone().text()
      sent.push({ request, body: text === '' ? null : JSON.parse(text) })
      const reply = replies.shift()
      if (reply === undefined) throw new Error('No reply was prepared for this request.')
      if (reply === 'lost') throw new TypeError('fetch failed')
      if (reply instanceof Response) return reply
      return new Response(JSON.stringify(reply[1]), { status: reply[0] })
    },
    ...options,
  })
  return { provider, sent }
}

/** A request of the app's to its API. */
const REQUEST = { url: 'https://app.example/api', method: 'GET' }

const ask = (provider: ReturnType<typeof backend>) => provider.resume?.ask(null, context())

afterEach(() => void vi.unstubAllGlobals())

describe('a session of a backend', () => {
  it('is asked for by the cookies of this browser, and by a page of the app', async () => {
    const { provider, sent } = wire({}, [200, { session: null }])
    expect(await ask(provider)).toBeNull()
    const [{ request } = { request: null }] = sent
    expect(request).toMatchObject({
      method: 'GET',
      url: 'https://app.example/auth/session',
      credentials: 'include',
      redirect: 'manual',
    })
    expect(request?.headers.get('X-Holdfast')).toBe('1')
    expect(request?.headers.has('Authorization')).toBe(false)
  })

  it('becomes a grant whose tokens are names', async () => {
    const { handle, expiresIn, ...facts } = SESSION
    const { provider } = wire({}, [200, { session: SESSION }])
    expect(await ask(provider)).toEqual({
      ...facts,
      accessToken: HTTP_ONLY + handle,
      refreshToken: TOKEN,
      lifetime: expiresIn,
    })
  })

  it('says no more than it knows, and nothing that is not what it should be', async () => {
    const { sessionId, handle, expiresIn, user } = SESSION
    const odd = { role: 7, roles: 'admin', permissions: [1, 'a'], impersonator: 'me', extras: {} }
    const { provider } = wire(
      {},
      [200, { session: { sessionId, handle, expiresIn, user } }],
      [200, { session: { ...SESSION, ...odd } }],
    )
    expect(await ask(provider)).toMatchObject({ role: undefined, permissions: undefined })
    const grant = await ask(provider)
    expect(grant).toMatchObject({ role: undefined, roles: undefined, permissions: ['a'] })
    expect(grant).toMatchObject({ impersonator: undefined })
    expect(grant).not.toHaveProperty('extras')
  })

  it.each([
    ['nothing', {}],
    ['null', null],
    ['a list', []],
    ['a text', { session: 'session_1' }],
    ['no name of the token', { session: { ...SESSION, handle: '' } }],
    ['no name of the session', { session: { ...SESSION, sessionId: undefined } }],
    ['no life', { session: { ...SESSION, expiresIn: 0 } }],
    ['a life that is none', { session: { ...SESSION, expiresIn: '300000' } }],
    ['nobody', { session: { ...SESSION, user: null } }],
    ['nobody in particular', { session: { ...SESSION, user: { email: 'a@example.com' } } }],
  ])('is no session when the answer holds %s', async (_name, body) => {
    const { provider } = wire({}, [200, body], [200, body])
    const wrong = { code: 'bad_response', retryable: true }
    await expect(ask(provider)).rejects.toMatchObject(wrong)
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject(wrong)
  })

  it('carries a token where the backend exposes it, as bearer', async () => {
    const { provider } = wire({}, [200, { session: { ...SESSION, accessToken: 'jwt' } }])
    expect(await ask(provider)).toMatchObject({ accessToken: 'jwt', refreshToken: TOKEN })
    expect(provider.authorize?.(held('jwt'), REQUEST)).toEqual({ Authorization: 'Bearer jwt' })
    expect(provider.authorize?.(held(`${HTTP_ONLY}h1`), REQUEST)).toEqual({ 'X-Holdfast': '1' })
  })
})

describe('a refresh', () => {
  it('names the session and the organization, and outlives the page', async () => {
    vi.stubGlobal('document', {})
    const { provider, sent } = wire({}, [200, { session: SESSION }])
    const grant = await provider.refresh(TOKEN, { ...context(), organizationId: 'org_2' })
    expect(grant).toMatchObject({ sessionId: 'session_1', refreshToken: TOKEN })
    expect(sent[0]?.request).toMatchObject({
      method: 'POST',
      url: 'https://app.example/auth/refresh',
      keepalive: true,
    })
    expect(sent[0]?.request.headers.get('X-Holdfast')).toBe('1')
    expect(sent[0]?.body).toEqual({ sessionId: 'session_1', organizationId: 'org_2' })
  })

  const body = (code: string, rest: object = {}) => ({ code, message: 'Said so.', ...rest })
  const missing = body('session_missing', { serverCode: 'invalid_grant' })

  it.each([
    ['is over', [401, missing], 'refresh_rejected', 'invalid_grant'],
    ['is another one', [409, body('session_changed')], 'refresh_rejected', 'session_changed'],
    [
      'is not known now',
      [503, body('unavailable', { serverCode: 'timeout' })],
      'server_error',
      'timeout',
    ],
    ['is refused elsewhere', [403, body('rejected')], 'rejected', 'rejected'],
    ['is of a stranger', [403, body('forbidden')], 'rejected', 'forbidden'],
    ['is limited', [429, body('slow')], 'rate_limited', 'slow'],
  ] as const)('that %s says so', async (_name, reply, code, serverCode) => {
    const { provider } = wire({}, [...reply])
    const error = provider.refresh(TOKEN, context())
    const message = code === 'server_error' ? 'The server cannot answer now (503).' : 'Said so.'
    await expect(error).rejects.toMatchObject({ code, serverCode, message })
  })

  const html = (status: number) =>
    new Response('<p>Please accept our terms.', { status, headers: { 'Retry-After': '9' } })

  it.each([
    ['401 of somebody else', [401, { error: 'unauthorized' }]],
    ['401 with another word', [401, body('forbidden')]],
    ['our word with another status', [403, missing]],
    ['our words as 200', [200, missing]],
    ['404', [404, body('not_found')]],
    ['409 of somebody else', [409, {}]],
    ['500', [500, body('internal')]],
    ['a gateway’s page', html(502)],
    ['a captive portal', html(200)],
    ['a page with 401', html(401)],
    ['nothing', new Response('', { status: 401 })],
    ['no answer', 'lost'],
  ] as const)('never ends the session by anything else: %s', async (_name, reply) => {
    const { provider } = wire({}, reply)
    const error: unknown = await provider.refresh(TOKEN, context()).catch((thrown) => thrown)
    expect(error).toMatchObject({ library: 'holdfast' })
    expect(error).not.toMatchObject({ code: 'refresh_rejected' })
  })

  it('tells how long to wait, in ms', async () => {
    const headers = { 'Retry-After': '7' }
    const { provider } = wire({}, Response.json(body('unavailable'), { status: 503, headers }))
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject({ retryAfter: 7_000 })
  })

  it('tells which step is missing', async () => {
    const details = {
      step: 'sso_required',
      email: 'ada@example.com',
      organizations: [{ id: 'org_1', name: 'One' }, { id: 'org_2' }, { name: 'x' }, null],
      connectionIds: ['conn_1', 7],
      redirectUrl: 'javascript:alert(1)',
      pendingAuthenticationToken: 'secret',
    }
    const step = body('step_required', { serverCode: 'sso_required', details })
    const { provider } = wire({}, [403, step], [403, body('step_required')])
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject({
      code: 'step_required',
      retryable: false,
      details: {
        step: 'sso_required',
        email: 'ada@example.com',
        organizations: [
          { id: 'org_1', name: 'One' },
          { id: 'org_2', name: 'org_2' },
        ],
        connectionIds: ['conn_1'],
        redirectUrl: undefined,
      },
    })
    const bare = { code: 'step_required', details: { step: 'step_required' } }
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject(bare)
  })

  it('that brings another session is no refresh', async () => {
    const { provider } = wire({}, [200, { session: { ...SESSION, sessionId: 'session_2' } }])
    const error = { code: 'refresh_rejected' }
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject(error)
  })

  it('of a token that is not a backend’s is none, and sends it nowhere', async () => {
    const { provider, sent } = wire({})
    const error = { code: 'refresh_rejected', message: expect.not.stringContaining('stolen') }
    await expect(provider.refresh('stolen', context())).rejects.toMatchObject(error)
    expect(sent).toEqual([])
  })
})

describe('a sign-out', () => {
  it.each(['local', 'global', 'others'] as const)(
    'is of the session of the page: %s',
    async (scope) => {
      const { provider, sent } = wire({}, [200, {}])
      await provider.signOut?.(held('x'), scope, context())
      expect(sent[0]?.request.url).toBe('https://app.example/auth/sign-out')
      expect(sent[0]?.body).toEqual({ sessionId: 'session_1', scope })
    },
  )

  it('rejects where the backend’s auth server knows of this one session only', async () => {
    const refusal = { status: 400, code: 'invalid_argument', message: 'The scope is `local`.' }
    const { provider } = wire({}, [400, refusal])
    const error = { code: 'rejected', serverCode: 'invalid_argument' }
    await expect(provider.signOut?.(held('x'), 'global', context())).rejects.toMatchObject(error)
  })
})

describe('the actions', () => {
  /** The actions of a client on this page. */
  async function open(options: BackendProviderOptions, ...replies: Reply[]) {
    const tab = createFakeBrowser().tab({ href: 'https://app.example/cart?tab=2#part' })
    const { provider, sent } = wire(options, [200, { session: null }], ...replies)
    const { environment, storage } = tab
    const auth = new AuthClient({ provider, environment, storage })
    await auth.getSession()
    return { actions: auth.actions, sent }
  }

  it('and all requests go to addresses with a slash at their end, where the server wants one', async () => {
    const { actions, sent } = await open({ trailingSlash: true }, [200, { logoutUrl: '/bye' }])
    expect(await actions.signInUrl({ returnTo: '/' })).toBe(
      'https://app.example/auth/sign-in/?returnTo=%2F',
    )
    await actions.signOut()
    expect(sent.map(({ request }) => new URL(request.url).pathname)).toEqual([
      '/auth/session/',
      '/auth/sign-out/',
    ])
  })

  it('and a sign-out tells what the auth server is to know, where the page has something', async () => {
    const answer: Reply = [200, { logoutUrl: '/bye' }]
    const { actions, sent } = await open({}, answer, answer)
    await actions.signOut({ returnTo: '/', parameters: { logout_hint: 'ada' } })
    await actions.signOut()
    expect(sent.slice(1).map(({ body }) => body)).toEqual([
      { returnTo: '/', parameters: { logout_hint: 'ada' } },
      {},
    ])
  })

  it('lead to the sign-in and back to this page, or the one that is asked for', async () => {
    const { actions } = await open({})
    const here = encodeURIComponent('/cart?tab=2#part')
    expect(await actions.signInUrl()).toBe(`https://app.example/auth/sign-in?returnTo=${here}`)
    expect(await actions.signUpUrl({ returnTo: '/new' })).toBe(
      'https://app.example/auth/sign-up?returnTo=%2Fnew',
    )
    const url = await actions.signInUrl({
      returnTo: 'https://app.example/a?b=c',
      organizationId: 'org_1',
      loginHint: 'ada@example.com',
      maxAge: 0,
      acrValues: 'gold silver',
      uiLocales: 'fr-CA fr',
      claims: { id_token: { acr: { essential: true } } },
      prompt: undefined,
    })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      returnTo: '/a?b=c',
      organizationId: 'org_1',
      loginHint: 'ada@example.com',
      uiLocales: 'fr-CA fr',
      maxAge: '0',
      acrValues: 'gold silver',
      claims: '{"id_token":{"acr":{"essential":true}}}',
    })
  })

  it.each(['https://evil.example', '//evil.example', 'javascript:alert(1)', 'http://['])(
    'lead nowhere else: %s',
    async (returnTo) => {
      const { actions, sent } = await open({})
      const refused = { code: 'invalid_argument' }
      await expect(actions.signInUrl({ returnTo })).rejects.toMatchObject(refused)
      await expect(actions.signOut({ returnTo })).rejects.toMatchObject(refused)
      expect(sent.filter(({ request }) => request.method === 'POST')).toEqual([])
    },
  )

  it.each([
    [{ logoutUrl: 'https://auth.example/logout' }, '/bye', 'https://auth.example/logout'],
    [{}, '/bye', '/bye'],
    [{}, undefined, '/'],
    [{ logoutUrl: 'javascript:alert(1)' }, '/bye', '/bye'],
    [null, undefined, '/'],
  ])('tell where to go after a sign-out: %j to %s', async (body, returnTo, target) => {
    const { actions, sent } = await open({}, [200, body])
    expect(await actions.signOut({ returnTo })).toBe(target)
    expect(sent.at(-1)?.body).toEqual(returnTo === undefined ? {} : { returnTo })
  })

  it('say so when nobody could be signed out', async () => {
    const { actions } = await open({}, 'lost')
    await expect(actions.signOut()).rejects.toMatchObject({ code: 'network', retryable: true })
  })
})

describe('the place of the backend', () => {
  it.each([
    ['/auth', 'https://page.example/auth/session', 'backend./auth'],
    ['/auth//', 'https://page.example/auth/session', 'backend./auth'],
    [undefined, 'https://page.example/auth/session', 'backend./auth'],
    ['https://api.example/me/', 'https://api.example/me/session', 'backend.https://api.example/me'],
  ])('is a path of the page or a whole address: %s', async (url, address, id) => {
    vi.stubGlobal('location', { href: 'https://page.example/some/page?x=1' })
    const { provider, sent } = wire({ url }, [200, { session: null }])
    expect(provider.id).toBe(id)
    await ask(provider)
    expect(sent[0]?.request.url).toBe(address)
  })

  it('may be a path on a page without https: nothing there is safer than the page', async () => {
    vi.stubGlobal('location', { href: 'http://192.168.1.7:3000/' })
    const { provider, sent } = wire({ url: '/auth' }, [200, { session: null }])
    await ask(provider)
    expect(sent[0]?.request.url).toBe('http://192.168.1.7:3000/auth/session')
  })

  it('is a whole address outside of pages, which is said when it is needed', async () => {
    const { provider } = wire({ url: '/auth' })
    await expect(
      provider.refresh('http-only.session_1', { signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('is asked for nothing while a server renders the page', async () => {
    const { provider, sent } = wire({ url: '/auth' }, [200, { session: null }])
    expect(await ask(provider)).toBeUndefined()
    expect(sent).toEqual([])
  })

  it.each(['auth', '//evil.example/auth', '/\\evil.example', 'http://api.example', 'ftp://x', ''])(
    'is refused at once when it cannot be: %s',
    (url) => {
      const refused = expect.objectContaining({ code: 'invalid_argument' })
      expect(() => backend({ url })).toThrow(refused)
    },
  )

  it('is reached without anything being asked of anybody before', () => {
    const fetch = vi.fn()
    backend({ fetch })
    expect(fetch).not.toHaveBeenCalled()
  })
})
