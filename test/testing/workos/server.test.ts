import { RateLimitExceededException, WorkOS } from '@workos-inc/node'
import { describe, expect, it } from 'vitest'
import { createScriptedWorkOS } from '../../../src/testing/workos/index.js'
import { BASE, CLIENT, createDesk, type Desk, SECRET, said, VERIFIER } from './desk.js'

const logout = (desk: Desk, query: Readonly<Record<string, string>>) =>
  desk.send(`/user_management/sessions/logout?${new URLSearchParams(query)}`)

describe('a sign-out by redirect', () => {
  it.each([
    ['to the first address of the list', {}, 'http://localhost:3000/'],
    [
      'to the one that is asked for',
      { return_to: 'https://app.example/bye' },
      'https://app.example/bye',
    ],
  ])('ends the session and leads %s', async (_, query, location) => {
    const logoutUris = ['http://localhost:3000/', 'https://app.example/bye']
    const desk = createDesk({ clients: [{ id: CLIENT, logoutUris }] })
    const { refresh_token } = await desk.signIn()
    const { status, headers } = await logout(desk, { session_id: desk.sessionId(), ...query })
    expect([status, headers.get('location')]).toEqual([302, location])
    expect((await desk.refresh(refresh_token)).body.error_description).toBe(
      'Session has already ended.',
    )
  })

  it.each(['https://evil.example/', 'http://localhost:3000/x', ''])(
    'leads nowhere else: %s',
    async (to) => {
      const desk = createDesk()
      await desk.signIn()
      const answer = await logout(desk, { session_id: desk.sessionId(), return_to: to })
      expect(said(answer)).toBe('400 code:invalid_return_to')
      expect(answer.headers.get('location')).toBeNull()
    },
  )

  it('leads nowhere that only another client may lead to', async () => {
    const clients = [{ id: CLIENT }, { id: 'client_2', logoutUris: ['https://two.example/'] }]
    const desk = createDesk({ clients })
    await desk.signIn()
    const query = { session_id: desk.sessionId(), return_to: 'https://two.example/' }
    expect(said(await logout(desk, query))).toBe('400 code:invalid_return_to')
  })

  it('leads back from a session that there is not, and asks which is meant', async () => {
    const desk = createDesk()
    expect((await logout(desk, { session_id: 'session_x' })).status).toBe(302)
    expect(said(await logout(desk, {}))).toBe('422 code:invalid_request_parameters')
  })
})

describe('a revocation', () => {
  const revoke = (desk: Desk, session_id: unknown, key = SECRET) =>
    desk.post(
      '/user_management/sessions/revoke',
      { session_id },
      { headers: { authorization: `Bearer ${key}` } },
    )

  it('takes the API key, and ends the session', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    expect(said(await revoke(desk, desk.sessionId(), 'sk_x'))).toBe('401 message')
    expect(desk.server.sessions()).toHaveLength(1)
    expect(said(await revoke(desk, desk.sessionId()))).toBe('200')
    expect(said(await desk.refresh(refresh_token))).toBe('400 error:invalid_grant')
  })

  it.each([
    ['session_x', '404 message'],
    [undefined, '422 code:invalid_request_parameters'],
  ])('of %s is refused', async (id, expected) => {
    expect(said(await revoke(createDesk(), id))).toBe(expected)
  })

  it('takes a key at all', async () => {
    const answer = await createDesk().post('/user_management/sessions/revoke', { session_id: 'x' })
    expect(said(answer)).toBe('401 message')
  })
})

