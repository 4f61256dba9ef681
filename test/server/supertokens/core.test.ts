import { describe, expect, it } from 'vitest'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { VERSIONS } from '../../../src/server/supertokens/versions.js'
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
import { type Course, inForce } from './eras.js'
import { failureOf } from './stage.js'

const NONE = undefined

type Expected = readonly [line: string, body?: unknown][]
const { enableAntiCsrf, useDynamicSigningKey, ...SESSION } = NEW_SESSION
const { refreshToken, antiCsrfToken } = REFRESH
const { accessToken, doAntiCsrfCheck } = VERIFY
const USER = 'u+1%26x'
const JWKS: Expected = [['GET /.well-known/jwks.json']]
const QUESTION = { accessToken, antiCsrfToken, doAntiCsrfCheck }
const ONE_SESSION = { sessionHandles: ['h1'] }
const PERSON = { userId: 'u 1&x' }
const DATA = { sessionHandle: 'h1', userDataInDatabase: { e: 2 } }
const PAYLOAD = { sessionHandle: 'h1', userDataInJWT: { role: 'b' } }
const CHANGE = { accessToken, userDataInJWT: { role: 'b' } }
const ONE_TENANT = { userId: 'u1', revokeAcrossAllTenants: false }

/** What is sent for each operation. */
const REQUESTS: Readonly<Record<Operation, Course<Expected>>> = {
  publishesKeys: { '1.0': [] },
  switchesKeys: { '1.0': [] },
  keys: { '1.0': JWKS },
  createSession: {
    '1.0': [['POST /session', SESSION]],
    '2.4': [['POST /recipe/session', SESSION]],
    '2.6': [['POST /recipe/session', { ...SESSION, enableAntiCsrf }]],
    '2.21': [['POST /recipe/session', { ...SESSION, enableAntiCsrf, useDynamicSigningKey }]],
  },
  refresh: {
    '1.0': [['POST /session/refresh', { refreshToken }]],
    '2.3': [['POST /session/refresh', { refreshToken, antiCsrfToken }]],
    '2.4': [['POST /recipe/session/refresh', { refreshToken, antiCsrfToken }]],
    '2.6': [['POST /recipe/session/refresh', { refreshToken, antiCsrfToken, enableAntiCsrf }]],
    '3.0': [['POST /recipe/session/refresh', REFRESH]],
  },
  verify: {
    '1.0': [['POST /session/verify', QUESTION]],
    '2.4': [['POST /recipe/session/verify', QUESTION]],
    '2.6': [['POST /recipe/session/verify', { ...QUESTION, enableAntiCsrf }]],
    '2.21': [['POST /recipe/session/verify', VERIFY]],
  },
  revoke: {
    '1.0': [['DELETE /session', { sessionHandle: 'h1' }]],
    '2.0': [['POST /session/remove', ONE_SESSION]],
    '2.4': [['POST /recipe/session/remove', ONE_SESSION]],
  },
  revokeAll: {
    '1.0': [[`GET /session/user?userId=${USER}`], ['DELETE /session', PERSON]],
    '2.0': [['POST /session/remove', PERSON]],
    '2.4': [['POST /recipe/session/remove', PERSON]],
    '3.0': [['POST /recipe/session/remove', { ...PERSON, revokeAcrossAllTenants: true }]],
  },
  handles: {
    '1.0': [[`GET /session/user?userId=${USER}`]],
    '2.4': [[`GET /recipe/session/user?userId=${USER}`]],
    '3.0': [[`GET /recipe/session/user?userId=${USER}&fetchAcrossAllTenants=true`]],
  },
  information: { '1.0': [], '2.8': [['GET /recipe/session?sessionHandle=h1']] },
  sessionData: {
    '1.0': [['GET /session/data?sessionHandle=h1']],
    '2.4': [['GET /recipe/session/data?sessionHandle=h1']],
    '2.8': [['GET /recipe/session?sessionHandle=h1']],
  },
  updateSessionData: {
    '1.0': [['PUT /session/data', DATA]],
    '2.4': [['PUT /recipe/session/data', DATA]],
  },
  revokeInTenant: {
    '1.0': [],
    '3.0': [['POST /t1/recipe/session/remove', ONE_TENANT]],
    '4.0': [
      ['POST /t1/recipe/session/remove', { ...ONE_TENANT, revokeSessionsForLinkedAccounts: false }],
    ],
  },
  handlesInTenant: {
    '1.0': [],
    '3.0': [['GET /t1/recipe/session/user?userId=u1&fetchAcrossAllTenants=false']],
    '4.0': [
      [
        'GET /t1/recipe/session/user?userId=u1&fetchAcrossAllTenants=false&fetchSessionsForAllLinkedAccounts=false',
      ],
    ],
  },
  createInTenant: { '1.0': [], '3.0': [['POST /t1/recipe/session', NEW_SESSION]] },
  regenerate: {
    '1.0': [],
    '2.0': [['POST /session/regenerate', CHANGE]],
    '2.4': [['POST /recipe/session/regenerate', CHANGE]],
  },
  payload: {
    '1.0': [],
    '2.0': [['GET /jwt/data?sessionHandle=h1']],
    '2.4': [['GET /recipe/jwt/data?sessionHandle=h1']],
    '2.8': [['GET /recipe/session?sessionHandle=h1']],
  },
  updatePayload: {
    '1.0': [],
    '2.0': [['PUT /jwt/data', PAYLOAD]],
    '2.4': [['PUT /recipe/jwt/data', PAYLOAD]],
  },
  handshake: { '1.0': [['POST /handshake', {}]], '2.4': [] },
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

type Form = 'cookies' | 'ids' | 'jwt'

function tokens(form: Form): unknown {
  const cookie = (path: string) => form === 'cookies' && { cookie: { ...COOKIE, path } }
  return {
    session: IDENTITY,
    accessToken: { token: 'at', ...LIFE, ...cookie('/') },
    refreshToken: { token: 'rt', ...LIFE, ...cookie('/refresh') },
    ...(form !== 'jwt' && { idRefreshToken: { token: 'idrt', ...LIFE } }),
    antiCsrfToken: 'csrf',
  }
}

const REPLACED = { session: IDENTITY, accessToken: { token: 'at', ...LIFE } }
const REPLACED_OF_OLD = {
  session: IDENTITY,
  accessToken: { token: 'at', ...LIFE, cookie: COOKIE },
}
const BOTH = ['h1', 'h2']

/** What comes of `ANSWER`: from each version on where that differs; of a refusal, its code. */
const RESULTS: Readonly<Record<Operation, Course<unknown>>> = {
  publishesKeys: { '1.0': false, '2.21': true },
  switchesKeys: { '1.0': false, '3.0': true },
  keys: { '1.0': ANSWER },
  createSession: { '1.0': tokens('cookies'), '2.4': tokens('ids'), '2.21': tokens('jwt') },
  refresh: { '1.0': tokens('cookies'), '2.4': tokens('ids'), '2.21': tokens('jwt') },
  verify: { '1.0': REPLACED_OF_OLD, '2.4': REPLACED },
  revoke: { '1.0': ['h1'] },
  // In 1.0 all handles, though only one session was there to be ended.
  revokeAll: { '1.0': BOTH, '2.0': ['h1'] },
  handles: { '1.0': BOTH },
  information: { '1.0': 'rejected', '2.8': INFORMATION },
  sessionData: { '1.0': { d: 1 } },
  updateSessionData: { '1.0': undefined },
  revokeInTenant: { '1.0': 'rejected', '3.0': ['h1'] },
  handlesInTenant: { '1.0': 'rejected', '3.0': BOTH },
  createInTenant: { '1.0': 'rejected', '3.0': tokens('jwt') },
  regenerate: { '1.0': 'rejected', '2.0': REPLACED_OF_OLD, '2.4': REPLACED },
  payload: { '1.0': 'rejected', '2.0': { role: 'a' } },
  updatePayload: { '1.0': 'rejected', '2.0': undefined },
  handshake: { '1.0': HANDSHAKE, '2.4': null },
}

const codeOf = (error: unknown): unknown => (isSuperTokensError(error) ? error.code : error)

describe.each(VERSIONS)('a core that speaks %s', (version) => {
  it.each(operations())('is asked for %s in its way', async (operation) => {
    const desk = createDesk({ versions: [version], interface: version, apiKey: 'key' })
    await OPERATIONS[operation](desk.core).catch(() => undefined)
    const expected = inForce(REQUESTS[operation], version) ?? []
    expect(desk.asked().map(({ line, body }) => [line, body])).toEqual(
      expected.map(([line, body = null]) => [line, body]),
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
    const { core } = createDesk({ versions: [version], interface: version })
    const result = await OPERATIONS[operation](core).catch(codeOf)
    expect(result).toEqual(inForce(RESULTS[operation], version))
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

  it.each(['..', '%2e%2e', 'a/b', '', 'appid-other', 'a?b', 'a'.repeat(65), 7, null])(
    'gets no request with the tenant %j in its path',
    async (tenantId) => {
      const desk = createDesk()
      const scope = Object({ tenantId })
      for (const call of [
        desk.core.createSession({ ...NEW_SESSION, ...scope }),
        desk.core.revokeAll('u1', scope),
        desk.core.handles('u1', scope),
      ]) {
        expect(await failureOf(call)).toMatchObject({ code: 'invalid_argument' })
      }
      expect(desk.asked()).toEqual([])
    },
  )

  it('without tenants has the one that every core has', async () => {
    const desk = createDesk({ versions: ['2.21'] })
    await desk.core.createSession({ ...NEW_SESSION, tenantId: 'public' })
    expect(desk.asked().map(({ line }) => line)).toEqual(['POST /recipe/session'])
  })

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

  it('that only says that a payload has changed is asked for the token that has it', async () => {
    const desk = createDesk({ versions: ['5.6'], interface: '5.6' })
    const ask = async (payloadUpdateAvailable: unknown, checkDatabase = true) => {
      desk.sent.length = 0
      desk.state.answer = ({ line }) =>
        line.endsWith('/verify')
          ? { ...ANSWER, accessToken: undefined, payloadUpdateAvailable }
          : undefined
      const { accessToken: replaced } = await desk.core.verify({ ...VERIFY, checkDatabase })
      const lines = desk.asked().map(({ line, body }) => [line.split('/').at(-1), body])
      return [replaced?.token, lines.slice(1)]
    }
    expect(await ask(true)).toEqual(['at', [['regenerate', { accessToken }]]])
    for (const other of [false, undefined, 'true', 1]) expect(await ask(other)).toEqual([NONE, []])
    expect(await ask(true, false)).toEqual([NONE, []])
  })

  it('says that it has no information before 2.8, and since when there is', async () => {
    const { core } = createDesk({ versions: ['2.7'] })
    const error = await failureOf(core.information('h1'))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected', retryable: false })
    expect(String(error)).toContain('2.8')
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
