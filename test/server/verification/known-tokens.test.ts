import crypto from 'node:crypto'
import {
  base64url,
  errors,
  exportJWK,
  generateKeyPair,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import { createKeySet, type KeyLookup } from '../../../src/server/verification/key-set.js'
import { createVerifier, type Verified } from '../../../src/server/verification/verify.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'
import { fc } from '../../support/fast-check.js'

const START = 1_700_000_000_000
const MINUTE = 60_000
const JWKS = 'https://api.workos.test/sso/jwks/client_1'
const SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long'

let issuer: Issuer
let time = START
const now = (): number => time
const claims = (extra: object = {}) => ({ sub: 'user_1', exp: START / 1000 + 3_600, ...extra })

beforeAll(async () => {
  issuer = await createIssuer('k1', 'k2', 'k3')
})

beforeEach(() => {
  time = START
  issuer.answer = null
  issuer.publish('k1')
})

afterEach(() => {
  vi.restoreAllMocks()
})

const refused = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))

/** jose's whole check, each time anew: what verification was before it remembered anything. */
async function byJose(
  token: string,
  keyFor: KeyLookup,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keyFor, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options)
      } catch (refusal) {
        const { JWTExpired, JWTClaimValidationFailed } = errors
        if (refusal instanceof JWTExpired || refusal instanceof JWTClaimValidationFailed) {
          throw refusal
        }
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired'
  const ofKeys = error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid
  if (error instanceof errors.JOSEError && !ofKeys) return 'invalid_jwt'
  if (isAuthError(error, 'network')) return 'network_error'
  return isAuthError(error, 'timeout') ? 'timeout' : 'server_error'
}

/** What `verifyAt` says, in a word, of a verifier that knows nothing but its keys. */
function createForgetful(keyFor: KeyLookup, options: JWTVerifyOptions) {
  return async (token: string, at: number): Promise<string> => {
    try {
      const checks = { ...options, requiredClaims: ['exp'], currentDate: new Date(at) }
      const { payload } = await byJose(token, keyFor, checks)
      return Number(payload.exp) * 1000 - at > 400 * 24 * 3_600_000 ? 'invalid_jwt' : 'ok'
    } catch (error) {
      return reasonOf(error)
    }
  }
}

const wordFor = (verified: Verified): string => (verified.ok ? 'ok' : verified.reason)

/** A verifier, one that forgets, and how often each has asked the issuer. */
function createPair() {
  const asked = { ours: 0, theirs: 0 }
  const wire = (who: keyof typeof asked): typeof fetch => {
    return (...request) => {
      asked[who] += 1
      return issuer.fetch(...request)
    }
  }
  const place = { jwksUrl: JWKS, audience: false, clockTolerance: 2_000 } as const
  const { verifyAt } = createVerifier({ ...place, fetch: wire('ours'), now })
  const { keyFor } = createKeySet({ ...place, fetch: wire('theirs') }, now)
  const forgetful = createForgetful(keyFor, { algorithms: ['RS256'], clockTolerance: 2 })
  return {
    asked,
    both: async (token: string, at: number) => [
      wordFor(await verifyAt(token, at)),
      await forgetful(token, at),
    ],
  }
}

/** What happens next: a token comes, time goes by, other keys are published, or the issuer fails. */
interface Step {
  readonly token?: string
  /** How far the moment of the question is off, in ms. */
  readonly off?: number
  readonly wait?: number
  readonly publish?: readonly string[]
  readonly fails?: boolean
}

/** Tokens of every kind, each of which is seen many times. */
async function someTokens(): Promise<readonly string[]> {
  const genuine = await issuer.sign(claims())
  const [head = '', , signature = ''] = genuine.split('.')
  const other = base64url.encode(JSON.stringify(claims({ sub: 'user_2' })))
  return Promise.all([
    genuine,
    issuer.sign(claims({ n: 2, nbf: START / 1000 + 60 })),
    issuer.sign(claims({ exp: START / 1000 + 90 })),
    issuer.sign(claims(), 'k2'),
    issuer.sign(claims(), 'k3'),
    issuer.sign(claims(), 'k1', {}),
    issuer.sign(claims(), 'k2', { kid: 'k1' }),
    `${head}.${other}.${signature}`,
    `${genuine.slice(0, -6)}AAAAAA`,
    `${genuine}=`,
    `${base64url.encode('{"alg":"RS256","kid":"k1","crit":["x"]}')}.${other}.${signature}`,
    `${base64url.encode('{"alg":"RS256","kid":"k1","b64":false,"crit":["b64"]}')}.a.${signature}`,
    `${base64url.encode('{"alg":"RS384","kid":"k9"}')}.${other}.${signature}`,
    'no token',
  ])
}