describe('another origin', () => {
  const origin = 'https://app.example'

  it('may ask with its cookies', async () => {
    const desk = createDesk()
    const { status, headers } = await desk.send('/user_management/authenticate', {
      method: 'OPTIONS',
      headers: { origin },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-headers')).toContain('Content-Type')
    const answer = await desk.authenticate({ grant_type: 'x' }, { headers: { origin } })
    for (const one of [headers, answer.headers]) {
      expect(one.get('access-control-allow-origin')).toBe(origin)
      expect(one.get('access-control-allow-credentials')).toBe('true')
      expect(one.get('vary')).toBe('Origin')
    }
    expect(desk.server.requests).toHaveLength(1)
  })

  it('is told nothing when there is none', async () => {
    const { headers } = await createDesk().password()
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('the scripted WorkOS', () => {
  it('knows only its own paths', async () => {
    const desk = createDesk()
    for (const path of ['/', '/user_management/users', '/sso/jwks/', '/constructor']) {
      expect(said(await desk.send(path))).toBe('404 message')
    }
  })

  it.each([
    ['updateUser', (server: Desk['server']) => server.updateUser('x@y.z', {})],
    ['setMembership', (server: Desk['server']) => server.setMembership('x@y.z', 'org_a', {})],
    ['removeMembership', (server: Desk['server']) => server.removeMembership('x@y.z', 'org_a')],
    [
      'impersonate',
      (server: Desk['server']) => server.impersonate('x@y.z', { email: 'a', reason: null }),
    ],
  ])('says whom %s does not find', (_, act) => {
    expect(() => act(createDesk().server)).toThrow('x@y.z')
  })

  it('takes an address once', () => {
    const { server } = createDesk()
    expect(server.createUser({ email: 'eve@example.com', id: 'user_eve' })).toBe('user_eve')
    expect(() => server.createUser({ email: 'EVE@example.com' })).toThrow('taken')
  })

  it('works without any option', async () => {
    const server = createScriptedWorkOS()
    const response = await server.fetch(`${BASE}/sso/jwks/client_scripted`)
    expect(await response.json()).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256' }] })
    expect(server.sessions()).toEqual([])
  })

  it('does the same again with the same chance', async () => {
    const seeded = () => {
      let state = 7
      return () => {
        state = (state * 48271) % 2147483647
        return state / 2147483647
      }
    }
    const [one, two] = [createDesk({ random: seeded() }), createDesk({ random: seeded() })]
    expect(await one.signIn()).toEqual(await two.signIn())
  })
})

describe("WorkOS's own SDK", () => {
  function createSdk(desk: Desk) {
    const options = { clientId: CLIENT, fetchFn: desk.server.fetch, maxRetries: 0 }
    return new WorkOS(SECRET, options).userManagement
  }

  it('signs in, refreshes and revokes', async () => {
    const desk = createDesk()
    const sdk = createSdk(desk)
    const code = await desk.code()
    const codeVerifier = VERIFIER
    const first = await sdk.authenticateWithCode({ clientId: CLIENT, code, codeVerifier })
    expect(first.user).toMatchObject({ email: 'ada@example.com', firstName: 'Ada' })
    const { refreshToken } = first
    const next = await sdk.authenticateWithRefreshToken({
      clientId: CLIENT,
      refreshToken,
      organizationId: 'org_b',
    })
    expect(next.organizationId).toBe('org_b')
    await sdk.revokeSession({ sessionId: desk.sessionId() })
    expect(desk.server.sessions()).toEqual([])
  })

  it('understands the refusals', async () => {
    const desk = createDesk({ organizations: [{ id: 'org_a', requires: 'sso' }] })
    const sdk = createSdk(desk)
    const password = { clientId: CLIENT, email: 'ada@example.com', password: 'correct horse' }
    await expect(sdk.authenticateWithPassword(password)).rejects.toMatchObject({
      name: 'AuthenticationException',
      code: 'sso_required',
      rawData: { connection_ids: ['conn_org_a'] },
    })
    const refresh = { clientId: CLIENT, refreshToken: 'nope' }
    await expect(sdk.authenticateWithRefreshToken(refresh)).rejects.toMatchObject({
      name: 'OauthException',
      error: 'invalid_grant',
      errorDescription: 'Invalid refresh token.',
    })
    desk.server.fail({ type: 'rate-limited', retryAfter: 3 })
    await expect(sdk.authenticateWithRefreshToken(refresh)).rejects.toSatisfy(
      (error) => error instanceof RateLimitExceededException && error.retryAfter === 3,
    )
  })
})
