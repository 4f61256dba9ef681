import { describe, expect, it } from 'vitest'
import { fc } from '../../support/fast-check.js'
import { createDesk, LEGACY, objectOf, said, tokenOf } from './desk.js'

const ORIGIN = 'http://localhost:3567'

describe('the versions of the interface', () => {
  it('are told, unless the core cannot', async () => {
    const { body } = await createDesk().send(`${ORIGIN}/apiversion`)
    const second = Array.from({ length: 15 }, (_, index) => `2.${index + 7}`)
    const fifth = Array.from({ length: 7 }, (_, index) => `5.${index}`)
    expect(body).toEqual({ versions: [...second, '3.0', '3.1', '4.0', ...fifth] })
    const first = createDesk({ versions: ['1.0'], apiVersionPath: false })
    expect(said(await first.send(`${ORIGIN}/apiversion`))).toBe('404 Not found')
  })

  it('that are not spoken are refused, but not where none is needed', async () => {
    const desk = createDesk({ speak: '9.9' })
    expect(said(await desk.refresh('x'))).toBe('400 cdi-version 9.9 not supported')
    expect((await desk.send(`${ORIGIN}/hello`)).text).toBe('Hello\n')
    expect((await desk.send(`${ORIGIN}/apiversion`)).status).toBe(200)
    expect((await desk.send(`${ORIGIN}/.well-known/jwks.json`)).status).toBe(200)
  })

  it.each([
    ['1.0', LEGACY, 'domain', undefined],
    ['the newest', ['2.21', '5.0', '4.0'], 'recipeUserId', 'u1'],
    ['the newest', ['2.21', '3.0'], 'recipeUserId', undefined],
  ])('in silence are %s of %s', async (_, versions, name, expected) => {
    const body = await createDesk({ versions, speak: null }).create()
    expect(objectOf(body.session)[name]).toBe(expected)
    expect('domain' in objectOf(body.accessToken)).toBe(versions === LEGACY)
  })

  it.each([
    ['2.21', ['handle', 'userDataInJWT', 'userId']],
    ['3.1', ['handle', 'tenantId', 'userDataInJWT', 'userId']],
    ['4.0', ['handle', 'recipeUserId', 'tenantId', 'userDataInJWT', 'userId']],
  ])('name a session differently: %s', async (speak, expected) => {
    const desk = createDesk({ speak })
    const body = await desk.create()
    expect(Object.keys(objectOf(body.session)).sort()).toEqual(expected)
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'refreshToken', 'session', 'status'])
    expect(body.accessToken).not.toHaveProperty('cookiePath')
  })

  it.each([
    ['2.21', 'd-'],
    ['3.0', 's-'],
    ['4.0', 's-'],
    ['5.0', 's-'],
  ])('heed a wish for the static key or not: %s', async (speak, expected) => {
    const desk = createDesk({ speak })
    const { body } = await desk.refresh(tokenOf(await desk.create()), {
      useDynamicSigningKey: false,
    })
    const kid = Buffer.from(tokenOf(body, 'accessToken').split('.')[0] ?? '', 'base64').toString()
    expect(kid).toContain(`"kid":"${expected}`)
  })

  it.each(['2.21', '3.0', '5.0'])(
    'let a new session begin with the static key: %s',
    async (speak) => {
      const body = await createDesk({ speak }).create({ useDynamicSigningKey: false })
      const kid = Buffer.from(tokenOf(body, 'accessToken').split('.')[0] ?? '', 'base64').toString()
      expect(kid).toContain('"kid":"s-')
    },
  )

  it.each([
    ['2.21', 'OK'],
    ['3.1', 'OK'],
    ['4.0', 'OK'],
    ['5.0', "400 Field name 'useDynamicSigningKey' is invalid in JSON input"],
  ])('demand the choice of a key or not: %s', async (speak, expected) => {
    const desk = createDesk({ speak })
    const refreshToken = tokenOf(await desk.create())
    const body = { refreshToken, enableAntiCsrf: false }
    expect(said(await desk.ask('POST', '/session/refresh', body))).toBe(expected)
  })

  it('before 2.4 tell of cookies: since 2.0 with more', async () => {
    const cookie = {
      domain: 'example.com',
      secure: true,
      sameSite: 'none',
      accessTokenPath: '/a',
    } as const
    const desk = createDesk({ versions: LEGACY, speak: '2.3', cookie })
    const place = { domain: 'example.com', cookieSecure: true, sameSite: 'none' }
    const body = await desk.create()
    expect(body).toMatchObject({
      accessToken: { ...place, cookiePath: '/a' },
      refreshToken: { ...place, cookiePath: '/session/refresh' },
      idRefreshToken: { ...place, cookiePath: '/a' },
    })
    expect((await desk.ask('POST', '/handshake', {})).body).toMatchObject({
      cookieDomain: 'example.com',
      cookieSecure: true,
      cookieSameSite: 'none',
      accessTokenPath: '/a',
      idRefreshTokenPath: '/a',
      sessionExpiredStatusCode: 401,
    })
    const plain = createDesk({ versions: LEGACY, speak: '2.2' })
    const { body: shaken } = await plain.ask('POST', '/handshake', {})
    expect(shaken).not.toHaveProperty('cookieDomain')
    expect(shaken).toMatchObject({ cookieSecure: false, cookieSameSite: 'lax' })
    expect((await plain.create()).accessToken).not.toHaveProperty('domain')
  })
})

