import { describe, expect, it } from 'vitest'
import { ADA, APP, CALLBACK, createGotrueServerWorld, MINUTE } from './gotrue-server-world.js'

const HOUR = 60 * MINUTE

/** As a GoTrue 2.196 was captured: what it says, and how its status reads here. */
const ROUTES = [
  [
    'password-not-confirmed',
    '/auth/credentials',
    400,
    'email_not_confirmed',
    'Email not confirmed',
    400,
  ],
  [
    'captcha-missing',
    '/auth/credentials',
    400,
    'captcha_failed',
    'captcha protection: request disallowed (no captcha_token found)',
    400,
  ],
  [
    'otp-unknown-person-no-create',
    '/auth/otp',
    422,
    'otp_disabled',
    'Signups not allowed for otp',
    400,
  ],
  [
    'mail-too-soon-otp',
    '/auth/otp',
    429,
    'over_email_send_rate_limit',
    'For security purposes, you can only request this after 59 seconds.',
    429,
  ],
  [
    'rate-limit-password',
    '/auth/credentials',
    429,
    'over_request_rate_limit',
    'Request rate limit reached',
    429,
  ],
  [
    'timeout',
    '/auth/credentials',
    504,
    'request_timeout',
    'Processing this request timed out, please retry after a moment.',
    503,
  ],
  [
    'database-down-password',
    '/auth/credentials',
    500,
    'unexpected_failure',
    'Database error querying schema',
    503,
  ],
] as const

describe('what GoTrue says to a route', () => {
  it.each(ROUTES)('is told to the page: %s', async (_, path, status, code, message, told) => {
    const { call, scripted, jar } = createGotrueServerWorld()
    scripted.fail({ type: 'status', status, body: JSON.stringify({ code, message }) })
    const answer = await call(path, ADA)
    expect(answer.status).toBe(told)
    const body = await answer.json()
    expect(body.serverCode).toBe(code)
    // A server that fails may name its database.
    expect(body.message).toBe(status < 500 ? message : `The server cannot answer now (${status}).`)
    expect(jar.cookies.size).toBe(0)
  })

  it.each([
    ['no answer comes', { type: 'drop' }],
    ['a gateway answers', { type: 'html', status: 200 }],
    ['the answer is none of GoTrue’s', { type: 'body', body: '{"access_token":7}' }],
  ] as const)('is nobody’s session where %s', async (_, fault) => {
    const { call, scripted, jar } = createGotrueServerWorld()
    scripted.fail(fault)
    const answer = await call('/auth/credentials', ADA)
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(jar.cookies.size).toBe(0)
  })
})

describe('a link that was opened while the database was down', () => {
  it('comes back without a word, and works later', async () => {
    const { call, follow, scripted, whoIs } = createGotrueServerWorld()
    await call('/auth/otp', { email: ADA.email, returnTo: '/inbox' })
    const link = scripted.messages[0]?.link ?? ''
    const redirectTo = new URL(link).searchParams.get('redirect_to') ?? ''
    expect(redirectTo.startsWith(`${CALLBACK}?state=`)).toBe(true)
    const silent = await follow(redirectTo)
    expect([silent.status, (await silent.json()).code]).toEqual([503, 'server_error'])
    const page = await scripted.fetch(link)
    const answer = await follow(page.headers.get('location') ?? '')
    expect(answer.headers.get('location')).toBe(`${APP}/inbox`)
    expect(await whoIs()).toBe(ADA.email)
  })

  it('says so when it was spent before', async () => {
    const { call, follow, scripted } = createGotrueServerWorld()
    await call('/auth/otp', { email: ADA.email })
    const link = scripted.messages[0]?.link ?? ''
    await scripted.fetch(link)
    const again = await scripted.fetch(link)
    const answer = await follow(again.headers.get('location') ?? '')
    expect(await answer.json()).toMatchObject({ code: 'rejected', serverCode: 'otp_expired' })
  })
})

const said = (code: string) => JSON.stringify({ code, message: 'Invalid Refresh Token' })

