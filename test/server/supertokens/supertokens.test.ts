import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import { GeneralError, isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { createSuperTokens } from '../../../src/server/supertokens/supertokens.js'
import type { SessionTokens, SuperTokens } from '../../../src/server/supertokens/types.js'
import { createStage, FIRST, failureOf, HOST, HOUR, LEGACY, outcomeOf, START } from './stage.js'

/** As the core gives them by default. */
const REFRESH_LIFE = 100 * 24 * HOUR

const cookie = (cookiePath: string, secure = true, domain?: string) => ({
  cookiePath,
  cookieSecure: secure,
  domain,
  sameSite: 'lax',
})

const aText = expect.stringMatching(/./)
const token = (life: number, place: object) => ({
  token: aText,
  expiry: START + life,
  createdTime: START,
  ...place,
})

describe('a session of SuperTokens', () => {
  it('has the shape that is documented, with a core of today', async () => {
    const { superTokens } = createStage({ core: { versions: ['4.0', '5.4'] } })
    const expected = {
      session: {
        handle: aText,
        userId: 'u1',
        userDataInJWT: { role: 'a' },
        tenantId: 'public',
        recipeUserId: 'u1',
      },
      accessToken: token(HOUR, cookie('/')),
      refreshToken: token(REFRESH_LIFE, cookie('/auth/session/refresh')),
      antiCsrfToken: undefined,
    }
    const tokens = await superTokens.createNewSession('u1', { role: 'a' }, { d: 1 })
    expect(tokens).toStrictEqual(expected)
    expect(await superTokens.refreshSession(tokens.refreshToken.token)).toStrictEqual(expected)
    expect(await superTokens.getSessionData(tokens.session.handle)).toEqual({ d: 1 })
  })

  it.each([
    ['1.0', FIRST],
    ['2.x', LEGACY],
  ])('has the shape that the seed documents, with a core of %s', async (_, core) => {
    const { superTokens } = createStage({
      core: { ...core, enableAntiCsrf: true, cookie: { domain: 'localhost' } },
    })
    const expected = {
      session: { handle: aText, userId: 'u1', userDataInJWT: { role: 'a' } },
      accessToken: token(HOUR, cookie('/', false, 'localhost')),
      refreshToken: token(REFRESH_LIFE, cookie('/session/refresh', false, 'localhost')),
      idRefreshToken: { token: aText, expiry: START + REFRESH_LIFE, createdTime: START },
      antiCsrfToken: aText,
    }
    const tokens = await superTokens.createNewSession('u1', { role: 'a' }, { d: 1 })
    expect(tokens).toStrictEqual(expected)
    const { refreshToken, antiCsrfToken } = tokens
    const next = await superTokens.refreshSession(refreshToken.token, { antiCsrfToken })
    expect(next).toStrictEqual(expected)
    const scheme = await superTokens.cookieScheme()
    expect(scheme.refreshToken).toMatchObject({ path: '/session/refresh', domain: 'localhost' })
  })

  it('has no field that a core adds', async () => {
    const stage = createStage()
    const { refreshToken } = await stage.superTokens.createNewSession('u1')
    const answer = {
      status: 'OK',
      session: { handle: 'h', userId: 'u1', userDataInJWT: {}, extra: 1 },
      accessToken: { token: 'a', expiry: START + 1, createdTime: START, extra: 1 },
      refreshToken: { token: 'r', expiry: START + 1, createdTime: START, extra: 1 },
      jwtSigningPublicKey: 'extra',
    }
    stage.core.fail(
      { type: 'body', body: JSON.stringify(answer) },
      { path: '/recipe/session/refresh' },
    )
    const tokens = await stage.superTokens.refreshSession(refreshToken.token)
    expect(JSON.stringify(tokens)).not.toMatch(/extra|jwtSigning|status/)
  })

  it('has an anti-CSRF token where those are on', async () => {
    const { superTokens } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const { antiCsrfToken, refreshToken, accessToken } = await superTokens.createNewSession('u1')
    expect(antiCsrfToken).toEqual(aText)
    expect(readAccessToken(accessToken.token)?.antiCsrfToken).toBe(antiCsrfToken)
    const next = await superTokens.refreshSession(refreshToken.token, { antiCsrfToken })
    expect(next.antiCsrfToken).toEqual(aText)
    // A refresh token in a header, which pages of other sites cannot write, needs none.
    const shown = await superTokens.createNewSession('u1')
    const check = { doAntiCsrfCheck: false }
    expect(await superTokens.refreshSession(shown.refreshToken.token, check)).toMatchObject({
      session: shown.session,
    })
  })

  it('is signed by the kind of key that the app asks for', async () => {
    const stage = createStage()
    const other = stage.start({ useDynamicSigningKey: false })
    const kinds = await Promise.all(
      [stage.superTokens, other].map(async (one) => {
        const { accessToken } = await one.createNewSession('u1')
        return readAccessToken(accessToken.token)?.keyId?.slice(0, 2)
      }),
    )
    expect(kinds).toEqual(['d-', 's-'])
  })

  it('has data that the app reads and changes', async () => {
    const { superTokens, core } = createStage()
    const { session } = await superTokens.createNewSession('u1', { role: 'a' }, { cart: [1] })
    const { handle } = session
    await superTokens.updateSessionData(handle, { cart: [2] })
    expect(await superTokens.getSessionData(handle)).toEqual({ cart: [2] })
    expect(await superTokens.getSessionInformation(handle)).toMatchObject({
      sessionHandle: handle,
      userId: 'u1',
      userDataInDatabase: { cart: [2] },
      userDataInJWT: { role: 'a' },
      timeCreated: START,
      expiry: START + REFRESH_LIFE,
    })
    core.endSession(handle)
    expect(await superTokens.getSessionInformation(handle)).toBeUndefined()
    expect(await outcomeOf(superTokens.getSessionData(handle))).toBe('UNAUTHORISED')
    expect(await outcomeOf(superTokens.updateSessionData(handle, {}))).toBe('UNAUTHORISED')
  })

  it.each([
    ['today', {}],
    ['2.x', LEGACY],
    ['1.0', FIRST],
  ])('is ended by its name or with all of its user, with a core of %s', async (_, core) => {
    const { superTokens } = createStage({ core })
    const begin = async (user: string) => (await superTokens.createNewSession(user)).session.handle
    const one = await begin('u1')
    const [two, three, other] = [await begin('u1'), await begin('u1'), await begin('u2')]
    const handles = await superTokens.getAllSessionHandlesForUser('u1')
    expect(new Set(handles)).toEqual(new Set([one, two, three]))
    expect(await superTokens.revokeSession(one)).toBe(true)
    expect(await superTokens.revokeSession(one)).toBe(false)
    const ended = await superTokens.revokeAllSessionsForUser('u1')
    expect(new Set(ended)).toEqual(new Set([two, three]))
    expect(await superTokens.revokeAllSessionsForUser('u1')).toEqual([])
    expect(await superTokens.getAllSessionHandlesForUser('u1')).toEqual([])
    expect(await superTokens.getAllSessionHandlesForUser('u2')).toEqual([other])
  })
})

describe('wrong arguments', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle

  it.each<[name: string, method: Exclude<keyof SuperTokens, 'antiCsrf'>, args: readonly unknown[]]>(
    [
      ['a user without an id', 'createNewSession', ['']],
      ['a user that is a number', 'createNewSession', [1]],
      ['no user', 'createNewSession', []],
      ['a user id of more than 1 kB', 'createNewSession', ['u'.repeat(1_025)]],
      ['a payload that is a text', 'createNewSession', ['u', 'x']],
      ['a payload that is a list', 'createNewSession', ['u', []]],
      ['a payload that is null', 'createNewSession', ['u', null]],
      ['a payload in a circle', 'createNewSession', ['u', circle]],
      ['a payload that JSON cannot hold', 'createNewSession', ['u', { id: 1n }]],
      ['a payload that is a date', 'createNewSession', ['u', new Date(0)]],
      ...['sub', 'iat', 'exp', 'sessionHandle', 'parentRefreshTokenHash1', 'refreshTokenHash1'].map(
        (claim): [string, 'createNewSession', unknown[]] => [
          `the protected claim ${claim}`,
          'createNewSession',
          ['u', { [claim]: 1 }],
        ],
      ),
      ...['antiCsrfToken', 'rsub', 'tId', 'stt'].map(
        (claim): [string, 'createNewSession', unknown[]] => [
          `the protected claim ${claim}`,
          'createNewSession',
          ['u', { [claim]: null }],
        ],
      ),
      ['session data that is a list', 'createNewSession', ['u', {}, []]],
      ['a handle that is empty', 'revokeSession', ['']],
      ['no handle', 'revokeSession', []],
      ['no user to sign out', 'revokeAllSessionsForUser', [undefined]],
      ['no user to list', 'getAllSessionHandlesForUser', ['']],
      ['no session to ask about', 'getSessionInformation', [{}]],
      ['no session to read', 'getSessionData', ['']],
      ['no session to write', 'updateSessionData', ['', {}]],
      ['data that are no object', 'updateSessionData', ['h', 5]],
    ],
  )('are told before the core is asked: %s', async (_, method, args) => {
    const { superTokens, core } = createStage()
    // Apps that are not typed can pass anything.
    const error = await failureOf(
      Reflect.apply(Reflect.get(superTokens, method), superTokens, args),
    )
    expect(error).toMatchObject({
      type: 'GENERAL_ERROR',
      code: 'invalid_argument',
      retryable: false,
    })
    expect(core.requests).toEqual([])
  })

  it('are no protected claims in the data of a session', async () => {
    const { superTokens } = createStage()
    const { session } = await superTokens.createNewSession('u', {}, { sub: 'x' })
    expect(await superTokens.getSessionData(session.handle)).toEqual({ sub: 'x' })
  })
})