describe('a verifier that remembers', () => {
  it('says at every moment what one says that forgets, and asks for the keys as often', async () => {
    const tokens = await someTokens()
    const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
      { weight: 6, arbitrary: fc.record({ token: fc.constantFrom(...tokens) }) },
      { weight: 1, arbitrary: fc.record({ token: fc.constantFrom(...tokens), off: fc.integer() }) },
      { weight: 2, arbitrary: fc.record({ wait: fc.constantFrom(1, 1_999, 30_000, 11 * MINUTE) }) },
      { weight: 1, arbitrary: fc.record({ wait: fc.constantFrom(-MINUTE, 70 * MINUTE) }) },
      { weight: 1, arbitrary: fc.record({ publish: fc.subarray(['k1', 'k2', 'k3']) }) },
      { weight: 1, arbitrary: fc.record({ fails: fc.boolean() }) },
    )
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        time = START
        issuer.answer = null
        issuer.publish('k1')
        const { both, asked } = createPair()
        for (const { token, off = 0, wait = 0, publish, fails } of steps) {
          time += wait
          if (publish) issuer.publish(...publish)
          if (fails !== undefined) issuer.answer = fails ? refused : null
          if (token === undefined) continue
          const [ours = '', theirs] = await both(token, time + off)
          expect([steps, ours]).toEqual([steps, theirs])
          seen.add(ours)
        }
        expect(asked.ours).toBe(asked.theirs)
      }),
      { numRuns: 150 },
    )
    expect([...seen]).toEqual(expect.arrayContaining(['expired', 'invalid_jwt', 'ok']))
    expect([...seen]).toEqual(expect.arrayContaining(['network_error', 'server_error']))
  })

  it('keeps to the second in which a token ends or begins, with the issuer’s tolerance', async () => {
    const begun = { nbf: START / 1000, exp: START / 1000 + 300 }
    const token = await issuer.sign(claims(begun))
    const { both } = createPair()
    expect(await both(token, START)).toEqual(['ok', 'ok'])
    for (const edge of [START - 2_000, START + 302_000]) {
      for (const off of [-1_001, -1_000, -999, -1, -0.5, 0, 0.5, 1, 999]) {
        const [ours, theirs] = await both(token, edge + off)
        expect([off, ours]).toEqual([off, theirs])
      }
    }
    for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, 9e15, -9e15]) {
      const [ours, theirs] = await both(token, nonsense)
      expect([nonsense, ours]).toEqual([nonsense, theirs])
    }
  })

  it('says the same of one that ends before it begins, within the tolerance', async () => {
    const token = await issuer.sign(claims({ exp: START / 1000 + 10, nbf: START / 1000 + 12 }))
    const { both } = createPair()
    for (const off of [10_000, 11_999, 12_000, 9_999, 13_000, 0]) {
      const [ours, theirs] = await both(token, START + off)
      expect([off, ours]).toEqual([off, theirs])
    }
    const words = await Promise.all([9_999, 10_000, 12_000].map((off) => both(token, START + off)))
    expect(words.map(([ours]) => ours)).toEqual(['invalid_jwt', 'ok', 'expired'])
  })

  it('takes no token for one of a session when its clock is years behind', async () => {
    const token = await issuer.sign(claims())
    const { both } = createPair()
    expect(await both(token, START)).toEqual(['ok', 'ok'])
    expect(await both(token, START - 401 * 24 * 60 * MINUTE)).toEqual([
      'invalid_jwt',
      'invalid_jwt',
    ])
  })

  it('refuses a token whose key was replaced by another of its name', async () => {
    const { verify } = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now })
    const token = await issuer.sign(claims())
    expect(await verify(token)).toMatchObject({ ok: true })
    issuer.publish('k2')
    const [jwk] = issuer.keys().keys
    issuer.answer = () => Response.json({ keys: [{ ...jwk, kid: 'k1' }] })
    expect(await verify(token)).toMatchObject({ ok: true })
    time += 10 * MINUTE
    expect(await verify(token)).toEqual({ ok: false, reason: 'invalid_jwt' })
  })

  it('remembers within itself only', async () => {
    const token = await issuer.sign(claims())
    const trusting = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now })
    expect(await trusting.verify(token)).toMatchObject({ ok: true })
    for (const options of [{ audience: 'app' }, { audience: false, issuer: 'x' }] as const) {
      const strict = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, now, ...options })
      expect(await strict.verify(token)).toEqual({ ok: false, reason: 'invalid_jwt' })
    }
  })

  it('gives the same frozen claims to all who ask: none can change what others get', async () => {
    const { verify } = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now })
    const token = await issuer.sign(claims({ permissions: ['read'], team: { lead: 'ada' } }))
    for (let turn = 0; turn < 3; turn += 1) {
      const verified = await verify(token)
      if (!verified.ok) throw new Error('It is genuine.')
      expect(verified.claims).toEqual(claims({ permissions: ['read'], team: { lead: 'ada' } }))
      expect(Reflect.set(verified.claims, 'sub', 'user_2')).toBe(false)
      expect(Reflect.set(Object(verified.claims.permissions), 1, 'write')).toBe(false)
      expect(Reflect.set(Object(verified.claims.team), 'lead', 'bob')).toBe(false)
    }
  })
})

