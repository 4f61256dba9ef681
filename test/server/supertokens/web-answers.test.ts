import { describe, expect, it } from 'vitest'
import {
  accessTokenOf,
  bearer,
  cookies,
  createStage,
  DAY,
  EPOCH,
  ERRORS,
  effectOf,
  failureOf,
  GOOD,
  HOUR,
  NOW,
  REFRESH,
  readFrontToken,
  toldBy,
  YEAR_LATER,
} from './web-stage.js'

const at = (ms: number): string => `Expires=${new Date(ms).toUTCString()}`
const FLAGS = 'HttpOnly; Secure; SameSite=lax'
const REFRESH_PATH = 'Path=/auth/session/refresh'
const CLEARED = [
  `sAccessToken=; Path=/; ${EPOCH}; ${FLAGS}`,
  `sRefreshToken=; ${REFRESH_PATH}; ${EPOCH}; ${FLAGS}`,
]

describe('the answer to a new session', () => {
  it('has the cookies and headers that front ends of SuperTokens expect', async () => {
    const { sessions, ask, calls } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const exchange = ask({ 'st-auth-mode': 'cookie' })
    const session = await sessions.createNewSession(exchange, 'ada', {
      jwtPayload: { role: 'ädmin' },
      sessionData: { cart: [] },
    })
    const token = session.getAccessToken()
    expect(calls).toEqual([['createNewSession', 'ada', { role: 'ädmin' }, { cart: [] }]])
    expect(exchange.answer.getSetCookie()).toEqual([
      `sAccessToken=${token}; Path=/; ${YEAR_LATER}; ${FLAGS}`,
      `sRefreshToken=refresh%2F1%2B%3D; ${REFRESH_PATH}; ${at(NOW + 100 * DAY)}; ${FLAGS}`,
    ])
    expect(readFrontToken(exchange.answer)).toEqual({
      uid: 'ada',
      ate: NOW + HOUR,
      up: expect.objectContaining({ sub: 'ada', role: 'ädmin', iat: NOW / 1000, tId: 'public' }),
    })
    expect(Object.fromEntries(exchange.answer)).toMatchObject({
      'anti-csrf': 'csrf-1',
      'access-control-expose-headers': 'front-token, anti-csrf',
      'cache-control': 'private, no-store',
      vary: 'Cookie',
    })
    expect(session.getUserId()).toBe('ada')
    expect(session.getHandle()).toBe('h1')
    expect(session.getTenantId()).toBe('public')
    expect(session.getJWTPayload()).toEqual({ role: 'ädmin' })
  })

  it.each([
    ['any', 'cookie', 'cookies'],
    ['any', 'Cookie', 'cookies'],
    ['any', 'header', 'headers'],
    ['any', 'nonsense', 'headers'],
    ['any', undefined, 'headers'],
    ['cookie', 'header', 'cookies'],
    ['header', 'cookie', 'headers'],
  ] as const)(
    'goes as the app and then the front end want it: %s, %s, %s',
    async (transfer, mode, set) => {
      const { sessions, ask } = createStage({}, { transfer })
      const exchange = ask(mode && { 'st-auth-mode': mode })
      await sessions.createNewSession(exchange, 'ada')
      expect(effectOf(exchange.answer)).toEqual({ set: [set], cleared: [] })
    },
  )

  it('takes tokens away that came the other way', async () => {
    const { sessions, ask } = createStage()
    const inCookies = ask({ 'st-auth-mode': 'header', ...cookies({ sAccessToken: GOOD }) })
    await sessions.createNewSession(inCookies, 'ada')
    expect(effectOf(inCookies.answer)).toEqual({ set: ['headers'], cleared: ['cookies'] })
    const inHeaders = ask({ 'st-auth-mode': 'cookie', ...bearer(GOOD) })
    await sessions.createNewSession(inHeaders, 'ada')
    expect(effectOf(inHeaders.answer)).toEqual({ set: ['cookies'], cleared: ['headers'] })
    expect(readFrontToken(inHeaders.answer)).toMatchObject({ uid: 'ada' })
  })

  it('has no cookie and no `Vary` in header mode, but is kept out of caches', async () => {
    const { sessions, ask } = createStage({}, { transfer: 'header' })
    const { answer, request } = ask({ 'st-auth-mode': 'header' })
    const session = await sessions.createNewSession({ request, answer }, 'ada')
    expect(Object.fromEntries(answer)).toEqual({
      'st-access-token': session.getAccessToken(),
      'st-refresh-token': 'refresh/1+=',
      'front-token': expect.any(String),
      'access-control-expose-headers': 'st-access-token, st-refresh-token, front-token',
      'cache-control': 'private, no-store',
    })
  })

  it('keeps no cookie longer than browsers do', async () => {
    const { sessions, ask } = createStage({
      tokens: (tokens) => ({
        ...tokens,
        refreshToken: { ...tokens.refreshToken, expiry: Number.MAX_SAFE_INTEGER },
      }),
    })
    const { answer, request } = ask({ 'st-auth-mode': 'cookie' })
    await sessions.createNewSession({ request, answer }, 'ada')
    expect(answer.getSetCookie()[1]).toContain(at(NOW + 400 * DAY))
  })

  it('has what cores before 2.21 add', async () => {
    const { sessions, ask } = createStage({
      tokens: (tokens) => ({
        ...tokens,
        idRefreshToken: { token: 'id-1', expiry: NOW + 100 * DAY, createdTime: NOW },
      }),
    })
    const { answer, request } = ask({ 'st-auth-mode': 'cookie' })
    const session = await sessions.createNewSession({ request, answer }, 'ada')
    expect(answer.getSetCookie()).toContain(
      `sIdRefreshToken=id-1; Path=/; ${at(NOW + 100 * DAY)}; ${FLAGS}`,
    )
    expect(answer.get('id-refresh-token')).toBe(`id-1;${NOW + 100 * DAY}`)
    expect(answer.get('Access-Control-Expose-Headers')).toBe('front-token, id-refresh-token')
    await session.revokeSession()
    expect(answer.get('id-refresh-token')).toBe('remove')
    expect(answer.getSetCookie()).toEqual([
      ...CLEARED,
      `sIdRefreshToken=; Path=/; ${EPOCH}; ${FLAGS}`,
    ])
    const inHeaders = ask({ 'st-auth-mode': 'header' })
    await sessions.createNewSession(inHeaders, 'ada')
    expect(inHeaders.answer.has('id-refresh-token')).toBe(false)
  })

  it('tells of a token that cannot be read what the core says of it', async () => {
    const { sessions, ask } = createStage({
      tokens: (tokens) => ({ ...tokens, accessToken: { ...tokens.accessToken, token: 'V9' } }),
    })
    const { answer, request } = ask()
    await sessions.createNewSession({ request, answer }, 'ada', { jwtPayload: { a: 1 } })
    expect(readFrontToken(answer)).toEqual({ uid: 'ada', ate: NOW + HOUR, up: { a: 1 } })
  })

  it('is an error when a browser would drop the cookie', async () => {
    const { sessions, ask } = createStage()
    const { answer, request } = ask({ 'st-auth-mode': 'cookie' })
    const jwtPayload = { text: 'x'.repeat(4096) }
    const failure = await failureOf(
      sessions.createNewSession({ request, answer }, 'ada', { jwtPayload }),
    )
    expect(failure).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
    expect(toldBy(answer)).toEqual([])
  })
})

