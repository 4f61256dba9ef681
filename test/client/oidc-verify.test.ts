import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { turns } from '../contracts/contract.js'
import { makeKey, openIssuer, SIGNING_DOCUMENT, unsigned } from '../support/oidc-issuer.js'
import { createOidcWorld } from '../support/oidc-world.js'
import { PATIENT } from '../support/patient.js'

const NOT_GENUINE = { code: 'bad_response', retryable: false, serverCode: 'invalid_id_token' }

const halfOf = (words: string, hash = 'sha256'): string => {
  const bytes = createHash(hash).update(words).digest()
  return bytes.subarray(0, bytes.length / 2).toString('base64url')
}

/** A page that verifies, by a wall clock of its own. */
const open = async (options: Parameters<typeof verifyIdToken>[0] = {}) => {
  const clock = { now: 1_010_000 }
  const issuer = await openIssuer({ verifyIdToken: verifyIdToken(options, () => clock.now) })
  return { ...issuer, clock }
}

const outage = async (): Promise<Response> => new Response('down', { status: 503 })

describe('a sign-in whose id token is verified', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'])(
    'takes what the issuer has signed (%s)',
    async (alg) => {
      const { signIn, jwks } = await open({ algorithms: [alg] })
      const key = await makeKey('own', alg)
      jwks.keys = [key.jwk]
      const hash = alg === 'EdDSA' ? 'sha512' : 'sha256'
      const hashes = { at_hash: halfOf('access-1', hash), c_hash: halfOf('code-1', hash) }
      expect(await signIn((claims) => key.sign({ ...claims, ...hashes }))).toMatchObject({
        user: { id: 'ada' },
      })
    },
  )

  it('asks for the keys before its code is spent, and once in ten minutes', async () => {
    const { signIn, asked, jwks, clock } = await open()
    await signIn()
    expect(asked).toEqual([SIGNING_DOCUMENT.jwks_uri, SIGNING_DOCUMENT.token_endpoint])
    clock.now += 599_000
    await signIn()
    expect(jwks.asked).toBe(1)
    clock.now += 1_000
    await signIn()
    expect(jwks.asked).toBe(2)
  })

  it.each<readonly [string, () => Promise<Response>, object]>([
    ['are in an outage', outage, { code: 'server_error', retryable: true }],
    [
      'cannot be reached',
      () => Promise.reject(new TypeError()),
      { code: 'network', retryable: true },
    ],
    ['are none', async () => Response.json({ keys: [] }), { code: 'bad_response' }],
    ['are no set of keys', async () => Response.json([]), { code: 'bad_response' }],
    ['are a page', async () => new Response('<html>'), { code: 'bad_response' }],
  ])('fails while the keys %s, and spends no code', async (_name, answer, error) => {
    const { signIn, jwks, asked, auth } = await open()
    jwks.outage = answer
    expect(await signIn()).toMatchObject(error)
    expect(asked).not.toContain(SIGNING_DOCUMENT.token_endpoint)
    expect(await auth.getSession()).toBeNull()
    jwks.outage = null
    expect(await signIn()).toMatchObject({ user: { id: 'ada' } })
  })

  it('takes a key that is new, which it asks for', async () => {
    const { signIn, jwks } = await open()
    await signIn()
    const next = await makeKey('key-2')
    jwks.keys = [next.jwk, ...jwks.keys]
    expect(await signIn((claims) => next.sign(claims))).toMatchObject({ user: { id: 'ada' } })
    expect(jwks.asked).toBe(2)
  })

  it('does not say that its code may be sent again, which is spent, while a new key cannot be had', async () => {
    const { signIn, jwks } = await open()
    await signIn()
    const next = await makeKey('key-2')
    jwks.outage = outage
    expect(await signIn((claims) => next.sign(claims))).toMatchObject(NOT_GENUINE)
    expect(jwks.asked).toBe(2)
  })

  it('reads past what is no key, and keys of kinds that nobody knows', async () => {
    const { signIn, jwks, key } = await open()
    const odd: unknown[] = [
      null,
      'key',
      {},
      { kty: 'odd', kid: 'key-1' },
      { kty: 'EC', kid: 'key-1' },
    ]
    jwks.keys = JSON.parse(JSON.stringify([...odd, key.jwk]))
    expect(await signIn()).toMatchObject({ user: { id: 'ada' } })
  })

  it.each<readonly [string, (issuer: Awaited<ReturnType<typeof open>>, claims: object) => unknown]>(
    [
      [
        'a key that the issuer has not published',
        async (_, claims) => (await makeKey('key-1')).sign(claims),
      ],
      ['the public key as a secret', ({ key }, claims) => hmac(JSON.stringify(key.jwk), claims)],
      [
        'an algorithm that the server does not name',
        async ({ jwks }, claims) => {
          const key = await makeKey('other', 'ES384')
          jwks.keys = [key.jwk]
          return key.sign(claims)
        },
      ],
      ['nobody', (_, claims) => unsigned(claims)],
      ['nobody, with a mark', (_, claims) => unsigned(claims, { alg: 'none' }, 'AAAA')],
      [
        'the issuer, and was changed since',
        async ({ key }, claims) => {
          const [head, , mark] = (await key.sign(claims)).split('.')
          const [, payload] = unsigned({ ...claims, email: 'eve@example.com' }).split('.')
          return [head, payload, mark].join('.')
        },
      ],
      [
        'the issuer for another access token',
        ({ key }, claims) => key.sign({ ...claims, at_hash: halfOf('access-2') }),
      ],
      [
        'the issuer for another code',
        ({ key }, claims) => key.sign({ ...claims, c_hash: halfOf('code-2') }),
      ],
      [
        'the issuer, with a hash that is none',
        ({ key }, claims) => key.sign({ ...claims, at_hash: 5 }),
      ],
    ],
  )('is refused where the token is signed by %s', async (_name, make) => {
    const issuer = await open()
    expect(await issuer.signIn((claims) => make(issuer, claims))).toMatchObject(NOT_GENUINE)
    expect(await issuer.auth.getSession()).toBeNull()
  })

  it('still wants the claims to be right', async () => {
    const { signIn, key } = await open()
    for (const wrong of [{ iss: 'https://evil.example' }, { aud: 'other' }, { nonce: 'other' }]) {
      expect(await signIn((claims) => key.sign({ ...claims, ...wrong }))).toMatchObject(NOT_GENUINE)
    }
  })

  it('does not ask this device what time it is, unless it is told how far that may be off', async () => {
    const day = 86_400_000
    const trusting = await open()
    const strict = await open({ clockSkew: 60_000 })
    for (const [off, fits] of [
      [0, true],
      [day, false],
      [-day, false],
    ] as const) {
      trusting.clock.now = strict.clock.now = 1_010_000 + off
      expect(await trusting.signIn()).toMatchObject({ user: { id: 'ada' } })
      const outcome = await strict.signIn()
      expect(outcome).toMatchObject(fits ? { user: { id: 'ada' } } : NOT_GENUINE)
    }
  })

  it('asks the issuer where its keys are, and needs a server that has some', async () => {
    const verifier = verifyIdToken()
    const found = await openIssuer({ verifyIdToken: verifier, metadata: undefined })
    expect(await found.signIn()).toMatchObject({ user: { id: 'ada' } })
    const { jwks_uri: _, ...metadata } = SIGNING_DOCUMENT
    const none = await openIssuer({ verifyIdToken: verifier, metadata: undefined })
    none.tellOfItself(metadata)
    expect(await none.signIn()).toMatchObject({ code: 'invalid_argument' })
    // Passed by hand, it is refused at once.
    await expect(openIssuer({ verifyIdToken: verifier, metadata })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })
})

