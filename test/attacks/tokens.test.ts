import { base64url, exportJWK, SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createVerifier, type TokenChecks } from '../../src/server/verification/verify.js'
import { createIssuer, type Issuer } from '../interop/issuer.js'

const START = 1_700_000_000_000
const DAY = 24 * 3_600_000
const jwksUrl = 'https://issuer.example/jwks'
const valid = { ok: true, claims: { sub: 'user_1' } }
const invalid = { ok: false, reason: 'invalid_jwt' }

let issuer: Issuer
beforeAll(async () => {
  issuer = await createIssuer('k1', 'k2', 'k3')
})
beforeEach(() => {
  issuer.answer = null
  issuer.publish('k1')
})

/** The two keys of a pair for RS256. */
async function createPair(modulusLength: number) {
  const publicExponent = new Uint8Array([1, 0, 1])
  const how = { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }
  const pair = await crypto.subtle.generateKey(how, true, ['sign', 'verify'])
  return { public: await exportJWK(pair.publicKey), private: await exportJWK(pair.privateKey) }
}

const claims = (extra: object = {}) => ({ sub: 'user_1', exp: START / 1000 + 300, ...extra })
const checker = (options: Partial<TokenChecks> = {}) =>
  createVerifier({ jwksUrl, fetch: issuer.fetch, now: () => START, audience: false, ...options })

/** A token of the issuer with this header. */
const typed = (typ: string | undefined) =>
  issuer.sign(claims(), 'k1', Object.assign({ kid: 'k1' }, typ === undefined ? {} : { typ }))

describe('a token that the same issuer signed for something else opens no session', () => {
  it.each(['logout+jwt', 'dpop+jwt', 'id+jwt', 'token-introspection+jwt', 'secevent+jwt', 'x', ''])(
    'of the type %j',
    async (typ) => {
      expect(await checker().verify(await typed(typ))).toEqual(invalid)
    },
  )

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])(
    'while one of the type %j does',
    async (typ) => {
      expect(await checker().verify(await typed(typ))).toMatchObject(valid)
    },
  )

  it('for another audience', async () => {
    const token = await issuer.sign(claims({ aud: 'https://billing.example' }))
    expect(await checker({ audience: 'https://app.example' }).verify(token)).toEqual(invalid)
  })

  it.each([undefined, [], '', ['']])('and nobody forgets whom it is for: %j', (audience) => {
    const options = { jwksUrl, audience }
    expect(() => Reflect.apply(createVerifier, null, [options])).toThrow('audience')
  })
})

describe('a token that never ends is none', () => {
  it.each<[string, unknown]>([
    ['in ten years', START / 1000 + 10 * 365 * 86_400],
    ['in 400 days and a second', START / 1000 + (400 * DAY) / 1000 + 1],
    ['after the sun', 1e300],
    ['in milliseconds', START + 300_000],
  ])('%s', async (_, exp) => {
    expect(await checker().verify(await issuer.sign(claims({ exp })))).toEqual(invalid)
  })

  it('while one that lives as long as a cookie may is one', async () => {
    const exp = START / 1000 + (400 * DAY) / 1000
    expect(await checker().verify(await issuer.sign(claims({ exp })))).toMatchObject(valid)
  })
})

describe('a secret that can be guessed is refused', () => {
  it.each(['', 'secret', 'x'.repeat(31), 'ä'.repeat(15)])('%j', (secret) => {
    expect(() => createVerifier({ secret, audience: false })).toThrow('secret')
  })

  it('while 32 bytes are enough', async () => {
    const secret = 'ä'.repeat(16)
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret))
    const { verify } = createVerifier({ secret, audience: false, now: () => START })
    expect(await verify(token)).toMatchObject(valid)
  })
})

describe('a key set that is odd shuts nobody out', () => {
  /** The key set, with its keys changed. */
  const publish = (...keys: readonly unknown[]): void => {
    issuer.answer = () => Response.json({ keys })
  }
  const keyOf = (kid: string) => {
    issuer.publish(kid)
    return issuer.keys().keys[0] ?? {}
  }

  it('of which a token names no key, of two', async () => {
    publish(keyOf('k1'), keyOf('k2'))
    const { verify } = checker()
    expect(await verify(await issuer.sign(claims(), 'k2', {}))).toMatchObject(valid)
    expect(await verify(await issuer.sign(claims(), 'k1', {}))).toMatchObject(valid)
    expect(await verify(await issuer.sign(claims(), 'k3', {}))).toEqual(invalid)
    const over = await issuer.sign(claims({ exp: 1 }), 'k2', {})
    expect(await verify(over)).toEqual({ ok: false, reason: 'expired' })
  })

  it('that has two keys of one id', async () => {
    publish({ ...keyOf('k1'), kid: 'same' }, { ...keyOf('k2'), kid: 'same' })
    const { verify } = checker()
    const before = issuer.requests()
    for (const kid of ['k1', 'k2']) {
      expect(await verify(await issuer.sign(claims(), kid, { kid: 'same' }))).toMatchObject(valid)
    }
    expect(await verify(await issuer.sign(claims(), 'k3', { kid: 'same' }))).toEqual(invalid)
    expect(issuer.requests()).toBe(before + 1)
  })

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'key'],
    ['a list', []],
    ['no kind', { kid: 'k1' }],
    ['another kind', { kty: 'quantum', kid: 'q' }],
    ['a broken one of the same id', { kty: 'RSA', kid: 'k1', alg: 'RS256', n: '!', e: 'AQAB' }],
  ])('with one that cannot be read: %s', async (_, odd) => {
    publish(odd, keyOf('k1'))
    expect(await checker().verify(await issuer.sign(claims()))).toMatchObject(valid)
  })

  it.each<[string, () => Promise<object>]>([
    ['is broken', async () => ({ kty: 'RSA', kid: 'k1', alg: 'RS256', n: '!', e: 'AQAB' })],
    ['lacks a part', async () => ({ kty: 'RSA', kid: 'k1', alg: 'RS256', e: 'AQAB' })],
    ['is of 1024 bits', async () => ({ ...(await createPair(1_024)).public, kid: 'k1' })],
    ['is a private one', async () => ({ ...(await createPair(2_048)).private, kid: 'k1' })],
  ])(
    'of which the only key for a token %s: that token is refused, which is no outage',
    async (_, make) => {
      publish(await make(), keyOf('k2'))
      const { verify } = checker()
      expect(await verify(await issuer.sign(claims()))).toEqual(invalid)
      expect(await verify(await issuer.sign(claims(), 'k2'))).toMatchObject(valid)
    },
  )

  it('of which an odd one is not read as the good one’s', async () => {
    publish({ kty: 'oct', kid: 'k1', k: base64url.encode('x'.repeat(32)) })
    const forged = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode('x'.repeat(32)))
    expect(await checker().verify(forged)).toEqual(invalid)
  })
})
