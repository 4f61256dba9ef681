import { describe, expect, it } from 'vitest'
import { GeneralError } from '../../../src/server/supertokens/errors.js'
import {
  accessTokenOf,
  bearer,
  cookies,
  createStage,
  EPOCH,
  ERRORS,
  effectOf,
  failureOf,
  GOOD,
} from './web-stage.js'

const post = (headers: Readonly<Record<string, string>> = {}, path = '/api/cart'): Request =>
  new Request(`https://api.example${path}`, { method: 'POST', headers })
const PRIVATE = 'private, no-store'

describe('a route for those who are signed in', () => {
  const OWN = { 'Set-Cookie': 'mine=1; Path=/', 'Cache-Control': 'private, max-age=60' }
  const answer = (headers: HeadersInit) => async () => Response.json({}, { headers })

  it('keeps the cookies of its own beside those of a token that was replaced', async () => {
    const { sessions } = createStage({ replaces: true })
    const route = sessions.withSession(answer(OWN))
    const { headers } = await route(post(cookies({ sAccessToken: GOOD })))
    const token = accessTokenOf('ada', 'h1')
    expect(headers.getSetCookie().map((line) => line.split(';')[0])).toEqual([
      'mine=1',
      `sAccessToken=${token}`,
    ])
  })

  it.each([
    ['a cookie', cookies({ sAccessToken: GOOD })],
    ['a header', bearer(GOOD)],
  ])('lets nobody keep an answer with a new token, which came by %s', async (_, shown) => {
    const { sessions } = createStage({ replaces: true })
    const own = { 'Cache-Control': OWN['Cache-Control'] }
    const { headers } = await sessions.withSession(answer(own))(post(shown))
    expect(headers.get('Cache-Control')).toBe(PRIVATE)
    expect(effectOf(headers).set).toHaveLength(1)
  })

  it.each([
    ['private, max-age=60', 'private, max-age=60'],
    ['public, max-age=60', PRIVATE],
    ['', PRIVATE],
  ])('says itself how long its browser may keep an answer without: %s', async (own, told) => {
    const { sessions } = createStage()
    const route = sessions.withSession(answer(own ? { 'Cache-Control': own } : {}))
    const { headers } = await route(post(cookies({ sAccessToken: GOOD })))
    expect(headers.get('Cache-Control')).toBe(told)
    expect(headers.get('Vary')).toBe('Cookie')
  })
})

describe('an answer that the app has written to before', () => {
  const mine = { 'Cache-Control': 'private, max-age=60' }

  it.each([
    ['is not kept by any browser once it clears tokens', 'UNAUTHORISED', PRIVATE],
    ['is the app’s own while it clears none', 'GENERAL_ERROR', mine['Cache-Control']],
  ] as const)('%s', async (_, type, told) => {
    const { sessions, state } = createStage()
    state.failure = ERRORS[type]()
    const headers = new Headers(mine)
    const exchange = { request: post(cookies({ sAccessToken: GOOD })), answer: headers }
    expect((await failureOf(sessions.getSession(exchange)))?.type).toBe(type)
    expect(headers.get('Cache-Control')).toBe(told)
  })

  it('is not kept once it erases doubled cookies', async () => {
    const { sessions } = createStage({ scheme: { formerly: [{ domain: 'old.example' }] } })
    const headers = new Headers(mine)
    const request = post({ Cookie: 'sRefreshToken=a; sRefreshToken=b' })
    const refresh = sessions.refreshSession({ request, answer: headers })
    expect((await failureOf(refresh))?.type).toBe('TRY_REFRESH_TOKEN')
    expect(headers.getSetCookie().join()).toContain(EPOCH)
    expect(headers.get('Cache-Control')).toBe(PRIVATE)
    expect(headers.get('Vary')).toBe('Cookie')
  })
})

describe('the answer to an outage', () => {
  it.each([
    [undefined, null],
    [0, '0'],
    [1, '1'],
    [60_000, '60'],
  ])('says when to come again only where that is known: %s ms', async (retryAfter, told) => {
    const { sessions, state } = createStage()
    state.failure = new GeneralError('No core answers.', { code: 'network', retryAfter })
    const refresh = post(cookies({ sRefreshToken: 'x' }), '/auth/session/refresh')
    const response = await sessions.handle(refresh)
    expect(response?.status).toBe(503)
    expect(response?.headers.get('Retry-After')).toBe(told)
  })
})
