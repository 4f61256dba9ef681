import { describe, expect, it } from 'vitest'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { VERSIONS } from '../../../src/server/supertokens/versions.js'
import { fc } from '../../support/fast-check.js'
import {
  ANSWER,
  createDesk,
  json,
  NEW_SESSION,
  OPERATIONS,
  type Operation,
  operations,
  REFRESH,
  text,
  VERIFY,
} from './core-desk.js'
import { failureOf } from './stage.js'

const BAD = { type: 'GENERAL_ERROR', code: 'bad_response', retryable: true }

/** `ANSWER` with another value at a path such as `session.handle`. */
function changed(path: string, value: unknown): unknown {
  const [first = '', second] = path.split('.')
  if (second === undefined) return { ...ANSWER, [first]: value }
  const inner: unknown = Object.entries(ANSWER).find(([name]) => name === first)?.[1]
  return { ...ANSWER, [first]: { ...Object(inner), [second]: value } }
}

const LONG = `${'eyJhbGciOiJSUzI1NiJ9'.repeat(10)}.x`

describe('the words of a core', () => {
  const words = (answer: unknown) => createDesk({ answer: () => answer }).core

  it('that a session is over is UNAUTHORISED, with its message', async () => {
    const core = words({ status: 'UNAUTHORISED', message: 'Session missing in db' })
    for (const operation of [
      ...(['refresh', 'verify', 'sessionData', 'updateSessionData'] as const),
      ...(['regenerate', 'payload', 'updatePayload'] as const),
    ]) {
      expect(await failureOf(OPERATIONS[operation](core))).toMatchObject({
        type: 'UNAUTHORISED',
        code: 'refresh_rejected',
        message: 'Session missing in db',
      })
    }
    expect(await core.information('h1')).toBeUndefined()
  })

  it('that an access token is no longer good is TRY_REFRESH_TOKEN', async () => {
    const core = words({ status: 'TRY_REFRESH_TOKEN', message: 'anti-csrf check failed' })
    expect(await failureOf(core.verify(VERIFY))).toMatchObject({
      type: 'TRY_REFRESH_TOKEN',
      message: 'anti-csrf check failed',
    })
  })

  it('that a token was stolen is TOKEN_THEFT_DETECTED, with whose it was', async () => {
    const session = { handle: 'h9', userId: 'u9', recipeUserId: 'r9' }
    const core = words({ status: 'TOKEN_THEFT_DETECTED', session })
    expect(await failureOf(core.refresh(REFRESH))).toMatchObject({
      type: 'TOKEN_THEFT_DETECTED',
      sessionHandle: 'h9',
      userId: 'u9',
    })
  })

  it.each<[name: string, answer: unknown]>([
    ['no status', { ...ANSWER, status: undefined }],
    ['an unknown status', { status: 'MAINTENANCE' }],
    ['a status that is no text', { ...ANSWER, status: true }],
    ['OK in other letters', { ...ANSWER, status: 'ok' }],
    ['theft without a session', { status: 'TOKEN_THEFT_DETECTED' }],
    ['theft without a handle', { status: 'TOKEN_THEFT_DETECTED', session: { userId: 'u1' } }],
    ['theft without a person', { status: 'TOKEN_THEFT_DETECTED', session: { handle: 'h1' } }],
    ['theft of nobody', { status: 'TOKEN_THEFT_DETECTED', session: { handle: '', userId: '' } }],
    ['a word that is not about refreshes', { status: 'TRY_REFRESH_TOKEN', message: 'x' }],
  ])('are a GENERAL_ERROR to a refresh when they are %s', async (_, answer) => {
    expect(await failureOf(words(answer).refresh(REFRESH))).toMatchObject(BAD)
  })

  it.each([
    ...(['createSession', 'revoke', 'revokeAll', 'handles'] as const),
    ...(['createInTenant', 'revokeInTenant', 'handlesInTenant'] as const),
  ])('about a session are a GENERAL_ERROR to %s, which asks about none', async (operation) => {
    for (const status of ['UNAUTHORISED', 'TRY_REFRESH_TOKEN', 'TOKEN_THEFT_DETECTED']) {
      const core = words({ ...ANSWER, status })
      expect(await failureOf(OPERATIONS[operation](core))).toMatchObject(BAD)
    }
  })

  it('name an unknown status as the serverCode', async () => {
    const error = await failureOf(words({ status: 'MAINTENANCE' }).refresh(REFRESH))
    expect(error).toMatchObject({ serverCode: 'MAINTENANCE' })
  })
})

