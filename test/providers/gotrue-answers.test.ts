import { describe, expect, it } from 'vitest'
import { type AuthError, isAuthError } from '../../src/index.js'
import type { GoTrueOptions } from '../../src/providers/gotrue/index.js'
import { fc } from '../support/fast-check.js'
import { context, jwt, type Reply, wireWith } from '../support/wire.js'

const refresh = async (reply: Reply, options: Partial<GoTrueOptions> = {}): Promise<unknown> =>
  wireWith(options, reply)
    .provider.refresh('token', context())
    .catch((error: unknown) => error)

const signIn = async (...replies: Reply[]): Promise<unknown> =>
  wireWith({}, ...replies)
    .provider.signIn?.({ tokenHash: 'hash', type: 'email_change' }, context())
    .catch((error: unknown) => error)

const oauth = (error: string, error_description = 'Words.') => ({ error, error_description })

describe('a session at a server that knows no codes (before v2.164.0)', () => {
  it.each([400, 401, 403])('ends by `invalid_grant`, with %i', async (status) => {
    for (const why of ['Invalid Refresh Token: Already Used', 'Invalid Refresh Token']) {
      expect(await refresh([status, oauth('invalid_grant', why)])).toMatchObject({
        code: 'refresh_rejected',
        serverCode: 'invalid_grant',
        message: why,
        retryable: false,
      })
    }
  })

  it.each([
    [400, oauth('invalid_request')],
    [400, oauth('unauthorized_client')],
    [400, oauth('unsupported_grant_type')],
    [401, { code: 401, msg: 'Invalid token' }],
    [404, { msg: 'User not found' }],
    // A gateway's own words, where GoTrue has none.
    [401, { error: 'session_expired' }],
    [403, { error: 'user_banned', message: 'By the firewall.' }],
    // A code beside it is the server's word, and this one is none of the definite ones.
    [400, { code: 'bad_json', error: 'invalid_grant' }],
    [429, oauth('invalid_grant')],
    [503, oauth('invalid_grant')],
  ])('does not end by %i %j', async (status, body) => {
    const error = await refresh([status, body])
    expect(error).toMatchObject({ library: 'holdfast', retryable: true })
    expect(error).not.toMatchObject({ code: 'refresh_rejected' })
  })
})

describe('a refusal', () => {
  it('to a session of an OAuth client says where that is refreshed', async () => {
    const body = oauth('invalid_client', 'Client authentication required for OAuth session')
    expect(await refresh([400, body])).toMatchObject({
      code: 'rejected',
      retryable: true,
      message: expect.stringContaining('/oauth/token'),
    })
  })

  it('by an access token hook ends the session where the app says so, and only then', async () => {
    const hook: Reply = [403, { code: 'unknown', message: 'Your contract is over.' }]
    const asked: AuthError[] = []
    const terminal = (error: AuthError): boolean => {
      asked.push(error)
      return error.message.includes('contract')
    }
    expect(await refresh(hook, { terminal })).toMatchObject({
      code: 'refresh_rejected',
      retryable: false,
      status: 403,
      message: 'Your contract is over.',
    })
    expect(await refresh(hook)).toMatchObject({ code: 'rejected', retryable: true })
    expect(asked).toMatchObject([{ code: 'rejected', status: 403, serverCode: 'unknown' }])
  })

  it.each([
    ['429', [429, { code: 'over_request_rate_limit', message: 'x' }]],
    ['409', [409, { code: 'conflict', message: 'x' }]],
    ['500', [500, { code: 'unknown', message: 'x' }]],
    ['a page', new Response('<html>', { status: 403 })],
    ['a success without a session', [200, {}]],
    ['nothing', 'lost'],
  ] as const)('that may pass is not the app’s to decide: %s', async (_name, reply) => {
    const terminal = (): boolean => expect.fail('It was asked.')
    expect(await refresh(reply, { terminal })).not.toMatchObject({ code: 'refresh_rejected' })
  })

  it('of which the app’s function makes no sense keeps the session', async () => {
    const reply: Reply = [403, { code: 'unknown', message: 'x' }]
    const wrong: readonly unknown[] = [() => 'yes', () => Promise.resolve(true), () => fail()]
    function fail(): never {
      throw new Error('A bug of the app.')
    }
    for (const terminal of wrong) {
      const options = Object.fromEntries([['terminal', terminal]])
      expect(await refresh(reply, options)).toMatchObject({ code: 'rejected', retryable: true })
    }
  })

  it('for a missing second factor is a step, though its status is 401', async () => {
    expect(
      await signIn([401, { code: 'insufficient_aal', message: 'AAL2 is needed.' }]),
    ).toMatchObject({
      code: 'step_required',
      details: { step: 'insufficient_aal' },
      retryable: false,
    })
  })

  it('by a failing server does not tell the name of its database', async () => {
    const message = 'error finding session: failed to connect to `host=db user=admin`'
    const error = await refresh([500, { code: 'unexpected_failure', message }])
    expect(error).toMatchObject({ code: 'server_error', serverCode: 'unexpected_failure' })
    expect(`${error}${JSON.stringify(error)}`).not.toContain('admin')
  })
})

