import { describe, expect, it } from 'vitest'
import { parseRecord } from '../../src/core/record.js'
import { isAuthError } from '../../src/index.js'
import { parseAuthJsSession } from '../../src/providers/gotrue/index.js'
import { readClaims } from '../../src/providers/shared/jwt.js'
import { parseFrontToken } from '../../src/providers/supertokens/front-token.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { parseSealedData } from '../../src/server/sealed/session-data.js'
import { readAccessToken } from '../../src/server/supertokens/access-token.js'
import { createVerifier } from '../../src/server/verification/verify.js'
import { createIssuer } from '../interop/issuer.js'
import { context, jwt, wire } from '../support/wire.js'
import { sessionBody, workosWire } from '../support/workos-wire.js'

/** Where `planted` is put, as servers and thieves can spell it. */
const PLACES = [`"__proto__":{"admin":true}`, String.raw`"\u005f_proto__":{"admin":true}`]
const base64 = (text: string): string => Buffer.from(text).toString('base64url')

/** JSON with a prototype first in every object, however deep. */
const planted = (value: unknown, place: string): string =>
  JSON.stringify(value).replaceAll('{"', `{${place},"`)

/** The ways to own keys called `__proto__`, in what was handed out. */
function prototypesIn(value: unknown, path = 'it'): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Object.hasOwn(value, '__proto__') ? [path] : []
  const odd = 'admin' in value ? [`${path} by inheritance`] : []
  return [
    ...own,
    ...odd,
    ...Object.entries(value).flatMap(([name, one]) => prototypesIn(one, `${path}.${name}`)),
  ]
}

const NESTED = { metadata: { list: [{ deep: { deeper: 1 } }] } }

describe.each(PLACES)('nothing that is handed out has the key of %s', (place) => {
  const text = (value: unknown): string => planted(value, place)
  const user = { id: 'ada', ...NESTED }
  const claims = { sub: 'ada', exp: 2_000_000_000, iat: 1, ...NESTED }
  const token = `${base64('{"alg":"none"}')}.${base64(text(claims))}.x`

  it('the claims of a token', () => {
    expect(readClaims(token)).toMatchObject(claims)
    expect(prototypesIn(readClaims(token))).toEqual([])
  })

  it('the claims of a token that was verified', async () => {
    const issuer = await createIssuer('k1')
    issuer.publish('k1')
    const signed = await issuer.sign(JSON.parse(text(claims)), 'k1')
    const verifier = createVerifier({
      jwksUrl: 'https://issuer.example/jwks',
      fetch: issuer.fetch,
      now: () => 1_999_999_000_000,
      audience: false,
    })
    const verified = await verifier.verify(signed)
    expect(verified).toMatchObject({ ok: true, claims: { sub: 'ada', ...NESTED } })
    expect(prototypesIn(verified)).toEqual([])
  })

  it('a session of GoTrue', async () => {
    const body = { access_token: jwt(claims), refresh_token: 'r', user, extra: NESTED }
    const grant = await wire(new Response(text(body))).provider.refresh('token', context())
    expect(grant).toMatchObject({ user: NESTED, extras: { extra: NESTED } })
    expect(prototypesIn(grant)).toEqual([])
  })

  it('a session that auth-js left behind', () => {
    const session = { access_token: jwt(claims), refresh_token: 'r', expires_at: 2e9, user }
    const grant = parseAuthJsSession(text(session), 1)
    expect(grant).toMatchObject({ user: NESTED })
    expect(prototypesIn(grant)).toEqual([])
  })

  it('a session of WorkOS', async () => {
    const { provider } = workosWire({}, new Response(text({ ...sessionBody(), extra: NESTED })))
    const grant = await provider.refresh('token', context())
    expect(grant).toMatchObject({ user: { id: 'user_1' } })
    expect(prototypesIn(grant)).toEqual([])
  })

  it('a session of SuperTokens', () => {
    const front = parseFrontToken(base64(text({ uid: 'ada', ate: 1e12, up: NESTED })))
    expect(front).toMatchObject({ payload: NESTED })
    expect(prototypesIn(front)).toEqual([])
  })

  it('an access token of SuperTokens', () => {
    const header = base64(JSON.stringify({ alg: 'RS256', typ: 'JWT', version: '4', kid: 'd-1' }))
    const payload = {
      sub: 'ada',
      exp: 2e9,
      iat: 1e9,
      sessionHandle: 'h',
      refreshTokenHash1: 'x',
      tId: 'public',
      rsub: 'ada',
      parentRefreshTokenHash1: null,
      antiCsrfToken: null,
      ...NESTED,
    }
    const info = readAccessToken(`${header}.${base64(text(payload))}.x`)
    expect(info).toMatchObject({ userDataInJWT: NESTED })
    expect(prototypesIn(info)).toEqual([])
  })

  it('a session in a seal', () => {
    const data = parseSealedData(text({ accessToken: 'a', refreshToken: 'r', user }))
    expect(data).toMatchObject({ user: NESTED })
    expect(prototypesIn(data)).toEqual([])
  })

  it('a session in the storage of a browser', () => {
    const session = { accessToken: 'a', refreshToken: 'r', expiresAt: 1, user, extras: NESTED }
    const record = { v: 1, lineage: 'l', revision: 1, lifetime: 1000, session }
    const parsed = parseRecord(text(record))
    expect(parsed).toMatchObject({ record: { session: { extras: NESTED } } })
    expect(prototypesIn(parsed)).toEqual([])
  })
})