describe('what no core can have given for a refresh token', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a word', 'token'],
    ['one without a version', 'token.nonce'],
    ['one of no version that there is', 'token.nonce.V12345'],
    ['one with a blank', 'to ken.nonce.V2'],
    ['one with a line break', 'token.nonce.V2\n'],
    ['megabytes', `${'a'.repeat(1_000_000)}.nonce.V2`],
  ])('is asked of no core: %s', async (_, token) => {
    const { superTokens, core } = createStage()
    expect(await outcomeOf(superTokens.refreshSession(Object(token).valueOf()))).toBe(
      'UNAUTHORISED',
    )
    expect(core.count('/session/refresh')).toBe(0)
  })
})

describe('a configuration', () => {
  it.each<[name: string, options: object]>([
    ['no hosts', { hosts: '' }],
    ['an empty list of hosts', { hosts: [] }],
    ['a host that is no address', { hosts: 'core' }],
    ['a core across the network without encryption', { hosts: 'http://core.example' }],
    ['a time limit of nothing', { requestTimeout: 0 }],
    ['a time limit that is no number', { requestTimeout: Number.NaN }],
    ['an unknown way against CSRF', { antiCsrf: 'VIA_LUCK' }],
    ['an unknown answer to theft', { onTheft: 'ignore' }],
    ['a kind of key that is no choice', { useDynamicSigningKey: 'yes' }],
    ['a coordinator that is none', { coordinator: {} }],
    ['half a coordinator', { coordinator: { ...memoryCoordinator(), endedAt: undefined } }],
    ['a coordinator without pauses', { coordinator: { ...memoryCoordinator(), pauses: {} } }],
    ['a coordinator that is null', { coordinator: null }],
    ['cookies that no browser keeps', { cookies: { sameSite: 'none', secure: false } }],
    ['a cookie path with an attribute', { cookies: { refreshTokenPath: '/;Secure' } }],
  ])('is refused when it is made: %s', (_, options) => {
    let error: unknown
    try {
      Reflect.apply(createSuperTokens, undefined, [{ hosts: HOST, ...options }])
    } catch (thrown) {
      error = thrown
    }
    expect(isAuthError(error, 'invalid_argument')).toBe(true)
  })

  it.each([
    [{}, 'NONE'],
    [{ cookies: { sameSite: 'strict' } }, 'NONE'],
    [{ cookies: { sameSite: 'none' } }, 'VIA_CUSTOM_HEADER'],
    [{ antiCsrf: 'VIA_TOKEN' }, 'VIA_TOKEN'],
  ] as const)('%j comes to the anti-CSRF mode %s', (options, antiCsrf) => {
    expect(createSuperTokens({ hosts: HOST, ...options }).antiCsrf).toBe(antiCsrf)
  })

  it('reaches nobody before the first call', () => {
    const { core } = createStage()
    expect(core.requests).toEqual([])
  })
})

