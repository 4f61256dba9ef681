import { describe, expect, it } from 'vitest'
import { isAuthSessionMissingError } from '../../src/index.js'
import {
  gotrue,
  isWeakPassword,
  parseAuthJsSession,
  readAuthJsCookies,
} from '../../src/providers/gotrue/index.js'
import { context, jwt, type Reply, wire, wireWith } from '../support/wire.js'

const SECRET = 'secret-refresh-token'
const refresh = async (...replies: Reply[]) => {
  const { provider, sent } = wire(...replies)
  const outcome = await provider.refresh(SECRET, context()).catch((error: unknown) => error)
  return { outcome, sent }
}
const body = {
  access_token: jwt({ sub: 'ada', session_id: 's1', role: 'admin', iat: 100, exp: 700 }),
  token_type: 'bearer',
  expires_in: 3600,
  expires_at: 1_700_003_600,
  refresh_token: 'next',
  user: { id: 'ada', email: 'ada@example.com', user_metadata: { full_name: 'Ada' } },
  provider_token: 'gho_1',
}

/** What a page gets for a redirect that it does not follow (Fetch §2.2.6). */
const hiddenRedirect = (): Response =>
  Object.defineProperties(new Response(null), {
    type: { value: 'opaqueredirect' },
    status: { value: 0 },
    ok: { value: false },
  })

describe('a refresh', () => {
  it('goes to the endpoint as GoTrue wants it', async () => {
    const { provider, sent } = wireWith({ apiKey: 'anon' }, [200, body])
    await provider.refresh(SECRET, context())
    const [request] = sent
    expect(request?.url.href).toBe('https://auth.example/auth/v1/token?grant_type=refresh_token')
    expect(request?.body).toEqual({ refresh_token: SECRET })
    expect(request?.headers.get('x-supabase-api-version')).toBe('2024-01-01')
    expect(request?.headers.get('apikey')).toBe('anon')
    // A captive portal's redirect must not carry the token elsewhere.
    expect(request?.redirect).toBe('manual')
  })

  it('becomes a grant: milliseconds, camelCase, claims, and the rest as extras', async () => {
    const { outcome } = await refresh([200, body])
    expect(outcome).toEqual({
      accessToken: body.access_token,
      refreshToken: 'next',
      // The token's own: it is shorter than what the answer says.
      lifetime: 600_000,
      user: { id: 'ada', email: 'ada@example.com', userMetadata: { full_name: 'Ada' } },
      sessionId: 's1',
      role: 'admin',
      extras: { provider_token: 'gho_1' },
    })
  })

  it.each([
    [400, 'refresh_token_not_found', 'refresh_rejected'],
    [400, 'refresh_token_already_used', 'refresh_rejected'],
    [400, 'session_not_found', 'refresh_rejected'],
    [400, 'session_expired', 'refresh_rejected'],
    [400, 'user_banned', 'refresh_rejected'],
    [400, 'validation_failed', 'refresh_rejected'],
    [302, 'session_not_found', 'bad_response'],
    [400, 'bad_json', 'rejected'],
    [413, 'request_entity_too_large', 'rejected'],
    [400, 'invalid_credentials', 'rejected'],
    [401, 'Invalid API key', 'rejected'],
    [422, 'hook_timeout', 'rejected'],
    [408, 'request_timeout', 'server_error'],
    [409, 'conflict', 'server_error'],
    [425, 'too_early', 'server_error'],
    [429, 'over_request_rate_limit', 'rate_limited'],
    [500, 'unexpected_failure', 'server_error'],
    [503, 'session_not_found', 'server_error'],
    [504, 'request_timeout', 'server_error'],
  ])('that meets %i %s is %s, in both formats', async (status, code, expected) => {
    const terminal = expected === 'refresh_rejected'
    for (const answer of [
      { code, message: 'Words.' },
      { code: status, error_code: code, msg: 'Words.' },
    ]) {
      const { outcome } = await refresh([status, answer])
      const message = status < 500 ? 'Words.' : `The server cannot answer now (${status}).`
      expect(outcome).toMatchObject({ code: expected, status, serverCode: code, message })
      expect(outcome).toMatchObject({ retryable: !terminal })
    }
  })

  it.each([
    ['an OAuth error', [400, { error: 'invalid_client', error_description: 'x' }], 'rejected'],
    ['an error without a code', [400, { message: 'x' }], 'bad_response'],
    ['a gateway’s page with 200', new Response('<html>Wi-Fi'), 'bad_response'],
    ['a gateway’s page with 400', new Response('<html>', { status: 400 }), 'bad_response'],
    ['a redirect, which browsers hide', hiddenRedirect(), 'bad_response'],
    ['a redirect, which servers see', new Response('', { status: 307 }), 'bad_response'],
    ['a megabyte', new Response(`"${'x'.repeat(2 ** 20)}"`), 'bad_response'],
    ['a list', [200, []], 'bad_response'],
    ['a token that is a number', [200, { access_token: 5 }], 'bad_response'],
    ['nothing at all', 'lost', 'network'],
  ] as const)('that meets %s is %s', async (_name, reply, code) => {
    expect((await refresh(reply)).outcome).toMatchObject({ code, retryable: true })
  })

  it.each([{}, { access_token: null }, { user: { id: 'ada' } }])(
    'that answers %j came back without a session',
    async (answer) => {
      expect((await refresh([200, answer])).outcome).toBeNull()
    },
  )

  it('never puts the token into an error', async () => {
    for (const reply of ['lost', [500, {}], [400, { code: 'session_expired' }]] as const) {
      const { outcome } = await refresh(reply)
      const text = JSON.stringify(outcome) + String(outcome) + String((outcome as Error).stack)
      expect(text).not.toContain(SECRET)
    }
  })
})

