import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  createOidc,
  entraPreset,
  type OidcPrivateKey,
  type OidcServerOptions,
} from '../../../src/server/oidc/index.js'
import { createScriptedOidc } from '../../../src/testing/index.js'
import { answering, DOCUMENT, ISSUER } from '../../support/oidc-wire.js'
import { context } from '../../support/wire.js'
import { createOidcServerWorld, errorOf, SECRET } from './oidc-server-world.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })
const OPTIONS: OidcServerOptions = { issuer: ISSUER, clientId: 'web', metadata: DOCUMENT }
const NOW = 1_700_000_000_000

async function makePair(algorithm: RsaHashedKeyGenParams | EcKeyGenParams | { name: 'Ed25519' }) {
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Not a pair of keys.')
  const [key, publicKey] = [pair.privateKey, pair.publicKey]
  const exported = (one: CryptoKey): Promise<JsonWebKey> => crypto.subtle.exportKey('jwk', one)
  return { key, publicKey, jwk: await exported(key), publicJwk: await exported(publicKey) }
}
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
}

/** What a client sends to the token endpoint. */
async function sentBy(options: Partial<OidcServerOptions>) {
  const { sent, fetch } = answering([200, { access_token: 'a', expires_in: 60 }])
  await createOidc({ ...OPTIONS, fetch, ...options }).refresh('refresh-1', context())
  const [request] = sent
  if (!request) throw new Error('Nothing was sent.')
  return { form: request.form, authorization: request.headers.get('authorization') }
}
const REFRESH = { grant_type: 'refresh_token', refresh_token: 'refresh-1' }

