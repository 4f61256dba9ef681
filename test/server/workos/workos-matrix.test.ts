import { sealData } from 'iron-session'
import { defaults, seal } from 'iron-webcrypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest'
import { sealText } from '../../../src/server/sealed/seal.js'
import {
  type CookieSession,
  createDesk,
  type Desk,
  html,
  OTHER,
  PASSWORD,
  type Told,
} from './workos-desk.js'
import { but, compare, type Setting, same, since8, since11, type Words } from './workos-words.js'

let desk: Desk
beforeAll(async () => {
  desk = await createDesk()
})
beforeEach(() => desk.reset())
afterAll(() => desk.close())

const NONE = same('no_session_cookie_provided')
const COOKIE = same('invalid_session_cookie')
const JWT = same('invalid_jwt')
const OK = same('ok')
const CHARACTER = since8('invalid_session_cookie', 'throws InvalidCharacterError')
const KEYS_FAIL = 'an outage says nothing about the token'
const FAR = Math.floor(Date.now() / 1000) + 30 * 86_400

const flip = (text: string): string => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`
const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

const ask = (session: CookieSession): Promise<Told> => session.authenticate()

/** Cookies to ask about. The desk is not there before the tests run. */
const holding = (changes: object) => () => desk.cookie(changes)
const claiming = (claims: object, kid?: string) => async () =>
  desk.cookie({ accessToken: await desk.token({ exp: FAR, ...claims }, kid) })
const altered = (change: (cookie: string) => string) => async () => change(await desk.cookie())
const forged = (make: () => Promise<string>) => async () =>
  desk.cookie({ accessToken: await make() })

describe('authenticate, by the seal', () => {
  it.each<[string, Words, () => Promise<string>, Setting?]>([
    ['of a session', OK, holding({})],
    ['that is not there', NONE, async () => ''],
    ['that is garbage', COOKIE, async () => 'garbage'],
    ['of something else', COOKIE, async () => 'gAAAAABl*e30='],
    ['of a megabyte', COOKIE, async () => `Fe26.2*1*${'a'.repeat(1_000_000)}`],
    ['cut in the middle', COOKIE, altered((cookie) => cookie.slice(0, 200))],
    ['by another password', COOKIE, holding({}), { password: OTHER }],
    ['with another MAC', COOKIE, altered((cookie) => cookie.replace(/[^*]*$/, flip))],
    ['of another version', COOKIE, altered((cookie) => cookie.replace('Fe26.2', 'Fe26.1'))],
    [
      'whose time is over',
      COOKIE,
      async () => {
        const now = () => Date.now() - 120_000
        return sealText(JSON.stringify(await desk.data()), PASSWORD, { ttl: 1, now })
      },
    ],
    [
      'by a password of another number',
      but('invalid_session_cookie', 'ok', 'iron-session numbers passwords to rotate them'),
      async () => sealData(await desk.data(), { password: { 2: PASSWORD } }),
    ],
    [
      'by a password without a number',
      but('invalid_session_cookie', 'ok', 'the password is right, whatever it is called'),
      async () =>
        `${await seal(await desk.data(), PASSWORD, { ...defaults, encode: JSON.stringify })}~2`,
    ],
    [
      'with a password that is too short',
      but(
        since8('invalid_session_cookie', 'throws Password string too short (mi'),
        'throws invalid_argument',
        'the same, when the session is loaded: it is a mistake of the app',
      ),
      holding({}),
      { password: 'short' },
    ],
    [
      'with a MAC that is no base64',
      but(CHARACTER, 'invalid_session_cookie', 'a cookie never throws'),
      altered((cookie) => cookie.replace(/.~2$/, '!~2')),
    ],
    [
      'cut near its end',
      but(CHARACTER, 'invalid_session_cookie', 'a cookie never throws'),
      altered((cookie) => cookie.slice(0, -20)),
    ],
    ['around no access token', COOKIE, holding({ accessToken: undefined })],
    [
      'around no refresh token',
      but(['ok', '?', 'ok'], 'invalid_session_cookie', 'nobody seals that: it is no session'),
      holding({ refreshToken: undefined }),
    ],
  ])('%s', async (_, words, cookie, setting) => {
    await compare(desk, words, { ask, cookie: await cookie(), ...setting })
  })
})

describe('authenticate, by the access token', () => {
  it.each<[string, Words, () => Promise<string>, Setting?]>([
    ['that is over', JWT, claiming({ exp: 1 })],
    ['that is not valid yet', JWT, claiming({ nbf: FAR })],
    ['that is malformed', JWT, holding({ accessToken: 'a.b.c' })],
    ['that is opaque', JWT, holding({ accessToken: 'opaque' })],
    [
      'with another signature',
      JWT,
      forged(async () => (await desk.token()).replace(/[^.]*$/, flip)),
    ],
    [
      'without a key id, by another key',
      JWT,
      forged(() => desk.issuer.sign({ sub: 'user_1', exp: FAR }, 'k2', {})),
    ],
    ['issued in the future', OK, claiming({ iat: FAR - 300 })],
    ['of another issuer', OK, claiming({ iss: 'https://other.example' })],
    [
      'of another issuer than the one that was named',
      but(since11('ok', 'invalid_jwt'), 'invalid_jwt'),
      claiming({ iss: 'https://other.example' }),
      { issuer: 'https://api.workos.com' },
    ],
    [
      'by a key that is not in the set',
      but(
        since8('invalid_jwt', 'throws JWKSNoMatchingKey'),
        'invalid_jwt',
        'the set was just read: the key is not there',
      ),
      claiming({}, 'k2'),
    ],
    [
      'by HS256 with the public key',
      but(since8('invalid_jwt', 'throws JOSENotSupported'), 'invalid_jwt', 'a cookie never throws'),
      forged(() => {
        const token = new SignJWT({ sub: 'user_1', exp: FAR })
        const secret = new TextEncoder().encode(desk.issuer.publicText('k1'))
        return token.setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret)
      }),
    ],
    [
      'that is not signed',
      but(since8('invalid_jwt', 'throws JOSENotSupported'), 'invalid_jwt', 'a cookie never throws'),
      forged(async () => `${base64url({ alg: 'none' })}.${base64url({ sub: 'user_1' })}.`),
    ],
    [
      'while the key set answers 500',
      but(since8('invalid_jwt', 'throws JOSEError'), 'server_error, retry', KEYS_FAIL),
      holding({}),
      { keys: () => html(500) },
    ],
    [
      'while the key set is a page',
      but(['invalid_jwt', '?', 'throws JOSEError'], 'server_error, retry', KEYS_FAIL),
      holding({}),
      { keys: () => html(200) },
    ],
    [
      'while the key set is down',
      but(since8('invalid_jwt', 'throws TypeError'), 'network_error, retry', KEYS_FAIL),
      holding({}),
      { keys: () => 'lost' },
    ],
    [
      'without a client id to find its keys by',
      but(
        'throws Missing client ID. Did you pr',
        'throws invalid_argument',
        'the same, when the sessions are made',
      ),
      holding({}),
      { clientId: '' },
    ],
    [
      'of another person than the seal',
      but('ok', 'invalid_jwt', 'authkit-nextjs binds them too (SEC-1219)'),
      holding({ user: { id: 'user_2' } }),
    ],
    ['of an impersonator whom the seal does not name', OK, claiming({ act: { sub: 'admin' } })],
  ])('%s', async (_, words, cookie, setting) => {
    await compare(desk, words, { ask, cookie: await cookie(), ...setting })
  })
})
