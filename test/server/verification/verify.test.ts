import { base64url, SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import {
  createVerifier,
  type Verification,
  type Verifier,
} from '../../../src/server/verification/verify.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'

const START = 1_700_000_000_000
const JWKS = 'https://api.workos.test/sso/jwks/client_1'
const ISSUERS = ['https://api.workos.com', 'https://api.workos.com/user_management/client_1']
const TENANT = '11111111-2222-3333-4444-555555555555'
const ALL = 'https://login.microsoftonline.com/{tenantid}/v2.0'
const ONE = ALL.replace('{tenantid}', TENANT)

let issuer: Issuer
let time = START
const now = (): number => time
const seconds = (): number => Math.floor(time / 1000)
const claims = (extra: object = {}): Record<string, unknown> => ({
  sub: 'user_1',
  iat: seconds(),
  exp: seconds() + 300,
  ...extra,
})
const verifier = (options: object = {}): Verifier =>
  createVerifier({ jwksUrl: JWKS, fetch: issuer.fetch, audience: false, now, ...options })
const valid = { ok: true, claims: { sub: 'user_1' } }
const invalid = { ok: false, reason: 'invalid_jwt' }
const expired = { ok: false, reason: 'expired' }

beforeAll(async () => {
  issuer = await createIssuer('k1', 'k2', 'k3')
})

beforeEach(() => {
  time = START
  issuer.answer = null
  issuer.publish('k1')
})

describe('a token of the issuer', () => {
  it('is valid, and its claims are given', async () => {
    const token = await issuer.sign(claims({ org_id: 'org_1' }))
    expect(await verifier().verify(token)).toEqual({
      ok: true,
      claims: claims({ org_id: 'org_1' }),
    })
  })

  it.each<[string, object, object]>([
    ['issued in the future, by a clock that is ahead', { iat: START / 1000 + 3600 }, valid],
    ['of any issuer', { iss: 'https://anybody.example' }, valid],
    ['without a word when it ends', { exp: undefined }, invalid],
    ['whose end is no number', { exp: 'soon' }, invalid],
    ['not valid yet', { nbf: START / 1000 + 1 }, invalid],
    ['that ends this moment', { exp: START / 1000 }, expired],
    ['that ended long ago', { exp: 1 }, expired],
  ])('%s', async (_, extra, expected) => {
    expect(await verifier().verify(await issuer.sign(claims(extra)))).toMatchObject(expected)
  })

  it('is alive until its end and not after it', async () => {
    const { verify } = verifier()
    const tolerant = verifier({ clockTolerance: 5_000 })
    const token = await issuer.sign(claims())
    time += 299_999
    expect(await verify(token)).toMatchObject(valid)
    time += 1
    expect(await verify(token)).toEqual(expired)
    time += 4_999
    expect(await tolerant.verify(token)).toMatchObject(valid)
    time += 1
    expect(await tolerant.verify(token)).toEqual(expired)
  })

  it.each<[string, object, object, object]>([
    ['one issuer', { issuer: ISSUERS[0] }, { iss: ISSUERS[0] }, valid],
    ['another issuer', { issuer: ISSUERS[0] }, { iss: ISSUERS[1] }, invalid],
    ['the first of the issuers', { issuer: ISSUERS }, { iss: ISSUERS[0] }, valid],
    ['the second of the issuers', { issuer: ISSUERS }, { iss: ISSUERS[1] }, valid],
    ['none of the issuers', { issuer: ISSUERS }, { iss: `${ISSUERS[0]}/` }, invalid],
    ['no issuer', { issuer: ISSUERS }, {}, invalid],
    ['a tenant of Entra', { issuer: ALL }, { iss: ONE, tid: TENANT }, valid],
    ['a tenant beside another', { issuer: [ALL, 'x'] }, { iss: ONE, tid: TENANT }, valid],
    ['another tenant', { issuer: ALL }, { iss: ONE, tid: TENANT.replaceAll('1', '9') }, invalid],
    ['a tenant that it does not say', { issuer: ALL }, { iss: ONE }, invalid],
    ['a tenant elsewhere', { issuer: ALL }, { iss: `${ONE}/x`, tid: TENANT }, invalid],
    ['no tenant', { issuer: ALL }, { iss: ALL, tid: '{tenantid}' }, invalid],
    ['no tenant at all', { issuer: ALL }, { iss: ALL }, invalid],
    ['the audience', { audience: 'app' }, { aud: ['other', 'app'] }, valid],
    ['one of the audiences', { audience: ['x', 'app'] }, { aud: 'app' }, valid],
    ['another audience', { audience: 'app' }, { aud: 'other' }, invalid],
    ['no audience', { audience: 'app' }, {}, invalid],
  ])('is held to its name: %s', async (_, options, extra, expected) => {
    const token = await issuer.sign(claims(extra))
    expect(await verifier(options).verify(token)).toMatchObject(expected)
  })
})

describe('a forged token is invalid', () => {
  const part = (value: unknown): string => base64url.encode(JSON.stringify(value))
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  const forgeries: readonly [string, () => Promise<string> | string][] = [
    ['empty', () => ''],
    ['garbage', () => 'garbage'],
    ['three empty parts', () => '..'],
    ['not signed', () => `${part({ alg: 'none', kid: 'k1' })}.${part(claims())}.`],
    [
      'with an algorithm that is no text, and cannot be made one',
      () => `${part({ alg: { toString: null }, kid: 'k1' })}.${part(claims())}.AAAA`,
    ],
    ['without an algorithm', () => `${part({ kid: 'k1' })}.${part(claims())}.AAAA`],
    [
      'signed by the public key taken for a secret',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(bytes(issuer.publicText('k1'))),
    ],
    ['signed by another key under this name', () => issuer.sign(claims(), 'k2', { kid: 'k1' })],
    [
      'with other claims put in',
      async () => {
        const [head, , signature] = (await issuer.sign(claims())).split('.')
        return `${head}.${part(claims({ sub: 'user_2' }))}.${signature}`
      },
    ],
    [
      'with an extension that is critical',
      () => `${part({ alg: 'RS256', crit: ['x'], x: 1 })}.e30.AA`,
    ],
    ['without a key id, by an unknown key', () => issuer.sign(claims(), 'k2', {})],
    ['expired and forged at once', () => issuer.sign(claims({ exp: 1 }), 'k2', { kid: 'k1' })],
  ]

  it.each(forgeries)('%s', async (_, forge) => {
    expect(await verifier().verify(await forge())).toEqual(invalid)
  })

  it('what is not even a text is invalid too', async () => {
    for (const value of [undefined, null, 5, {}]) {
      expect(await Reflect.apply(verifier().verify, null, [value])).toEqual(invalid)
    }
  })

  it('by an algorithm that only others accept', async () => {
    const token = await issuer.sign(claims())
    expect(await verifier({ algorithms: ['PS256', 'ES256'] }).verify(token)).toEqual(invalid)
  })
})

describe('a shared secret', () => {
  const secret = 'super-secret-jwt-token-with-at-least-32-characters-long'
  const sign = (by: string, alg = 'HS256'): Promise<string> =>
    new SignJWT(claims()).setProtectedHeader({ alg }).sign(new TextEncoder().encode(by))

  it('verifies what it signed, and nothing else', async () => {
    const { verify } = createVerifier({ secret, audience: false, now })
    expect(await verify(await sign(secret))).toMatchObject(valid)
    expect(await verify(await sign(`${secret}!`))).toEqual(invalid)
    expect(await verify(await sign(secret, 'HS512'))).toEqual(invalid)
    expect(await verify(await issuer.sign(claims()))).toEqual(invalid)
    const token = await sign(secret)
    time += 300_000
    expect(await verify(token)).toEqual(expired)
  })
})

describe('a configuration that cannot work is refused when it is made', () => {
  const key = { jwksUrl: JWKS }
  it.each<[string, object]>([
    ['nothing to verify by', {}],
    ['an empty secret', { secret: '' }],
    ['a secret of 31 bytes', { secret: 'x'.repeat(31) }],
    ['no word about the audience', { ...key, audience: undefined }],
    ['no audience to accept', { ...key, audience: [] }],
    ['a secret and a key set', { ...key, secret: 'x'.repeat(32) }],
    ['no address', { jwksUrl: '/jwks' }],
    ['an address that anybody can forge', { jwksUrl: 'http://api.workos.test/jwks' }],
    ['a secret’s algorithm with public keys', { ...key, algorithms: ['RS256', 'HS256'] }],
    ['a public key’s algorithm with a secret', { secret: 'x', algorithms: ['RS256'] }],
    ['no signature', { ...key, algorithms: ['none'] }],
    ['no algorithm', { ...key, algorithms: [] }],
    ['no issuer to accept', { ...key, issuer: [] }],
    ['an empty issuer', { ...key, issuer: '' }],
    ['an empty audience', { ...key, audience: ['app', ''] }],
    ['an issuer that is no text', { ...key, issuer: 5 }],
    ['an issuer among texts that is none', { ...key, issuer: ['https://a.test', null] }],
    ['an audience that is no text', { ...key, audience: {} }],
    ['an audience of `true`', { ...key, audience: true }],
    ['a list of secrets', { secret: ['x'.repeat(32)] }],
    ['a tolerance below nothing', { ...key, clockTolerance: -1 }],
    ['a tolerance without end', { ...key, clockTolerance: Number.POSITIVE_INFINITY }],
    ['an interval of nothing', { ...key, jwksRefreshInterval: 0 }],
    ['an interval without end', { ...key, jwksRefreshInterval: Number.POSITIVE_INFINITY }],
    ['a tolerance that is no number', { ...key, clockTolerance: Number.NaN }],
  ])('%s', (_, options) => {
    const attempt = (): unknown => {
      try {
        return Reflect.apply(createVerifier, null, [{ audience: false, ...options }])
      } catch (error) {
        return error
      }
    }
    expect(isAuthError(attempt(), 'invalid_argument')).toBe(true)
  })

  it('and these are not', () => {
    const fine: readonly Verification[] = [
      { jwksUrl: 'http://localhost:8080/jwks', audience: false },
      { jwksUrl: 'http://auth:8080/jwks', dangerouslyAllowInsecureHttp: true, audience: 'a' },
      { jwksUrl: JWKS, algorithms: ['ES256', 'EdDSA'], issuer: ISSUERS, audience: ['a'] },
      { secret: 'ä'.repeat(16), algorithms: ['HS512'], clockTolerance: 0, audience: false },
    ]
    for (const options of fine) expect(() => createVerifier(options)).not.toThrow()
  })
})
