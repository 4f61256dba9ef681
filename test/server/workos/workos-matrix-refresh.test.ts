import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type CookieSession,
  createDesk,
  type Desk,
  type Given,
  html,
  json,
  type Told,
} from './workos-desk.js'
import { but, compare, same, since11, type Words } from './workos-words.js'

let desk: Desk
beforeAll(async () => {
  desk = await createDesk()
})
beforeEach(() => desk.reset())
afterAll(() => desk.close())

const OK = same('ok')
const COOKIE = same('invalid_session_cookie')
const THROWS_NOT = 'what a server answers never throws'
const KEPT = 'the app is wrong, or the server: nobody is signed out for it'
const PAGE = 'throws Unexpected error: ParseError:'
const LIMITED = 'throws RateLimitExceededException'
const GENERIC = 'throws GenericServerException'

const ask = (session: CookieSession): Promise<Told> => session.refresh()
const oauth = (error: string): object => ({ error, error_description: 'Why not.' })
const api = (code: string): object => ({ code, message: 'Why not.' })
/** When an answer was sent, and a time of 5 s later. */
const DATES = {
  date: 'Sat, 21 Nov 2026 12:00:00 GMT',
  'retry-after': 'Sat, 21 Nov 2026 12:00:05 GMT',
}
const LIMIT = oauth('too_many_requests')

describe('refresh, by the cookie', () => {
  it.each<[string, Words, object | string]>([
    ['of a session', OK, {}],
    [
      'that is not there',
      but(
        'invalid_session_cookie',
        'no_session_cookie_provided',
        'as authenticate says it, and as the docs list it',
      ),
      '',
    ],
    ['that is garbage', COOKIE, 'garbage'],
    ['without a refresh token', COOKIE, { refreshToken: undefined }],
    ['without a user', COOKIE, { user: undefined }],
    [
      'without an access token',
      but('throws JWTInvalid', 'invalid_session_cookie', 'a cookie never throws'),
      { accessToken: undefined },
    ],
    [
      'with an access token that is none',
      but('throws JWTInvalid', 'invalid_jwt', 'there is no organization to take from it'),
      { accessToken: 'opaque' },
    ],
    [
      'with an access token of another person',
      but(['ok', '?', 'ok'], 'invalid_jwt', 'whose session it is must be certain'),
      { user: { id: 'user_2' } },
    ],
  ])('%s', async (_, words, content) => {
    desk.answer = () => desk.success()
    const cookie = typeof content === 'string' ? content : await desk.cookie(content)
    await compare(desk, words, { ask, cookie })
  })

  it('asks the server nothing when the cookie is no session', async () => {
    for (const content of [{ accessToken: 'opaque' }, { user: { id: 'user_2' } }]) {
      await desk.open('ours', await desk.cookie(content)).refresh()
    }
    expect(desk.requests).toEqual([])
  })
})

