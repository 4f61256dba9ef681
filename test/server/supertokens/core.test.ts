import { describe, expect, it } from 'vitest'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { VERSIONS, type Version } from '../../../src/server/supertokens/versions.js'
import {
  ANSWER,
  createDesk,
  NEW_SESSION,
  ONE,
  OPERATIONS,
  type Operation,
  operations,
  REFRESH,
  START,
  THREE,
  text,
  VERIFY,
} from './core-desk.js'
import { failureOf } from './stage.js'

/** From which version on requests are what they are until the next one. */
const ERAS = ['1.0', '2.0', '2.3', '2.21', '3.0'] as const
type Era = (typeof ERAS)[number]

const eraOf = (version: Version): Era => {
  const index = VERSIONS.indexOf(version)
  return [...ERAS].reverse().find((era) => VERSIONS.indexOf(era) <= index) ?? '1.0'
}

type Expected = readonly [line: string, body?: unknown][]

const { enableAntiCsrf, useDynamicSigningKey, ...SESSION } = NEW_SESSION
const { refreshToken, antiCsrfToken } = REFRESH
const { accessToken, doAntiCsrfCheck } = VERIFY
const USER = 'u+1%26x'

/** What is sent for each operation, from each version on. */
const REQUESTS: Readonly<Record<Operation, Readonly<Record<Era, Expected>>>> = {
  publishesKeys: { '1.0': [], '2.0': [], '2.3': [], '2.21': [], '3.0': [] },
  switchesKeys: { '1.0': [], '2.0': [], '2.3': [], '2.21': [], '3.0': [] },
  keys: {
    '1.0': [['GET /.well-known/jwks.json']],
    '2.0': [['GET /.well-known/jwks.json']],
    '2.3': [['GET /.well-known/jwks.json']],
    '2.21': [['GET /.well-known/jwks.json']],
    '3.0': [['GET /.well-known/jwks.json']],
  },
  createSession: {
    '1.0': [['POST /session', SESSION]],
    '2.0': [['POST /session', SESSION]],
    '2.3': [['POST /session', SESSION]],
    '2.21': [['POST /recipe/session', NEW_SESSION]],
    '3.0': [['POST /recipe/session', NEW_SESSION]],
  },
  refresh: {
    '1.0': [['POST /session/refresh', { refreshToken }]],
    '2.0': [['POST /session/refresh', { refreshToken }]],
    '2.3': [['POST /session/refresh', { refreshToken, antiCsrfToken }]],
    '2.21': [
      ['POST /recipe/session/refresh', { refreshToken, antiCsrfToken, enableAntiCsrf: true }],
    ],
    '3.0': [['POST /recipe/session/refresh', REFRESH]],
  },
  verify: {
    '1.0': [['POST /session/verify', { accessToken, antiCsrfToken, doAntiCsrfCheck }]],
    '2.0': [['POST /session/verify', { accessToken, antiCsrfToken, doAntiCsrfCheck }]],
    '2.3': [['POST /session/verify', { accessToken, antiCsrfToken, doAntiCsrfCheck }]],
    '2.21': [['POST /recipe/session/verify', VERIFY]],
    '3.0': [['POST /recipe/session/verify', VERIFY]],
  },
  revoke: {
    '1.0': [['DELETE /session', { sessionHandle: 'h1' }]],
    '2.0': [['POST /session/remove', { sessionHandles: ['h1'] }]],
    '2.3': [['POST /session/remove', { sessionHandles: ['h1'] }]],
    '2.21': [['POST /recipe/session/remove', { sessionHandles: ['h1'] }]],
    '3.0': [['POST /recipe/session/remove', { sessionHandles: ['h1'] }]],
  },
  revokeAll: {
    '1.0': [[`GET /session/user?userId=${USER}`], ['DELETE /session', { userId: 'u 1&x' }]],
    '2.0': [['POST /session/remove', { userId: 'u 1&x' }]],
    '2.3': [['POST /session/remove', { userId: 'u 1&x' }]],
    '2.21': [['POST /recipe/session/remove', { userId: 'u 1&x' }]],
    '3.0': [['POST /recipe/session/remove', { userId: 'u 1&x', revokeAcrossAllTenants: true }]],
  },
  handles: {
    '1.0': [[`GET /session/user?userId=${USER}`]],
    '2.0': [[`GET /session/user?userId=${USER}`]],
    '2.3': [[`GET /session/user?userId=${USER}`]],
    '2.21': [[`GET /recipe/session/user?userId=${USER}`]],
    '3.0': [[`GET /recipe/session/user?userId=${USER}&fetchAcrossAllTenants=true`]],
  },
  information: {
    '1.0': [],
    '2.0': [],
    '2.3': [],
    '2.21': [['GET /recipe/session?sessionHandle=h1']],
    '3.0': [['GET /recipe/session?sessionHandle=h1']],
  },
  sessionData: {
    '1.0': [['GET /session/data?sessionHandle=h1']],
    '2.0': [['GET /session/data?sessionHandle=h1']],
    '2.3': [['GET /session/data?sessionHandle=h1']],
    '2.21': [['GET /recipe/session?sessionHandle=h1']],
    '3.0': [['GET /recipe/session?sessionHandle=h1']],
  },
  updateSessionData: {
    '1.0': [['PUT /session/data', { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }]],
    '2.0': [['PUT /session/data', { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }]],
    '2.3': [['PUT /session/data', { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }]],
    '2.21': [['PUT /recipe/session/data', { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }]],
    '3.0': [['PUT /recipe/session/data', { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }]],
  },
  handshake: {
    '1.0': [['POST /handshake', {}]],
    '2.0': [['POST /handshake', {}]],
    '2.3': [['POST /handshake', {}]],
    '2.21': [],
    '3.0': [],
  },
}