describe('what goes wrong', () => {
  const calls: readonly [string, (one: SuperTokens, tokens: SessionTokens) => Promise<unknown>][] =
    [
      ['createNewSession', (one) => one.createNewSession('u2')],
      ['getSession', (one, t) => one.getSession(t.accessToken.token, { checkDatabase: true })],
      ['refreshSession', (one, t) => one.refreshSession(t.refreshToken.token)],
      ['revokeSession', (one, t) => one.revokeSession(t.session.handle)],
      ['revokeAllSessionsForUser', (one) => one.revokeAllSessionsForUser('u1')],
      ['getAllSessionHandlesForUser', (one) => one.getAllSessionHandlesForUser('u1')],
      ['getSessionInformation', (one, t) => one.getSessionInformation(t.session.handle)],
      ['getSessionData', (one, t) => one.getSessionData(t.session.handle)],
      ['updateSessionData', (one, t) => one.updateSessionData(t.session.handle, {})],
    ]

  it.each(calls)('is a general error of %s, and an error, in an outage', async (_, call) => {
    const { core, superTokens } = createStage()
    const tokens = await superTokens.createNewSession('u1')
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    const error = await failureOf(call(superTokens, tokens))
    expect(error).toBeInstanceOf(GeneralError)
    expect(isSuperTokensError(error, 'GENERAL_ERROR')).toBe(true)
    expect(error).toMatchObject({ errType: 1000, code: 'network', retryable: true })
    expect(String(error)).not.toContain(tokens.refreshToken.token)
  })

  it('never is an error of `cookieScheme`', async () => {
    const { core, superTokens } = createStage()
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    expect((await superTokens.cookieScheme()).refreshToken.path).toBe('/auth/session/refresh')
  })

  it('is a general error where the core refuses the key', async () => {
    const { superTokens } = createStage({ core: { apiKey: 'right' }, apiKey: 'wrong' })
    const error = await failureOf(superTokens.createNewSession('u1'))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', retryable: false })
    expect(String(error)).not.toContain('wrong')
  })
})