describe('an answer that others write to as well', () => {
  it('keeps their cookies and headers, and names each header once', async () => {
    const { sessions, ask } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const { answer, request } = ask(cookies({ sRefreshToken: REFRESH }))
    answer.append('Set-Cookie', 'mine=1; Path=/')
    answer.append('Set-Cookie', 'sAccessToken=elsewhere; Path=/app')
    answer.append('Set-Cookie', 'sAccessToken=elsewhere; Path=/; Domain=app.example')
    answer.append('Set-Cookie', 'sAccessToken=stale; path=/; secure')
    answer.set('Vary', 'Origin, cookie')
    answer.set('Access-Control-Expose-Headers', 'X-Mine, Front-Token')
    await sessions.refreshSession({ request, answer })
    await sessions.refreshSession({ request, answer })
    expect(answer.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      'mine',
      'sAccessToken',
      'sAccessToken',
      'sAccessToken',
      'sRefreshToken',
    ])
    expect(answer.getSetCookie().at(-1)).toContain('refresh%2F2')
    expect(answer.getSetCookie().join()).not.toContain('stale')
    expect(answer.get('Access-Control-Expose-Headers')).toBe('X-Mine, Front-Token, anti-csrf')
    expect(answer.get('anti-csrf')).toBe('csrf-2')
    expect(answer.get('Vary')).toBe('Origin, cookie')
  })

  it('knows the same cookie in other words', async () => {
    const accessToken = { path: '/', domain: 'App.example', secure: true, sameSite: 'lax' } as const
    const { sessions, ask } = createStage({ scheme: { accessToken } })
    const { answer, request } = ask({ 'st-auth-mode': 'cookie' })
    answer.append('Set-Cookie', 'sAccessToken = stale ;Secure;domain=.app.Example; PATH=/')
    await sessions.createNewSession({ request, answer }, 'ada')
    expect(answer.getSetCookie()).toHaveLength(2)
  })

  it('ends with the last word: a session that is revoked is cleared, whatever was set before', async () => {
    const { sessions, ask } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const { answer, request } = ask({ 'st-auth-mode': 'cookie' })
    const session = await sessions.createNewSession({ request, answer }, 'ada')
    await session.revokeSession()
    expect(answer.getSetCookie()).toEqual(CLEARED)
    expect(answer.get('front-token')).toBe('remove')
    expect(answer.has('anti-csrf')).toBe(false)
    expect(effectOf(answer).cleared).toEqual(['cookies', 'headers'])
  })
})

