import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '../../src/index.js'
import {
  HTTP_ONLY,
  type SuperTokensProvider,
  type SuperTokensProviderOptions,
  type SuperTokensUser,
  supertokens,
} from '../../src/providers/supertokens/index.js'
import { frontToken } from '../client/supertokens-world.js'
import { context, type Reply } from '../support/wire.js'

const HOUR = 3_600_000
const IAT = 1_800_000_000
const PAYLOAD = {
  sub: 'user_1',
  iat: IAT,
  exp: IAT + 3600,
  sessionHandle: 'h1',
  refreshTokenHash1: '0123456789abcdef',
  email: 'ada@example.com',
  name: 'Ada ✓',
}
const FRONT = { uid: 'user_1', ate: IAT * 1000 + HOUR, up: PAYLOAD }
const ACCESS = `${HTTP_ONLY}h1.${FRONT.ate}.a1b2c3`
const NAMED = expect.stringMatching(/^http-only.*h1\.1800003600000\.\w{1,7}$/)
const REFRESH = `${HTTP_ONLY}h1`
const URL_ = 'https://api.example'

type Headers_ = Record<string, string>

/** An answer that brings the session that `front` describes. */
const fresh = (front: unknown = FRONT, headers: Headers_ = {}): Response =>
  Response.json({}, { headers: { 'front-token': frontToken(front), ...headers } })
const said = (status: number, message: string, headers: Headers_ = {}): Response =>
  Response.json({ message }, { status, headers })
const IN_HEADERS = { 'st-access-token': 'at', 'st-refresh-token': 'rt' }
const REMOVED = { 'front-token': 'remove' }

const held = (fields: Partial<Session<SuperTokensUser>> = {}): Session<SuperTokensUser> => ({
  accessToken: ACCESS,
  refreshToken: REFRESH,
  expiresAt: 0,
  user: null,
  extras: {},
  ...fields,
})

/** A provider whose requests are recorded and answered by hand, in order. */
function wire(options: SuperTokensProviderOptions, ...replies: Reply[]) {
  const sent: Request[] = []
  const provider = supertokens({
    url: URL_,
    async fetch(input, init) {
      sent.push(new Request(input, init))
      const reply = replies.shift()
      if (reply === undefined) throw new Error('No reply was prepared for this request.')
      if (reply === 'lost') throw new TypeError('fetch failed')
      if (reply instanceof Response) return reply
      return Response.json(reply[1], { status: reply[0] })
    },
    ...options,
  })
  return { provider, sent }
}

const refresh = (provider: SuperTokensProvider, token = REFRESH) =>
  provider.refresh(token, context())
const login = (provider: SuperTokensProvider, request: object = {}) =>
  provider.signIn?.({ path: '/login', ...request }, context())
const headersOf = (request: Request | undefined): object =>
  Object.fromEntries([...(request?.headers ?? [])].filter(([name]) => name !== 'accept'))
/** What every request of a session's own routes has. */
const OWN = {
  rid: 'session',
  'fdi-version': expect.stringMatching(/^1\.16,.*,4\.1/),
  'st-auth-mode': 'cookie',
}

afterEach(() => void vi.unstubAllGlobals())

/** A request of the app's to its API. */
const REQUEST = { url: 'https://api.example/me', method: 'GET' }

