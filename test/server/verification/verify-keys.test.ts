import { errors, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createKeySet } from '../../../src/server/verification/key-set.js'
import { createVerifier, type Verifier } from '../../../src/server/verification/verify.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'

const START = 1_700_000_000_000
const MINUTE = 60_000

let issuer: Issuer
let time = START
const seconds = (): number => Math.floor(time / 1000)
const claims = (extra: object = {}): Record<string, unknown> => ({
  sub: 'user_1',
  exp: seconds() + 300,
  ...extra,
})
const verifier = (fetch: typeof globalThis.fetch = issuer.fetch): Verifier =>
  createVerifier({
    jwksUrl: 'https://api.workos.test/sso/jwks/client_1',
    fetch,
    audience: false,
    now: () => time,
  })
const valid = { ok: true, claims: { sub: 'user_1' } }
const invalid = { ok: false, reason: 'invalid_jwt' }
const unknown = (reason: string): object => ({ ok: false, reason, retryable: true })

beforeAll(async () => {
  issuer = await createIssuer('k1', 'k2', 'k3')
})

beforeEach(() => {
  time = START
  issuer.answer = null
  issuer.publish('k1')
})

describe('a key set that has no end', () => {
  it('is read no further than a megabyte, and says nothing about a token', async () => {
    const chunk = new Uint8Array(65_536).fill(32)
    let bytes = 0
    issuer.answer = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            bytes += chunk.byteLength
            // Whoever reads on would not come to an end.
            if (bytes > 4_194_304) controller.close()
            else controller.enqueue(chunk)
          },
        }),
      )
    expect(await verifier().verify(await issuer.sign(claims()))).toEqual(unknown('server_error'))
    expect(bytes).toBeLessThan(1_048_576 + 3 * 65_536)
  })
})

describe('keys', () => {
  it('that are at hand are none before any were loaded, and nobody waits for them', async () => {
    const fetch = vi.fn(() => new Promise<Response>(() => {}))
    const { keyAtHand } = createKeySet({ jwksUrl: 'https://id.test/jwks', fetch }, () => time)
    await expect(keyAtHand({ alg: 'RS256', kid: 'k1' })).rejects.toThrow(errors.JWKSNoMatchingKey)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('are fetched when first needed, then kept for ten minutes', async () => {
    const before = issuer.requests()
    const { verify } = verifier()
    expect(issuer.requests()).toBe(before)
    const token = await issuer.sign(claims({ exp: seconds() + 3600 }))
    for (const wait of [0, 1, 10 * MINUTE - 2]) {
      time += wait
      expect(await verify(token)).toMatchObject(valid)
    }
    expect(issuer.requests()).toBe(before + 1)
    time += 1
    expect(await verify(token)).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 2)
  })

  it('are kept for as long as the app says: a key that was withdrawn is good for so long', async () => {
    const { verify } = createVerifier({
      jwksUrl: 'https://api.workos.test/sso/jwks/client_1',
      fetch: issuer.fetch,
      audience: false,
      now: () => time,
      jwksRefreshInterval: MINUTE,
    })
    const before = issuer.requests()
    const token = await issuer.sign(claims({ exp: seconds() + 3600 }))
    for (const wait of [0, MINUTE - 1]) {
      time += wait
      expect(await verify(token)).toMatchObject(valid)
    }
    expect(issuer.requests()).toBe(before + 1)
    time += 1
    expect(await verify(token)).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 2)
  })

  it('are fetched once for all who ask together', async () => {
    const before = issuer.requests()
    const { verify } = verifier()
    const token = await issuer.sign(claims())
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(token)))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(issuer.requests()).toBe(before + 1)
  })

  it('are looked at again at once when the clock is set back', async () => {
    const { verify } = verifier()
    await verify(await issuer.sign(claims()))
    const before = issuer.requests()
    time -= 24 * 60 * MINUTE
    expect(await verify(await issuer.sign(claims()))).toMatchObject(valid)
    expect(await verify(await issuer.sign(claims()))).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 1)
  })

  it('need no id where there is one only', async () => {
    expect(await verifier().verify(await issuer.sign(claims(), 'k1', {}))).toMatchObject(valid)
  })

  it('may be rotated: a new id is looked up at once, by one request for all who bring it', async () => {
    const { verify } = verifier()
    const old = await issuer.sign(claims())
    await verify(old)
    issuer.publish('k2', 'k1')
    const before = issuer.requests()
    const token = await issuer.sign(claims(), 'k2')
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(await verify(old)).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 1)
  })
})