describe('signatures', () => {
  const encoder = new TextEncoder()
  const kinds: readonly string[] = ['RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

  it.each(kinds)('by %s are checked as jose checks them, from the second token on', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' }
    const place = { jwksUrl: JWKS, fetch: async () => Response.json({ keys: [jwk] }) }
    const verifier = createVerifier({ ...place, audience: false, algorithms: [alg], now })
    const { keyFor } = createKeySet(place, now)
    const forgetful = createForgetful(keyFor, { algorithms: [alg] })
    const sign = (extra: object): Promise<string> =>
      new SignJWT(claims(extra)).setProtectedHeader({ alg, kid: 'k1' }).sign(privateKey)
    expect(await verifier.verify(await sign({}))).toMatchObject({ ok: true })
    const token = await sign({ n: 2 })
    const byWeb = vi.spyOn(crypto.webcrypto.subtle, 'verify')
    expect(await verifier.verify(token)).toMatchObject({ ok: true })
    expect(byWeb).toHaveBeenCalledTimes(/^[RE]S/.test(alg) ? 0 : 1)
    const [head = '', , signature = ''] = token.split('.')
    const other = base64url.encode(JSON.stringify(claims({ sub: 'user_2' })))
    const spoilt = [
      ...[token, `${head}.${other}.${signature}`, `${head}.${other}.`, `${token}A`, `${token}AA`],
      ...[0, 1, 5, 40].map((at) => {
        const end = token.length - at
        return `${token.slice(0, end - 1)}${token[end - 1] === 'x' ? 'y' : 'x'}${token.slice(end)}`
      }),
      await sign({ exp: 1 }),
      await sign({ exp: 'soon' }),
      await sign({ nbf: 'soon' }),
    ]
    for (const one of spoilt) {
      const ours = wordFor(await verifier.verify(one))
      expect([one, ours]).toEqual([one, await forgetful(one, START)])
    }
    expect(wordFor(await verifier.verify(token))).toBe('ok')
  })

  it.each(['HS256', 'HS384', 'HS512'])('by a shared secret and %s are, too', async (alg) => {
    const secret = SECRET.padEnd(64, '!')
    const sign = (by: string, extra: object): Promise<string> =>
      new SignJWT(claims(extra)).setProtectedHeader({ alg }).sign(encoder.encode(by))
    const verifier = createVerifier({ secret, audience: false, algorithms: [alg], now })
    const verify = vi.spyOn(crypto.webcrypto.subtle, 'verify')
    expect(wordFor(await verifier.verify(await sign(secret, {})))).toBe('ok')
    expect(verify).toHaveBeenCalledOnce()
    expect(wordFor(await verifier.verify(await sign(secret, { n: 2 })))).toBe('ok')
    expect(wordFor(await verifier.verify(await sign(`${secret}!`, {})))).toBe('invalid_jwt')
    expect(wordFor(await verifier.verify(await sign(secret, { exp: 1 })))).toBe('expired')
    expect(wordFor(await verifier.verify(`${(await sign(secret, {})).slice(0, -2)}`))).toBe(
      'invalid_jwt',
    )
    expect(verify).toHaveBeenCalledOnce()
  })

  it('are checked by the web’s crypto once for each key, and for a key loaded anew', async () => {
    const verifier = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now })
    const verify = vi.spyOn(crypto.webcrypto.subtle, 'verify')
    const some = async (): Promise<void> => {
      for (let n = 0; n < 5; n += 1) {
        const token = await issuer.sign(claims({ n, from: time }))
        expect(wordFor(await verifier.verify(token))).toBe('ok')
      }
      const forged = await issuer.sign(claims(), 'k2', { kid: 'k1' })
      expect(wordFor(await verifier.verify(forged))).toBe('invalid_jwt')
    }
    await some()
    expect(verify).toHaveBeenCalledTimes(1)
    time += 10 * MINUTE
    await some()
    expect(verify).toHaveBeenCalledTimes(2)
  })

  it('by a key that jose refuses are refused every time', async () => {
    const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1' }
    const fetch = async (): Promise<Response> => Response.json({ keys: [jwk] })
    const verifier = createVerifier({ jwksUrl: JWKS, fetch, audience: false, now })
    const signed = [{ alg: 'RS256', kid: 'k1' }, claims()].map((part) =>
      base64url.encode(JSON.stringify(part)),
    )
    const signature = crypto.sign('sha256', encoder.encode(signed.join('.')), privateKey)
    const token = [...signed, signature.toString('base64url')].join('.')
    for (let turn = 0; turn < 3; turn += 1) {
      expect(wordFor(await verifier.verify(token))).not.toBe('ok')
    }
  })

  it('are jose’s alone where there is no node:crypto, or only its names', async () => {
    const found = process.getBuiltinModule('node:crypto')
    for (const broken of [undefined, { ...found, verify: () => false }]) {
      vi.spyOn(process, 'getBuiltinModule').mockReturnValue(broken)
      const verifier = createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now })
      vi.mocked(process.getBuiltinModule).mockRestore()
      for (let n = 0; n < 3; n += 1) {
        expect(wordFor(await verifier.verify(await issuer.sign(claims({ n }))))).toBe('ok')
      }
    }
  })
})
