import { describe, expect, it } from 'vitest'
import {
  createSuperTokensSessions,
  type SessionObject,
} from '../../../src/server/supertokens/web/index.js'
import { fc } from '../../support/fast-check.js'
import {
  bearer,
  cookies,
  createFakeSuperTokens,
  createStage,
  ERRORS,
  EXPIRED,
  effectOf,
  failureOf,
  GOOD,
  REFRESH,
  toldBy,
} from './web-stage.js'

const REFRESH_PATH = '/auth/session/refresh'
const SIGN_OUT = '/auth/signout'
const post = (path: string, headers: Record<string, string> = {}, method = 'POST'): Request =>
  new Request(`https://api.example${path}`, { method, headers })

describe('the routes of front ends', () => {
  it.each([
    ['GET', REFRESH_PATH],
    ['OPTIONS', REFRESH_PATH],
    ['GET', SIGN_OUT],
    ['POST', '/'],
    ['POST', '/auth/session/refresh/more'],
    ['POST', '/auth/session'],
    ['POST', '/api/auth/signout'],
    ['POST', '//auth/signout'],
  ])('are not %s %s', async (method, path) => {
    const { sessions } = createStage()
    expect(await sessions.handle(post(path, {}, method))).toBe(null)
  })

  it.each([REFRESH_PATH, `${REFRESH_PATH}/`, `${REFRESH_PATH}?x=1`])(
    'refresh at %s',
    async (path) => {
      const { sessions } = createStage()
      const response = await sessions.handle(post(path, cookies({ sRefreshToken: REFRESH })))
      expect(response?.status).toBe(200)
      expect(await response?.text()).toBe('{}')
      expect(response?.headers.get('Content-Type')).toBe('application/json')
      expect(response?.headers.getSetCookie()).toHaveLength(2)
      expect(response?.headers.get('front-token')).toMatch(/^[\w+/=]+$/)
      expect(response?.headers.get('Cache-Control')).toBe('private, no-store')
    },
  )

  it('ignore the body of a refresh', async () => {
    const { sessions } = createStage()
    const headers = { ...cookies({ sRefreshToken: REFRESH }), 'Content-Type': 'application/json' }
    const request = new Request(`https://api.example${REFRESH_PATH}`, {
      method: 'POST',
      headers,
      body: '{',
    })
    expect((await sessions.handle(request))?.status).toBe(200)
  })

  it('are where the app has them', async () => {
    const fake = createFakeSuperTokens({
      scheme: { refreshToken: { path: '/r', secure: true, sameSite: 'lax' } },
    })
    const sessions = createSuperTokensSessions({
      superTokens: fake.superTokens,
      signOutPath: '/bye',
    })
    const headers = cookies({ sRefreshToken: REFRESH })
    expect((await sessions.handle(post('/r', headers)))?.status).toBe(200)
    expect((await sessions.handle(post('/bye')))?.status).toBe(200)
    expect(await sessions.handle(post(REFRESH_PATH, headers))).toBe(null)
  })
})