describe('a sign-in at a server that knows no codes', () => {
  it.each([
    [400, oauth('invalid_grant', 'Invalid login credentials'), 'invalid_credentials'],
    [422, { code: 422, msg: 'Password should be at least 6 characters' }, 'rejected'],
    // Before 2023.
    [401, { code: 401, msg: 'Token has expired or is invalid' }, 'invalid_credentials'],
    [404, { code: 404, msg: 'Confirmation token not found' }, 'invalid_credentials'],
    [401, { message: 'No API key found in request' }, 'bad_response'],
  ])('is refused by %i %j', async (status, body, code) => {
    const words = Object.values(body).filter((value) => typeof value === 'string')
    const retryable = code === 'bad_response'
    expect(await signIn([status, body])).toMatchObject({ code, retryable, message: words.at(-1) })
  })
})

describe('a limit of messages', () => {
  const limit = (message: string, code = 'over_email_send_rate_limit', headers = {}) =>
    signIn(Response.json({ code, message }, { status: 429, headers }))
  const text = 'For security purposes, you can only request this after 59 seconds.'

  it('tells its seconds, which it says in words only', async () => {
    expect(await limit(text)).toMatchObject({
      code: 'rate_limited',
      retryAfter: 59_000,
      message: text,
    })
    expect(await limit('after 1 second', 'over_sms_send_rate_limit')).toMatchObject({
      retryAfter: 1_000,
    })
  })

  it('has none where there are none, or a header has', async () => {
    expect(await limit('email rate limit exceeded')).toMatchObject({ retryAfter: undefined })
    expect(await limit(text, 'other')).toMatchObject({ retryAfter: undefined })
    expect(await limit('after 99999999 seconds')).toMatchObject({ retryAfter: undefined })
    const headers = { 'Retry-After': '7' }
    expect(await limit(text, undefined, headers)).toMatchObject({ retryAfter: 7_000 })
  })
})