describe('a lifetime', () => {
  const lifetime = async (answer: Record<string, unknown>): Promise<unknown> => {
    const { outcome } = await refresh([200, { refresh_token: 'r', ...answer }])
    return outcome && typeof outcome === 'object' && 'lifetime' in outcome && outcome.lifetime
  }
  const token = jwt({ sub: 'ada', iat: 100, exp: 700 })

  it('comes from expires_in, then the claims, then the server’s default', async () => {
    expect(await lifetime({ access_token: token, expires_in: 20 })).toBe(20_000)
    expect(await lifetime({ access_token: token })).toBe(600_000)
    expect(await lifetime({ access_token: token, expires_in: -5 })).toBe(600_000)
    expect(await lifetime({ access_token: 'opaque', expires_in: 60 })).toBe(60_000)
    expect(await lifetime({ access_token: 'opaque', expires_at: 5 })).toBe(3_600_000)
  })
})

describe('users', () => {
  it.each([
    [undefined, { id: 'ada' }],
    [{ email: 'x' }, { id: 'ada', email: 'x' }],
    [{ id: '' }, { id: 'ada' }],
    ['nonsense', { id: 'ada' }],
  ])('%j is described by the token’s subject', async (user, expected) => {
    const { outcome } = await refresh([200, { ...body, user }])
    expect(outcome).toMatchObject({ user: expected })
  })

  it('cannot reach a prototype', async () => {
    const text = JSON.stringify(body).replace('"email"', '"__proto__":{"admin":true},"email"')
    const { outcome } = await refresh(new Response(text))
    expect(outcome).not.toHaveProperty('user.admin')
  })
})

