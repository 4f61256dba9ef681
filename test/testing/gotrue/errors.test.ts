import { describe, expect, it } from 'vitest'
import type { ScriptedGoTrueOptions } from '../../../src/testing/index.js'
import { type Answer, createDesk } from '../gotrue-desk.js'

const password = (email: string) => ({ email, password: 'wrong' })

/** A server of the time before v2.164.0. The desk asks for the newest format, as all clients do. */
const old = (options: ScriptedGoTrueOptions = {}) => createDesk({ errors: 'oauth', ...options })

const told = ({ status, body }: Answer): object => ({ status, ...body })

const grant = (text: string): object => ({
  status: 400,
  error: 'invalid_grant',
  error_description: text,
})

describe('a GoTrue before v2.164.0', () => {
  it('says invalid_grant, and no code, of a session that is gone', async () => {
    const { server, signIn, refresh, sessionId } = old()
    const { refresh: token } = await signIn()
    server.endSession(sessionId())
    const answer = await refresh(token)
    expect(told(answer)).toEqual(grant('Invalid Refresh Token: Refresh Token Not Found'))
    expect(answer.headers.get('x-sb-error-code')).toBeNull()
    expect(answer.headers.get('x-supabase-api-version')).toBeNull()
    expect(server.requests.at(-1)?.code).toBe('invalid_grant')
  })

  it('says it of reuse, of an expired session and of whoever is banned', async () => {
    const { server, signIn, refresh, rotate, clock, sessionId, userId } = old()
    const { refresh: first } = await signIn()
    const newest = await rotate(await rotate(first))
    await clock.advance(10_001)
    expect(told(await refresh(first))).toEqual(grant('Invalid Refresh Token: Already Used'))
    server.ban(userId())
    expect(told(await refresh(newest))).toEqual(grant('Invalid Refresh Token: User Banned'))
    server.expireSession(sessionId())
    expect(told(await refresh(newest))).toEqual(grant('Invalid Refresh Token: Session Expired'))
  })

  it('says it of a wrong password', async () => {
    const { post } = old()
    const answer = await post('/token?grant_type=password', password('ada@example.com'))
    expect(told(answer)).toEqual(grant('Invalid login credentials'))
  })

  it('has OAuth’s words for requests that are wrong too', async () => {
    const { post, refresh } = old()
    expect(told(await post('/token', {}))).toEqual({ status: 400, error: 'unsupported_grant_type' })
    expect(told(await refresh(undefined))).toEqual({
      status: 400,
      error: 'invalid_request',
      error_description: 'refresh_token required',
    })
    expect(told(await refresh('short'))).toMatchObject({ error: 'invalid_grant' })
  })

  it('says the status twice, and what is wrong only in words, everywhere else', async () => {
    const { post, user, server } = old()
    const wrong = { type: 'email', email: 'ada@example.com', token: '000000' }
    expect(told(await post('/verify', wrong))).toEqual({
      status: 403,
      code: 403,
      msg: 'Token has expired or is invalid',
    })
    expect(told(await user('garbage'))).toMatchObject({ status: 401, code: 401 })
    server.fail({ type: 'rate-limited' })
    expect(told(await post('/token?grant_type=refresh_token', {}))).toEqual({
      status: 429,
      code: 429,
      msg: 'Request rate limit reached',
    })
  })
})

describe('the address that a link of a GoTrue before v2.164.0 leads to', () => {
  const app = 'https://app.example/back'

  /** What the app's address is in the end. */
  async function follow(server: ReturnType<typeof old>['server'], href: string): Promise<string> {
    const { headers } = await server.fetch(href, { redirect: 'manual' })
    return headers.get('location') ?? ''
  }

  it('has the status for a code, and no `sb`, where the link ran out', async () => {
    const { server, post } = old()
    await post(`/otp?redirect_to=${app}`, { email: 'ada@example.com' })
    const link = server.messages.at(-1)?.link ?? ''
    expect(await follow(server, link)).toMatch(/#access_token=(?!.*\bsb=)/)
    const words = 'error_description=Email+link+is+invalid+or+has+expired'
    expect(await follow(server, link)).toBe(`${app}#error=access_denied&error_code=403&${words}`)
  })

  it('says twice that the person said no, without `sb`', async () => {
    const { server } = old()
    server.denyNextAuthorize()
    const href = `http://localhost/auth/v1/authorize?provider=github&redirect_to=${app}`
    const said = 'error=access_denied&error_description=The+person+said+no'
    expect(await follow(server, href)).toBe(`${app}?${said}#${said}`)
  })
})

describe('a GoTrue of today', () => {
  it('has no error code in a header for a weak password, as the real one', async () => {
    const { post } = createDesk()
    const answer = await post('/signup', { email: 'eve@example.com', password: 'abc' })
    expect(told(answer)).toMatchObject({ status: 422, code: 'weak_password' })
    expect(answer.headers.get('x-sb-error-code')).toBeNull()
  })
})