describe('a token’s life', () => {
  const lifetime = async (claims: object, answer: object): Promise<unknown> => {
    const access_token = jwt({ sub: 'ada', ...claims })
    return refresh([200, { access_token, refresh_token: 'r', ...answer }])
  }

  it.each([
    ['the token’s, which a hook signed shorter', { iat: 100, exp: 400 }, { expires_in: 3600 }, 300],
    ['the answer’s, where it is shorter', { iat: 100, exp: 9100 }, { expires_in: 60 }, 60],
    ['the token’s, where the answer is wrong', { iat: 100, exp: 400 }, { expires_in: 0 }, 300],
    ['the token’s, where the answer is negative', { iat: 100, exp: 400 }, { expires_in: -1 }, 300],
    ['the token’s, where the answer is absurd', { iat: 100, exp: 400 }, { expires_in: 1e300 }, 300],
    ['the answer’s, where `iat` is null', { iat: null, exp: 1e9 }, { expires_in: 60 }, 60],
    [
      'by the server’s clock, where `iat` is null',
      { iat: null, exp: 1030 },
      { expires_in: 60, expires_at: 1060 },
      30,
    ],
    ['in digits', { iat: '100', exp: '400' }, { expires_in: '60' }, 60],
    ['a fraction', { iat: 100.5, exp: 101.25 }, { expires_in: 60 }, 0.75],
    [
      'the answer’s, where the token has died already',
      { iat: 400, exp: 100 },
      { expires_in: 60 },
      60,
    ],
    ['by `expires_at`', { iat: 100 }, { expires_at: 160 }, 60],
    ['an hour, where nobody says', {}, {}, 3600],
    [
      'an hour, where nobody says sense',
      { iat: true, exp: [] },
      { expires_in: {}, expires_at: '' },
      3600,
    ],
  ])('is %s', async (_name, claims, answer, seconds) => {
    expect(await lifetime(claims, answer)).toMatchObject({ lifetime: seconds * 1000 })
  })

  it('is positive and finite, and no longer than what the token says, whatever is said', async () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.integer({ min: -10, max: 10_000 }))
    const words = fc.record({ expires_in: value, expires_at: value }, { requiredKeys: [] })
    const claims = fc.record({ iat: value, exp: value }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(claims, words, async (token, answer) => {
        const grant = await lifetime(token, answer)
        if (isAuthError(grant)) expect.fail('It is a session.')
        const life = Object(grant).lifetime
        expect(life > 0 && Number.isFinite(life)).toBe(true)
        const { iat, exp } = token
        if (typeof iat !== 'number' || typeof exp !== 'number') return
        if (exp - iat > 0 && exp - iat < 1e8) expect(life).toBeLessThanOrEqual((exp - iat) * 1000)
      }),
    )
  })
})

describe('the first of the two codes of a change of address', () => {
  const half = { code: '200', msg: 'Confirmation link accepted. Please proceed to confirm …' }

  it('brings no session yet, which is no error', async () => {
    expect(await signIn([200, half])).toBeNull()
    expect(await signIn([200, { ...half, code: 200 }])).toBeNull()
  })

  it('is told from an answer that is none', async () => {
    expect(await signIn([200, {}])).toMatchObject({ code: 'bad_response' })
    const attempt = wireWith({}, [200, half]).provider.signIn?.(
      { email: 'a@b.c', password: 'p' },
      context(),
    )
    await expect(attempt).rejects.toMatchObject({ code: 'bad_response' })
  })
})

describe('tokens kept elsewhere', () => {
  const accessToken = jwt({ sub: 'ada', iat: 100, exp: 700 })
  const tokens = { accessToken, refreshToken: 'r' }
  const restore = (...replies: Reply[]) => {
    const { provider, sent } = wireWith({ now: () => 200_000 }, ...replies)
    const work = Promise.resolve(provider.restore?.(tokens, context()))
    return work.then(
      () => sent.length,
      (error: unknown) => error,
    )
  }
  const fresh: Reply = [200, { access_token: accessToken, refresh_token: 'next' }]

  it.each([
    [403, { code: 'bad_jwt' }],
    [403, { code: 'session_not_found' }],
    [403, { code: 'user_not_found' }],
    [401, { code: 401, msg: 'invalid JWT: token is expired' }],
  ])('are refreshed where the server says that they are dead: %i %j', async (status, body) => {
    expect(await restore([status, body], fresh)).toBe(2)
  })

  it.each([
    [401, { code: 'insufficient_aal' }],
    [401, { message: 'x', code: 'no_api_key' }],
    [403, { code: 'over_quota' }],
    [404, { code: 404, msg: 'x' }],
  ])('are not where it says something else: %i %j', async (status, body) => {
    expect(await restore([status, body])).toMatchObject({ library: 'holdfast', status })
  })
})

describe('a user', () => {
  it('is kept without what factors carry for the server only', async () => {
    const factor = { id: 'f1', factor_type: 'webauthn', last_challenged_at: null }
    const carried = { ...factor, last_webauthn_challenge_data: { ip: '10.0.0.1' } }
    const user = { id: 'ada', factors: [carried, null, 5] }
    const grant = await refresh([200, { access_token: 'a', user }])
    expect(grant).toMatchObject({ user: { id: 'ada', factors: [factor, {}, {}] } })
    expect(JSON.stringify(grant)).not.toContain('10.0.0.1')
  })
})
