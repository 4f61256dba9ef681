import { describe, expect, it } from 'vitest'
import {
  cookies,
  createStage,
  EPOCH,
  ERRORS,
  EXPIRED,
  effectOf,
  failureOf,
  GOOD,
  REFRESH,
  toldBy,
} from './web-stage.js'

const jar = (value: string) => ({ Cookie: value })
const MISSING = { type: 'UNAUTHORISED', code: 'session_missing' }
const TRY = { type: 'TRY_REFRESH_TOKEN', code: 'rejected' }
const enc = encodeURIComponent

describe('the refresh token of a request', () => {
  const LONG = 'x'.repeat(1000)
  it.each([
    ['plain', `sRefreshToken=${enc(REFRESH)}`, REFRESH],
    ['not encoded', `sRefreshToken=${REFRESH}`, REFRESH],
    ['in quotes', `sRefreshToken="${enc(REFRESH)}"`, REFRESH],
    ['among others', `a=1; sRefreshToken2=no; sRefreshToken=${enc(REFRESH)}; b`, REFRESH],
    ['as JSON text', `sRefreshToken=${enc(`j:${JSON.stringify(REFRESH)}`)}`, REFRESH],
    ['twice the same', `sRefreshToken=${enc(REFRESH)}; sRefreshToken=${REFRESH}`, REFRESH],
    ['beside a broken one', `sRefreshToken=%zz; sRefreshToken=${enc(REFRESH)}`, REFRESH],
    ['beside an empty one', `sRefreshToken=; sRefreshToken=${enc(REFRESH)}`, REFRESH],
    ['a thousand characters', `sRefreshToken=${LONG}`, LONG],
    ['as a JSON object', `sRefreshToken=${enc('j:{"token":"x"}')}`, undefined],
    ['as a JSON number', `sRefreshToken=${enc('j:1')}`, undefined],
    ['as broken JSON', `sRefreshToken=${enc('j:"x')}`, undefined],
    ['empty JSON text', `sRefreshToken=${enc('j:""')}`, undefined],
    ['percent garbage', 'sRefreshToken=%E0%A4%A', undefined],
    ['empty', 'sRefreshToken=', undefined],
    ['without a value', 'sRefreshToken', undefined],
    ['of another name', `srefreshtoken=${REFRESH}; __Host-sRefreshToken=${REFRESH}`, undefined],
    ['nowhere', '', undefined],
  ])('is read as it was meant: %s', async (_name, cookie, token) => {
    const { sessions, ask, calls } = createStage()
    const exchange = ask(jar(cookie))
    const failure = await failureOf(sessions.refreshSession(exchange))
    expect(calls.map(([, shown]) => shown)).toEqual(token === undefined ? [] : [token])
    if (token === undefined) {
      expect(failure).toEqual(MISSING)
      expect(toldBy(exchange.answer)).toEqual([])
    }
  })

  it.each([
    ['Bearer x.y', 'x.y'],
    ['bearer   x.y ', 'x.y'],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Basic x.y', undefined],
    ['Bearerx', undefined],
  ])('is read of `Authorization: %s`', async (Authorization, token) => {
    const { sessions, ask, calls } = createStage()
    await failureOf(sessions.refreshSession(ask({ Authorization })))
    expect(calls.map(([, shown]) => shown)).toEqual(token === undefined ? [] : [token])
  })

  it('takes an access token in its place to the core, whose word counts', async () => {
    const { sessions, ask, state } = createStage()
    state.failure = ERRORS.UNAUTHORISED()
    const exchange = ask(cookies({ sRefreshToken: GOOD }))
    expect((await failureOf(sessions.refreshSession(exchange)))?.type).toBe('UNAUTHORISED')
    expect(effectOf(exchange.answer).cleared).toContain('cookies')
  })
})

