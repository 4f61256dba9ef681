import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../../../src/testing/server/signing.js'
import { claimsOf, createDesk, type Desk } from './desk.js'

const JWKS = '/sso/jwks/client_scripted'

const real = (): Desk => createDesk({ signing: 'rs256' })

async function keysOf(desk: Desk): Promise<JSONWebKeySet> {
  const response = await desk.server.fetch(`https://auth.example${JWKS}`)
  return response.json()
}

async function verify(desk: Desk, token: unknown, keys?: JSONWebKeySet) {
  const currentDate = new Date(desk.clock.now())
  const algorithms = ['RS256']
  const set = createLocalJWKSet(keys ?? (await keysOf(desk)))
  return jwtVerify(String(token), set, { currentDate, algorithms })
}

describe('an access token', () => {
  it('says what the session and the membership are', async () => {
    const desk = createDesk()
    const { access_token, user } = await desk.signIn()
    expect(claimsOf(access_token)).toEqual({
      iss: 'https://api.workos.com/user_management/client_scripted',
      sub: Object.getOwnPropertyDescriptor(user, 'id')?.value,
      sid: desk.sessionId(),
      jti: expect.stringMatching(/^jti_01/),
      iat: 1_700_000_000,
      exp: 1_700_000_300,
      auth_time: 1_700_000_000,
      org_id: 'org_a',
      role: 'admin',
      roles: ['admin'],
      permissions: ['posts:write'],
    })
  })

  it('says nothing of organizations to those without', async () => {
    const desk = createDesk()
    const { body } = await desk.password({ email: 'bob@example.com', password: 'hunter22' })
    const claims = Object.keys(claimsOf(body.access_token)).sort()
    expect(claims).toEqual(['auth_time', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
  })

  it('says what has changed at the next refresh', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.setMembership('ada@example.com', 'org_a', {
      roles: ['admin', 'billing'],
      permissions: [],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
    })
    desk.server.setAccessTokenLifetime(20_000)
    desk.server.setIssuer('https://auth.example')
    const { body } = await desk.refresh(refresh_token)
    expect(claimsOf(body.access_token)).toMatchObject({
      iss: 'https://auth.example',
      exp: 1_700_000_020,
      role: 'admin',
      roles: ['admin', 'billing'],
      permissions: [],
      entitlements: ['audit-logs'],
      feature_flags: ['beta'],
    })
  })

  it('names who acts for the person, once asked to', async () => {
    const desk = createDesk()
    const impersonator = { email: 'support@example.com', reason: null }
    desk.server.impersonate('ada@example.com', impersonator)
    const body = await desk.signIn()
    expect(body).toMatchObject({ impersonator, authentication_method: 'Impersonation' })
    expect(claimsOf(body.access_token).act).toEqual({ sub: 'support@example.com' })
    expect(desk.server.sessions()).toMatchObject([{ impersonator }])
    expect((await desk.refresh(body.refresh_token)).body).toMatchObject({ impersonator })
    expect(await desk.signIn()).not.toHaveProperty('impersonator')
  })

  it('is verified by jose with the keys that the server shows', async () => {
    const desk = real()
    const { access_token } = await desk.signIn()
    const { protectedHeader, payload } = await verify(desk, access_token)
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-0' })
    expect(payload.sid).toBe(desk.sessionId())
    await desk.clock.advance(300_000)
    await expect(verify(desk, access_token)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
  })

  it('of another server is not', async () => {
    const [desk, other] = [real(), real()]
    const { access_token } = await other.signIn()
    await expect(verify(desk, access_token)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })

  it('is signed by a new key after a rotation, beside which the old one stays', async () => {
    const desk = real()
    const { access_token: old, refresh_token } = await desk.signIn()
    const keys = await keysOf(desk)
    desk.server.rotateKeys()
    const { body } = await desk.refresh(refresh_token)
    await expect(verify(desk, body.access_token, keys)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
    const { protectedHeader } = await verify(desk, body.access_token)
    expect(protectedHeader.kid).toBe('key-1')
    await expect(verify(desk, old)).resolves.toBeDefined()
  })

  it('is no longer verified when its key was withdrawn', async () => {
    const desk = real()
    const { access_token } = await desk.signIn()
    desk.server.rotateKeys({ withdraw: true })
    expect((await keysOf(desk)).keys.map(({ kid }) => kid)).toEqual(['key-1'])
    await expect(verify(desk, access_token)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
  })
})

describe('the key set', () => {
  it('holds public keys only', async () => {
    const [key] = (await keysOf(real())).keys
    expect(Object.keys(key ?? {}).sort()).toEqual(
      ['alg', 'e', 'key_ops', 'kid', 'kty', 'n', 'use'].sort(),
    )
  })

  it('is there for known clients only', async () => {
    const { status, body } = await createDesk().send('/sso/jwks/client_x')
    expect({ status, body }).toEqual({ status: 404, body: { message: 'Not Found' } })
  })
})

describe('a signer', () => {
  it('believes its own tokens until their key is withdrawn', async () => {
    const [signer, other] = [createSigner('rs256'), createSigner('rs256')]
    const token = await signer.sign({ sub: 'ada' })
    expect(await other.verify(token)).toBeNull()
    expect(await signer.verify(token)).toEqual({ sub: 'ada' })
    signer.rotate()
    expect(await signer.verify(token)).toEqual({ sub: 'ada' })
    signer.rotate({ withdraw: true })
    expect(await signer.verify(token)).toBeNull()
  })
})