describe('a refresh by cookies', () => {
  it('is a POST without a body that outlives the page', async () => {
    vi.stubGlobal('document', {})
    const { provider, sent } = wire({}, fresh())
    await refresh(provider)
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: `${URL_}/auth/session/refresh`,
        credentials: 'include',
        redirect: 'manual',
        keepalive: true,
        body: null,
      },
    ])
    expect(headersOf(sent[0])).toEqual(OWN)
  })

  it.each(['a, b', 'caf\u00e9', ''])(
    'keeps no anti-CSRF token that none can be: %j',
    async (value) => {
      const { provider } = wire({}, fresh(FRONT, { 'anti-csrf': value }))
      expect((await refresh(provider, `${REFRESH}/c1`))?.refreshToken).toBe(`${REFRESH}/c1`)
    },
  )

  it('has the headers that every request is to have, but for its own', async () => {
    const headers = { 'X-Tenant': 'a', 'FDI-Version': '0' }
    const { provider, sent } = wire({ headers }, fresh())
    await refresh(provider)
    expect(headersOf(sent[0])).toEqual({ ...OWN, 'x-tenant': 'a' })
  })

  it('brings a session whose tokens are names', async () => {
    const { provider } = wire({}, fresh())
    expect(await refresh(provider)).toEqual({
      accessToken: NAMED,
      refreshToken: REFRESH,
      lifetime: HOUR,
      user: { id: 'user_1', email: 'ada@example.com', phone: undefined, payload: PAYLOAD },
      sessionId: 'h1',
    })
  })

  it('shows the anti-CSRF token, which rotates, and goes on where none comes', async () => {
    const { provider, sent } = wire({}, fresh(FRONT, { 'anti-csrf': 'c/2.' }), fresh())
    const first = await refresh(provider, `${REFRESH}/c1`)
    expect(first?.refreshToken).toBe(`${REFRESH}/c/2.`)
    const second = await refresh(provider, first?.refreshToken)
    expect(second?.refreshToken).toBe(`${REFRESH}/c/2.`)
    expect(sent.map(({ headers }) => headers.get('anti-csrf'))).toEqual(['c1', 'c/2.'])
  })

  it.each([
    ['by the token’s own dates', PAYLOAD, {}, HOUR],
    ['by those even when the answer is dated', PAYLOAD, { Date: new Date(0).toUTCString() }, HOUR],
    [
      'by the date of the answer',
      {},
      { Date: new Date((IAT + 60) * 1000).toUTCString() },
      59 * 60_000,
    ],
    ['by this device’s clock', {}, {}, HOUR - 1_000],
    ['by that where the date is nonsense', { iat: 'x' }, { Date: 'x' }, HOUR - 1_000],
    [
      'by that where the date cannot be made a number',
      { iat: { toString: 1, valueOf: 1 } },
      { Date: 'x' },
      HOUR - 1_000,
    ],
  ])('counts the life of the token %s', async (_name, up, headers, lifetime) => {
    const now = () => IAT * 1000 + 1_000
    const { provider } = wire({ now }, fresh({ ...FRONT, up }, headers))
    expect(await provider.resume?.ask(null, context())).toMatchObject({ lifetime })
  })

  it('takes a token for alive that this device’s clock takes for dead', async () => {
    const { provider } = wire({ now: () => FRONT.ate + 24 * HOUR }, fresh({ ...FRONT, up: {} }))
    expect(await provider.resume?.ask(null, context())).toMatchObject({ lifetime: HOUR })
  })

  it('knows the user where an old token names no session', async () => {
    const { provider } = wire(
      {},
      fresh({ ...FRONT, uid: 'a/ü 1', up: {} }),
      fresh({ ...FRONT, uid: 'a/ü 1' }),
    )
    const name = `${HTTP_ONLY}a%2F%C3%BC%201`
    const old = await provider.resume?.ask(null, context())
    expect(old).toMatchObject({ user: { id: 'a/ü 1' }, refreshToken: name, sessionId: undefined })
    // The backend has been brought up to date meanwhile.
    expect(await refresh(provider, name)).toMatchObject({ refreshToken: REFRESH, sessionId: 'h1' })
  })

  it('that brings another session is no refresh', async () => {
    const up = { ...PAYLOAD, sessionHandle: 'h2' }
    const { provider } = wire(
      {},
      fresh({ ...FRONT, up }),
      fresh({ ...FRONT, uid: 'user_2', up: {} }),
    )
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'refresh_rejected' })
    const other = refresh(provider, `${HTTP_ONLY}user_1`)
    await expect(other).rejects.toMatchObject({ code: 'refresh_rejected' })
  })

  it.each(['stolen', HTTP_ONLY, `${HTTP_ONLY}/c`, `${HTTP_ONLY}h1/\r\nx: y`, `${HTTP_ONLY}h1/€`])(
    'of a token that is none of its own (%j) is none, and sends it nowhere',
    async (token) => {
      const { provider, sent } = wire({})
      const error = { code: 'refresh_rejected', message: expect.not.stringContaining('stolen') }
      await expect(refresh(provider, token)).rejects.toMatchObject(error)
      expect(sent).toEqual([])
      expect(provider.authorize?.(held({ refreshToken: token }), REQUEST)).not.toHaveProperty(
        'anti-csrf',
      )
    },
  )
})