const TOKEN = 'rt/secret+token=='
const echo = `The token ${TOKEN} (${encodeURIComponent(TOKEN)}) is not known.`

/** What a log of an error may hold. */
function logged(error: unknown): string {
  if (!isAuthError(error)) throw error
  const { message, serverCode, cause, details, stack } = error
  return JSON.stringify([message, serverCode, cause, details, stack])
}

describe('a refusal that repeats the token that it refuses is told of without it', () => {
  it.each([
    ['GoTrue', 400, { error_code: 'refresh_token_not_found', msg: echo }],
    ['an OAuth server', 400, { error: 'invalid_grant', error_description: echo }],
    ['a code that is the token', 403, { error_code: TOKEN, msg: 'no' }],
    ['a server in trouble', 409, { error_code: TOKEN, msg: echo }],
    ['a message within an error', 400, { error: { message: echo, code: TOKEN } }],
  ])('%s', async (_, status, body) => {
    for (const { provider } of [wire([status, body]), workosWire({}, [status, body])]) {
      const error = await provider.refresh(TOKEN, context()).catch((reason: unknown) => reason)
      expect(logged(error)).not.toMatch(/secret/)
    }
  })

  it('and still ends the session, for a reason that can be read', async () => {
    const { provider } = wire([400, { error_code: 'refresh_token_not_found', msg: echo }])
    await expect(provider.refresh(TOKEN, context())).rejects.toMatchObject({
      code: 'refresh_rejected',
      message: 'The token … (…) is not known.',
    })
  })

  it('a backend with SuperTokens, whose tokens go in headers', async () => {
    const provider = supertokens({
      url: 'https://app.example',
      transfer: 'header',
      fetch: async () => Response.json({ message: echo }, { status: 400 }),
    })
    const error = await provider.refresh(TOKEN, context()).catch((reason: unknown) => reason)
    expect(logged(error)).not.toMatch(/secret/)
  })

  it('and a password of several words without all of them', async () => {
    const password = 'correct horse battery staple'
    const { provider } = wire([400, { error_code: 'invalid_credentials', msg: `No: ${password}` }])
    const given = { email: 'ada@example.com', password }
    const error = await provider.signIn?.(given, context()).catch((reason: unknown) => reason)
    expect(logged(error)).not.toMatch(/correct|horse/)
  })

  it('and a step that the server wants keeps the token that it needs', async () => {
    const pending_authentication_token = 'pending-authentication-1'
    const body = { code: 'mfa_enrollment', message: 'Enrol.', pending_authentication_token }
    const { provider } = workosWire({}, [403, body])
    await expect(provider.refresh(pending_authentication_token, context())).rejects.toMatchObject({
      details: { pendingAuthenticationToken: pending_authentication_token },
    })
  })
})