describe('the access token of a request', () => {
  it.each([
    ['nothing', {}, MISSING],
    ['garbage', cookies({ sAccessToken: 'garbage' }), MISSING],
    ['percent garbage', jar('sAccessToken=%'), MISSING],
    ['two', jar(`sAccessToken=${GOOD}; sAccessToken=${EXPIRED}`), TRY],
    ['one, and what cannot be one', jar(`sAccessToken=${GOOD}; sAccessToken=other`), undefined],
    ['the same twice', jar(`sAccessToken=${GOOD}; sAccessToken=${GOOD}`), undefined],
    ['only an old session’s cookie', cookies({ sIdRefreshToken: 'x' }), TRY],
    [
      'an old session’s cookie too',
      cookies({ sAccessToken: GOOD, sIdRefreshToken: 'x' }),
      undefined,
    ],
    [
      'a token of the app, and a cookie',
      { Authorization: 'Bearer key', ...cookies({ sAccessToken: GOOD }) },
      undefined,
    ],
    [
      'a header, and two cookies',
      { Authorization: `Bearer ${GOOD}`, ...jar('sAccessToken=a; sAccessToken=b') },
      undefined,
    ],
  ])('is told from what is none, and nothing is cleared: %s', async (_name, headers, failure) => {
    const { sessions, ask, calls } = createStage()
    const exchange = ask(headers, 'GET')
    expect(await failureOf(sessions.getSession(exchange))).toEqual(failure)
    expect(calls.map(([, token]) => token)).toEqual(failure ? [] : [GOOD])
    expect(toldBy(exchange.answer)).toEqual([])
  })

  it('is looked for by the settings: a header-only app sees no cookies', async () => {
    const { sessions, ask } = createStage({}, { transfer: 'header' })
    const two = ask(jar(`sAccessToken=${GOOD}; sAccessToken=b; sIdRefreshToken=x`))
    expect(await sessions.getSession(two, { sessionRequired: false })).toBe(undefined)
  })
})

describe('a browser that has a cookie twice', () => {
  const TWICE = jar(`sRefreshToken=${enc(REFRESH)}; sRefreshToken=old`)
  const formerly = [{ domain: 'old.example', path: '/auth/session/refresh' }]

  it('loses the one at a former place, and refreshes then', async () => {
    const { sessions, ask, calls } = createStage({ scheme: { formerly } })
    const { request, answer } = ask(TWICE)
    const error: unknown = await sessions.refreshSession({ request, answer }).catch((e) => e)
    expect(error).toMatchObject({ type: 'TRY_REFRESH_TOKEN' })
    expect(calls).toEqual([])
    expect(answer.getSetCookie()).toEqual([
      `sRefreshToken=; Path=/auth/session/refresh; Domain=old.example; ${EPOCH}; HttpOnly; Secure; SameSite=lax`,
    ])
    expect(answer.has('front-token')).toBe(false)
    const response = sessions.toResponse(error)
    expect(response?.status).toBe(200)
    expect(await response?.json()).toEqual({ message: expect.stringContaining('refresh again') })
  })

  it('stays as it is when no former place is known, and the error says what to set', async () => {
    const { sessions, ask, calls } = createStage()
    const { request, answer } = ask(TWICE)
    await expect(sessions.refreshSession({ request, answer })).rejects.toMatchObject({
      type: 'GENERAL_ERROR',
      code: 'invalid_argument',
      message: expect.stringContaining('cookies.formerly'),
    })
    expect(calls).toEqual([])
    expect(toldBy(answer)).toEqual([])
  })

  it('is no trouble where the access token alone is doubled: its refresh erases the other', async () => {
    const doubled = jar(`sRefreshToken=${enc(REFRESH)}; sAccessToken=a; sAccessToken=b`)
    const known = createStage({ scheme: { formerly } })
    const exchange = known.ask(doubled)
    await known.sessions.refreshSession(exchange)
    expect(exchange.answer.getSetCookie().map((line) => line.split('; Exp')[0])).toEqual([
      'sAccessToken=; Path=/auth/session/refresh; Domain=old.example',
      expect.stringMatching(/^sAccessToken=.+; Path=\/$/),
      'sRefreshToken=; Path=/auth/session/refresh; Domain=old.example',
      expect.stringMatching(/^sRefreshToken=.+; Path=\/auth\/session\/refresh$/),
    ])
    const unknown = createStage()
    const failure = await failureOf(unknown.sessions.refreshSession(unknown.ask(doubled)))
    expect(failure).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
  })

  it('loses the cookie of a former core once it has refreshed', async () => {
    const { sessions, ask } = createStage()
    const { request, answer } = ask(cookies({ sRefreshToken: REFRESH, sIdRefreshToken: 'x' }))
    await sessions.refreshSession({ request, answer })
    expect(answer.getSetCookie().at(-1)).toMatch(
      /^sIdRefreshToken=; Path=\/; Expires=Thu, 01 Jan 1970/,
    )
    expect(answer.has('id-refresh-token')).toBe(false)
  })
})

