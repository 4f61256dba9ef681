import { createPublicKey, createVerify } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  type Body,
  claimsOf,
  createDesk,
  type Desk,
  LEGACY,
  partOf,
  said,
  tokenOf,
} from './desk.js'

const ORIGIN = 'http://localhost:3567'
/** Long enough to turn up in no random bytes. */
const USER = 'user-whom-nobody-else-has'

async function keysOf(desk: Desk): Promise<JSONWebKeySet> {
  const response = await desk.core.fetch(`${ORIGIN}/.well-known/jwks.json`)
  return response.json()
}

async function verified(desk: Desk, body: Body, keys?: JSONWebKeySet) {
  const options = { currentDate: new Date(desk.clock.now()), algorithms: ['RS256'] }
  const set = createLocalJWKSet(keys ?? (await keysOf(desk)))
  return jwtVerify(tokenOf(body, 'accessToken'), set, options)
}

/** Whether a token of version 2 was signed by the key that an answer names. */
function signedBy(token: string, { jwtSigningPublicKey }: Body): boolean {
  const [head, body, mark = ''] = token.split('.')
  const der = Buffer.from(String(jwtSigningPublicKey), 'base64')
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  return createVerify('RSA-SHA256').update(`${head}.${body}`).verify(key, mark, 'base64')
}

const handshake = async (desk: Desk): Promise<Body> =>
  (await desk.ask('POST', '/handshake', {})).body

describe('an access token', () => {
  const shared = {
    iat: 1_700_000_000,
    exp: 1_700_003_600,
    sub: 'u1',
    sessionHandle: expect.any(String),
    refreshTokenHash1: expect.stringMatching(/^[0-9a-f]{64}$/),
    parentRefreshTokenHash1: null,
    antiCsrfToken: null,
    role: 'a',
  }

  it.each([
    ['2.21', '3', {}],
    ['3.0', '4', { tId: 'public' }],
    ['3.1', '4', { tId: 'public' }],
    ['4.0', '5', { tId: 'public', rsub: 'u1' }],
    ['5.4', '5', { tId: 'public', rsub: 'u1' }],
  ])('of interface %s has version %s', async (speak, version, claims) => {
    const desk = createDesk({ speak })
    const body = await desk.create()
    const { protectedHeader, payload } = await verified(desk, body)
    const kid = 'd-1700000000000'
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', version, kid })
    expect(payload).toEqual({ ...shared, ...claims })
  })

  it.each(LEGACY)('of interface %s is verified by the key of the handshake', async (speak) => {
    const desk = createDesk({ versions: LEGACY, speak })
    const body = await desk.create()
    const token = tokenOf(body, 'accessToken')
    expect(partOf(token, 0)).toEqual({ alg: 'RS256', typ: 'JWT', version: '2' })
    expect(token.split('.').map((part) => part.length % 4)).toEqual([0, 0, 0])
    expect(signedBy(token, await handshake(desk))).toBe(true)
    expect(signedBy(token, body)).toBe(true)
  })

  it('has no jti: made anew within a second for one session, it is the same to the byte', async () => {
    const desk = createDesk()
    const body = await desk.create()
    const accessToken = tokenOf(body, 'accessToken')
    expect(claimsOf(body)).not.toHaveProperty('jti')
    const again = async (): Promise<string> => {
      const anew = { accessToken, userDataInJWT: { role: 'b' } }
      return tokenOf((await desk.ask('POST', '/session/regenerate', anew)).body, 'accessToken')
    }
    const [first, second] = [await again(), await again()]
    expect(second).toBe(first)
  })

  it('of a refresh differs within a second too, by the hash of its refresh token', async () => {
    const desk = createDesk()
    const body = await desk.create()
    const { body: next } = await desk.refresh(tokenOf(body))
    expect(tokenOf(next, 'accessToken')).not.toBe(tokenOf(body, 'accessToken'))
    expect(claimsOf(next)).toMatchObject({ iat: claimsOf(body).iat })
    expect(claimsOf(next).refreshTokenHash1).not.toBe(claimsOf(body).refreshTokenHash1)
  })

  it('lives for as many whole seconds as it is told to', async () => {
    const desk = createDesk({ accessTokenValidity: 20_000 })
    await desk.clock.advance(1_999)
    const body = await desk.create()
    const life = { createdTime: 1_700_000_001_000, expiry: 1_700_000_021_000 }
    expect(body.accessToken).toMatchObject(life)
    expect(claimsOf(body)).toMatchObject({ iat: 1_700_000_001, exp: 1_700_000_021 })
    const token = tokenOf(body, 'accessToken')
    await desk.clock.advance(19_001)
    expect(said(await desk.verify(token))).toBe('OK')
    await desk.clock.advance(1)
    expect(said(await desk.verify(token))).toBe('TRY_REFRESH_TOKEN Access token expired')
  })

  it.each([[undefined], [LEGACY]])(
    'that was changed or made up is refused: %s',
    async (versions) => {
      const desk = createDesk({ versions })
      const other = createDesk({ versions })
      const token = tokenOf(await desk.create(), 'accessToken')
      const foreign = tokenOf(await other.create(), 'accessToken')
      const [head = '', , mark = ''] = token.split('.')
      const [, body = ''] = foreign.split('.')
      const tampered = `${head}.${body}.${mark}`
      for (const wrong of [foreign, tampered, `${head}.${body}`, 'x', '', 'a.b.c', '..']) {
        expect((await desk.verify(wrong)).body.status).toBe('TRY_REFRESH_TOKEN')
      }
    },
  )
})