describe('a core finds a path', () => {
  it.each([
    [undefined, 'https://core.example/appid-x/t1/recipe/session', 400],
    [undefined, 'http://10.0.0.1:1234/recipe/session', 400],
    [undefined, `${ORIGIN}/session`, 404],
    [undefined, `${ORIGIN}/handshake`, 404],
    [undefined, `${ORIGIN}/`, 404],
    [LEGACY, 'https://core.example/base/session', 400],
    [LEGACY, `${ORIGIN}/recipe/session`, 404],
    [LEGACY, `${ORIGIN}/session/remove`, 400],
    [['1.0'], `${ORIGIN}/session/remove`, 404],
    [['2.0'], `${ORIGIN}/session/remove`, 400],
  ])('by its end, where its versions have it: %s %s', async (versions, url, status) => {
    const speak = versions?.[0] ?? null
    const desk = createDesk({ versions, speak })
    expect((await desk.send(url, { method: 'POST', body: '{}' })).status).toBe(status)
  })

  it.each([
    [['1.0'], 200],
    [['2.0'], 405],
  ])('and a method, where its versions have it: %s', async (versions, status) => {
    const desk = createDesk({ versions, speak: versions[0] ?? null })
    const init = { method: 'DELETE', body: '{"sessionHandle":"x"}' }
    expect((await desk.send(`${ORIGIN}/session`, init)).status).toBe(status)
  })
})

describe('a core without people', () => {
  it('tells the SDKs that ask that it knows nobody', async () => {
    const { body } = await createDesk().send(`${ORIGIN}/user/id?userId=u1`)
    expect(body).toEqual({ status: 'UNKNOWN_USER_ID_ERROR' })
  })
})

describe('an API key', () => {
  it.each([
    [{ 'api-key': 'key' }, 200],
    [{ authorization: 'key' }, 200],
    [{ authorization: 'Bearer key' }, 200],
    [{ 'api-key': 'wrong' }, 401],
    [{}, 401],
  ])('is asked for, in either header: %o', async (headers, status) => {
    const desk = createDesk({ apiKey: 'key' })
    const user = await desk.send(`${ORIGIN}/recipe/session/user?userId=u1`, { headers })
    const version = await desk.send(`${ORIGIN}/apiversion`, { headers })
    expect([user.status, version.status]).toEqual([status, status])
    if (status === 401) expect(user.text).toBe('Invalid API key\n')
  })

  it('is not asked for by the public paths', async () => {
    const desk = createDesk({ apiKey: 'key' })
    expect((await desk.send(`${ORIGIN}/hello`)).status).toBe(200)
    expect((await desk.send(`${ORIGIN}/.well-known/jwks.json`)).status).toBe(200)
  })
})

