import { describe, expect, it } from 'vitest'
import type { Rotation } from '../../src/testing/gotrue/index.js'
import { type Answer, createDesk, said } from './gotrue-desk.js'

type Desk = ReturnType<typeof createDesk>
interface Outcome {
  readonly why: string
  readonly rotation?: Rotation
  readonly says: string
  readonly message?: string
  run(desk: Desk, token: string): Promise<Answer>
}

const REFRESH = '/token?grant_type=refresh_token'
const raw = (desk: Desk, body: string): Promise<Answer> =>
  desk.send(REFRESH, { method: 'POST', body })

/** Every outcome of facts 3.3 that state alone can bring about. */
const OUTCOMES: readonly Outcome[] = [
  { why: 'a live token', says: '200 ok', run: (desk, token) => desk.refresh(token) },
  { why: 'no JSON', says: '400 bad_json', run: (desk) => raw(desk, 'refresh_token=1') },
  { why: 'no body', says: '400 bad_json', run: (desk) => raw(desk, '') },
  { why: 'an array', says: '400 bad_json', run: (desk) => desk.post('/otp', ['a']) },
  { why: 'a number for a token', says: '400 bad_json', run: (desk) => desk.refresh(123456789012) },
  {
    why: 'more than a megabyte',
    says: '413 request_entity_too_large',
    run: (desk) => desk.refresh('a'.repeat(1024 * 1024)),
  },
  { why: 'a short token', says: '400 validation_failed', run: (desk) => desk.refresh('abc') },
  {
    why: 'capitals',
    says: '400 validation_failed',
    message: 'Refresh token is not valid',
    run: (desk) => desk.refresh('ABCDEFGHIJKL'),
  },
  {
    why: 'a long token without checksum',
    rotation: 'v2',
    says: '400 validation_failed',
    run: (desk) => desk.refresh('a'.repeat(60)),
  },
  {
    why: 'an unknown token',
    says: '400 refresh_token_not_found',
    message: 'Invalid Refresh Token: Refresh Token Not Found',
    run: (desk) => desk.refresh('aaaaaaaaaaaa'),
  },
  {
    why: 'a v1 token whose session is gone',
    says: '400 refresh_token_not_found',
    message: 'Invalid Refresh Token: Refresh Token Not Found',
    run(desk, token) {
      desk.server.endSession(desk.sessionId())
      return desk.refresh(token)
    },
  },
  {
    why: 'a v2 token whose session is gone',
    rotation: 'v2',
    says: '400 refresh_token_not_found',
    run(desk, token) {
      desk.server.endSessionsOf(desk.userId())
      return desk.refresh(token)
    },
  },
  {
    why: 'an expired session',
    says: '400 session_expired',
    message: 'Invalid Refresh Token: Session Expired',
    run(desk, token) {
      desk.server.expireSession(desk.sessionId())
      return desk.refresh(token)
    },
  },
  {
    why: 'a banned person',
    says: '400 user_banned',
    message: 'Invalid Refresh Token: User Banned',
    run(desk, token) {
      desk.server.ban(desk.userId())
      return desk.refresh(token)
    },
  },
  {
    why: 'an unknown grant',
    says: '400 invalid_credentials',
    message: 'unsupported_grant_type',
    run: (desk) => desk.post('/token?grant_type=magic', {}),
  },
  {
    why: 'too many requests',
    says: '429 over_request_rate_limit',
    run(desk, token) {
      desk.server.fail({ type: 'rate-limited' })
      return desk.refresh(token)
    },
  },
]

describe('the refresh grant', () => {
  it.each(OUTCOMES)('answers $says to $why', async ({ rotation = 'v1', says, message, run }) => {
    const desk = createDesk({ rotation })
    const { refresh } = await desk.signIn()
    const answer = await run(desk, refresh)
    expect(said(answer)).toBe(says)
    if (message) expect(answer.body.message).toBe(message)
    if (answer.status !== 200) {
      expect(answer.headers.get('x-sb-error-code')).toBe(answer.body.code)
    }
  })

  it('spends no token on a person who is banned for a while', async () => {
    const { server, signIn, refresh, rotate, userId } = createDesk({ rotation: 'strict' })
    const { refresh: token } = await signIn()
    server.ban(userId())
    expect(said(await refresh(token))).toBe('400 user_banned')
    server.ban(userId(), false)
    await rotate(token)
  })

  it('puts a changed role into the next token', async () => {
    const { server, signIn, refresh, userId } = createDesk()
    const { refresh: token } = await signIn()
    server.updateClaims(userId(), { role: 'editor', appMetadata: { plan: 'pro' } })
    const { body } = await refresh(token)
    expect(body.user).toMatchObject({ role: 'editor', app_metadata: { plan: 'pro' } })
  })
})

describe('the two formats of errors', () => {
  const unknown = 'aaaaaaaaaaaa'

  it.each(['2024-01-01', '2031-12-31'])('uses codes as strings for version %s', async (version) => {
    const answer = await createDesk().refresh(unknown, { 'X-Supabase-Api-Version': version })
    expect(Object.keys(answer.body)).toEqual(['code', 'message'])
    expect(answer.headers.get('x-supabase-api-version')).toBe('2024-01-01')
  })

  it.each(['2023-12-31', 'soon', '2024-13-99', ''])('is legacy for "%s"', async (version) => {
    const answer = await createDesk().refresh(unknown, { 'X-Supabase-Api-Version': version })
    expect(answer.body).toEqual({
      code: 400,
      error_code: 'refresh_token_not_found',
      msg: 'Invalid Refresh Token: Refresh Token Not Found',
    })
    expect(answer.headers.get('x-supabase-api-version')).toBeNull()
  })

  it('names the reasons why a password is weak in both', async () => {
    const { post } = createDesk()
    const signup = { email: 'eve@example.com', password: 'short' }
    const legacy = await post('/signup', signup, { 'X-Supabase-Api-Version': '' })
    expect(legacy).toMatchObject({ status: 422, body: { error_code: 'weak_password' } })
    const modern = await post('/signup', signup)
    expect(modern).toMatchObject({ status: 422, body: { code: 'weak_password' } })
    for (const { body } of [legacy, modern]) {
      expect(body.weak_password).toEqual({ reasons: ['length'] })
    }
  })

  it('limits the rate in the format that was asked for', async () => {
    const { server, refresh } = createDesk()
    server.fail({ type: 'rate-limited', retryAfter: 7 })
    const answer = await refresh(unknown, { 'X-Supabase-Api-Version': '' })
    expect(answer.body).toMatchObject({ code: 429, error_code: 'over_request_rate_limit' })
    expect(answer.headers.get('retry-after')).toBe('7')
  })
})