describe('the answer to an error', () => {
  it.each([
    ['UNAUTHORISED', 440, { message: 'unauthorised' }, ['cookies', 'headers']],
    ['TRY_REFRESH_TOKEN', 440, { message: 'try refresh token' }, []],
    ['TOKEN_THEFT_DETECTED', 440, { message: 'token theft detected' }, ['cookies', 'headers']],
    ['GENERAL_ERROR', 503, { message: 'try again later' }, []],
  ] as const)('of a refresh: %s is %i', async (type, status, body, cleared) => {
    const { sessions, state } = createStage({}, { sessionExpiredStatusCode: 440 })
    state.failure = ERRORS[type]()
    const response = await sessions.handle(post(REFRESH_PATH, cookies({ sRefreshToken: REFRESH })))
    expect(response?.status).toBe(status)
    expect(await response?.json()).toEqual(body)
    expect(effectOf(response?.headers ?? new Headers())).toEqual({ set: [], cleared })
    expect(response?.headers.get('Retry-After')).toBe(status === 503 ? '2' : null)
    expect(response?.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it('of a request without cookies is 401, and clears nothing', async () => {
    const { sessions } = createStage()
    const response = await sessions.handle(post(REFRESH_PATH))
    expect(response?.status).toBe(401)
    expect(await response?.json()).toEqual({ message: 'unauthorised' })
    expect(response?.headers.getSetCookie()).toEqual([])
    expect(response?.headers.has('front-token')).toBe(false)
  })

  it('of doubled cookies is 200 without tokens', async () => {
    const { sessions } = createStage({ scheme: { formerly: [{ domain: 'old.example' }] } })
    const response = await sessions.handle(
      post(REFRESH_PATH, { Cookie: 'sRefreshToken=a; sRefreshToken=b' }),
    )
    expect(response?.status).toBe(200)
    expect(await response?.json()).toHaveProperty('message')
    expect(effectOf(response?.headers ?? new Headers())).toEqual({ set: [], cleared: ['cookies'] })
  })

  it('is the app’s own where no front end can help', async () => {
    const { sessions } = createStage()
    const work = sessions.handle(post(REFRESH_PATH, { Cookie: 'sRefreshToken=a; sRefreshToken=b' }))
    expect(await failureOf(work)).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
    for (const other of [new Error('x'), { type: 'UNAUTHORISED' }, undefined, null, 'x']) {
      expect(sessions.toResponse(other)).toBe(null)
    }
  })
})

describe('signing out', () => {
  const OK = { status: 'OK' }

  it('revokes the session and clears everything', async () => {
    const { sessions, calls } = createStage()
    const response = await sessions.handle(post(SIGN_OUT, cookies({ sAccessToken: GOOD })))
    expect(await response?.json()).toEqual(OK)
    expect(calls.at(-1)).toEqual(['revokeSession', 'h-good'])
    expect(effectOf(response?.headers ?? new Headers()).cleared).toEqual(['cookies', 'headers'])
    expect(response?.headers.get('front-token')).toBe('remove')
  })

  it.each([
    [
      'an expired access token: the front end refreshes first',
      cookies({ sAccessToken: EXPIRED }),
      'NONE',
      401,
      { message: 'try refresh token' },
      [],
    ],
    [
      'no session, from a page of the app',
      { rid: 'session' },
      'NONE',
      200,
      OK,
      ['cookies', 'headers'],
    ],
    ['no session, from anywhere', {}, 'NONE', 200, OK, []],
    [
      'a page of another site',
      cookies({ sAccessToken: GOOD }),
      'VIA_CUSTOM_HEADER',
      401,
      { message: 'try refresh token' },
      [],
    ],
    ['a header', bearer(GOOD), 'VIA_CUSTOM_HEADER', 200, OK, ['cookies', 'headers']],
  ] as const)('with %s', async (_name, headers, antiCsrf, status, body, cleared) => {
    const { sessions } = createStage({ antiCsrf })
    const response = await sessions.handle(post(SIGN_OUT, headers))
    expect(response?.status).toBe(status)
    expect(await response?.json()).toEqual(body)
    expect(effectOf(response?.headers ?? new Headers()).cleared).toEqual(cleared)
  })

  it.each([
    ['UNAUTHORISED', 200, ['cookies', 'headers']],
    ['GENERAL_ERROR', 503, []],
  ] as const)('while the core says %s', async (type, status, cleared) => {
    const { sessions, state } = createStage()
    state.failure = ERRORS[type]()
    const response = await sessions.handle(post(SIGN_OUT, cookies({ sAccessToken: GOOD })))
    expect(response?.status).toBe(status)
    expect(effectOf(response?.headers ?? new Headers()).cleared).toEqual(cleared)
  })
})

describe('the session of a request', () => {
  async function open() {
    const stage = createStage()
    const exchange = stage.ask(cookies({ sAccessToken: GOOD }))
    const session = await stage.sessions.getSession(exchange)
    return { ...stage, session, answer: exchange.answer }
  }
  const USES: readonly (readonly [string, (session: SessionObject) => Promise<unknown>])[] = [
    ['getSessionData', (session) => session.getSessionData()],
    ['updateSessionData', (session) => session.updateSessionData({ cart: 2 })],
    ['revokeSession', (session) => session.revokeSession()],
  ]

  it('reads and writes what the app keeps with it', async () => {
    const { session, calls, answer } = await open()
    expect(await session.getSessionData()).toEqual({ cart: 1 })
    await session.updateSessionData({ cart: 2 })
    expect(calls.slice(1)).toEqual([
      ['getSessionData', 'h-good'],
      ['updateSessionData', 'h-good', { cart: 2 }],
    ])
    expect(session.getAccessToken()).toBe(GOOD)
    expect(toldBy(answer)).toEqual([])
  })

  it('is cleared by being revoked, also when it was gone before', async () => {
    const { session, state, answer } = await open()
    state.gone = true
    await session.revokeSession()
    expect(effectOf(answer).cleared).toEqual(['cookies', 'headers'])
  })

  it.each(USES)('is cleared when the core says to %s that it is over', async (_name, use) => {
    const { session, state, answer } = await open()
    state.failure = ERRORS.UNAUTHORISED()
    expect((await failureOf(use(session)))?.type).toBe('UNAUTHORISED')
    expect(effectOf(answer).cleared).toEqual(['cookies', 'headers'])
  })

  it.each(USES)('stays when the core has nothing to say to %s', async (_name, use) => {
    const { session, state, answer } = await open()
    state.failure = ERRORS.GENERAL_ERROR()
    expect((await failureOf(use(session)))?.type).toBe('GENERAL_ERROR')
    expect(toldBy(answer)).toEqual([])
  })
})

describe('hostile values', () => {
  const EVIL = 'x\r\nSet-Cookie: evil=1; Domain=example\0\u2028é\ud800'

  it('never become a header or an attribute: user ids and payloads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const { sessions, ask } = createStage()
        for (const mode of ['cookie', 'header']) {
          const { request, answer } = ask({ 'st-auth-mode': mode })
          const jwtPayload = { [`k${text}`]: `${EVIL}${text}` }
          await sessions.createNewSession({ request, answer }, `u${EVIL}${text}`, { jwtPayload })
          expect(answer.get('front-token')).toMatch(/^[\w+/]+=*$/)
          for (const line of answer.getSetCookie()) {
            expect(line).toMatch(
              /^s(Access|Refresh)Token=[\w.%-]+; Path=[\w/]+; Expires=[^;]+; HttpOnly; Secure; SameSite=lax$/,
            )
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['accessToken', { token: EVIL }],
    ['refreshToken', { token: EVIL }],
    ['idRefreshToken', { token: 'id; Domain=example', expiry: 1, createdTime: 1 }],
    ['antiCsrfToken', EVIL],
    ['antiCsrfToken', ''],
  ])('of a core are refused before anything is written: %s', async (name, value) => {
    const { sessions, ask } = createStage({
      tokens: (tokens) => {
        const was: unknown = Reflect.get(tokens, name)
        return {
          ...tokens,
          [name]: typeof value === 'string' ? value : { ...Object(was), ...value },
        }
      },
    })
    for (const mode of ['cookie', 'header']) {
      const { request, answer } = ask({ 'st-auth-mode': mode })
      const failure = await failureOf(sessions.createNewSession({ request, answer }, 'ada'))
      expect(failure).toEqual({ type: 'GENERAL_ERROR', code: 'bad_response' })
      expect(toldBy(answer)).toEqual([])
    }
  })

  it('are no path of a cookie', async () => {
    const { sessions, ask } = createStage({
      scheme: { accessToken: { path: '/; Domain=evil.example', secure: true, sameSite: 'lax' } },
    })
    const { request, answer } = ask({ 'st-auth-mode': 'cookie' })
    const failure = await failureOf(sessions.createNewSession({ request, answer }, 'ada'))
    expect(failure).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
    expect(toldBy(answer)).toEqual([])
  })

  it('never fail a request otherwise than with an error of SuperTokens', async () => {
    const word = fc.oneof(fc.string(), fc.constantFrom(GOOD, REFRESH, 'j:"x"', '%', EXPIRED))
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
        const { sessions, ask } = createStage()
        const names = ['sAccessToken', 'sRefreshToken', 'sIdRefreshToken', 'x']
        const Cookie = words.map((text, index) => `${names[index % 4]}=${text}`).join('; ')
        const safe = Cookie.replace(/[^ -~]/g, '')
        for (const work of [
          () => sessions.getSession(ask({ Cookie: safe, Authorization: `Bearer ${safe}` })),
          () => sessions.refreshSession(ask({ Cookie: safe })),
        ]) {
          const failure = await failureOf(work())
          expect(failure?.type ?? 'UNAUTHORISED').toMatch(
            /^(UNAUTHORISED|TRY_REFRESH_TOKEN|GENERAL_ERROR)$/,
          )
        }
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    [{ transfer: 'both' }],
    [{ sessionExpiredStatusCode: 200 }],
    [{ sessionExpiredStatusCode: 401.5 }],
    [{ signOutPath: 'signout' }],
    [{ signOutPath: '/signout?x' }],
  ])('are no settings: %o', (settings) => {
    const { superTokens } = createFakeSuperTokens()
    const make = () =>
      Reflect.apply(createSuperTokensSessions, null, [{ superTokens, ...settings }])
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})
