import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  createManualClock,
  createScriptedGoTrue,
  type Fault,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'

const START = 1_700_000_000_000
const VERSION = { 'x-supabase-api-version': '2024-01-01' }

/** A server, and a client of a few lines that speaks its wire. */
function start(options: ScriptedGoTrueOptions = {}) {
  const clock = createManualClock({ now: START })
  const server = createScriptedGoTrue({
    clock,
    users: [{ email: 'ada@example.com', password: 'secret-1' }],
    ...options,
  })
  const call = async (path: string, json?: unknown, headers: Record<string, string> = VERSION) => {
    const response = await server.fetch(`http://localhost/auth/v1${path}`, {
      method: json === undefined ? 'GET' : 'POST',
      headers,
      redirect: 'manual',
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text ? JSON.parse(text) : null,
    }
  }
  const signIn = async () =>
    (await call('/token?grant_type=password', { email: 'ada@example.com', password: 'secret-1' }))
      .body
  const refresh = async (token: unknown) => {
    const { status, body } = await call('/token?grant_type=refresh_token', { refresh_token: token })
    return { status, token: body.refresh_token, code: body.code, body }
  }
  return { clock, server, call, signIn, refresh }
}

describe.each(['v1', 'v2', 'strict'] as const)('rotation %s', (rotation) => {
  it('trades a token for the next one, and a fresh access token', async () => {
    const { signIn, refresh, clock } = start({ rotation })
    const first = await signIn()
    await clock.advance(1000)
    const second = await refresh(first.refresh_token)
    expect(second.status).toBe(200)
    expect(second.token).not.toBe(first.refresh_token)
    expect(second.body.access_token).not.toBe(first.access_token)
    expect((await refresh(second.token)).status).toBe(200)
  })

  it('lets the session answer to the server’s word', async () => {
    const { server, signIn, refresh } = start({ rotation })
    const { refresh_token, user } = await signIn()
    server.ban(user.id)
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, code: 'user_banned' })
    server.ban(user.id, false)
    const [session] = server.sessions()
    server.expireSession(session?.id ?? '')
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, code: 'session_expired' })
    server.endSession(session?.id ?? '')
    const code = 'refresh_token_not_found'
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, code })
  })

  it('refuses what is no token', async () => {
    const { refresh } = start({ rotation })
    expect((await refresh('short')).code).toBe('validation_failed')
    expect((await refresh(5)).code).toBe('bad_json')
    expect((await refresh('abcdefghijkl')).code).toBe('refresh_token_not_found')
  })
})

