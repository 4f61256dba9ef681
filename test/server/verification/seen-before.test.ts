import { SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createClaimsCheck,
  createVerifier,
  type Verifier,
} from '../../../src/server/verification/verify.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'

const START = 1_700_000_000_000
const MINUTE = 60_000
const SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long'

let issuer: Issuer
let time = START
const now = (): number => time
const claims = { sub: 'user_1', exp: START / 1000 + 3_600 }
const verifier = (): Verifier =>
  createVerifier({
    jwksUrl: 'https://api.workos.test/sso/jwks/client_1',
    fetch: issuer.fetch,
    audience: false,
    now,
  })
const valid = { ok: true, claims: { sub: 'user_1' } }
const invalid = { ok: false, reason: 'invalid_jwt' }

/** Publishes these keys, all under one name. */
function publishAs(kid: string, ...names: readonly string[]): void {
  issuer.publish(...names)
  const { keys } = issuer.keys()
  issuer.answer = () => Response.json({ keys: keys.map((key) => ({ ...key, kid })) })
}

beforeAll(async () => {
  issuer = await createIssuer('k1', 'k2', 'k3')
})

beforeEach(() => {
  time = START
  issuer.answer = null
  issuer.publish('k1')
})

describe('a token that was seen before', () => {
  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt'])(
    'is refused each time where its type is %s',
    async (typ) => {
      const { verify } = createVerifier({ secret: SECRET, audience: false, now })
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ })
        .sign(new TextEncoder().encode(SECRET))
      for (let turn = 0; turn < 3; turn += 1) expect(await verify(token)).toEqual(invalid)
    },
  )

  it('counts no longer when its key goes, also where several keys have one name', async () => {
    publishAs('same', 'k1', 'k2')
    const { verify } = verifier()
    const token = await issuer.sign(claims, 'k1', { kid: 'same' })
    for (let turn = 0; turn < 3; turn += 1) expect(await verify(token)).toMatchObject(valid)
    publishAs('same', 'k2', 'k3')
    time += 10 * MINUTE
    for (let turn = 0; turn < 3; turn += 1) expect(await verify(token)).toEqual(invalid)
  })
})

describe('a token that the issuer has just given', () => {
  it('makes no way for forged key ids where its own key is known', async () => {
    const { verify, hurry } = verifier()
    const genuine = await issuer.sign(claims)
    expect(await verify(genuine)).toMatchObject(valid)
    time += 5_000
    expect(await verify(await issuer.sign(claims, 'k2', { kid: 'forged' }))).toEqual(invalid)
    const before = issuer.requests()
    time += 2_000
    hurry(genuine)
    expect(await verify(await issuer.sign(claims, 'k2', { kid: 'forged, too' }))).toEqual(invalid)
    expect(issuer.requests()).toBe(before)
  })

  it('brings no lookup of its key where the keys have come just now', async () => {
    const { verify, hurry } = verifier()
    expect(await verify(await issuer.sign(claims))).toMatchObject(valid)
    const token = await issuer.sign(claims, 'k2')
    expect(await verify(token)).toEqual(invalid)
    const before = issuer.requests()
    time += 1_999
    hurry(token)
    expect(await verify(token)).toEqual(invalid)
    expect(issuer.requests()).toBe(before)
    time += 1
    issuer.publish('k1', 'k2')
    hurry(token)
    expect(await verify(token)).toMatchObject(valid)
  })
})

describe('a token whose signature was checked elsewhere', () => {
  const check = createClaimsCheck({ audience: false, algorithms: ['HS256'] })
  const tokenOf = (header: object): string =>
    [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')

  it('is valid by its claims', () => {
    expect(check(`${tokenOf({ alg: 'HS256' })}.c2ln`, START)).toMatchObject(valid)
  })

  it.each<[string, string]>([
    ['of another algorithm', `${tokenOf({ alg: 'RS256' })}.c2ln`],
    ['of none', `${tokenOf({ alg: 'none' })}.`],
    ['whose algorithm is no text', `${tokenOf({ alg: 5 })}.c2ln`],
    ['with an extension that nobody here knows', `${tokenOf({ alg: 'HS256', crit: ['x'] })}.c2ln`],
    ['of two parts', tokenOf({ alg: 'HS256' })],
    ['of four parts', `${tokenOf({ alg: 'HS256' })}.c2ln.c2ln`],
    ['without a header', `.${tokenOf({}).split('.')[1]}.c2ln`],
    ['that is no token', 'opaque'],
  ])('is invalid %s', (_, token) => {
    expect(check(token, START)).toEqual(invalid)
  })
})