describe('an answer that is not as promised', () => {
  const TEXTS: readonly unknown[] = ['', 5, null, [], {}]
  const TOKENS: readonly unknown[] = [...TEXTS, 'a b', 'a\r\nb', 'a\u0000', 'tökén']
  const TIMES: readonly unknown[] = ['1', 0, -1, null, 'Infinity']
  const OBJECTS: readonly unknown[] = ['x', 5, null, []]
  it.each<[path: string, values: readonly unknown[]]>([
    ['session', OBJECTS],
    ['session.handle', TEXTS],
    ['session.userId', TEXTS],
    ['session.userDataInJWT', OBJECTS],
    ['session.tenantId', ['', 5, {}]],
    ['session.recipeUserId', ['', 5, {}]],
    ['accessToken', OBJECTS],
    ['accessToken.token', TOKENS],
    ['accessToken.expiry', TIMES],
    ['accessToken.createdTime', TIMES],
    ['refreshToken', OBJECTS],
    ['refreshToken.token', TOKENS],
    ['refreshToken.expiry', TIMES],
    ['antiCsrfToken', ['', 5, {}, 'a\nb']],
  ])('in `%s` is a GENERAL_ERROR', async (path, values) => {
    for (const value of values) {
      const { core } = createDesk({ answer: () => changed(path, value) })
      expect(await failureOf(core.refresh(REFRESH))).toMatchObject(BAD)
      expect(await failureOf(core.createSession(NEW_SESSION))).toMatchObject(BAD)
    }
  })

  it.each<[path: string, values: readonly unknown[]]>([
    ['idRefreshToken', OBJECTS],
    ['idRefreshToken.token', TOKENS],
    ['accessToken.cookiePath', [...TEXTS, '/;Domain=x', '/\r\nx: y']],
    ['refreshToken.cookieSecure', ['true', 1, null]],
    ['accessToken.domain', ['', 5, 'a;b', 'a\nb']],
    ['refreshToken.sameSite', ['', 5, 'Lax', 'sometimes']],
  ])('in `%s`, of old cores, is a GENERAL_ERROR', async (path, values) => {
    for (const value of values) {
      const answer = () => changed(path, value)
      const { core } = createDesk({ versions: ['2.3'], answer })
      expect(await failureOf(core.refresh(REFRESH))).toMatchObject(BAD)
      // Today's say no such thing, and it is not looked at.
      await createDesk({ answer }).core.refresh(REFRESH)
    }
  })

  it.each<[operation: keyof typeof OPERATIONS, path: string, values: readonly unknown[]]>([
    ['verify', 'session.handle', TEXTS],
    ['verify', 'accessToken', ['x', 5, []]],
    ['verify', 'accessToken.token', TOKENS],
    ['revoke', 'sessionHandlesRevoked', [null, 'h1', {}, ['h1', ''], [5]]],
    ['revokeAll', 'sessionHandlesRevoked', [null, 'h1', {}, ['h1', ''], [5]]],
    ['handles', 'sessionHandles', [null, 'h1', {}, ['h1', null]]],
    ['information', 'sessionHandle', TEXTS],
    ['information', 'userDataInJWT', OBJECTS],
    ['information', 'timeCreated', TIMES],
    ['sessionData', 'userDataInDatabase', OBJECTS],
  ])('to %s, in `%s`, is a GENERAL_ERROR', async (operation, path, values) => {
    for (const value of values) {
      const { core } = createDesk({ answer: () => changed(path, value) })
      expect(await failureOf(OPERATIONS[operation](core))).toMatchObject(BAD)
    }
  })

  it.each<[operation: keyof typeof OPERATIONS, path: string, values: readonly unknown[]]>([
    ['handshake', 'accessTokenPath', [...TEXTS, '/;x']],
    ['handshake', 'cookieSecure', ['false', null]],
    ['handshake', 'enableAntiCsrf', ['false', null]],
    ['handshake', 'cookieSameSite', ['None']],
    ['revoke', 'numberOfSessionsRevoked', ['1', null, -1]],
    ['revokeAll', 'numberOfSessionsRevoked', ['1', null]],
  ])('to %s, in `%s`, of the first cores, is a GENERAL_ERROR', async (operation, path, values) => {
    for (const value of values) {
      const { core } = createDesk({ versions: ['1.0'], answer: () => changed(path, value) })
      expect(await failureOf(OPERATIONS[operation](core))).toMatchObject(BAD)
    }
  })

  it('may lack what is not always there, or say that it is null', async () => {
    for (const nothing of [undefined, null]) {
      const session = { ...ANSWER.session, tenantId: nothing, recipeUserId: nothing }
      const answer = { ...ANSWER, session, antiCsrfToken: nothing }
      const { core } = createDesk({ answer: () => answer })
      expect((await core.refresh(REFRESH)).antiCsrfToken).toBeUndefined()
      const verified = createDesk({ answer: () => ({ ...answer, accessToken: nothing }) }).core
      expect((await verified.verify(VERIFY)).accessToken).toBeUndefined()
    }
  })

  it('may say of whom it is, since 4.0', async () => {
    const session = { ...ANSWER.session, tenantId: 'public', recipeUserId: 'r1' }
    const { core } = createDesk({ answer: () => ({ ...ANSWER, session }) })
    expect((await core.refresh(REFRESH)).session).toMatchObject({
      tenantId: 'public',
      recipeUserId: 'r1',
    })
  })
})