describe('reuse of a rotated token', () => {
  it.each(['v1', 'v2'] as const)(
    '%s: the parent of the active one is accepted for ever',
    async (rotation) => {
      const { clock, signIn, refresh } = start({ rotation })
      const { refresh_token } = await signIn()
      const { token } = await refresh(refresh_token)
      await clock.advance(86_400_000)
      expect((await refresh(refresh_token)).token).toBe(token)
    },
  )

  it.each(['v1', 'v2'] as const)(
    '%s: an older one is accepted within the interval only',
    async (rotation) => {
      const { clock, signIn, refresh } = start({ rotation })
      const thrice = async () => {
        const first = (await signIn()).refresh_token
        const second = (await refresh(first)).token
        return { first, third: (await refresh(second)).token }
      }
      expect((await refresh((await thrice()).first)).status).toBe(200)
      const { first, third } = await thrice()
      await clock.advance(10_001)
      expect((await refresh(first)).code).toBe('refresh_token_already_used')
      const after = await refresh(third)
      // v1 revokes the family, whose members work on for one interval; v2 deletes the session.
      expect(after.code).toBe(rotation === 'v2' ? 'refresh_token_not_found' : undefined)
    },
  )

  it('strict: any reuse ends the family', async () => {
    const { signIn, refresh } = start({ rotation: 'strict' })
    const { refresh_token } = await signIn()
    const { token } = await refresh(refresh_token)
    expect((await refresh(refresh_token)).code).toBe('refresh_token_already_used')
    expect((await refresh(token)).code).toBe('refresh_token_not_found')
  })

  it('two requests with one token at once are served one after the other', async () => {
    const { signIn, refresh } = start({ rotation: 'strict' })
    const { refresh_token } = await signIn()
    const both = await Promise.all([refresh(refresh_token), refresh(refresh_token)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
  })
})

describe('access tokens', () => {
  it('are ES256 JWTs that verify against the JWKS, also after a rotation of keys', async () => {
    const { server, signIn, call } = start({ signing: 'es256' })
    const before = await signIn()
    server.rotateKeys()
    const after = await signIn()
    const keys = createLocalJWKSet((await call('/.well-known/jwks.json')).body)
    for (const { access_token, user } of [before, after]) {
      const { payload, protectedHeader } = await jwtVerify(access_token, keys, {
        currentDate: new Date(START),
      })
      expect(protectedHeader.alg).toBe('ES256')
      expect(payload).toMatchObject({ sub: user.id, aud: 'authenticated', role: 'authenticated' })
    }
  })

  it('say how long they live by the server’s own clock', async () => {
    const { signIn } = start({ accessTokenLifetime: 30_000 })
    expect(await signIn()).toMatchObject({ expires_in: 30, expires_at: START / 1000 + 30 })
  })

  it('carry a changed role after a refresh', async () => {
    const { server, signIn, refresh } = start()
    const { refresh_token, user } = await signIn()
    server.updateClaims(user.id, { role: 'admin' })
    expect((await refresh(refresh_token)).body.user.role).toBe('admin')
  })
})

describe('errors', () => {
  it('come in the format that the API version asks for', async () => {
    const { call } = start()
    const wrong = { email: 'ada@example.com', password: 'wrong-1' }
    const now = await call('/token?grant_type=password', wrong)
    expect(now).toMatchObject({ status: 400, body: { code: 'invalid_credentials' } })
    expect(now.headers.get('x-sb-error-code')).toBe('invalid_credentials')
    const then = await call('/token?grant_type=password', wrong, {})
    expect(then.body).toMatchObject({ code: 400, error_code: 'invalid_credentials' })
  })

  it('are GoTrue’s for what is no JSON, no grant and no path', async () => {
    const { server, call } = start()
    const bad = await server.fetch('http://localhost/auth/v1/token?grant_type=password', {
      method: 'POST',
      body: '{',
    })
    expect((await bad.json()).error_code).toBe('bad_json')
    expect((await call('/token?grant_type=nonsense', {})).body.code).toBe('invalid_credentials')
    const nowhere = await server.fetch('http://localhost/auth/v1/nowhere')
    expect([nowhere.status, await nowhere.text()]).toEqual([404, '404 page not found\n'])
    expect(await call('/token')).toMatchObject({ status: 405, body: null })
  })
})

describe('faults', () => {
  const attempt = async (fault: Fault) => {
    const world = start()
    const { refresh_token } = await world.signIn()
    world.server.fail(fault, { path: '/token' })
    const request = new Request('http://localhost/auth/v1/token?grant_type=refresh_token', {
      method: 'POST',
      body: JSON.stringify({ refresh_token }),
    })
    const outcome = await world.server.fetch(request).catch((error: unknown) => error)
    return { ...world, outcome, again: await world.refresh(refresh_token), first: refresh_token }
  }

  it('drop: the request never arrives', async () => {
    const { outcome, server } = await attempt({ type: 'drop' })
    expect(outcome).toBeInstanceOf(TypeError)
    expect(server.count('refresh_token')).toBe(2)
  })

  it('lose-response: the token is rotated, and nobody hears of it', async () => {
    const { outcome, server } = await attempt({ type: 'lose-response' })
    expect(outcome).toBeInstanceOf(TypeError)
    expect(server.sessions()).toHaveLength(1)
  })

  it.each([
    [{ type: 'status', status: 503 }, 503, /Scripted/],
    [{ type: 'html' }, 200, /<!doctype html>/],
    [{ type: 'rate-limited', retryAfter: 7 }, 429, /over_request_rate_limit/],
    [{ type: 'body', body: '{"half":' }, 200, /^\{"half":$/],
  ] as const)('%j', async (fault, status, text) => {
    const { outcome, again } = await attempt(fault)
    if (!(outcome instanceof Response)) throw new Error('There is no answer.')
    expect(outcome.status).toBe(status)
    expect(outcome.headers.get('retry-after')).toBe('retryAfter' in fault ? '7' : null)
    expect(await outcome.text()).toMatch(text)
    expect(again.status).toBe(200)
  })

  it('hang: no answer until the caller gives up', async () => {
    const { server } = start()
    server.fail({ type: 'hang' })
    const controller = new AbortController()
    const request = server.fetch('http://localhost/auth/v1/health', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(request).rejects.toThrow('enough')
  })

  it('meet only what is in scope, as often as they are told, until they are undone', async () => {
    const { server, call } = start()
    const undo = server.fail({ type: 'status', status: 500 }, { path: '/health', times: 9 })
    expect((await call('/settings')).status).toBe(200)
    expect((await call('/health')).status).toBe(500)
    undo()
    expect((await call('/health')).status).toBe(200)
    server.fail({ type: 'drop' })
    server.heal()
    expect((await call('/health')).status).toBe(200)
  })
})

describe('accounts', () => {
  it('sign up, and are refused a second time or with a weak password', async () => {
    const { call } = start()
    const bob = { email: 'bob@example.com', password: 'secret-1' }
    expect((await call('/signup', bob)).body.user.email).toBe('bob@example.com')
    expect((await call('/signup', bob)).body.code).toBe('user_already_exists')
    const weak = await call('/signup', { ...bob, email: 'c@example.com', password: '123' })
    expect(weak).toMatchObject({ status: 422, body: { weak_password: { reasons: ['length'] } } })
    expect((await call('/signup', {})).body.user.is_anonymous).toBe(true)
  })

  it('wait for confirmation where that is wanted, and a code works once', async () => {
    const { server, call } = start({ autoconfirm: false })
    const bob = { email: 'bob@example.com', password: 'secret-1' }
    expect((await call('/signup', bob)).body.access_token).toBeUndefined()
    expect((await call('/token?grant_type=password', bob)).body.code).toBe('email_not_confirmed')
    const token = server.messages.at(-1)?.code
    const proof = { type: 'signup', email: bob.email, token }
    expect((await call('/verify', proof)).body.access_token).toMatch(/^ey/)
    expect((await call('/verify', proof)).body.code).toBe('otp_expired')
  })

  it.each(['global', 'local', 'others'])('log out by scope: %s', async (scope) => {
    const { server, signIn, call } = start()
    const { access_token } = await signIn()
    await signIn()
    const headers = { authorization: `Bearer ${access_token}` }
    expect((await call(`/logout?scope=${scope}`, {}, headers)).status).toBe(204)
    expect(server.sessions()).toHaveLength({ global: 0, local: 1, others: 1 }[scope] ?? -1)
    const gone = (await call('/user', undefined, { ...headers, ...VERSION })).body.code
    expect(gone).toBe(scope === 'others' ? undefined : 'session_not_found')
  })

  it('log out by no other scope, and not without a token', async () => {
    const { signIn, call } = start()
    const { access_token } = await signIn()
    const headers = { authorization: `Bearer ${access_token}`, ...VERSION }
    expect((await call('/logout?scope=all', {}, headers)).body.code).toBe('validation_failed')
    expect((await call('/logout', {})).status).toBe(401)
  })
})
