import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/gotrue/index.js'
import { createDesk, said } from './gotrue-desk.js'

const jwks = async (server: ScriptedGoTrue): Promise<JSONWebKeySet> =>
  (await server.fetch('http://localhost/auth/v1/.well-known/jwks.json')).json()

describe('access tokens', () => {
  it('are the same to the byte for two grants of one session within a second', async () => {
    const { signIn, refresh, clock } = createDesk()
    await clock.advance(1000 - (clock.now() % 1000))
    const first = await signIn()
    await clock.advance(998)
    const second = await refresh(first.refresh)
    expect(second.body.access_token).toBe(first.access)
    expect(second.body.refresh_token).not.toBe(first.refresh)
    await clock.advance(2)
    const third = await refresh(second.body.refresh_token)
    expect(third.body.access_token).not.toBe(first.access)
  })

  it('are signed in no way that there is not, and the message says which there are', () => {
    for (const signing of ['ES256', 'toString', 7, null]) {
      const make = (): unknown => Reflect.apply(createScriptedGoTrue, null, [{ signing }])
      expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
      expect(make).toThrow('es256')
    }
  })

  it('are HS256 tokens without jti and kid, that whoever has the secret can check', async () => {
    const jwtSecret = 'a secret that only servers know, and no page'
    const { server, signIn, clock } = createDesk({ jwtSecret })
    const { access } = await signIn()
    const secret = new TextEncoder().encode(jwtSecret)
    const currentDate = new Date(clock.now())
    const { payload, protectedHeader } = await jwtVerify(access, secret, { currentDate })
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(payload).not.toHaveProperty('jti')
    expect(Object.keys(payload)).toEqual([
      ...['iss', 'sub', 'aud', 'exp', 'iat', 'email', 'phone', 'app_metadata', 'user_metadata'],
      ...['role', 'aal', 'amr', 'session_id', 'is_anonymous'],
    ])
    expect(await jwks(server)).toEqual({ keys: [] })
  })

  it('name no issuer where the server has none', async () => {
    const { access } = await createDesk({ issuer: null }).signIn()
    expect(decodeJwt(access)).not.toHaveProperty('iss')
  })

  it('of a secret that was replaced count no more', async () => {
    const { server, signIn, user } = createDesk()
    const { access } = await signIn()
    server.rotateKeys()
    expect(said(await user(access))).toBe('403 bad_jwt')
    expect(said(await user((await signIn()).access))).toBe('200 ok')
  })

  it('are ES256 tokens that the published keys verify, where the server has such keys', async () => {
    const issuer = 'https://me.example/auth/v1'
    const { server, signIn, clock } = createDesk({ issuer, signing: 'es256' })
    const { access, body } = await signIn()
    const { payload, protectedHeader } = await jwtVerify(
      access,
      createLocalJWKSet(await jwks(server)),
      {
        currentDate: new Date(clock.now()),
        issuer: 'https://me.example/auth/v1',
        audience: 'authenticated',
      },
    )
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
    expect(payload).toMatchObject({
      email: 'ada@example.com',
      phone: '4911',
      role: 'authenticated',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: Math.floor(clock.now() / 1000) }],
      session_id: server.sessions()[0]?.id,
      sub: server.sessions()[0]?.userId,
      is_anonymous: false,
      exp: body.expires_at,
    })
  })

  it('never come with a private key', async () => {
    const { keys } = await jwks(createDesk({ signing: 'es256' }).server)
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' })
    expect(keys.every((key) => !('d' in key))).toBe(true)
  })

  it('are signed with a new key after rotation, while the old ones still verify', async () => {
    const { server, signIn, user, clock } = createDesk({ signing: 'es256' })
    const old = await signIn()
    server.rotateKeys()
    const fresh = await signIn()
    const kids = [old, fresh].map(({ access }) => decodeProtectedHeader(access).kid)
    expect(new Set(kids).size).toBe(2)
    const keys = createLocalJWKSet(await jwks(server))
    for (const { access } of [old, fresh]) {
      await jwtVerify(access, keys, { currentDate: new Date(clock.now()) })
      expect(said(await user(access))).toBe('200 ok')
    }
  })

  it('keep the time of the sign-in in amr when they are refreshed', async () => {
    const { signIn, refresh, clock } = createDesk()
    const { access, refresh: token } = await signIn()
    await clock.advance(60_000)
    const { body } = await refresh(token)
    expect(decodeJwt(String(body.access_token)).amr).toEqual(decodeJwt(access).amr)
    expect(decodeJwt(String(body.access_token)).iat).toBe(Number(decodeJwt(access).iat) + 60)
  })

  it('say in whole seconds how long they live, by the clock of the server', async () => {
    const { server, signIn, clock } = createDesk({ accessTokenLifetime: 30_000 })
    const now = Math.floor(clock.now() / 1000)
    expect((await signIn()).body).toMatchObject({ expires_in: 30, expires_at: now + 30 })
    server.setAccessTokenLifetime(20_000)
    expect((await signIn()).body).toMatchObject({ expires_in: 20, expires_at: now + 20 })
  })

  it('open /user until they expire, and not a moment longer', async () => {
    const { signIn, user, clock } = createDesk({ accessTokenLifetime: 30_000 })
    const { access, body } = await signIn()
    await clock.advance(Number(body.expires_at) * 1000 - clock.now() - 1)
    expect(said(await user(access))).toBe('200 ok')
    await clock.advance(1)
    expect(said(await user(access))).toBe('403 bad_jwt')
  })

  it.each([
    ['nothing', '401 no_authorization', ''],
    ['nonsense', '403 bad_jwt', 'Bearer nonsense'],
    ['an unsigned token', '403 bad_jwt', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ])('are not replaced by %s', async (_, says, authorization) => {
    const { send } = createDesk()
    expect(said(await send('/user', { headers: { authorization } }))).toBe(says)
  })

  it('may live shorter than the answer says, where a hook signs them', async () => {
    const { server, signIn, user, clock } = createDesk()
    const exp = Math.floor(clock.now() / 1000) + 60
    server.setAccessTokenHook({ claims: { exp, plan: 'pro' } })
    const { access, body } = await signIn()
    expect(decodeJwt(access)).toMatchObject({ exp, plan: 'pro' })
    expect(body).toMatchObject({ expires_in: 3600 })
    await clock.advance(60_000)
    expect(said(await user(access))).toBe('403 bad_jwt')
  })

  it('are refused by a hook before anything is spent', async () => {
    const { server, signIn, refresh } = createDesk({ rotation: 'strict' })
    const { refresh: token } = await signIn()
    server.setAccessTokenHook({ refuse: { status: 403, message: 'You are suspended' } })
    const { status, body } = await refresh(token)
    expect({ status, ...body }).toEqual({
      status: 403,
      code: 'unknown',
      message: 'You are suspended',
    })
    server.setAccessTokenHook(null)
    expect(said(await refresh(token))).toBe('200 ok')
  })

  it('may carry much metadata', async () => {
    const { post } = createDesk()
    const data = { essay: 'é'.repeat(200_000) }
    const answer = await post('/signup', {
      email: 'eve@example.com',
      password: 'long enough',
      data,
    })
    expect(answer.status).toBe(200)
    expect(decodeJwt(String(answer.body.access_token)).user_metadata).toMatchObject(data)
  })
})

