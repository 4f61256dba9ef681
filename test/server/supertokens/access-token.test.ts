import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import { fc } from '../../support/fast-check.js'

type Fields = Readonly<Record<string, unknown>>

const plain = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

/** A token as cores before 2.21 make them: padded base64. */
const oldToken = (claims: Fields, header: Fields = {}): string =>
  `${plain(JSON.stringify({ alg: 'RS256', typ: 'JWT', version: '2', ...header }))}.${plain(JSON.stringify(claims))}.c2lnbg==`

const newToken = (claims: Fields, header: Fields = {}): string =>
  `${url(JSON.stringify({ kid: 'd-1795221725949', typ: 'JWT', version: '5', alg: 'RS256', ...header }))}.${url(JSON.stringify(claims))}.c2lnbg`

/** A token of today with this in the middle. */
const withClaims = (part: string): string => newToken(NEW).replace(/\..*\./, `.${part}.`)

/** As core 2.5.2 gave it. */
const OLD = {
  sessionHandle: '89904154-f359-4f85-9068-79a3ea7682f0',
  userId: 'u1',
  refreshTokenHash1: '6335e1421aca934a',
  userData: { role: 'a' },
  expiryTime: 1_795_225_399_297,
  timeCreated: 1_795_221_799_297,
  lmrt: 1_795_221_799_297,
}

/** As core 10.1.8 gave it. */
const NEW = {
  iat: 1_795_221_772,
  exp: 1_795_225_372,
  sub: 'u1',
  tId: 'public',
  rsub: 'r1',
  sessionHandle: '1dae060a-6ac0-432a-a735-a0caad2b6934',
  refreshTokenHash1: 'ae765a5baa72bd79',
  parentRefreshTokenHash1: null,
  antiCsrfToken: null,
  role: 'a',
}