async function hmac(secret: string, claims: object): Promise<string> {
  const { SignJWT } = await import('jose')
  const key = new TextEncoder().encode(secret)
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(key)
}

describe('a refresh whose id token is verified', () => {
  it('tells of the person what the issuer has signed', async () => {
    const { signIn, refresh, key, auth } = await open()
    await signIn()
    await refresh((claims) => key.sign({ ...claims, name: 'Ada' }))
    expect(await auth.getSession()).toMatchObject({
      refreshToken: 'refresh-2',
      user: { id: 'ada', name: 'Ada' },
    })
  })

  it.each<readonly [string, (key: Awaited<ReturnType<typeof makeKey>>, claims: object) => unknown]>(
    [
      ['forged', async (_, claims) => (await makeKey('key-1')).sign({ ...claims, name: 'Eve' })],
      ['unsigned', (_, claims) => unsigned({ ...claims, name: 'Eve' })],
      ['with another nonce', (key, claims) => key.sign({ ...claims, name: 'Eve', nonce: 'other' })],
      [
        'for another access token',
        (key, claims) => key.sign({ ...claims, name: 'Eve', at_hash: halfOf('other') }),
      ],
      ['no text', () => 5],
    ],
  )('keeps its new tokens, and the id token before, where that is %s', async (_name, make) => {
    const { signIn, refresh, key, auth } = await open()
    await signIn()
    const before = (await auth.getSession())?.extras.id_token
    await refresh((claims) => make(key, claims))
    const session = await auth.getSession()
    expect(session).toMatchObject({ refreshToken: 'refresh-2', user: { id: 'ada' } })
    expect(session?.user).not.toHaveProperty('name')
    expect(session?.extras.id_token).toBe(before)
  })

  it('waits for no keys: an endpoint that never answers costs it nothing', async () => {
    const { signIn, refresh, key, auth, jwks, clock } = await open()
    await signIn()
    clock.now += 600_000
    jwks.outage = () => new Promise(() => {})
    await refresh((claims) => key.sign({ ...claims, name: 'Ada' }))
    // The keys at hand are good enough to tell.
    expect(await auth.getSession()).toMatchObject({
      refreshToken: 'refresh-2',
      user: { name: 'Ada' },
    })
    expect(jwks.asked).toBe(2)
  })

  it('has one request for keys under way at the most, and begins none within half a minute', async () => {
    const { signIn, refresh, key, jwks, clock } = await open()
    await signIn()
    clock.now += 600_000
    jwks.outage = () => new Promise(() => {})
    const renew = () => refresh((claims) => key.sign(claims))
    await renew()
    await renew()
    expect(jwks.asked).toBe(2)
    clock.now += 30_000
    await renew()
    expect(jwks.asked).toBe(3)
    expect(jwks.signals.map(({ aborted }) => aborted)).toEqual([false, true, false])
  })

  it('has the newest keys, also where an older answer comes after them', async () => {
    const { signIn, refresh, auth, jwks, clock } = await open()
    await signIn()
    clock.now += 600_000
    const before = jwks.keys
    let late = (_answer: Response): void => {}
    jwks.outage = () => new Promise((resolve) => (late = resolve))
    const next = await makeKey('key-2')
    await refresh((claims) => next.sign(claims))
    await vi.waitUntil(() => jwks.asked === 2, PATIENT)
    jwks.outage = null
    jwks.keys = [next.jwk]
    expect(await signIn((claims) => next.sign(claims))).toMatchObject({ user: { id: 'ada' } })
    late(Response.json({ keys: before }))
    await turns()
    jwks.outage = outage
    await refresh((claims) => next.sign({ ...claims, name: 'Ada' }))
    expect((await auth.getSession())?.user).toMatchObject({ name: 'Ada' })
  })

  it.each<readonly [string, Awaited<ReturnType<typeof openIssuer>>['jwks']['outage']]>([
    ['holds no keys', async () => new Response('<html>', { status: 404 })],
    ['holds keys of somebody else', null],
  ])(
    'asks the issuer where its keys are now, where the place that was kept %s',
    async (_name, gone) => {
      const before = await openIssuer({ metadata: undefined, verifyIdToken: verifyIdToken() })
      await before.signIn()
      const { storage, environment } = before.browser.tab()
      const clock = { now: 0 }
      const verifier = verifyIdToken({}, () => clock.now)
      const after = await openIssuer({ metadata: undefined, verifyIdToken: verifier })
      after.jwks.outage = gone
      const auth = new AuthClient({ provider: after.provider, storage, environment })
      const renew = async () => {
        const id_token = await before.key.sign(before.claimsOf())
        after.answers.push([200, after.bodyWith(id_token)])
        await auth.refreshSession()
      }
      await renew()
      await turns()
      await vi.waitUntil(() => after.jwks.asked > 0, PATIENT)
      expect(after.asked.filter((url) => url.includes('/.well-known/'))).toEqual([])
      await vi.waitUntil(async () => {
        clock.now += 30_000
        await renew()
        return after.asked.some((url) => url.includes('/.well-known/'))
      }, PATIENT)
    },
  )

  it('believes a new key at the refresh after, once that is at hand', async () => {
    const { signIn, refresh, auth, jwks, clock } = await open()
    await signIn()
    const next = await makeKey('key-2')
    jwks.keys = [next.jwk]
    const renew = () => refresh((claims) => next.sign({ ...claims, name: 'Ada' }))
    // No sooner than half a minute after the last time.
    await renew()
    expect(jwks.asked).toBe(1)
    clock.now += 30_000
    await renew()
    expect((await auth.getSession())?.user).not.toHaveProperty('name')
    await vi.waitUntil(() => jwks.asked === 2, PATIENT)
    await vi.waitUntil(async () => {
      await renew()
      return (await auth.getSession())?.user?.name === 'Ada'
    }, PATIENT)
  })

  it('of a session that was begun without verification finds the keys, and ends nothing', async () => {
    const before = await openIssuer({ metadata: undefined })
    await before.signIn()
    const { storage, environment } = before.browser.tab()
    const after = await openIssuer({ metadata: undefined, verifyIdToken: verifyIdToken() })
    after.jwks.keys = [before.key.jwk]
    const auth = new AuthClient({ provider: after.provider, storage, environment })
    const renew = async () => {
      const id_token = await before.key.sign({
        ...{ iss: SIGNING_DOCUMENT.issuer, aud: 'app', sub: 'ada', iat: 1_000, exp: 1_060 },
        name: 'Ada',
      })
      after.answers.push([200, { access_token: 'a', refresh_token: 'r', id_token }])
      return auth.refreshSession()
    }
    await renew()
    await vi.waitUntil(async () => (await renew()).session?.user?.name === 'Ada', PATIENT)
  })

  it('is never served for another person, whoever signed that', async () => {
    for (const sign of [makeKey('key-1').then(({ sign: by }) => by), null]) {
      const { signIn, refresh, key, auth, ends } = await open()
      await signIn()
      const by = (await sign) ?? key.sign
      expect(await refresh((claims) => by({ ...claims, sub: 'eve' }))).toMatchObject({
        serverCode: 'subject_changed',
      })
      expect(await auth.getSession()).toBeNull()
      expect(ends).toEqual([['subject-changed', expect.anything()]])
    }
  })
})