describe('a refresh by headers', () => {
  it('shows the refresh token, and brings both tokens', async () => {
    const { provider, sent } = wire({ transfer: 'header' }, fresh(FRONT, IN_HEADERS))
    const tokens = { accessToken: 'at', refreshToken: 'rt', sessionId: 'h1' }
    expect(await refresh(provider, 'r1')).toMatchObject(tokens)
    expect(sent).toMatchObject([{ credentials: 'omit', body: null }])
    const headers = { ...OWN, 'st-auth-mode': 'header', authorization: 'Bearer r1' }
    expect(headersOf(sent[0])).toEqual(headers)
  })

  it.each([
    { 'st-access-token': 'at' },
    { 'st-refresh-token': 'rt' },
    { ...IN_HEADERS, 'st-refresh-token': '' },
  ])('is none with half of the tokens: %j', async (headers) => {
    const { provider } = wire({ transfer: 'header' }, fresh(FRONT, headers))
    const wrong = { code: 'bad_response', retryable: true }
    await expect(refresh(provider, 'r1')).rejects.toMatchObject(wrong)
  })

  it('sends no name for a token', async () => {
    const { provider, sent } = wire({ transfer: 'header' })
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(sent).toEqual([])
    expect(provider.authorize?.(held(), REQUEST)).not.toHaveProperty('Authorization')
  })
})