describe('reading an access token', () => {
  it('tells what a token of today says', () => {
    expect(readAccessToken(newToken(NEW))).toStrictEqual({
      payload: NEW,
      userId: 'u1',
      handle: NEW.sessionHandle,
      expiry: 1_795_225_372_000,
      createdTime: 1_795_221_772_000,
      version: 5,
      keyId: 'd-1795221725949',
      refreshTokenHash1: 'ae765a5baa72bd79',
      parentRefreshTokenHash1: null,
      antiCsrfToken: null,
      userDataInJWT: { role: 'a' },
      tenantId: 'public',
      recipeUserId: 'r1',
    })
  })

  it('tells what a token of the first cores says, in padded base64 and milliseconds', () => {
    expect(readAccessToken(oldToken(OLD))).toEqual({
      payload: { role: 'a' },
      userId: 'u1',
      handle: OLD.sessionHandle,
      expiry: OLD.expiryTime,
      createdTime: OLD.timeCreated,
      version: 2,
      refreshTokenHash1: '6335e1421aca934a',
      parentRefreshTokenHash1: null,
      antiCsrfToken: null,
      userDataInJWT: { role: 'a' },
    })
    const child = { ...OLD, parentRefreshTokenHash1: 'parent', antiCsrfToken: 'csrf' }
    expect(readAccessToken(oldToken(child, { version: '1' }))).toMatchObject({
      version: 1,
      parentRefreshTokenHash1: 'parent',
      antiCsrfToken: 'csrf',
    })
  })

  it('takes numbers of any form, as cores that print floats write them', () => {
    const text = JSON.stringify(NEW).replace('1795225372', '1.795225372E9')
    const token = withClaims(url(text))
    expect(text).toContain('E9')
    expect(readAccessToken(token)?.expiry).toBe(1_795_225_372_000)
    expect(readAccessToken(newToken({ ...NEW, exp: 1_795_225_372.5 }))?.expiry).toBe(
      1_795_225_372_500,
    )
  })

  it('reads every letter of a payload', () => {
    const role = '¿žlutý 🐴 → ÿ?>~'
    expect(readAccessToken(newToken({ ...NEW, role }))?.userDataInJWT).toEqual({ role })
    const userData = { role }
    expect(readAccessToken(oldToken({ ...OLD, userData }))?.payload).toEqual({ role })
  })

  it.each([3, 4, 5])('reads version %d, whose later claims may be missing', (version) => {
    const { tId: _t, rsub: _r, ...claims } = NEW
    const info = readAccessToken(newToken(claims, { version: String(version) }))
    expect(info).toMatchObject({ version, userId: 'u1', userDataInJWT: { role: 'a' } })
    expect(info?.tenantId).toBeUndefined()
    expect(info?.recipeUserId).toBeUndefined()
  })

  it.each<[name: string, token: unknown]>([
    ['nothing', ''],
    ['no text', 42],
    ['an object', {}],
    ['nothing at all', undefined],
    ['one word', 'opaque'],
    ['dots only', '..'],
    ['a refresh token', `${plain('x'.repeat(90))}.${'0'.repeat(64)}.V2`],
    ['four parts', `${newToken(NEW)}.x`],
    ['a space in it', newToken(NEW).replace('.', ' .')],
    ['a line break in it', `${newToken(NEW)}\n`],
    ['no JSON', `${url('{')}.${url('{}')}.x`],
    ['bytes that are no UTF-8', `${newToken(NEW).split('.')[0]}./////w.x`],
    ['a list for claims', `${newToken(NEW).split('.')[0]}.${url('[1]')}.x`],
    ['a JWT of somebody else', newToken(NEW, { version: undefined })],
    ['an unknown version', newToken(NEW, { version: 'five' })],
    ['version 0', newToken(NEW, { version: '0' })],
    ['a token for other services', newToken({ ...NEW, stt: 1 })],
    ['no user', newToken({ ...NEW, sub: undefined })],
    ['a user without a name', newToken({ ...NEW, sub: '' })],
    ['a user that is a number', newToken({ ...NEW, sub: 1 })],
    ['no handle', newToken({ ...NEW, sessionHandle: null })],
    ['no end', newToken({ ...NEW, exp: undefined })],
    ['an end that is a text', newToken({ ...NEW, exp: '1795225372' })],
    ['an end beyond numbers', newToken({ ...NEW, exp: 1e308 })],
    ['a time before time', newToken({ ...NEW, iat: -1 })],
    ['a parent that is a number', newToken({ ...NEW, parentRefreshTokenHash1: 1 })],
    ['an anti-CSRF token that is a list', newToken({ ...NEW, antiCsrfToken: [] })],
    ['an old token whose data is a text', oldToken({ ...OLD, userData: 'x' })],
    ['an old token without a user', oldToken({ ...OLD, userId: undefined })],
    ['today’s claims in an old token', oldToken(NEW)],
    ['old claims in a token of today', newToken(OLD)],
    ['a token of more than 16 kB', newToken({ ...NEW, role: 'x'.repeat(13_000) })],
  ])('is null for %s', (_, token) => {
    // What is no text comes from apps that are not typed.
    expect(Reflect.apply(readAccessToken, undefined, [token])).toBeNull()
  })

  it('reads a token of nearly 16 kB', () => {
    expect(readAccessToken(newToken({ ...NEW, role: 'x'.repeat(11_000) }))).not.toBeNull()
  })

  it('keeps claims called like what all objects have apart', () => {
    const text = JSON.stringify(NEW).replace('{', '{"__proto__":{"admin":true},"toString":1,')
    const token = withClaims(url(text))
    const info = readAccessToken(token)
    expect(Object.keys(info?.userDataInJWT ?? {})).toEqual(['toString', 'role'])
    expect(info?.userDataInJWT.admin).toBeUndefined()
  })

  it('is none with a version that is no text, and cannot be made one', () => {
    for (const version of [{ toString: null }, [{ toString: null }], ['5'], null, true]) {
      expect(readAccessToken(newToken(NEW, { version }))).toBeNull()
    }
  })

  it('never throws', () => {
    const part = fc.oneof(fc.string(), fc.base64String(), fc.json().map(url), fc.json().map(plain))
    const claims = fc.record(
      Object.fromEntries(Object.keys({ ...NEW, ...OLD }).map((key) => [key, fc.jsonValue()])),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), claims, (parts, some) => {
        readAccessToken(parts.join('.'))
        readAccessToken(newToken(some))
        readAccessToken(oldToken(some))
      }),
    )
  })
})