describe('an anti-CSRF token', () => {
  it.each([
    ['right', {}, 'OK'],
    ['missing', { antiCsrfToken: undefined }, 'TRY_REFRESH_TOKEN anti-csrf check failed'],
    ['wrong', { antiCsrfToken: 'zz' }, 'TRY_REFRESH_TOKEN anti-csrf check failed'],
    ['not asked for', { antiCsrfToken: undefined, doAntiCsrfCheck: false }, 'OK'],
    ['switched off', { antiCsrfToken: undefined, enableAntiCsrf: false }, 'OK'],
  ])('that is %s', async (_, fields, expected) => {
    const desk = createDesk()
    const { antiCsrfToken, ...body } = await desk.create({ enableAntiCsrf: true })
    const asked = { antiCsrfToken, doAntiCsrfCheck: true, enableAntiCsrf: true, ...fields }
    expect(said(await desk.verify(tokenOf(body, 'accessToken'), asked))).toBe(expected)
  })

  it('cannot be checked where the access token has none', async () => {
    const desk = createDesk()
    const token = tokenOf(await desk.create(), 'accessToken')
    const fields = { antiCsrfToken: 'x', doAntiCsrfCheck: true, enableAntiCsrf: true }
    expect(said(await desk.verify(token, fields))).toContain(
      'TRY_REFRESH_TOKEN Access token does not',
    )
  })

  it('is made for a session that had none, once it is switched on', async () => {
    const desk = createDesk()
    const enableAntiCsrf = true
    const { body } = await desk.refresh(tokenOf(await desk.create()), { enableAntiCsrf })
    expect(body.antiCsrfToken).toEqual(expect.any(String))
  })

  it.each([
    ['1.0', 'OK'],
    ['2.2', 'OK'],
    ['2.3', 'UNAUTHORISED Anti CSRF token missing, or not matching'],
  ])('is the setting of an old core, for refreshes since 2.3: %s', async (speak, expected) => {
    const desk = createDesk({ versions: LEGACY, speak, enableAntiCsrf: true })
    const body = await desk.create()
    expect((await desk.ask('POST', '/handshake', {})).body.enableAntiCsrf).toBe(true)
    const [token, { antiCsrfToken }] = [tokenOf(body, 'accessToken'), body]
    const doAntiCsrfCheck = true
    expect(said(await desk.verify(token, { doAntiCsrfCheck }))).toContain('anti-csrf check failed')
    expect(said(await desk.verify(token, { doAntiCsrfCheck, antiCsrfToken }))).toBe('OK')
    expect(said(await desk.refresh(tokenOf(body)))).toBe(expected)
    expect(said(await desk.refresh(tokenOf(body), { antiCsrfToken }))).toBe('OK')
  })
})

describe('whatever is asked', () => {
  const PATHS = ['session', 'session/refresh', 'session/verify', 'session/remove', 'session/user']
  const paths = [...PATHS, 'session/regenerate', 'session/data', 'jwt/data', 'handshake']
  const names = ['refreshToken', 'accessToken', 'userId', 'userDataInJWT', 'userDataInDatabase']
  const flags = ['enableAntiCsrf', 'useDynamicSigningKey', 'doAntiCsrfCheck', 'checkDatabase']
  const keys = [...names, ...flags, 'sessionHandle', 'sessionHandles', 'antiCsrfToken']
  const value = fc.oneof(
    fc.jsonValue(),
    fc.boolean(),
    fc.constantFrom('u1', 'a.b.V2', 'e30.e30.e30'),
  )
  const bodies = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys), value).map((body) => JSON.stringify(body)),
    fc.string(),
  )

  it.each([
    ['today', undefined, '/recipe'],
    ['of old', LEGACY, ''],
  ])('a core %s answers in its own words', async (_, versions, base) => {
    const desk = createDesk({ versions })
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH')
    const check = async (verb: string, path: string, body: string): Promise<void> => {
      const init = { method: verb, ...(verb !== 'GET' && { body }) }
      const answer = await desk.send(`${ORIGIN}${base}/${path}`, init)
      expect(answer.text).not.toContain('Unexpected')
      expect([200, 400, 404, 405, 500]).toContain(answer.status)
      const json = answer.status === 200
      expect(answer.type).toBe(`${json ? 'application/json' : 'text/html'};charset=UTF-8`)
    }
    await fc.assert(fc.asyncProperty(method, fc.constantFrom(...paths), bodies, check))
  })
})
