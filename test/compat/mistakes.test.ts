import { afterEach, describe, expect, it, vi } from 'vitest'
import { GoTrueClient, isAuthError } from '../../src/compat/auth-js/index.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'
import { METHODS } from './methods.js'
import { plantPage } from './page.js'
import { ADA, call, open } from './stage.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const isSound = (result: unknown): boolean => {
  const { error } = Object(result)
  return error === null || isAuthError(error)
}

function refuse(): never {
  throw new TypeError('Do not touch this.')
}

describe('whatever JavaScript passes', () => {
  const NONSENSE = [
    undefined,
    null,
    {},
    [],
    0,
    '',
    'x',
    { options: null },
    { email: 7, password: {} },
  ]
  /** What throws when it is read, or written as a text. */
  const HOSTILE = [
    Symbol('x'),
    new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse }),
    new Proxy({}, { get: refuse }),
    Object.defineProperty({}, 'options', { enumerable: true, get: refuse }),
  ]
  it.each(METHODS)('%s() resolves to a result', async (path) => {
    const { auth } = open('face')
    await auth.signInWithPassword(ADA)
    for (const argument of NONSENSE) {
      const result = await call(auth, path, argument)
      const { error } = Object(result)
      expect([argument, isSound(result), error?.originalError]).toEqual([argument, true, undefined])
    }
    for (const argument of HOSTILE) {
      expect(isSound(await call(auth, path, argument))).toBe(true)
    }
  })

  it('a result has an error that auth-js would have a name for', async () => {
    const { auth } = open('face')
    const nothing = JSON.parse('null')
    const { error } = await auth.signInWithPassword(nothing)
    expect(error?.name).toBe('AuthInvalidCredentialsError')
  })
})

describe('whatever a server answers', () => {
  const text = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.record({ access_token: fc.jsonValue(), user: fc.jsonValue() }).map((o) => JSON.stringify(o)),
    fc.record({ code: fc.jsonValue(), message: fc.jsonValue() }).map((o) => JSON.stringify(o)),
    fc.string(),
  )
  const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503)
  const argument = {
    ...ADA,
    provider: 'google',
    token: 'x',
    type: 'email',
    access_token: 'a.b.c',
    refresh_token: 'refresh-token',
    factorType: 'totp',
    factorId: 'ee8c66ae',
    challengeId: 'ee8c66ae',
    code: '123456',
    identity_id: 'ee8c66ae',
    passkeyId: 'ee8c66ae',
    friendlyName: 'mine',
    clientId: 'ee8c66ae',
    domain: 'corp.example',
    chain: 'ethereum',
    message: 'x',
    signature: '0x12',
  }
  /** What security keys and passkeys say. */
  const proof = {
    webauthn: { rpId: 'localhost', type: 'create', credential_response: { id: 'x' } },
    credential: { id: 'x' },
  }
  /** Methods that take a text. */
  const TEXTS = /^(exchangeCode|getUser$|getClaims|oauth\.(get|approve|deny)|mfa\.getAuth)/

  const session = {
    access_token: jwt({ sub: 'ada', iat: 100, exp: 3700 }),
    refresh_token: 'refresh-token',
    expires_in: 3600,
    user: { id: 'ada' },
  }

  it.each(METHODS)('%s() resolves to a result', async (path) => {
    plantPage({ href: 'http://localhost/' })
    await fc.assert(
      fc.asyncProperty(text, status, async (body, code) => {
        let answer = () => Response.json(session)
        const auth = new GoTrueClient({ persistSession: false, fetch: async () => answer() })
        await auth.signInWithPassword(ADA)
        answer = () => new Response(code === 204 ? null : body, { status: code })
        const said = /webauthn|asskey/.test(path) ? { ...argument, ...proof } : argument
        const given = TEXTS.test(path) ? 'a.b.c' : said
        expect(isSound(await call(auth, path, given))).toBe(true)
        await auth.dispose()
      }),
      { numRuns: 50 },
    )
  })
})