describe('signing in', () => {
  it.each([
    [
      { email: 'a@b.c', password: 'p' },
      '/token?grant_type=password',
      { email: 'a@b.c', password: 'p' },
    ],
    [
      { phone: '+1', password: 'p', captchaToken: 'c' },
      '/token?grant_type=password',
      { phone: '+1', password: 'p', gotrue_meta_security: { captcha_token: 'c' } },
    ],
    [{ anonymous: true, data: { a: 1 } }, '/signup', { data: { a: 1 } }],
    [
      { email: 'a@b.c', code: '123456' },
      '/verify',
      { type: 'email', email: 'a@b.c', token: '123456' },
    ],
    [{ phone: '+1', code: '123456' }, '/verify', { type: 'sms', phone: '+1', token: '123456' }],
    [{ tokenHash: 'h', type: 'recovery' }, '/verify', { type: 'recovery', token_hash: 'h' }],
    [
      { idToken: 'i', provider: 'google', nonce: 'n' },
      '/token?grant_type=id_token',
      { id_token: 'i', provider: 'google', nonce: 'n' },
    ],
    [
      { authCode: 'c', codeVerifier: 'v' },
      '/token?grant_type=pkce',
      { auth_code: 'c', code_verifier: 'v' },
    ],
  ] as const)('with %j sends what GoTrue expects', async (credentials, path, expected) => {
    const { provider, sent } = wire([200, body])
    const grant = await provider.signIn?.(credentials, context())
    expect(`${sent[0]?.url.pathname}${sent[0]?.url.search}`).toBe(`/auth/v1${path}`)
    expect(sent[0]?.body).toEqual(expected)
    expect(grant?.event).toBe('type' in credentials ? 'PASSWORD_RECOVERY' : undefined)
  })

  it.each([
    ['invalid_credentials', 'invalid_credentials'],
    ['otp_expired', 'invalid_credentials'],
    ['email_not_confirmed', 'rejected'],
    ['user_banned', 'rejected'],
  ])('refused with %s is %s and not retryable', async (serverCode, code) => {
    const { provider } = wire([400, { code: serverCode, message: 'No.' }])
    const attempt = provider.signIn?.({ email: 'a@b.c', password: 'p' }, context())
    await expect(attempt).rejects.toMatchObject({ code, serverCode, retryable: false })
  })

  it('tells why a password is weak', async () => {
    const { provider } = wire([
      422,
      { code: 'weak_password', message: 'Weak.', weak_password: { reasons: ['length', 'pwned'] } },
    ])
    const attempt = provider.signIn?.({ email: 'a@b.c', password: 'p' }, context())
    await expect(attempt).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'weak_password',
      retryable: false,
      details: { reasons: ['length', 'pwned'] },
    })
    await expect(attempt).rejects.toSatisfy(isWeakPassword)
  })

  it('with something empty or unknown is the caller’s mistake, and sends nothing', async () => {
    const { provider, sent } = wire()
    for (const wrong of [{ email: '', password: 'p' }, {}, { token: 'x' }]) {
      // @ts-expect-error JavaScript callers have no types.
      const attempt = provider.signIn?.(wrong, context())
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    expect(sent).toEqual([])
  })
})

describe('tokens kept elsewhere', () => {
  const now = (): number => 200_000
  const live = jwt({ sub: 'ada', iat: 100, exp: 700, session_id: 's1' })

  it('are checked at the server while they live', async () => {
    const { provider, sent } = wireWith({ now }, [200, { id: 'ada' }])
    const grant = await provider.restore?.({ accessToken: live, refreshToken: 'r' }, context())
    expect(grant).toMatchObject({ accessToken: live, refreshToken: 'r', lifetime: 500_000 })
    expect(sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /auth/v1/user',
    ])
    expect(sent[0]?.headers.get('authorization')).toBe(`Bearer ${live}`)
  })

  it('are refreshed when they are dead, opaque or refused', async () => {
    for (const accessToken of [jwt({ iat: 1, exp: 2 }), 'opaque']) {
      const { provider } = wireWith({ now }, [200, body])
      const grant = await provider.restore?.({ accessToken, refreshToken: 'r' }, context())
      expect(grant?.refreshToken).toBe('next')
    }
    const { provider } = wireWith({ now }, [403, { code: 'bad_jwt' }], [200, body])
    const grant = await provider.restore?.({ accessToken: live, refreshToken: 'r' }, context())
    expect(grant?.refreshToken).toBe('next')
  })

  it('are not given up for a server that is down', async () => {
    const { provider } = wireWith({ now }, [503, {}])
    const attempt = provider.restore?.({ accessToken: live, refreshToken: 'r' }, context())
    await expect(attempt).rejects.toMatchObject({ code: 'server_error' })
  })

  it('that are missing say so', async () => {
    const attempt = wire().provider.restore?.({ accessToken: '', refreshToken: '' }, context())
    expect(isAuthSessionMissingError(await attempt?.catch((e: unknown) => e))).toBe(true)
  })
})