describe('a key id that the issuer does not know', () => {
  it('is invalid, for the set was fetched after the question', async () => {
    const before = issuer.requests()
    expect(await verifier().verify(await issuer.sign(claims(), 'k3'))).toEqual(invalid)
    expect(issuer.requests()).toBe(before + 1)
  })

  it('is looked up once in 30 s, and is invalid in between: a refresh tells the truth', async () => {
    const { verify } = verifier()
    await verify(await issuer.sign(claims()))
    const token = await issuer.sign(claims(), 'k3')
    const before = issuer.requests()
    expect(await verify(token)).toEqual(invalid)
    time += 29_999
    for (const kid of ['k2', 'k3', 'k3']) {
      expect(await verify(await issuer.sign(claims(), kid))).toEqual(invalid)
    }
    expect(issuer.requests()).toBe(before + 1)
    time += 1
    issuer.publish('k1', 'k3')
    expect(await verify(token)).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 2)
  })

  it('does not hinder the tokens of known keys', async () => {
    const { verify } = verifier()
    const good = await issuer.sign(claims())
    await verify(good)
    const bad = await issuer.sign(claims(), 'k3')
    const before = issuer.requests()
    const answers = await Promise.all([bad, good, bad, good].map(verify))
    expect(answers).toMatchObject([invalid, valid, invalid, valid])
    expect(issuer.requests()).toBe(before + 1)
  })
})

describe('an issuer that fails', () => {
  const refused = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))
  const late = (): Promise<Response> =>
    Promise.reject(new DOMException('The operation timed out.', 'TimeoutError'))
  const tooLate = (): Promise<Response> => Promise.reject(new AuthError('timeout', 'Too late.'))
  const outages: readonly [string, () => Response | Promise<Response>, string][] = [
    ['is not reached', refused, 'network_error'],
    ['does not answer in time', late, 'timeout'],
    ['does not answer within the limit of an app', tooLate, 'timeout'],
    ['answers 500', () => new Response('', { status: 500 }), 'server_error'],
    [
      'answers 503 with its keys',
      () => Response.json(issuer.keys(), { status: 503 }),
      'server_error',
    ],
    ['answers 404', () => Response.json({ message: 'no' }, { status: 404 }), 'server_error'],
    ['redirects', () => Response.redirect('https://elsewhere.test/', 302), 'server_error'],
    ['answers with a page', () => new Response('<html>', { status: 200 }), 'server_error'],
    ['answers with another JSON', () => Response.json({ error: 'x' }), 'server_error'],
    ['answers with no keys', () => Response.json({ keys: [] }), 'server_error'],
    [
      'answers with a key that is none',
      () => Response.json({ keys: [{ kty: 'RSA', kid: 'k1', alg: 'RS256', n: '', e: '' }] }),
      'server_error',
    ],
    [
      'answers with a private key',
      async () => {
        const { privateKey } = await generateKeyPair('RS256', { extractable: true })
        return Response.json({ keys: [{ ...(await exportJWK(privateKey)), kid: 'k1' }] })
      },
      'server_error',
    ],
  ]

  it.each(outages)('says nothing about a token when it %s', async (_, answer, reason) => {
    issuer.answer = answer
    const { verify } = verifier()
    expect(await verify(await issuer.sign(claims()))).toEqual(unknown(reason))
  })

  it('is asked again two seconds later, and not for each token until then', async () => {
    issuer.answer = refused
    const { verify } = verifier()
    const token = await issuer.sign(claims())
    const before = issuer.requests()
    await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    time += 1_999
    expect(await verify(token)).toEqual(unknown('network_error'))
    expect(issuer.requests()).toBe(before + 1)
    issuer.answer = null
    time += 1
    expect(await verify(token)).toMatchObject(valid)
    expect(issuer.requests()).toBe(before + 2)
  })

  it.each(outages.slice(0, 7))(
    'is not missed while its keys are known: it %s',
    async (_, answer, reason) => {
      const { verify } = verifier()
      const token = await issuer.sign(claims({ exp: seconds() + 36_000 }))
      await verify(token)
      const before = issuer.requests()
      issuer.answer = answer
      time += 11 * MINUTE
      for (const wait of [0, 1, 29_998]) {
        time += wait
        expect(await verify(token)).toMatchObject(valid)
      }
      expect(issuer.requests()).toBe(before + 1)
      // A key that is new meanwhile cannot be known: no reason to end its session.
      expect(await verify(await issuer.sign(claims(), 'k2'))).toEqual(unknown(reason))
      issuer.answer = null
      issuer.publish('k2')
      time += 2_001
      expect(await verify(await issuer.sign(claims(), 'k2'))).toMatchObject(valid)
    },
  )

  it('keeps the sessions when it publishes no key for a while', async () => {
    const { verify } = verifier()
    const token = await issuer.sign(claims({ exp: seconds() + 36_000 }))
    await verify(token)
    issuer.publish()
    time += 11 * MINUTE
    expect(await verify(token)).toEqual(unknown('server_error'))
    issuer.publish('k1')
    time += 2_000
    expect(await verify(token)).toMatchObject(valid)
  })

  it('costs an unknown key id one request in two seconds', async () => {
    const { verify } = verifier()
    await verify(await issuer.sign(claims()))
    issuer.answer = refused
    const before = issuer.requests()
    const token = await issuer.sign(claims(), 'k2')
    for (const wait of [0, 1, 1_998, 1]) {
      time += wait
      expect(await verify(token)).toEqual(unknown('network_error'))
    }
    expect(issuer.requests()).toBe(before + 2)
  })

  it('gets a bound with every request', async () => {
    const signals: unknown[] = []
    const { verify } = verifier((_, init) => {
      signals.push(init?.signal)
      return issuer.fetch('')
    })
    await verify(await issuer.sign(claims()))
    expect(signals).toEqual([expect.any(AbortSignal)])
  })
})