describe('a rotation of the keys', () => {
  it('signs with a new key, beside which the old ones stay', async () => {
    const desk = createDesk()
    const old = await desk.create()
    const keys = await keysOf(desk)
    desk.core.rotateKeys()
    const body = await desk.create()
    await expect(verified(desk, body, keys)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
    expect((await verified(desk, body)).protectedHeader.kid).toBe('d-1700000000001')
    await expect(verified(desk, old)).resolves.toBeDefined()
    expect(said(await desk.verify(tokenOf(old, 'accessToken')))).toBe('OK')
  })

  it('withdraws the old keys if told to, but never the static one', async () => {
    const desk = createDesk()
    const [old, fixed] = [await desk.create(), await desk.create({ useDynamicSigningKey: false })]
    desk.core.rotateKeys({ withdraw: true })
    expect((await desk.verify(tokenOf(old, 'accessToken'))).body.status).toBe('TRY_REFRESH_TOKEN')
    expect(said(await desk.verify(tokenOf(fixed, 'accessToken')))).toBe('OK')
    const kids = (await keysOf(desk)).keys.map(({ kid }) => kid?.slice(0, 2))
    expect(kids).toEqual(['d-', 's-'])
  })

  it('comes of itself after a week; after a day on old cores', async () => {
    const desk = createDesk()
    await desk.clock.advance(604_799_999)
    expect((await keysOf(desk)).keys).toHaveLength(2)
    await desk.clock.advance(1)
    expect((await keysOf(desk)).keys).toHaveLength(3)
    const old = createDesk({ versions: LEGACY })
    const before = await handshake(old)
    expect(before.jwtSigningPublicKeyExpiryTime).toBe(1_700_086_400_000)
    await old.clock.advance(86_400_000)
    expect((await handshake(old)).jwtSigningPublicKey).not.toBe(before.jwtSigningPublicKey)
  })

  it('reaches the tokens of old cores as well', async () => {
    const desk = createDesk({ versions: LEGACY })
    const body = await desk.create()
    desk.core.rotateKeys({ withdraw: true })
    const answer = await desk.verify(tokenOf(body, 'accessToken'))
    expect(answer.body.status).toBe('TRY_REFRESH_TOKEN')
    expect(signedBy(tokenOf(body, 'accessToken'), answer.body)).toBe(false)
    const { body: renewed } = await desk.refresh(tokenOf(body))
    expect(signedBy(tokenOf(renewed, 'accessToken'), answer.body)).toBe(true)
  })
})

describe('a refresh token', () => {
  it.each([
    [undefined, '200', 'UNAUTHORISED javax.crypto.AEADBadTagException: Tag mismatch'],
    [LEGACY, '500', '500 Internal Error'],
  ])('of another core is refused as garbage is: %s', async (versions, _, expected) => {
    const desk = createDesk({ versions })
    const foreign = tokenOf(await createDesk({ versions }).create())
    const [body = '', nonce = ''] = tokenOf(await desk.create()).split('.')
    expect(said(await desk.refresh(foreign))).toBe(expected)
    const swapped = said(await desk.refresh(`${body}.${nonce.replace(/^./, 'x')}.V2`))
    expect(swapped).toBe(versions ? expected : 'UNAUTHORISED Invalid refresh token')
    const format = 'UNAUTHORISED io.supertokens.session.refreshToken.RefreshToken$Invalid'
    expect(said(await desk.refresh(`${body}.V2`))).toContain(format)
    expect(said(await desk.refresh(body))).toContain(format)
  })

  it('is opaque, and may hold any sign of standard base64', async () => {
    const desk = createDesk()
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async () => tokenOf(await desk.create({ userId: USER }))),
    )
    const all = tokens.join('')
    for (const sign of ['+', '/', '=']) expect(all).toContain(sign)
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64').toString()).not.toContain(USER)
      expect(token).toMatch(/^[A-Za-z0-9+/]+=*\.[0-9a-f]{64}\.V2$/)
    }
  })
})