describe('revocation', () => {
  const session = {
    accessToken: 'old',
    refreshToken: 'r',
    expiresAt: 0,
    user: null,
    extras: {},
  }
  const signOut = async (...replies: Reply[]) => {
    const { provider, sent } = wire(...replies)
    await provider.signOut?.(session, 'local', context())
    return sent.map(({ url }) => `${url.pathname.slice(8)}${url.search}`)
  }

  it('asks for the scope', async () => {
    expect(await signOut(new Response(null, { status: 204 }))).toEqual(['/logout?scope=local'])
  })

  it('is done when the session is gone already', async () => {
    await signOut([403, { code: 'session_not_found' }])
  })

  it('of all sessions is not done when this one is gone already, but when the person is', async () => {
    const global = (code: string) => {
      const { provider } = wire([403, { code }], [400, { code: 'refresh_token_not_found' }])
      return provider.signOut?.(session, 'global', context())
    }
    await expect(global('session_not_found')).rejects.toMatchObject({ code: 'refresh_rejected' })
    await global('user_not_found')
  })

  it('of the others leaves the refresh token to the client, whose session lives on', async () => {
    const { provider, sent } = wire([403, { code: 'bad_jwt' }])
    const others = provider.signOut?.(session, 'others', context())
    await expect(others).rejects.toMatchObject({ serverCode: 'bad_jwt' })
    expect(sent).toHaveLength(1)
  })

  it('that is tried again has the tokens that an expired one was traded for', async () => {
    const { provider, sent } = wire(
      [403, { code: 'bad_jwt' }],
      [200, body],
      [503, {}],
      new Response(null, { status: 204 }),
    )
    const global = () => provider.signOut?.(session, 'global', context())
    await expect(global()).rejects.toMatchObject({ code: 'server_error' })
    await global()
    const bearers = sent.map(({ headers }) => headers.get('authorization'))
    const [old, fresh] = ['Bearer old', `Bearer ${body.access_token}`]
    expect(bearers).toEqual([old, null, fresh, fresh])
  })

  it.each([
    [403, { code: 'bad_jwt' }],
    // As servers before v2.164.0 say it.
    [401, { code: 401, msg: 'invalid JWT: token is expired by 5m' }],
  ])('refreshes an expired token first, so that it really happens: %i', async (...expired) => {
    const paths = await signOut([...expired], [200, body], new Response(null, { status: 204 }))
    expect(paths).toEqual([
      '/logout?scope=local',
      '/token?grant_type=refresh_token',
      '/logout?scope=local',
    ])
  })
})