const LIFE = { expiry: START + 3_600_000, createdTime: START }
const COOKIE = { path: '/', secure: true, domain: 'app.test', sameSite: 'lax' }
const HANDSHAKE = {
  accessToken: COOKIE,
  refreshToken: { ...COOKIE, path: '/refresh' },
  enableAntiCsrf: true,
}
const IDENTITY = { handle: 'h1', userId: 'u1', userDataInJWT: { role: 'a' } }
const INFORMATION = {
  sessionHandle: 'h1',
  userId: 'u1',
  userDataInDatabase: { d: 1 },
  userDataInJWT: { role: 'a' },
  expiry: LIFE.expiry,
  timeCreated: START,
}

/** What comes of `ANSWER`: of old cores, and of today's. */
const RESULTS: Readonly<Record<Operation, readonly [old: unknown, today: unknown]>> = {
  publishesKeys: [false, true],
  switchesKeys: [false, true],
  keys: [ANSWER, ANSWER],
  createSession: [tokens(true), tokens(false)],
  refresh: [tokens(true), tokens(false)],
  verify: [
    { session: IDENTITY, accessToken: { token: 'at', ...LIFE, cookie: COOKIE } },
    { session: IDENTITY, accessToken: { token: 'at', ...LIFE } },
  ],
  revoke: [['h1'], ['h1']],
  revokeAll: [['h1'], ['h1']],
  handles: [
    ['h1', 'h2'],
    ['h1', 'h2'],
  ],
  information: ['rejected', INFORMATION],
  sessionData: [{ d: 1 }, { d: 1 }],
  updateSessionData: [undefined, undefined],
  handshake: [HANDSHAKE, null],
}

/** What comes of it at one version alone. */
const ODD: Readonly<Record<string, { readonly result: unknown }>> = {
  // All handles, though only one session was there to be ended.
  'revokeAll 1.0': { result: ['h1', 'h2'] },
  'switchesKeys 2.21': { result: false },
}

function tokens(old: boolean): unknown {
  return {
    session: IDENTITY,
    accessToken: { token: 'at', ...LIFE, ...(old && { cookie: COOKIE }) },
    refreshToken: {
      token: 'rt',
      ...LIFE,
      ...(old && { cookie: { ...COOKIE, path: '/refresh' } }),
    },
    ...(old && { idRefreshToken: { token: 'idrt', ...LIFE } }),
    antiCsrfToken: 'csrf',
  }
}

const codeOf = (error: unknown): unknown => (isSuperTokensError(error) ? error.code : error)

describe.each(VERSIONS)('a core that speaks %s', (version) => {
  const isOld = ['1.0', '2.0', '2.3'].includes(eraOf(version))

  it.each(operations())('is asked for %s in its way', async (operation) => {
    const desk = createDesk({ versions: [version], apiKey: 'key' })
    await OPERATIONS[operation](desk.core).catch(() => undefined)
    expect(desk.asked().map(({ line, body }) => [line, body])).toEqual(
      REQUESTS[operation][eraOf(version)].map(([line, body = null]) => [line, body]),
    )
    for (const { headers, body, line } of desk.asked()) {
      expect(headers['api-key']).toBe('key')
      expect(headers['cdi-version']).toBe(
        version === '1.0' || line.endsWith('jwks.json') ? undefined : version,
      )
      expect(headers['content-type']).toBe(
        body === null ? undefined : 'application/json; charset=utf-8',
      )
    }
  })

  it.each(operations())('is understood about %s, and no field leaks', async (operation) => {
    const { core } = createDesk({ versions: [version] })
    const result = await OPERATIONS[operation](core).catch(codeOf)
    expect(result).toEqual(
      ODD[`${operation} ${version}`]?.result ?? RESULTS[operation][isOld ? 0 : 1],
    )
  })
})