describe('the anti-CSRF check', () => {
  const cookie = cookies({ sAccessToken: GOOD })
  const rid = { rid: 'anti-csrf' }
  const header = { Authorization: `Bearer ${GOOD}` }

  it.each([
    // antiCsrf, method, antiCsrfCheck, headers: whether the core’s side is to check; undefined: refused
    ['NONE', 'POST', undefined, cookie, true],
    ['NONE', 'GET', undefined, cookie, false],
    ['VIA_TOKEN', 'POST', undefined, cookie, true],
    ['VIA_TOKEN', 'PATCH', undefined, cookie, true],
    ['VIA_TOKEN', 'GET', undefined, cookie, false],
    ['VIA_TOKEN', 'HEAD', undefined, cookie, false],
    ['VIA_TOKEN', 'OPTIONS', undefined, cookie, false],
    ['VIA_TOKEN', 'GET', true, cookie, true],
    ['VIA_TOKEN', 'POST', false, cookie, false],
    ['VIA_TOKEN', 'POST', undefined, header, false],
    ['VIA_CUSTOM_HEADER', 'POST', undefined, cookie, undefined],
    ['VIA_CUSTOM_HEADER', 'POST', undefined, { ...cookie, ...rid }, false],
    ['VIA_CUSTOM_HEADER', 'GET', undefined, cookie, false],
    ['VIA_CUSTOM_HEADER', 'GET', true, cookie, undefined],
    ['VIA_CUSTOM_HEADER', 'POST', false, cookie, false],
    ['VIA_CUSTOM_HEADER', 'POST', true, header, false],
  ] as const)(
    '%s, %s, asked %s',
    async (antiCsrf, method, antiCsrfCheck, headers, doAntiCsrfCheck) => {
      const { sessions, ask, calls } = createStage({ antiCsrf })
      const exchange = ask({ ...headers, 'anti-csrf': 'csrf' }, method)
      const failure = await failureOf(sessions.getSession(exchange, { antiCsrfCheck }))
      expect(failure).toEqual(doAntiCsrfCheck === undefined ? TRY : undefined)
      expect(calls).toEqual(
        doAntiCsrfCheck === undefined
          ? []
          : [
              [
                'getSession',
                GOOD,
                expect.objectContaining({ antiCsrfToken: 'csrf', doAntiCsrfCheck }),
              ],
            ],
      )
      expect(toldBy(exchange.answer)).toEqual([])
    },
  )

  it('asks the core when it is told to', async () => {
    const { sessions, ask, calls } = createStage()
    await sessions.getSession(ask(cookie), { checkDatabase: true })
    expect(calls[0]?.[2]).toMatchObject({ checkDatabase: true })
  })

  it('hands the token of a refresh on', async () => {
    const { sessions, ask, calls } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const { answer, request } = ask({ ...cookies({ sRefreshToken: REFRESH }), 'anti-csrf': 'csrf' })
    await sessions.refreshSession({ request, answer })
    expect(calls).toEqual([['refreshSession', REFRESH, { antiCsrfToken: 'csrf', request }]])
    expect(answer.get('anti-csrf')).toBe('csrf-1')
  })

  // The SDK clears the tokens in both cases: any site could sign people out.
  it.each([
    ['VIA_CUSTOM_HEADER', {}, 'rejected', []],
    ['VIA_TOKEN', {}, 'refresh_rejected', []],
    ['VIA_TOKEN', { 'anti-csrf': 'wrong' }, 'refresh_rejected', ['cookies', 'headers']],
    ['VIA_CUSTOM_HEADER', { rid: 'session' }, 'refresh_rejected', ['cookies', 'headers']],
  ] as const)(
    'signs nobody out for a page of another site: %s, %o',
    async (antiCsrf, headers, code, cleared) => {
      const { sessions, ask } = createStage({ antiCsrf })
      const { answer, request } = ask({ ...cookies({ sRefreshToken: 'bad' }), ...headers })
      const failure = await failureOf(sessions.refreshSession({ request, answer }))
      expect(failure).toEqual({ type: 'UNAUTHORISED', code })
      expect(effectOf(answer).cleared).toEqual(cleared)
    },
  )
})