describe('refresh, by a refusal', () => {
  it.each<[number, object, Words, HeadersInit?]>([
    [400, oauth('invalid_grant'), same('invalid_grant')],
    [400, api('invalid_grant'), but(GENERIC, 'invalid_grant', 'both envelopes say the same')],
    [400, oauth('sso_required'), same('sso_required')],
    [403, oauth('sso_required'), same('sso_required')],
    [403, api('mfa_enrollment'), but(since11(GENERIC, 'mfa_enrollment'), 'mfa_enrollment')],
    [400, oauth('mfa_enrollment'), same('mfa_enrollment')],
    ...['mfa_challenge', 'organization_selection_required'].map((code): [number, object, Words] => [
      403,
      api(code),
      but(since11(GENERIC, 'throws AuthenticationException'), code, THROWS_NOT),
    ]),
    ...[
      'organization_not_authorized',
      'organization_membership_not_found',
      'organization_not_found',
    ].map((code): [number, object, Words] => [
      400,
      oauth(code),
      but('throws OauthException', 'organization_not_authorized', 'the reason that the docs list'),
    ]),
    [400, oauth('invalid_client'), but('throws OauthException', 'server_error, retry', KEPT)],
    [
      401,
      { message: 'Unauthorized' },
      but('throws UnauthorizedException', 'server_error, retry', KEPT),
    ],
    [404, { message: 'Not Found' }, but('throws NotFoundException', 'server_error, retry', KEPT)],
    [
      422,
      api('invalid_request_parameters'),
      but('throws UnprocessableEntityException', 'server_error, retry', KEPT),
    ],
    [
      429,
      LIMIT,
      but(
        since11(LIMITED, 'rate_limit_exceeded, retry after 1'),
        'rate_limit_exceeded, retry after 1000',
        'time is in milliseconds everywhere',
      ),
      { 'retry-after': '1' },
    ],
    [
      429,
      LIMIT,
      but(
        since11(LIMITED, 'rate_limit_exceeded, retry after NaN'),
        'rate_limit_exceeded, retry after 5000',
        'dates are read',
      ),
      DATES,
    ],
    [
      429,
      LIMIT,
      but(
        since11(LIMITED, 'rate_limit_exceeded, retry after NaN'),
        'rate_limit_exceeded, retry',
        'nonsense is no wish',
      ),
      { 'retry-after': 'soon' },
    ],
    [
      408,
      { message: 'Request timeout' },
      but(since11(GENERIC, 'timeout, retry'), 'timeout, retry'),
    ],
    [
      503,
      { message: 'Unavailable' },
      but(since11(GENERIC, 'server_error, retry'), 'server_error, retry'),
    ],
  ])('%i %o, %o %o', async (status, body, words, headers) => {
    desk.answer = async () => json(status, body, headers)
    await compare(desk, words, { ask, cookie: await desk.cookie() })
  })
})

describe('refresh, by what is no answer of the server', () => {
  it.each<[string, Words, () => Promise<Given>, number?]>([
    ['a 502 page', but(PAGE, 'server_error, retry', THROWS_NOT), async () => html(502)],
    ['a 403 page', but(PAGE, 'server_error, retry', THROWS_NOT), async () => html(403)],
    [
      'a page with 200',
      but(
        since11('throws TypeError', 'network_error, retry'),
        'server_error, retry',
        'there was an answer',
      ),
      async () => html(200),
    ],
    [
      'an empty object',
      but(
        ['throws TypeError', '?', 'network_error, retry'],
        'server_error, retry',
        'there was an answer',
      ),
      async () => json(200, {}),
    ],
    [
      'a connection that breaks',
      but(
        since11('throws Unexpected error: TypeError: ', 'network_error, retry'),
        'network_error, retry',
      ),
      async () => 'lost',
    ],
    [
      'nothing in time',
      but(since11('throws OauthException', 'timeout, retry'), 'timeout, retry'),
      async () => 'silent',
      40,
    ],
  ])('%s', async (_, words, answer, timeout) => {
    desk.answer = answer
    const bound = timeout === undefined ? {} : { timeout }
    await compare(desk, words, { ask, cookie: await desk.cookie(), ...bound })
  })
})

describe('refresh, by a session that came back', () => {
  it.each<[string, Words, () => Promise<object>]>([
    ['with the same refresh token', OK, async () => ({ refresh_token: 'refresh_1' })],
    [
      'without a refresh token',
      but(['ok', '?', 'ok'], 'ok'),
      async () => ({ refresh_token: null }),
    ],
    [
      'without an access token that can be read',
      but(['throws JWTInvalid', '?', 'throws JWTInvalid'], 'server_error, retry', THROWS_NOT),
      async () => ({ access_token: 'opaque' }),
    ],
    [
      'of another person',
      but(['ok', '?', 'ok'], 'invalid_grant', 'nobody gets the session of another person'),
      async () => ({ user: { id: 'user_2' }, access_token: await desk.token({ sub: 'user_2' }) }),
    ],
    [
      'of two people at once',
      but(['ok', '?', 'ok'], 'server_error, retry', 'nobody gets the session of another person'),
      async () => ({ user: { id: 'user_2' } }),
    ],
  ])('%s', async (_, words, changes) => {
    desk.answer = async () => desk.success(await changes())
    await compare(desk, words, { ask, cookie: await desk.cookie() })
  })
})
