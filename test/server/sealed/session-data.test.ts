import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import {
  parseSealedData,
  type SealedData,
  toSealedData,
  withoutUserData,
} from '../../../src/server/sealed/session-data.js'
import { fc } from '../../support/fast-check.js'

const user = { id: 'user_1', email: 'ada@example.test', firstName: 'Ada', metadata: { a: '1' } }
const tokens = { accessToken: 'secret-a', refreshToken: 'secret-r' }
const impersonator = { email: 'admin@example.test', reason: 'support' }
const parse = (value: unknown): SealedData | null => parseSealedData(JSON.stringify(value))

describe('what others seal is read', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['authkit-session', { ...tokens, user }, { ...tokens, user }],
    [
      '@workos-inc/node',
      { ...tokens, user, organizationId: 'org_1', authenticationMethod: 'SSO', impersonator },
      { ...tokens, user, organizationId: 'org_1', authenticationMethod: 'SSO', impersonator },
    ],
    [
      'authkit-nextjs, a whole answer',
      { ...tokens, user, organizationId: 'org_1', oauthTokens: { accessToken: 'x' }, future: 1 },
      { ...tokens, user, organizationId: 'org_1' },
    ],
    [
      'an impersonator who gave no reason',
      { ...tokens, user, impersonator: { email: 'admin@example.test' } },
      { ...tokens, user, impersonator: { email: 'admin@example.test', reason: null } },
    ],
    [
      'extras of a wrong type, which are dropped',
      { ...tokens, user, organizationId: 5, authenticationMethod: [], impersonator: 'admin' },
      { ...tokens, user },
    ],
    [
      'a user with an address of a wrong type',
      { ...tokens, user: { id: 'user_1', email: null, phone: 5, name: null } },
      { ...tokens, user: { id: 'user_1', name: null } },
    ],
  ])('%s', (_, sealed, expected) => {
    expect(parse(sealed)).toStrictEqual(expected)
  })
})

describe('what is no session is null', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [tokens]],
    ['a text', 'session'],
    ['no access token', { refreshToken: 'r', user }],
    ['an empty access token', { ...tokens, accessToken: '', user }],
    ['no refresh token', { accessToken: 'a', user }],
    ['a refresh token of a wrong type', { ...tokens, refreshToken: 5, user }],
    ['no user', tokens],
    ['a user without an id', { ...tokens, user: { email: 'x' } }],
    ['a user with an empty id', { ...tokens, user: { id: '' } }],
    ['a user that is a list', { ...tokens, user: [user] }],
    ['the snake case of Python and Ruby', { access_token: 'a', refresh_token: 'r', user }],
  ])('%s', (_, value) => {
    expect(parse(value)).toBeNull()
  })

  it.each(['', '{', 'undefined', '{"accessToken":'])('and so is %j', (text) => {
    expect(parseSealedData(text)).toBeNull()
  })

  it('any text is a session with its three parts, or null, and never an exception', () => {
    const field = fc.oneof(fc.jsonValue(), fc.string(), fc.constant(user))
    const sealed = fc.record(
      { accessToken: field, refreshToken: field, user: field, impersonator: field },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          sealed.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (text) => {
          const data = parseSealedData(text)
          if (data === null) return
          expect(data.accessToken).toMatch(/./s)
          expect(data.refreshToken).toMatch(/./s)
          expect(data.user.id).toMatch(/./s)
        },
      ),
    )
  })
})

describe('a prototype in a seal', () => {
  it('goes nowhere, at any depth', () => {
    const data = parseSealedData(
      `{"accessToken":"a","refreshToken":"r","__proto__":{"admin":true},
        "user":{"id":"u","__proto__":{"admin":true},"metadata":{"__proto__":{"admin":true}}}}`,
    )
    expect(data).toStrictEqual({
      accessToken: 'a',
      refreshToken: 'r',
      user: { id: 'u', metadata: {} },
    })
    expect(Object.assign({}, data?.user)).not.toHaveProperty('admin')
    expect({}).not.toHaveProperty('admin')
  })

  it('does not stand in for a token', () => {
    expect(parseSealedData(`{"__proto__":${JSON.stringify({ ...tokens, user })}}`)).toBeNull()
  })
})

describe('what is sealed of a grant', () => {
  const grant = { ...tokens, lifetime: 300_000, user }

  it('is a closed list of fields', () => {
    const full = {
      ...grant,
      organizationId: 'org_1',
      authenticationMethod: 'Password',
      impersonator: { ...impersonator, ip: '::1' },
      sessionId: 'session_1',
      permissions: ['read'],
      role: 'admin',
      extras: { oauth_tokens: { access_token: 'x' } },
    }
    expect(toSealedData(full)).toStrictEqual({
      ...tokens,
      user,
      organizationId: 'org_1',
      authenticationMethod: 'Password',
      impersonator,
    })
    expect(toSealedData(grant)).toStrictEqual({ ...tokens, user })
  })

  it('keeps what a refresh leaves unsaid, and not what has ended', () => {
    const previous = {
      accessToken: 'old',
      refreshToken: 'kept',
      user,
      organizationId: 'org_1',
      authenticationMethod: 'SSO',
      impersonator,
    }
    expect(toSealedData({ accessToken: 'new', lifetime: 1 }, previous)).toStrictEqual({
      accessToken: 'new',
      refreshToken: 'kept',
      user,
      authenticationMethod: 'SSO',
    })
    const renamed = { ...user, email: 'new@example.test' }
    expect(
      toSealedData({ ...grant, user: renamed, authenticationMethod: 'Passkey' }, previous),
    ).toStrictEqual({ ...tokens, user: renamed, authenticationMethod: 'Passkey' })
  })

  it('can be read again', () => {
    const data = toSealedData({ ...grant, organizationId: 'org_1', impersonator })
    expect(parseSealedData(JSON.stringify(data))).toStrictEqual(data)
  })

  it.each<[string, () => unknown]>([
    ['without a refresh token', () => toSealedData({ accessToken: 'a', lifetime: 1, user })],
    ['without a user', () => toSealedData({ ...tokens, lifetime: 1 })],
    ['without an access token', () => toSealedData({ ...grant, accessToken: '' })],
    ['with an empty user id', () => toSealedData({ ...grant, user: { id: '' } })],
    [
      'for another person',
      () => toSealedData(grant, { ...tokens, user: { ...user, id: 'user_2' } }),
    ],
  ])('is refused %s, and the error shows no token', (_, make) => {
    const attempt = (): unknown => {
      try {
        return make()
      } catch (error) {
        return error
      }
    }
    const error = attempt()
    expect(isAuthError(error, 'bad_response')).toBe(true)
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })
})

it('a session of which too much is known keeps whose it is, and how to reach them', () => {
  const whose = { id: 'user_1', email: 'ada@example.test', phone: '+15550100' }
  const more = { profile: 'x'.repeat(9_000) }
  const extras = { id_token: 'large', kept: 1 }
  const bare = withoutUserData({ ...tokens, user: { ...whose, ...more }, extras })
  expect(bare).toEqual({ ...tokens, user: whose, extras: { kept: 1 } })
})