describe('an access token that the core has replaced', () => {
  it.each([
    ['cookie', cookies({ sAccessToken: GOOD }), 'cookies'],
    ['header', bearer(GOOD), 'headers'],
  ] as const)('goes back as it came: %s', async (_way, headers, set) => {
    const { sessions, ask } = createStage({ replaces: true })
    const { answer, request } = ask(headers)
    const session = await sessions.getSession({ request, answer })
    expect(session.getAccessToken()).toBe(accessTokenOf('ada', 'h1'))
    expect(effectOf(answer)).toEqual({ set: [set], cleared: [] })
    expect(readFrontToken(answer)).toMatchObject({ uid: 'ada' })
    expect(answer.getSetCookie().join()).not.toContain('sRefreshToken')
    expect(answer.has('st-refresh-token')).toBe(false)
  })
})

describe('what an error clears', () => {
  const OPERATIONS = {
    createNewSession: ({ sessions, ask }: ReturnType<typeof createStage>) => {
      const exchange = ask({ 'st-auth-mode': 'cookie' })
      return { exchange, work: sessions.createNewSession(exchange, 'ada') }
    },
    getSession: ({ sessions, ask }: ReturnType<typeof createStage>) => {
      const exchange = ask(cookies({ sAccessToken: GOOD }))
      return { exchange, work: sessions.getSession(exchange) }
    },
    refreshSession: ({ sessions, ask }: ReturnType<typeof createStage>) => {
      const exchange = ask(cookies({ sRefreshToken: REFRESH }))
      return { exchange, work: sessions.refreshSession(exchange) }
    },
  } as const
  const ROWS = [
    ['createNewSession', 'GENERAL_ERROR', false],
    ['getSession', 'GENERAL_ERROR', false],
    ['getSession', 'TRY_REFRESH_TOKEN', false],
    ['getSession', 'UNAUTHORISED', true],
    ['refreshSession', 'GENERAL_ERROR', false],
    ['refreshSession', 'UNAUTHORISED', true],
    ['refreshSession', 'TOKEN_THEFT_DETECTED', true],
  ] as const

  it.each(ROWS)('of %s: %s, everything %s', async (name, type, clears) => {
    const stage = createStage()
    stage.state.failure = ERRORS[type]()
    const { exchange, work } = OPERATIONS[name](stage)
    expect((await failureOf(work))?.type).toBe(type)
    if (!clears) return expect(toldBy(exchange.answer)).toEqual([])
    expect(exchange.answer.getSetCookie()).toEqual(CLEARED)
    expect(Object.fromEntries(exchange.answer)).toMatchObject({
      'front-token': 'remove',
      'st-access-token': '',
      'st-refresh-token': '',
      'access-control-expose-headers': 'st-access-token, st-refresh-token, front-token',
      'cache-control': 'private, no-store',
      vary: 'Cookie',
    })
    expect(exchange.answer.has('id-refresh-token')).toBe(false)
  })

  it('is every cookie at every place, and the old cookie when there is one', async () => {
    const spot = { secure: false, sameSite: 'none', domain: 'app.example' } as const
    const { sessions, ask } = createStage({
      scheme: {
        accessToken: { ...spot, path: '/' },
        refreshToken: { ...spot, path: '/refresh' },
        formerly: [{ domain: 'old.example' }, { path: '/former' }],
      },
    })
    const { request, answer } = ask(cookies({ sRefreshToken: 'bad', sIdRefreshToken: 'x' }))
    await failureOf(sessions.refreshSession({ request, answer }))
    const places = answer.getSetCookie().map((line) => line.split(`; ${EPOCH}`)[0])
    const of = (name: string, path: string): string[] => [
      `${name}=; Path=${path}; Domain=app.example`,
      `${name}=; Path=${path}`,
      `${name}=; Path=/; Domain=old.example`,
      ...(path === '/' ? [] : [`${name}=; Path=${path}; Domain=old.example`]),
      `${name}=; Path=/former`,
    ]
    expect(places).toEqual([
      ...of('sAccessToken', '/'),
      ...of('sRefreshToken', '/refresh'),
      ...of('sIdRefreshToken', '/'),
    ])
    expect(answer.getSetCookie()[0]).toMatch(/; HttpOnly; Secure; SameSite=none$/)
    expect(answer.get('id-refresh-token')).toBe('remove')
  })
})