describe('what a core says', () => {
  const KEY = 'secret-key'
  /** What is secret in each request, besides what looks like a token. */
  const SECRETS: Partial<Record<Operation, readonly string[]>> = {
    refresh: [REFRESH.refreshToken, REFRESH.antiCsrfToken],
    verify: [VERIFY.accessToken, VERIFY.antiCsrfToken],
  }
  const ALL = [KEY, LONG, ...Object.values(SECRETS).flat()]
  const SAID = `You sent ${ALL.join(' and ')}.`

  it.each<[name: string, answer: () => unknown]>([
    ['refuses', () => text(400, SAID)],
    ['refuses the key', () => text(401, SAID)],
    ['has no such path', () => text(404, SAID)],
    ['fails', () => text(500, SAID)],
    ['answers what is no JSON', () => text(200, SAID)],
    ['says that a session is over', () => ({ status: 'UNAUTHORISED', message: SAID })],
    ['says what nobody knows', () => ({ status: SAID })],
    ['breaks', () => Promise.reject(new Error(SAID))],
    ['breaks with what is no error', () => Promise.reject(SAID)],
  ])('is not repeated with a secret in it when it %s', async (_, answer) => {
    const { core } = createDesk({ apiKey: KEY, answer })
    for (const operation of ['refresh', 'verify', 'createSession', 'sessionData'] as const) {
      const error = Object(await failureOf(OPERATIONS[operation](core)))
      const told = `${error} ${JSON.stringify(error)} ${error.stack}`
      expect(error.cause).toBeUndefined()
      for (const secret of [KEY, 'eyJhbGci', ...(SECRETS[operation] ?? [])]) {
        expect(told).not.toContain(secret)
      }
    }
  })

  it('is repeated in one line of at most 200 characters', async () => {
    const { core } = createDesk({ answer: () => text(400, `Field\r\nname ${'long '.repeat(100)}`) })
    const error = await failureOf(core.refresh(REFRESH))
    expect(error).toMatchObject({ code: 'rejected', status: 400 })
    const { message } = Object(error)
    expect(message).toContain('Field name long')
    expect(message).not.toMatch(/\p{Cc}/u)
    expect(message.length).toBeLessThan(300)
  })
})