describe('a token held elsewhere', () => {
  const elsewhere = async (
    make: (issuer: Awaited<ReturnType<typeof open>>) => Promise<unknown>,
  ) => {
    const issuer = await open()
    const { answers, bodyWith, auth } = issuer
    answers.push([200, bodyWith(await make(issuer))])
    /** What `setSession` says. */
    const begin = (): Promise<unknown> =>
      auth
        .setSession({ refreshToken: 'from-elsewhere', accessToken: 'of-old' })
        .catch((error: unknown) => error)
    return { ...issuer, begin }
  }

  it('begins the session of whoever the issuer has signed', async () => {
    const { begin, auth } = await elsewhere(({ key, claimsOf }) => key.sign(claimsOf()))
    await begin()
    expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('begins none by an id token that is forged', async () => {
    const { begin, auth } = await elsewhere(async ({ claimsOf }) =>
      (await makeKey('key-1')).sign(claimsOf()),
    )
    expect(await begin()).toMatchObject(NOT_GENUINE)
    expect(await auth.getSession()).toBeNull()
  })

  it('is not spent while the keys cannot be had', async () => {
    const { begin, asked, jwks } = await elsewhere(({ key, claimsOf }) => key.sign(claimsOf()))
    jwks.outage = outage
    expect(await begin()).toMatchObject({ code: 'server_error', retryable: true })
    expect(asked).not.toContain(SIGNING_DOCUMENT.token_endpoint)
    jwks.outage = null
    expect(await begin()).toMatchObject({ session: { user: { id: 'ada' } } })
  })
})

describe('scripted servers, verified', () => {
  it.each(['oidc-provider', 'keycloak', 'hydra', 'zitadel', 'auth0'] as const)(
    'are believed, at the sign-in and at each refresh: %s',
    async (manners) => {
      const {
        open: openTab,
        signIn,
        server,
        clock,
      } = createOidcWorld({ manners, signing: 'es256' })
      const opened = openTab({ verifyIdToken: verifyIdToken({}, () => clock.now()) })
      const first = await signIn(opened)
      await clock.advance(5_000)
      const { session } = await opened.auth.refreshSession()
      expect(session.extras.id_token).not.toBe(first.extras.id_token)
      expect(server.requests.filter(({ path }) => path === '/jwks')).toHaveLength(1)
    },
  )
})

describe('what cannot be verified by', () => {
  it.each<readonly [string, object]>([
    ['a shared secret', { algorithms: ['HS256'] }],
    ['nothing', { algorithms: [] }],
    ['no algorithm', { algorithms: ['none'] }],
    ['a text', { algorithms: 'RS256' }],
    ['a time that is none', { clockSkew: -1 }],
    ['a clock that is a text', { clockSkew: '1' }],
    ['what nobody knows', { keys: [] }],
  ])('is refused at once: %s', (_name, options) => {
    expect(() => verifyIdToken(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
