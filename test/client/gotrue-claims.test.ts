import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { claims } from '../../src/providers/gotrue/claims.js'
import { answered, anyAnswer, signedIn } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'
import { ADA, gotrueWorld } from '../support/gotrue-world.js'
import { jwt } from '../support/wire.js'

const MINUTE = 60_000
const FORGED = { code: 'rejected', serverCode: 'bad_jwt' }

async function open(signing: 'es256' | 'rs256' | 'hs256' = 'es256') {
  const world = gotrueWorld({ signing })
  await world.auth.signIn(ADA)
  world.server.clearLog()
  const asked = (path: string) => world.server.requests.filter((its) => its.path === path).length
  return { ...world, asked, verify: claims(world.auth).verify }
}

const token = async ({ auth }: Awaited<ReturnType<typeof open>>): Promise<string> =>
  (await auth.getAccessToken()) ?? ''

/** The same token with another claim in it. */
function tampered(genuine: string, change: object): string {
  const [head = '', body = '', mark = ''] = genuine.split('.')
  const said = JSON.parse(Buffer.from(body, 'base64url').toString())
  const text = JSON.stringify({ ...said, ...change })
  return [head, Buffer.from(text).toString('base64url'), mark].join('.')
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe.each(['es256', 'rs256'] as const)('tokens of a server that signs by %s', (signing) => {
  it('are verified here, by keys that are fetched once in ten minutes', async () => {
    const { verify, asked, clock, auth } = await open(signing)
    const all = await Promise.all([verify(), verify(), verify()])
    expect(all[0]).toMatchObject({
      claims: { sub: auth.getSnapshot().session?.user?.id, email: ADA.email, aal: 'aal1' },
      header: { alg: signing.toUpperCase(), kid: 'key-0' },
    })
    await claims(auth).verify()
    expect(asked('/.well-known/jwks.json')).toBe(1)
    await clock.advance(11 * MINUTE)
    await verify()
    expect(asked('/.well-known/jwks.json')).toBe(2)
    expect(asked('/user')).toBe(0)
  })

  it('are refused where they are forged, over, or no tokens', async () => {
    const world = await open(signing)
    const { verify, clock } = world
    const genuine = await token(world)
    expect((await verify(genuine)).claims.email).toBe(ADA.email)
    for (const wrong of [
      tampered(genuine, { role: 'service_role' }),
      genuine.slice(0, -8) + 'A'.repeat(8),
      'a.b.c',
      'opaque',
      `${genuine}.more`,
    ]) {
      await expect(verify(wrong)).rejects.toMatchObject(FORGED)
    }
    await clock.advance(61 * MINUTE)
    await expect(verify(genuine)).rejects.toMatchObject(FORGED)
  })

  it('are verified by a new key, which is fetched when the first one comes', async () => {
    const { verify, asked, clock, server, auth } = await open(signing)
    await verify()
    await clock.advance(MINUTE)
    server.rotateKeys()
    await auth.refreshSession()
    expect((await verify()).header.kid).toBe('key-1')
    expect(asked('/.well-known/jwks.json')).toBe(2)
    expect(asked('/user')).toBe(0)
  })
})

describe('tokens of a server that shares its secret with nobody', () => {
  it('are shown to the server', async () => {
    const world = await open('hs256')
    const genuine = await token(world)
    expect((await world.verify()).claims.email).toBe(ADA.email)
    expect((await world.verify(genuine)).header.alg).toBe('HS256')
    expect(world.asked('/user')).toBe(2)
    expect(world.asked('/.well-known/jwks.json')).toBe(0)
  })

  it('are refused where they are forged or over', async () => {
    const world = await open('hs256')
    const genuine = await token(world)
    const other = tampered(genuine, { role: 'service_role' })
    await expect(world.verify(other)).rejects.toMatchObject(FORGED)
    await world.clock.advance(61 * MINUTE)
    await expect(world.verify(genuine)).rejects.toMatchObject(FORGED)
  })

  it('are theirs of whom the server speaks', async () => {
    const { auth } = answered([200, { id: 'somebody else' }])
    const call = claims(auth).verify(jwt({ sub: 'u1', exp: 4_000_000_000 }))
    await expect(call).rejects.toThrow('not about the person of this token')
  })
})

describe('a key id that nobody knows', () => {
  it('has the keys fetched once more, not within half a minute, and the server asked', async () => {
    const { verify, asked, clock } = await open()
    const { privateKey } = await generateKeyPair('ES256')
    const stray = await new SignJWT({ sub: 'u1', exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'ES256', kid: 'stray' })
      .sign(privateKey)
    await verify()
    await clock.advance(MINUTE)
    for (let i = 0; i < 3; i++) await expect(verify(stray)).rejects.toMatchObject(FORGED)
    expect(asked('/.well-known/jwks.json')).toBe(2)
    expect(asked('/user')).toBe(3)
  })

  it('of a known key’s is forged, whatever algorithm it names', async () => {
    const { verify } = await open('rs256')
    for (const alg of ['ES256', 'EdDSA']) {
      const { privateKey } = await generateKeyPair(alg)
      const forged = await new SignJWT({ sub: 'u1', exp: 4_000_000_000 })
        .setProtectedHeader({ alg, kid: 'key-0' })
        .sign(privateKey)
      await expect(verify(forged)).rejects.toMatchObject(FORGED)
    }
  })
})

describe('the token of the current session', () => {
  it('is refreshed first where it has to be', async () => {
    const { verify, clock, server } = await open()
    await clock.advance(59 * MINUTE + 59_000)
    await verify()
    expect(server.count('refresh_token')).toBeGreaterThan(0)
  })

  it('is nobody’s when nobody is signed in', async () => {
    const { auth, verify } = await open()
    await auth.signOut()
    await expect(verify()).rejects.toMatchObject({ code: 'session_missing' })
  })

  it('is alive by the client’s count of its time, whatever the clock of the device says', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    // Of a server whose clock is decades behind this device's.
    const signed = await new SignJWT({ sub: 'u1', iat: 1_000_000_000, exp: 1_000_003_600 })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(privateKey)
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }]
    const session = {
      access_token: signed,
      refresh_token: 'r',
      expires_in: 3600,
      user: { id: 'u1' },
    }
    const { auth, sent } = answered([200, session], [200, { keys }])
    await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
    expect((await claims(auth).verify()).claims.sub).toBe('u1')
    expect(sent).toHaveLength(2)
    await expect(claims(auth).verify(signed)).rejects.toMatchObject(FORGED)
  })
})