describe('whatever a core answers', () => {
  const name = fc.constantFrom(...Object.keys(ANSWER), 'message', 'versions')
  const field = fc.oneof(fc.constantFrom(...Object.values(ANSWER)), fc.jsonValue())
  const fields = fc.dictionary(name, field)
  const body = fc.oneof(
    fc.jsonValue(),
    fields,
    fields.map((some) => ({ ...ANSWER, ...some })),
    fc.record({
      status: fc.constantFrom('OK', 'UNAUTHORISED', 'TRY_REFRESH_TOKEN', 'TOKEN_THEFT_DETECTED'),
      message: fc.jsonValue(),
      session: fc.jsonValue(),
    }),
  )
  const status = fc.oneof(
    fc.constantFrom(200, 200, 200, 400, 401, 404, 429, 500),
    fc.integer({ min: 200, max: 599 }),
  )
  const response = fc.record({
    status,
    body: fc.oneof(
      body.map((it) => JSON.stringify(it)),
      fc.string(),
    ),
  })
  const make = ({ status, body }: { readonly status: number; readonly body: string }) =>
    new Response([204, 205, 304].includes(status) ? null : body, { status })

  it('a call ends in a result or in a SuperTokensError', async () => {
    const cases = fc.record({
      operation: fc.constantFrom(...operations()),
      version: fc.constantFrom(...VERSIONS),
      told: fc.option(response, { nil: undefined }),
      said: response,
    })
    const property = fc.asyncProperty(cases, async ({ operation, version, told, said }) => {
      const { core } = createDesk({
        versions: [version],
        interface: version,
        answer: () => make(said),
        ...(told && { tell: () => make(told) }),
      })
      const error = await OPERATIONS[operation](core).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error === null || isSuperTokensError(error)).toBe(true)
    })
    await fc.assert(property, { numRuns: 1_000 })
  })

  it('only its own word, in JSON and with 200, ends a session', async () => {
    const property = fc.asyncProperty(response, async (said) => {
      const { core } = createDesk({ answer: () => make(said) })
      const error = await core.refresh(REFRESH).catch((thrown: unknown) => thrown)
      if (!isSuperTokensError(error) || error.type === 'GENERAL_ERROR') return
      expect(said.status).toBe(200)
      expect(JSON.parse(said.body).status).toBe(error.type)
    })
    await fc.assert(property, { numRuns: 500 })
  })

  it.each<[name: string, fetch: () => unknown]>([
    ['nothing', () => undefined],
    ['an object', () => ({ status: 200 })],
    [
      'an exception',
      () => {
        throw new Error('no')
      },
    ],
  ])('or a `fetch` of the app gives, such as %s, is a GENERAL_ERROR', async (_, give) => {
    // @ts-expect-error A JavaScript app can do so.
    const { core } = createDesk({ fetch: async () => give() })
    expect(await failureOf(core.refresh(REFRESH))).toMatchObject({ type: 'GENERAL_ERROR' })
  })

  it.each<[name: string, answer: unknown, calls: readonly Operation[]]>([
    ['no session', { status: 'OK' }, ['regenerate', 'createInTenant']],
    ['no payload', { status: 'OK' }, ['payload', 'information']],
    ['a payload that is a list', { ...ANSWER, userDataInJWT: [] }, ['payload', 'information']],
    ['a payload that is a text', { ...ANSWER, userDataInJWT: '{}' }, ['payload', 'information']],
    ['half a token', { ...ANSWER, accessToken: { token: 'at' } }, ['regenerate', 'createInTenant']],
    ['a token that ends a header', changed('accessToken.token', 'a\r\nb'), ['regenerate']],
    ['a handle that is none', { ...ANSWER, sessionHandles: [{}] }, ['handlesInTenant']],
    ['handles that are none', { ...ANSWER, sessionHandlesRevoked: 'h1' }, ['revokeInTenant']],
    [
      'a try for a refresh, which these ask nothing about',
      { status: 'TRY_REFRESH_TOKEN', message: 'x' },
      ['regenerate', 'payload', 'updatePayload', 'revokeInTenant'],
    ],
    [
      'a theft, of which only a refresh can tell',
      { ...ANSWER, status: 'TOKEN_THEFT_DETECTED' },
      ['regenerate', 'payload', 'updatePayload'],
    ],
  ])('with %s is a GENERAL_ERROR that a later try may cure', async (_, answer, calls) => {
    for (const operation of calls) {
      const { core } = createDesk({ answer: () => answer })
      expect(await failureOf(OPERATIONS[operation](core))).toMatchObject(BAD)
    }
  })

  it('keeps no claim that would be another object’s', async () => {
    const body = JSON.stringify(ANSWER).replace(
      '{"role":"a"}',
      '{"__proto__":{"role":"admin"},"role":"a"}',
    )
    const { core } = createDesk({ answer: () => text(200, body) })
    for (const operation of ['regenerate', 'payload', 'information', 'createSession'] as const) {
      const result = JSON.stringify(await OPERATIONS[operation](core))
      expect(result).not.toContain('__proto__')
      expect(result).not.toContain('admin')
    }
  })

  it('is read from a JSON with any content type', async () => {
    const answer = () => json(ANSWER, { headers: { 'content-type': 'text/html' } })
    await createDesk({ answer }).core.refresh(REFRESH)
  })
})