describe('addresses', () => {
  it.each(['http://auth.example', 'ftp://auth.example', 'nonsense', 'https://u:p@auth.example'])(
    'tokens do not go to %s',
    (url) => {
      expect(() => gotrue({ url })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    },
  )

  it('this device, and a warning in words, are exceptions', () => {
    for (const url of ['http://localhost:9999', 'http://127.0.0.1', 'http://[::1]:1'])
      gotrue({ url })
    gotrue({ url: 'http://auth.example', dangerouslyAllowInsecureHttp: true })
  })

  it('a provider’s id is a stable part of a storage key', () => {
    expect(gotrue({ url: 'https://x.example:8443/auth/v1/' }).id).toBe(
      'gotrue.x.example-8443-auth-v1',
    )
  })
})

describe('what auth-js left behind', () => {
  const now = 200_000
  const stored = { ...body, access_token: jwt({ sub: 'ada', iat: 100, exp: 700 }), expires_at: 700 }

  it('is read as JSON and as @supabase/ssr encodes it, with the life that is left', () => {
    const text = JSON.stringify(stored)
    for (const form of [text, `base64-${Buffer.from(text).toString('base64url')}`]) {
      expect(parseAuthJsSession(form, now)).toMatchObject({
        refreshToken: 'next',
        lifetime: 500_000,
      })
    }
  })

  it('is read as every version wrote it', () => {
    const { user, ...bare } = stored
    const forms = {
      'v1, in an object': { currentSession: stored, expiresAt: 700 },
      'as a text of JSON once more': JSON.stringify(stored),
      'twice more': JSON.stringify(JSON.stringify(stored)),
      'without the user, who is kept elsewhere': bare,
    }
    for (const form of Object.values(forms)) {
      expect(parseAuthJsSession(JSON.stringify(form), now)).toMatchObject({
        refreshToken: 'next',
        lifetime: 500_000,
        user: { id: user.id },
      })
    }
    for (const form of [{ currentSession: null }, JSON.stringify(JSON.stringify('x')), '', null]) {
      expect(parseAuthJsSession(JSON.stringify(form), now)).toBeNull()
    }
  })

  it('is of the person whom the token describes, where the user is kept elsewhere', () => {
    const claims = {
      ...{ email: 'ada@example.com', phone: '', role: 'authenticated', is_anonymous: false },
      ...{ app_metadata: { provider: 'email' }, user_metadata: { full_name: 'Ada' } },
    }
    const token = { sub: 'ada', iat: 100, exp: 700, aal: 'aal1', session_id: 's', ...claims }
    const { user: _, ...bare } = { ...stored, access_token: jwt(token) }
    for (const form of [bare, { ...bare, user: null }]) {
      expect(parseAuthJsSession(JSON.stringify(form), now)?.user).toEqual({
        id: 'ada',
        email: 'ada@example.com',
        phone: '',
        role: 'authenticated',
        isAnonymous: false,
        appMetadata: { provider: 'email' },
        userMetadata: { full_name: 'Ada' },
      })
    }
    const told = {
      ...stored,
      access_token: jwt(token),
      user: { id: 'ada', email: 'a@new.example' },
    }
    expect(parseAuthJsSession(JSON.stringify(told), now)?.user).toEqual(told.user)
    // Whoever was signed in before, or nobody: a user that lay elsewhere is not of this token.
    for (const user of [{ id: 'bob', email: 'bob@example.com' }, { email: 'nobody@example.com' }]) {
      const grant = parseAuthJsSession(JSON.stringify({ ...told, user }), now)
      expect(grant?.user).toMatchObject({ id: 'ada', email: 'ada@example.com' })
    }
  })

  it('is read from the cookies of @supabase/ssr, in one piece or several', () => {
    const text = `base64-${Buffer.from(JSON.stringify(stored)).toString('base64url')}`
    const [first, second, third] = [text.slice(0, 100), text.slice(100, 101), text.slice(101)]
    const name = 'sb-project-auth-token'
    const others = `a=b; ${name}-code-verifier=x; x${name}.0=no; ${name}.x=no`
    for (const cookies of [
      `${others}; ${name}=${text}`,
      `${name}.2=${third}; ${name}.0=${first}; ${others}; ${name}.1=${second}; ${name}.4=stale`,
      `${name}=${encodeURIComponent(JSON.stringify(stored))};${name}.0=stale`,
    ]) {
      const found = readAuthJsCookies(cookies, name) ?? ''
      expect(parseAuthJsSession(found, now)).toMatchObject({ refreshToken: 'next' })
    }
    for (const cookies of ['', others, `${name}=`, `${name}=%zz`, `${name}.1=x`]) {
      expect(readAuthJsCookies(cookies, name)).toBeNull()
    }
  })

  it('is due at once when it is dead, and has never more life than its token', () => {
    expect(parseAuthJsSession(JSON.stringify(stored), 10 ** 12)?.lifetime).toBe(1)
    expect(parseAuthJsSession(JSON.stringify(stored), 0)?.lifetime).toBe(600_000)
  })
})

describe('a refusal of an access token', () => {
  const refuses = async (status: number, answer: object | string) => {
    const reply = typeof answer === 'string' ? new Response(answer, { status }) : answer
    const { provider } = reply instanceof Response ? wire(reply) : wire([status, reply])
    const call = provider.signOut?.(
      { accessToken: 'a', refreshToken: null, expiresAt: 0, user: null, extras: {} },
      'others',
      context(),
    )
    return call?.catch((error) => provider.refusesToken?.(error))
  }

  it.each([
    [403, { code: 'bad_jwt' }],
    [403, { code: 'session_not_found' }],
    [403, { code: 'user_banned' }],
    // As servers before v2.164.0 say it.
    [401, { code: 401, msg: 'invalid JWT: token is expired by 5m' }],
  ])('is for good: %i %o', async (status, answer) => {
    expect(await refuses(status, answer)).toBe(true)
  })

  it.each([
    [401, { code: 'insufficient_aal' }],
    [401, { code: 'no_authorization' }],
    [403, '<h1>Forbidden</h1>'],
    [401, '<h1>Log in to the network</h1>'],
    [403, { message: 'Blocked by the gateway' }],
    [503, { code: 'bad_jwt' }],
    [429, { code: 'session_not_found' }],
  ])('is none: %i %o', async (status, answer) => {
    expect(await refuses(status, answer)).toBe(false)
  })
})