describe('a core', () => {
  it('is asked nothing before the first call', () => {
    expect(createDesk().sent).toEqual([])
  })

  it('is asked below the path of its host', async () => {
    const desk = createDesk({ hosts: `${THREE}/` })
    await desk.core.refresh(REFRESH)
    expect(desk.core.jwksUrl).toBe(`${THREE}/.well-known/jwks.json`)
    await desk.core.fetch(new URL(desk.core.jwksUrl))
    await desk.core.fetch(new Request(desk.core.jwksUrl))
    expect(desk.sent.map(({ line }) => line)).toEqual([
      'GET /appid-app/apiversion',
      'POST /appid-app/recipe/session/refresh',
      'GET /appid-app/.well-known/jwks.json',
      'GET /appid-app/.well-known/jwks.json',
    ])
  })

  it.each(['https://elsewhere.test/keys', `${ONE}.elsewhere.test/keys`, '/keys'])(
    'gets no key sent to %s',
    async (address) => {
      const desk = createDesk({ apiKey: 'key' })
      expect(await failureOf(desk.core.fetch(address))).toMatchObject({
        type: 'GENERAL_ERROR',
        code: 'invalid_argument',
      })
      expect(desk.sent).toEqual([])
    },
  )

  it('is sent no anti-CSRF token where there is none', async () => {
    const desk = createDesk()
    await desk.core.refresh({ ...REFRESH, antiCsrfToken: undefined })
    await desk.core.verify({ ...VERIFY, antiCsrfToken: undefined })
    expect(desk.asked().some(({ body }) => 'antiCsrfToken' in Object(body))).toBe(false)
  })

  it('counts, in 1.0, only the sessions that it ended', async () => {
    const desk = createDesk({
      versions: ['1.0'],
      answer: ({ body }) => {
        const gone = Object(body).sessionHandle === 'h2'
        return { status: 'OK', numberOfSessionsRevoked: gone ? 0 : 1 }
      },
    })
    expect(await desk.core.revoke(['h1', 'h2', 'h3'])).toEqual(['h1', 'h3'])
  })

  it('that cannot look into its database while it verifies is asked to do so after it', async () => {
    const desk = createDesk({ versions: ['2.3'] })
    const question = { ...VERIFY, checkDatabase: true }
    await desk.core.verify(question)
    expect(desk.asked().map(({ line }) => line)).toEqual([
      'POST /session/verify',
      'GET /session/data?sessionHandle=h1',
    ])
    desk.state.answer = ({ line }) =>
      line.startsWith('GET') ? { status: 'UNAUTHORISED', message: 'gone' } : undefined
    expect(await failureOf(desk.core.verify(question))).toMatchObject({ type: 'UNAUTHORISED' })
  })

  it('says that it has no information before 2.21, and since when there is', async () => {
    const { core } = createDesk({ versions: ['2.3'] })
    const error = await failureOf(core.information('h1'))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected', retryable: false })
    expect(String(error)).toContain('2.21')
  })

  it('is asked for its settings once in ten minutes, however many ask', async () => {
    const desk = createDesk({ versions: ['2.3'] })
    await Promise.all(Array.from({ length: 50 }, () => desk.core.handshake()))
    desk.clock.time += 599_999
    await desk.core.handshake()
    expect(desk.asked()).toHaveLength(1)
    desk.clock.time += 1
    await desk.core.handshake()
    expect(desk.asked()).toHaveLength(2)
    desk.clock.time -= 86_400_000
    await desk.core.handshake()
    expect(desk.asked()).toHaveLength(3)
  })

  it('is asked for its settings again when it failed', async () => {
    const desk = createDesk({ versions: ['2.3'], answer: () => text(500, 'Internal Error\n') })
    expect(await failureOf(desk.core.handshake())).toMatchObject({ code: 'server_error' })
    desk.state.answer = undefined
    expect(await desk.core.handshake()).toEqual(HANDSHAKE)
  })
})