describe('an answer to a refresh', () => {
  const page = (status: number) =>
    new Response('<p>Accept our terms.', { status, headers: REMOVED })

  it.each<[string, Reply, string, string?]>([
    [
      'ends the session: unauthorised',
      said(401, 'unauthorised'),
      'refresh_rejected',
      'unauthorised',
    ],
    [
      'ends it: theft',
      said(401, 'token theft detected'),
      'refresh_rejected',
      'token theft detected',
    ],
    ['ends it in the app’s words', said(401, 'Bye', REMOVED), 'refresh_rejected', 'Bye'],
    ['is success without a session', [200, {}], 'bad_response'],
    ['removes the session', said(200, '', REMOVED), 'refresh_rejected'],
    ['is of somebody else', [401, { error: 'unauthorized' }], 'bad_response'],
    ['is of a gateway', said(401, 'Unauthorized'), 'rejected', 'Unauthorized'],
    [
      'is about the access token',
      said(401, 'try refresh token'),
      'server_error',
      'try refresh token',
    ],
    ['is our word with another status', said(403, 'unauthorised', REMOVED), 'rejected'],
    ['is about claims', said(403, 'invalid claim'), 'rejected', 'invalid claim'],
    ['is another place’s', said(404, 'Not found'), 'rejected'],
    ['says nothing', [404, {}], 'bad_response'],
    ['is a conflict', [409, {}], 'server_error'],
    ['is late', [408, {}], 'server_error'],
    ['is too early', [425, {}], 'server_error'],
    ['is a limit', said(429, 'slow', REMOVED), 'rate_limited', 'slow'],
    ['is an outage', said(500, 'unauthorised', REMOVED), 'server_error'],
    [
      'is a redirect',
      said(307, 'unauthorised', { ...REMOVED, location: 'https://wifi.example' }),
      'bad_response',
    ],
    [
      'is a redirect with a session',
      new Response('{}', { status: 302, headers: { 'front-token': frontToken(FRONT) } }),
      'bad_response',
    ],
    ['is a page', page(200), 'bad_response'],
    ['is a page with 401', page(401), 'bad_response'],
    ['is empty', new Response(null, { status: 401 }), 'bad_response'],
    ['is lost', 'lost', 'network'],
  ])('%s', async (_name, reply, code, serverCode) => {
    const { provider } = wire({}, reply)
    const error = { code, ...(serverCode && { serverCode }) }
    await expect(refresh(provider)).rejects.toMatchObject(error)
  })

  it('tells how long to wait, in ms', async () => {
    const { provider } = wire({}, said(503, 'try again later', { 'Retry-After': '7' }))
    await expect(refresh(provider)).rejects.toMatchObject({ retryAfter: 7_000 })
  })

  it('says that a session is over with the status that is set', async () => {
    const { provider } = wire(
      { sessionExpiredStatusCode: 440 },
      said(440, 'unauthorised'),
      said(401, 'unauthorised'),
    )
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'refresh_rejected' })
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'rejected' })
  })

  it.each<[string, unknown]>([
    ['is no JSON', '{"uid":'],
    ['is a list', []],
    ['names nobody', { ...FRONT, uid: '' }],
    ['names a number', { ...FRONT, uid: 7 }],
    ['names what is no text', { ...FRONT, uid: '\ud800' }],
    ['has no payload', { ...FRONT, up: null }],
    ['has no expiry', { ...FRONT, ate: undefined }],
    ['has a text for an expiry', { ...FRONT, ate: String(FRONT.ate) }],
    ['has a negative expiry', { ...FRONT, ate: -1 }],
    ['has an expiry that is no date', { ...FRONT, ate: 8.64e15 + 1_000 }],
    ['expires before it is issued', { ...FRONT, up: { ...PAYLOAD, iat: IAT + 3600 } }],
    ['is far too long', { ...FRONT, up: { ...PAYLOAD, text: 'x'.repeat(65_536) } }],
    [
      'is far too deep',
      `{"uid":"u","ate":${FRONT.ate},"up":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ],
  ])('is none when its `front-token` %s', async (_name, front) => {
    const { provider } = wire({}, fresh(front))
    const wrong = {
      code: 'bad_response',
      retryable: true,
      message: expect.stringMatching(/front-token/),
    }
    await expect(refresh(provider)).rejects.toMatchObject(wrong)
  })

  it('is none when its `front-token` is no base64, or no UTF-8', async () => {
    // The last two are all that a session takes, but for one byte.
    const [good, broken] = ['a', '\xff'].map((char) =>
      Buffer.from(JSON.stringify({ ...FRONT, up: { char } }), 'latin1').toString('base64'),
    )
    for (const value of ['%%%', 'e30', `${good}%`, `${broken}`]) {
      const { provider } = wire({}, Response.json({}, { headers: { 'front-token': value } }))
      await expect(refresh(provider)).rejects.toMatchObject({ code: 'bad_response' })
    }
  })
})

describe('a sign-in', () => {
  it('is a request to a route of the app, in its words', async () => {
    const { provider, sent } = wire({}, fresh())
    const request = {
      json: { password: 'p' },
      headers: { 'X-Tenant': 'a', 'St-Auth-Mode': 'header' },
    }
    expect(await login(provider, request)).toMatchObject({ accessToken: NAMED })
    expect(sent[0]).toMatchObject({ url: `${URL_}/login`, method: 'POST', credentials: 'include' })
    expect(await sent[0]?.json()).toEqual({ password: 'p' })
    expect(headersOf(sent[0])).toMatchObject({
      rid: 'anti-csrf',
      'x-tenant': 'a',
      'st-auth-mode': 'cookie',
    })
  })

  it.each<[string, Reply]>([
    ['OK', [200, { status: 'OK' }]],
    ['nothing', new Response(null, { status: 204 })],
    ['that there is none any more', said(200, 'bye', REMOVED)],
  ])('that takes another step is none yet: %s', async (_name, reply) => {
    expect(await login(wire({}, reply).provider)).toBeNull()
  })

  it.each<[Reply, string, string?]>([
    [
      [200, { status: 'WRONG_CREDENTIALS_ERROR' }],
      'invalid_credentials',
      'WRONG_CREDENTIALS_ERROR',
    ],
    [[200, { status: 'SIGN_IN_NOT_ALLOWED', message: 'No.' }], 'rejected', 'SIGN_IN_NOT_ALLOWED'],
    [[200, { status: 'FIELD_ERROR' }], 'rejected', 'FIELD_ERROR'],
    [[401, { message: 'Wrong.' }], 'invalid_credentials', 'Wrong.'],
    [[401, {}], 'invalid_credentials'],
    [[403, { message: 'No.' }], 'rejected', 'No.'],
    [[400, { status: 'X' }], 'rejected', 'X'],
    [[404, {}], 'rejected'],
    [[307, {}], 'bad_response'],
    [[429, {}], 'rate_limited'],
    [[503, {}], 'server_error'],
    ['lost', 'network'],
  ])('is refused: %j is %s', async (reply, code, serverCode) => {
    const error = { code, ...(serverCode && { serverCode }) }
    await expect(login(wire({}, reply).provider)).rejects.toMatchObject(error)
  })

  it.each<object>([
    { path: 'login' },
    { path: '//evil.example/login' },
    { path: '/\\evil.example' },
    { path: 'https://evil.example' },
    { path: undefined },
    { headers: { 'X-A': 'a\r\nb' } },
    { headers: { 'no name': 'a' } },
  ])('goes nowhere else, and with nothing that cannot be sent: %j', async (request) => {
    const { provider, sent } = wire({}, fresh())
    await expect(login(provider, request)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toEqual([])
  })
})

describe('the session of this browser', () => {
  it.each<[string, Reply]>([
    ['nobody’s', said(401, 'unauthorised')],
    ['nobody’s any more', said(401, 'unauthorised', REMOVED)],
    ['nobody’s, in the app’s words', said(401, 'Please sign in.')],
    ['removed', said(200, '', REMOVED)],
  ])('may be %s', async (_name, reply) => {
    expect(await wire({}, reply).provider.resume?.ask(null, context())).toBeNull()
  })

  it.each<Reply>([
    [500, { message: 'x' }],
    [200, {}],
    [401, {}],
    [401, { message: 'try refresh token' }],
    [404, { message: 'x' }],
    'lost',
  ])('is not known when it cannot be told: %j', async (reply) => {
    const { provider } = wire({}, reply)
    await expect(provider.resume?.ask(null, context())).rejects.toMatchObject({
      library: 'holdfast',
    })
  })

  it('is not asked for when one is known, nor where tokens are in headers', async () => {
    const { provider, sent } = wire({})
    expect(await provider.resume?.ask(held(), context())).toBeUndefined()
    expect(sent).toEqual([])
    expect(wire({ transfer: 'header' }).provider.resume).toBeUndefined()
    expect(wire({ lookForSession: false }).provider.resume).toBeUndefined()
  })
})

describe('a request to an API', () => {
  it('carries what tells it from those of other sites, and no name', () => {
    const { provider } = wire({})
    const headers = { rid: 'anti-csrf', 'st-auth-mode': 'cookie' }
    expect(provider.authorize?.(held(), REQUEST)).toEqual(headers)
    const guarded = held({ refreshToken: `${REFRESH}/c1` })
    expect(provider.authorize?.(guarded, REQUEST)).toEqual({ ...headers, 'anti-csrf': 'c1' })
  })

  it('carries the token where the client holds it', () => {
    const { provider } = wire({ transfer: 'header' })
    expect(provider.authorize?.(held({ accessToken: 'at', refreshToken: 'rt' }), REQUEST)).toEqual({
      rid: 'anti-csrf',
      'st-auth-mode': 'header',
      Authorization: 'Bearer at',
    })
  })
})

describe('an answer of the API', () => {
  const USER = { id: 'user_1', payload: PAYLOAD }
  const meaning = (
    front: unknown,
    options: SuperTokensProviderOptions = {},
    fields: Partial<Session<SuperTokensUser>> = {},
  ) => {
    const headers = new Headers({ 'front-token': frontToken(front), ...IN_HEADERS })
    const session = held({ user: USER, sessionId: 'h1', ...fields })
    return supertokens({ url: URL_, ...options }).readAnswer?.(
      { ...REQUEST, status: 200, headers },
      session,
    )
  }
  const role = (up: object = {}, uid = 'user_1') => ({
    ...FRONT,
    uid,
    up: { ...PAYLOAD, role: 'admin', ...up },
  })
  const OTHER = { sessionHandle: 'h2' }
  const HEADERS = { transfer: 'header' } as const
  const TOKENS = { accessToken: 'old', refreshToken: 'rt-old' }

  it('brings the newer state of this very session', async () => {
    expect(await meaning(role())).toMatchObject({
      kind: 'update',
      grant: { refreshToken: REFRESH, sessionId: 'h1', user: { payload: { role: 'admin' } } },
    })
    expect(await meaning(role(), HEADERS, TOKENS)).toMatchObject({
      kind: 'update',
      grant: { accessToken: 'at', refreshToken: 'rt', user: { payload: { role: 'admin' } } },
    })
  })

  it.each([
    ['another session of the same person', role(OTHER)],
    ['somebody else', role(OTHER, 'user_2')],
    ['somebody else whose session is not told', { ...FRONT, uid: 'user_2', up: { role: 'admin' } }],
  ])('that is about %s brings nothing', async (_, front) => {
    expect(await meaning(front)).toBeUndefined()
    expect(await meaning(front, HEADERS, TOKENS)).toBeUndefined()
  })

  it('is known by the person where an old backend tells no session', async () => {
    const up = { role: 'admin' }
    const named = { refreshToken: `${HTTP_ONLY}user_1`, sessionId: undefined }
    expect(await meaning({ ...FRONT, up }, {}, named)).toMatchObject({ kind: 'update' })
    const bare = { ...TOKENS, sessionId: undefined }
    expect(await meaning({ ...FRONT, up }, HEADERS, bare)).toMatchObject({ kind: 'update' })
    expect(await meaning({ ...FRONT, uid: 'user_2', up }, HEADERS, bare)).toBeUndefined()
  })
})

describe('a sign-out', () => {
  const signOut = (provider: SuperTokensProvider, session = held(), scope?: 'global' | 'others') =>
    provider.signOut?.(session, scope ?? 'local', context())
  const paths = (sent: readonly Request[]) => sent.map(({ url }) => new URL(url).pathname)

  it('ends the session at the backend, and outlives the page', async () => {
    vi.stubGlobal('document', {})
    const { provider, sent } = wire({}, [200, { status: 'OK' }])
    await signOut(provider, held({ refreshToken: `${REFRESH}/c1` }))
    expect(sent).toMatchObject([{ url: `${URL_}/auth/signout`, method: 'POST', keepalive: true }])
    expect(headersOf(sent[0])).toEqual({ ...OWN, 'anti-csrf': 'c1' })
  })

  it('by headers shows the access token', async () => {
    const { provider, sent } = wire({ transfer: 'header' }, [200, { status: 'OK' }])
    await signOut(provider, held({ accessToken: 'at', refreshToken: 'rt' }))
    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer at')
  })

  it('refreshes first when the access token ran out, or the session would live on', async () => {
    const again = fresh(FRONT, { 'anti-csrf': 'c2' })
    const { provider, sent } = wire({}, said(401, 'try refresh token'), again, [200, {}])
    await signOut(provider)
    expect(paths(sent)).toEqual(['/auth/signout', '/auth/session/refresh', '/auth/signout'])
    expect(sent[2]?.headers.get('anti-csrf')).toBe('c2')
  })

  it.each<[string, ...Reply[]]>([
    ['is gone', said(401, 'unauthorised')],
    ['is gone, as its refresh shows', said(401, 'try refresh token'), said(401, 'unauthorised')],
    [
      'has another’s place',
      said(401, 'try refresh token'),
      fresh({ ...FRONT, up: { ...PAYLOAD, sessionHandle: 'h2' } }),
    ],
  ])('of a session that %s is done', async (_name, ...replies) => {
    const { provider, sent } = wire({}, ...replies)
    await expect(signOut(provider)).resolves.toBeUndefined()
    expect(sent).toHaveLength(replies.length)
  })

  it.each<[string, ...Reply[]]>([
    ['server_error', [503, {}]],
    ['network', 'lost'],
    ['server_error', said(401, 'try refresh token'), [500, {}]],
    ['server_error', said(401, 'try refresh token'), fresh(), said(401, 'try refresh token')],
  ])('that fails says so: %s', async (code, ...replies) => {
    await expect(signOut(wire({}, ...replies).provider)).rejects.toMatchObject({ code })
  })

  it('ends no session but its own', async () => {
    const { provider, sent } = wire({}, [200, {}])
    const wider = { code: 'invalid_argument' }
    await expect(signOut(provider, held(), 'others')).rejects.toMatchObject(wider)
    expect(sent).toEqual([])
    await expect(signOut(provider, held(), 'global')).rejects.toMatchObject(wider)
    expect(paths(sent)).toEqual(['/auth/signout'])
  })
})

describe('the place of the backend', () => {
  it.each([
    [{ url: undefined }, 'https://page.example/auth/session/refresh', 'supertokens./auth'],
    [{ url: '/' }, 'https://page.example/auth/session/refresh', 'supertokens./auth'],
    [{ url: '/api/' }, 'https://page.example/api/auth/session/refresh', 'supertokens./api/auth'],
    [{ url: '', apiBasePath: '/' }, 'https://page.example/session/refresh', 'supertokens.'],
    [{ apiBasePath: '/v1/st/' }, `${URL_}/v1/st/session/refresh`, `supertokens.${URL_}/v1/st`],
  ])('is %j', async (options, address, id) => {
    vi.stubGlobal('location', { href: 'https://page.example/some/page?x=1' })
    const { provider, sent } = wire(options, fresh())
    expect(provider.id).toBe(id)
    await refresh(provider)
    expect(sent[0]?.url).toBe(address)
  })

  it('may be a page without https: nothing there is safer than the page', async () => {
    vi.stubGlobal('location', { href: 'http://192.168.1.7:3000/' })
    const { provider, sent } = wire({ url: '' }, fresh())
    await refresh(provider)
    expect(sent[0]?.url).toBe('http://192.168.1.7:3000/auth/session/refresh')
  })

  it('is a whole address outside of pages, which is said when it is needed', async () => {
    const { provider, sent } = wire({ url: '' })
    expect(await provider.resume?.ask(null, context())).toBeUndefined()
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'invalid_argument' })
    vi.stubGlobal('location', { href: 'about:blank' })
    await expect(refresh(provider)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toEqual([])
  })

  it.each<object>([
    { url: 'api' },
    { url: '//evil.example' },
    { url: '/\\evil.example' },
    { url: 'http://api.example' },
    { url: 'ftp://x' },
    { url: 'https://ada:secret@api.example' },
    { apiBasePath: 'auth' },
    { apiBasePath: '//evil.example' },
    { transfer: 'any' },
    { sessionExpiredStatusCode: 200 },
    { sessionExpiredStatusCode: 500 },
    { sessionExpiredStatusCode: Number.NaN },
    { invalidClaimStatusCode: 200 },
    { invalidClaimStatusCode: 500 },
  ])('is refused at once when it cannot be: %j', (options) => {
    const refused = expect.objectContaining({ code: 'invalid_argument' })
    expect(() => supertokens({ url: URL_, ...options })).toThrow(refused)
  })

  it('is asked for nothing before it is needed', () => {
    const fetch = vi.fn()
    supertokens({ url: URL_, fetch })
    expect(fetch).not.toHaveBeenCalled()
  })
})
