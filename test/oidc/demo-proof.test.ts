import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createProofs } from '../../demo/oidc/proof.mjs'

const ORIGIN = 'https://api.example'
const TOKEN = 'the.access.token'
const MINUTE = 60_000

const ath = (token: string): string => createHash('sha256').update(token).digest('base64url')

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    privateKey,
    jwk,
    jkt: await calculateJwkThumbprint(jwk),
    secret: await exportJWK(privateKey),
  }
}

/** An API, its clock, and what signs proofs for `GET /me` that are right unless told otherwise. */
function createWorld(key: Awaited<ReturnType<typeof makeKey>>) {
  let now = 1_700_000_000_000
  const proofs = createProofs({ origin: ORIGIN, now: () => now })

  async function sign(claims: object = {}, header: object = {}): Promise<string> {
    const right = {
      jti: crypto.randomUUID(),
      htm: 'GET',
      htu: `${ORIGIN}/me`,
      ath: ath(TOKEN),
      nonce: proofs.nonce(),
    }
    return new SignJWT({ ...right, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...header })
      .setIssuedAt()
      .sign(key.privateKey)
  }

  const check = (proof: string | undefined, jkt = key.jkt) =>
    proofs.check(
      { method: 'GET', originalUrl: '/me?page=2', get: () => proof },
      { token: TOKEN, jkt },
    )

  return {
    sign,
    check,
    wait(ms: number): void {
      now += ms
    },
  }
}

describe('the API of the demo for OpenID Connect', () => {
  let key: Awaited<ReturnType<typeof makeKey>>
  beforeAll(async () => {
    key = await makeKey()
  })

  it('takes a proof of the key that the token is bound to, for this request and this token', async () => {
    const { sign, check } = createWorld(key)
    expect(await check(await sign())).toBeNull()
  })

  it('takes no proof twice', async () => {
    const { sign, check } = createWorld(key)
    const proof = await sign()
    expect(await check(proof)).toBeNull()
    expect(await check(proof)).toBe('invalid_dpop_proof')
  })

  it('takes none twice as long as it takes its nonce', async () => {
    const { sign, check, wait } = createWorld(key)
    const [proof, other] = [await sign(), await sign()]
    expect(await check(proof)).toBeNull()
    wait(1.9 * MINUTE)
    expect(await check(await sign())).toBeNull()
    wait(0.9 * MINUTE)
    expect(await check(await sign())).toBeNull()
    expect(await check(other)).toBeNull()
    expect(await check(proof)).toBe('invalid_dpop_proof')
  })

  it.each([
    ['another method', { htm: 'POST' }],
    ['another path', { htu: `${ORIGIN}/payments` }],
    ['another API', { htu: 'https://other.example/me' }],
    ['another token', { ath: ath('another') }],
    ['no token', { ath: undefined }],
    ['no name of its own', { jti: undefined }],
  ])('refuses a proof for %s', async (_, claims) => {
    const { sign, check } = createWorld(key)
    expect(await check(await sign(claims))).toBe('invalid_dpop_proof')
  })

  it('refuses other signatures, other kinds of tokens, keys that say too much, and nothing at all', async () => {
    const { sign, check } = createWorld(key)
    const other = await makeKey()
    expect(await check(await sign({}, { jwk: other.jwk }))).toBe('invalid_dpop_proof')
    expect(await check(await sign(), other.jkt)).toBe('invalid_dpop_proof')
    expect(await check(await sign({}, { typ: 'JWT' }))).toBe('invalid_dpop_proof')
    expect(await check(await sign({}, { jwk: key.secret }))).toBe('invalid_dpop_proof')
    for (const proof of [undefined, '', 'x', 'eyJhbGciOiJub25lIn0.e30.']) {
      expect(await check(proof)).toBe('invalid_dpop_proof')
    }
  })

  it('wants a nonce of its own, of this minute or the last', async () => {
    const { sign, check, wait } = createWorld(key)
    for (const nonce of [undefined, '', 'another']) {
      expect(await check(await sign({ nonce }))).toBe('use_dpop_nonce')
    }
    const soon = await sign()
    wait(MINUTE)
    expect(await check(soon)).toBeNull()
    expect(await check(await sign())).toBeNull()
    const late = await sign()
    wait(2 * MINUTE)
    expect(await check(late)).toBe('use_dpop_nonce')
    expect(await check(await sign())).toBeNull()
  })
})