describe('keys', () => {
  it.each(['EdDSA', 'ES512', 'RS512'])('of %s verify too', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const signed = await new SignJWT({ sub: 'u1', exp: 4_000_000_000 })
      .setProtectedHeader({ alg, kid: 'k' })
      .sign(privateKey)
    const key = { ...(await exportJWK(publicKey)), kid: 'k', alg }
    const { auth, sent } = answered([200, { keys: [{ kty: 'oct' }, null, key] }])
    expect((await claims(auth).verify(signed)).claims.sub).toBe('u1')
    expect(sent).toHaveLength(1)
  })

  it('of an algorithm that this platform does not know are left to the server', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const signed = await new SignJWT({ sub: 'u1', exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
      .sign(privateKey)
    const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }
    const { auth, sent } = answered([200, { keys: [key] }], [200, { id: 'u1' }])
    const unknown = new DOMException('Algorithm: Unrecognized name', 'NotSupportedError')
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(unknown)
    expect((await claims(auth).verify(signed)).claims.sub).toBe('u1')
    expect(sent.map(({ url }) => url.pathname).at(-1)).toBe('/auth/v1/user')
  })

  it('that are none are the server’s mistake, and end no session', async () => {
    const { auth } = await signedIn([200, { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k' }] }])
    const odd = await new SignJWT({ sub: 'u1', exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign((await generateKeyPair('ES256')).privateKey)
    await expect(claims(auth).verify(odd)).rejects.toMatchObject({ code: 'bad_response' })
  })

  it('that could not be had are asked for again by the next call', async () => {
    const { verify, server } = await open()
    server.fail({ type: 'status', status: 503 })
    await expect(verify()).rejects.toMatchObject({ code: 'server_error' })
    expect((await verify()).claims.email).toBe(ADA.email)
  })

  it('are left to the server where the page has no cryptography', async () => {
    const { auth, sent } = answered([200, { id: 'u1' }])
    vi.stubGlobal('crypto', {})
    const [, ...rest] = jwt({ sub: 'u1', exp: 4_000_000_000 }).split('.')
    const head = Buffer.from('{"alg":"ES256","kid":"k"}').toString('base64url')
    expect((await claims(auth).verify([head, ...rest].join('.'))).claims.sub).toBe('u1')
    expect(sent.map(({ url }) => url.pathname)).toEqual(['/auth/v1/user'])
  })
})

describe('a mistake of the caller', () => {
  it.each([null, '', 7, {}])('such as the token %j is called one', async (wrong) => {
    const { auth, sent } = answered()
    const call = Reflect.apply(claims(auth).verify, undefined, [wrong])
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toEqual([])
  })
})

describe('any token, and any answer about it', () => {
  const part = fc.oneof(
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc
      .record({ alg: fc.constantFrom('ES256', 'HS256'), kid: fc.constantFrom('k', 7) })
      .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc.constant(jwt({ sub: 'u1', exp: 4_000_000_000 }).split('.')[1] ?? ''),
    fc.string(),
  )
  const text = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))
  const likely = fc.oneof(
    fc.record({ keys: fc.array(fc.oneof(fc.jsonValue(), fc.constant({ kid: 'k', kty: 'EC' }))) }),
    fc.record({ id: fc.constantFrom('u1', 'u2') }),
  )

  it('are claims that the server stands for, or an AuthError, and the session stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.tuple(anyAnswer(likely), anyAnswer(likely), anyAnswer(likely)),
        async (given, answers) => {
          const { auth } = await signedIn(...answers.map((answer) => answer()))
          const outcome: unknown = await claims(auth)
            .verify(given)
            .catch((error: unknown) => error)
          if (!isAuthError(outcome)) expect(outcome).toMatchObject({ claims: { sub: 'u1' } })
          expect(auth.getSnapshot().session).not.toBeNull()
          auth.dispose()
        },
      ),
    )
  })
})