describe('the digest signature for simulations', () => {
  it('publishes no key, and is believed by this server only', async () => {
    const { server, signIn, user } = createDesk({ signing: 'digest' })
    const { access } = await signIn()
    expect(await jwks(server)).toEqual({ keys: [] })
    expect(said(await user(access))).toBe('200 ok')
    expect(said(await user(`${access.slice(0, -2)}AA`))).toBe('403 bad_jwt')
  })

  it('is as deterministic as HS256', async () => {
    const { signIn, refresh, clock } = createDesk({ signing: 'digest' })
    const first = await signIn()
    const second = await refresh(first.refresh)
    expect(second.body.access_token).toBe(first.access)
    await clock.advance(1000)
    const third = await refresh(second.body.refresh_token)
    expect(third.body.access_token).not.toBe(first.access)
  })
})

describe('the rest of the surface', () => {
  it('repeats itself when its chance does', async () => {
    const run = async (): Promise<string> => {
      let state = 1
      const random = (): number => {
        state = (state * 16_807) % 2_147_483_647
        return state / 2_147_483_647
      }
      const { signIn, rotate } = createDesk({ random, signing: 'digest' })
      return rotate((await signIn()).refresh)
    }
    expect(await run()).toBe(await run())
  })

  it('tells its settings and its health', async () => {
    const { send } = createDesk({ anonymous: false })
    expect((await send('/settings')).body).toMatchObject({
      external: { anonymous_users: false, email: true },
      mailer_autoconfirm: true,
    })
    expect((await send('/health')).body).toMatchObject({ name: 'GoTrue' })
  })

  it('answers 404 outside its path', async () => {
    const { server, send } = createDesk()
    expect((await server.fetch('http://localhost/elsewhere')).status).toBe(404)
    expect((await send('/nothing')).status).toBe(404)
  })
})