describe('a refresh that GoTrue refuses', () => {
  /** Ada, whose token has run out, and what her next request meets. */
  async function expired(status: number, body: string) {
    const world = createGotrueServerWorld()
    await world.signIn()
    await world.clock.advance(HOUR)
    world.scripted.fail({ type: 'status', status, body })
    return { ...world, answer: await world.call('/auth/session') }
  }

  it.each([
    ['refresh_token_not_found', said('refresh_token_not_found')],
    ['refresh_token_already_used', said('refresh_token_already_used')],
    ['session_not_found', said('session_not_found')],
    ['session_expired', said('session_expired')],
    ['user_banned', said('user_banned')],
    ['validation_failed', said('validation_failed')],
    [
      'the same of an older API',
      '{"code":400,"error_code":"session_expired","msg":"Session Expired"}',
    ],
    [
      'invalid_grant, before v2.164',
      '{"error":"invalid_grant","error_description":"Invalid Refresh Token: Already Used"}',
    ],
  ])('ends the session: %s', async (_, body) => {
    const { answer, jar, whoIs } = await expired(400, body)
    expect(await answer.json()).toEqual({ session: null })
    expect(jar.cookies.size).toBe(0)
    expect(await whoIs()).toBeNull()
  })

  it.each([
    ['an OAuth client’s session', 400, '{"error":"invalid_client"}'],
    ['bad_json', 400, said('bad_json')],
    ['a row that is locked', 409, said('conflict')],
    ['too many requests', 429, said('over_request_rate_limit')],
    ['the word of a hook', 422, said('hook_timeout')],
    ['the word of a hook with a status of its own', 403, said('unknown')],
    ['a database that is down', 500, said('unexpected_failure')],
    ['a timeout', 504, said('request_timeout')],
    ['a gateway', 401, '<html>Sign in to the network</html>'],
    ['an answer that says nothing', 400, '{}'],
  ])('keeps the session where it is no word about it: %s', async (_, status, body) => {
    const { answer, jar, whoIs, clock } = await expired(status, body)
    expect(answer.status).toBe(503)
    expect([...jar.cookies.keys()]).toEqual(['__Host-holdfast'])
    await clock.advance(10 * MINUTE)
    expect(await whoIs()).toBe(ADA.email)
  })
})

describe.each(['v1', 'v2'] as const)('a spent refresh token (%s)', (rotation) => {
  /** A request that comes with the cookie of before the last two refreshes, or the last one. */
  async function late(refreshes: number, reuseInterval = 10_000) {
    const world = createGotrueServerWorld({ scripted: { rotation, reuseInterval } })
    await world.signIn()
    const old = world.jar.header()
    for (let round = 0; round < refreshes; round += 1) {
      await world.clock.advance(HOUR)
      await world.whoIs()
    }
    const load = (after: number) =>
      world.clock.advance(after).then(() => world.sessions.getSession(old))
    return { ...world, load }
  }

  it('within the interval brings the newest session, without another exchange', async () => {
    const { load, scripted } = await late(1)
    expect((await load(5_000)).session?.user.email).toBe(ADA.email)
    expect(scripted.count('refresh_token')).toBe(1)
  })

  it('after the interval is forgiven by the server where its successor was never used', async () => {
    const { load, whoIs } = await late(1)
    expect((await load(MINUTE)).session?.user.email).toBe(ADA.email)
    expect(await whoIs()).toBe(ADA.email)
  })

  it('after the interval is nobody’s where its successor was used', async () => {
    const { load, heard } = await late(2)
    const found = await load(MINUTE)
    expect(found).toMatchObject({ session: null, failure: { reason: 'invalid_grant' } })
    expect(heard).toContain('refresh-refused')
  })
})

describe('a GoTrue from before v2.164', () => {
  const scripted = { errors: 'oauth' } as const

  it('signs in, refuses and ends sessions in its own words', async () => {
    const world = createGotrueServerWorld({ scripted })
    const wrong = await world.call('/auth/credentials', { ...ADA, password: 'wrong' })
    expect([wrong.status, (await wrong.json()).code]).toEqual([400, 'invalid_credentials'])
    await world.call('/auth/credentials', ADA)
    await world.clock.advance(HOUR)
    expect(await world.whoIs()).toBe(ADA.email)
    world.scripted.endSession(world.scripted.sessions()[0]?.id ?? '')
    await world.clock.advance(HOUR)
    expect(await world.whoIs()).toBeNull()
    expect(world.jar.cookies.size).toBe(0)
  })

  it('is told of a sign-out though the token has run out', async () => {
    const world = createGotrueServerWorld({ scripted })
    await world.call('/auth/credentials', ADA)
    await world.clock.advance(HOUR)
    expect((await world.call('/auth/sign-out', {})).status).toBe(200)
    expect(world.scripted.sessions()).toEqual([])
  })
})