describe('a client says who it is', () => {
  it('by its secret in a header, encoded as in a form, and nowhere else', async () => {
    const { form, authorization } = await sentBy({ clientSecret: SECRET })
    const encoded = 'the+secret+of+the+client%3A+50%25+%2B+more'
    expect(authorization).toBe(`Basic ${Buffer.from(`web:${encoded}`).toString('base64')}`)
    expect(form).toEqual(REFRESH)
  })

  it('by its secret in the body', async () => {
    const clientAuthentication = 'client_secret_post'
    const { form, authorization } = await sentBy({ clientSecret: SECRET, clientAuthentication })
    expect(form).toEqual({ ...REFRESH, client_id: 'web', client_secret: SECRET })
    expect(authorization).toBeNull()
  })

  it('by its name alone, where it is a public one', async () => {
    const { form, authorization } = await sentBy({ clientAuthentication: 'none' })
    expect(form).toEqual({ ...REFRESH, client_id: 'web' })
    expect(authorization).toBeNull()
  })

  it('by a text that its key has signed: about itself, for the issuer, once, and not for long', async () => {
    const { jwk, publicKey } = await makePair(EC)
    const privateKey = { key: { ...jwk, kid: 'key-1' } }
    const forms = [
      (await sentBy({ privateKey, now: () => NOW })).form,
      (await sentBy({ privateKey, now: () => NOW })).form,
    ]
    const ids = new Set<unknown>()
    for (const { client_assertion: assertion = '', ...rest } of forms) {
      expect(rest).toEqual({
        ...REFRESH,
        client_id: 'web',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      })
      const checks = { audience: ISSUER, issuer: 'web', subject: 'web', currentDate: new Date(NOW) }
      const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, checks)
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'key-1' })
      expect(payload).toMatchObject({ aud: ISSUER, iat: NOW / 1000, exp: NOW / 1000 + 60 })
      ids.add(payload.jti)
    }
    expect(ids.size).toBe(2)
  })

  it('for the token endpoint, where the server wants that', async () => {
    const { key, publicKey } = await makePair(EC)
    const assertionAudience = 'token_endpoint'
    const { form } = await sentBy({ privateKey: { key, keyId: 'key-2' }, assertionAudience })
    const checks = { audience: DOCUMENT.token_endpoint }
    const { protectedHeader } = await jwtVerify(form.client_assertion ?? '', publicKey, checks)
    expect(protectedHeader.kid).toBe('key-2')
  })

  it('by the thumbprints of its certificate, where the server knows keys by those, as Entra does', async () => {
    const { key, publicKey } = await makePair(RSA)
    // Any bytes do: nobody reads what is in it.
    const der = Buffer.from('a certificate')
    const certificate = `Bag Attributes\n-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
    const entra = entraPreset({ tenantId: '11111111-2222-3333-4444-555555555555' })
    const metadata = { ...DOCUMENT, issuer: entra.issuer }
    const { form } = await sentBy({ ...entra, metadata, privateKey: { key, certificate } })
    const checks = { audience: DOCUMENT.token_endpoint }
    const { protectedHeader } = await jwtVerify(form.client_assertion ?? '', publicKey, checks)
    const of = (hash: string) => createHash(hash).update(der).digest('base64url')
    expect(protectedHeader).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      x5t: of('sha1'),
      'x5t#S256': of('sha256'),
    })
  })

  it.each([
    '',
    'MIIC',
    '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----\nabcde\n-----END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----\nYQ==\n',
    { toString: 'none' },
    5,
  ])('by no certificate that is none: %j', async (certificate) => {
    const { key } = await makePair(EC)
    const privateKey = { key, certificate }
    expect(() => Reflect.apply(createOidc, null, [{ ...OPTIONS, privateKey }])).toThrow(invalid)
  })

  it.each<[string, string, Parameters<typeof makePair>[0], string | undefined]>([
    ['an RSA key', 'RS256', RSA, undefined],
    ['an RSA key for the newer scheme', 'PS256', RSA, 'PS256'],
    ['a key of P-384', 'ES384', { name: 'ECDSA', namedCurve: 'P-384' }, undefined],
    ['a key of Ed25519', 'EdDSA', { name: 'Ed25519' }, undefined],
  ])('by %s, with %s', async (_, expected, kind, algorithm) => {
    const { jwk, key, publicJwk } = await makePair(kind)
    const { alg: __, ...plain } = jwk
    const keys: OidcPrivateKey['key'][] = algorithm ? [plain] : [plain, key]
    for (const one of keys) {
      const { form } = await sentBy({ privateKey: { key: one, algorithm } })
      const { alg: ___, ...open } = publicJwk
      const assertion = form.client_assertion ?? ''
      const { protectedHeader } = await jwtVerify(assertion, { ...open, alg: expected })
      expect(protectedHeader.alg).toBe(expected)
    }
  })

  it('at the endpoints of its server, and nowhere else: not to a server that loads its users', async () => {
    const elsewhere: string[] = []
    const world = createOidcServerWorld({
      oidc: {
        async loadUser({ send, signal }) {
          const form = { about: 'ada', client_id: 'web' }
          await send('https://people.example/who', { form }, { signal })
          return { id: 'ada' }
        },
        async fetch(input, init) {
          const request = new Request(input, init)
          if (!request.url.startsWith('https://people.example')) return world.server.fetch(request)
          elsewhere.push(`${request.headers.get('authorization')} ${await request.text()}`)
          return Response.json({})
        },
      },
    })
    expect((await world.grant()).user).toEqual({ id: 'ada' })
    expect(elsewhere).toEqual(['null about=ada&client_id=web'])
  })

  it('and is known by it at the scripted server: by either secret, and by a key', async () => {
    const { jwk, publicJwk } = await makePair(EC)
    const clients = [
      { id: 'web', secret: SECRET },
      { id: 'keyed', publicKey: publicJwk },
    ]
    const { fetch } = createScriptedOidc({ clients, signing: 'digest' })
    const base = { issuer: 'https://id.example', fetch }
    const keyed = { ...base, clientId: 'keyed' }
    const fitting: readonly OidcServerOptions[] = [
      { ...base, clientId: 'web', clientSecret: SECRET },
      {
        ...base,
        clientId: 'web',
        clientSecret: SECRET,
        clientAuthentication: 'client_secret_post',
      },
      { ...keyed, privateKey: { key: jwk } },
      { ...keyed, privateKey: { key: jwk }, assertionAudience: 'token_endpoint' },
    ]
    for (const options of fitting) {
      expect((await createOidc(options).clientCredentials()).accessToken).not.toBe('')
    }
    const other = await makePair(EC)
    const wrong: readonly OidcServerOptions[] = [
      { ...base, clientId: 'web', clientSecret: 'another secret' },
      { ...keyed, privateKey: { key: other.jwk } },
      { ...keyed, privateKey: { key: jwk }, now: () => Date.now() - 120_000 },
      { ...keyed, clientAuthentication: 'none' },
    ]
    for (const options of wrong) {
      const error = await errorOf(createOidc(options).clientCredentials())
      expect(error).toMatchObject({ code: 'rejected', serverCode: 'invalid_client' })
    }
  })
})

describe('what a client says who it is by', () => {
  it('is in no error, also where the server repeats it', async () => {
    const { jwk } = await makePair(EC)
    for (const proof of [
      { clientSecret: SECRET },
      { clientSecret: SECRET, clientAuthentication: 'client_secret_post' as const },
      { privateKey: { key: jwk } },
    ]) {
      const known = 'clientSecret' in proof ? proof.clientSecret : ''
      const shown: string[] = []
      const echo: typeof fetch = async (_, init) => {
        const sent = new Headers(init?.headers).get('authorization')
        const form = new URLSearchParams(String(init?.body))
        const said = `${sent} ${form} ${[...form.values()].join(' ')} ${known}`
        shown.push(form.get('client_assertion') ?? known)
        return Response.json({ error: 'invalid_client', error_description: said }, { status: 401 })
      }
      const oidc = createOidc({ ...OPTIONS, ...proof, fetch: echo })
      const errors = [
        await errorOf(oidc.refresh('a-refresh-token-that-is-secret', context())),
        await errorOf(oidc.revoke('a-refresh-token-that-is-secret')),
        await errorOf(oidc.clientCredentials()),
      ]
      const text = errors.map((error) => `${error} ${JSON.stringify(error)}`).join()
      for (const secret of [...shown, 'a-refresh-token-that-is-secret']) {
        expect(text).not.toContain(secret)
      }
      expect(text).not.toContain(encodeURIComponent(SECRET).slice(0, 12))
      expect(text).toContain('invalid_client')
    }
  })

  it('is not shown by the client itself, however one looks at it', async () => {
    const { jwk } = await makePair(EC)
    for (const proof of [{ clientSecret: SECRET }, { privateKey: { key: jwk } }]) {
      const oidc = createOidc({ ...OPTIONS, ...proof })
      const shown = `${JSON.stringify(oidc)} ${inspect(oidc, { depth: 9, showHidden: true })}`
      for (const secret of [SECRET, String(jwk.d)]) expect(shown).not.toContain(secret)
    }
  })

  it.each<[string, object]>([
    ['nothing', {}],
    ['an empty secret', { clientSecret: '' }],
    ['a secret and none', { clientSecret: SECRET, clientAuthentication: 'none' }],
    ['no secret for its way', { clientAuthentication: 'client_secret_post' }],
    ['no key for its way', { clientAuthentication: 'private_key_jwt' }],
    ['a way that nobody knows', { clientSecret: SECRET, clientAuthentication: 'tls_client_auth' }],
    ['a secret that is no text', { clientSecret: 5 }],
    ['a key that is none', { privateKey: { key: null } }],
    ['a key that is a shared secret', { privateKey: { key: { kty: 'oct', k: 'AAAA' } } }],
    [
      'a key for shared secrets',
      { privateKey: { key: { kty: 'EC', d: 'x' }, algorithm: 'HS256' } },
    ],
    [
      'a key of a curve that signs nothing',
      { privateKey: { key: { kty: 'OKP', crv: 'X25519', d: 'x' } } },
    ],
    [
      'an audience that nobody knows',
      { privateKey: { key: { kty: 'RSA', d: 'x' } }, assertionAudience: 'anybody' },
    ],
  ])('is not %s', (_, proof) => {
    expect(() => Reflect.apply(createOidc, null, [{ ...OPTIONS, ...proof }])).toThrow(invalid)
  })

  it('is no public key, and no key that fits no algorithm', async () => {
    const { publicKey, publicJwk, jwk } = await makePair(EC)
    for (const key of [publicKey, publicJwk]) {
      expect(() => createOidc({ ...OPTIONS, privateKey: { key } })).toThrow(invalid)
    }
    const oidc = createOidc({ ...OPTIONS, privateKey: { key: jwk, algorithm: 'RS256' } })
    expect(await errorOf(oidc.clientCredentials())).toEqual(invalid)
  })

  it('is one thing, of a way that is known', async () => {
    const { key } = await makePair(EC)
    const privateKey = { key }
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const shared = await crypto.subtle.generateKey(hmac, true, ['sign', 'verify'])
    const rsa = { ...RSA, name: 'RSA-OAEP' }
    const sealing: unknown = await crypto.subtle.generateKey(rsa, true, ['encrypt', 'decrypt'])
    const wrong: readonly object[] = [
      {},
      { clientSecret: SECRET, privateKey },
      { clientSecret: SECRET, privateKey, clientAuthentication: 'private_key_jwt' },
      { clientSecret: SECRET, clientAuthentication: 'none' },
      { privateKey, clientAuthentication: 'none' },
      { clientAuthentication: 'client_secret_basic' },
      // Whoever means it to prove itself by a certificate would be a public client.
      { clientAuthentication: 'tls_client_auth' },
      { privateKey: { key: shared } },
      { privateKey: { key: Object(sealing).privateKey } },
    ]
    for (const way of wrong) {
      expect(() => Reflect.apply(createOidc, null, [{ ...OPTIONS, ...way }])).toThrow(invalid)
    }
  })
})
