import { describe, expect, it } from 'vitest'
import { type Answer, createDesk, type Desk, LEGACY, partOf, said, tokenOf } from './desk.js'

const GONE = 'UNAUTHORISED Session does not exist.'
const FAMILIES = [
  ['today', undefined],
  ['of old', LEGACY],
] as const

/** `/jwt/data` is beside `/session`, with a prefix or without. */
const put = (desk: Desk, path: string, body: object): Promise<Answer> => desk.ask('PUT', path, body)

describe.each(FAMILIES)('a core %s', (_, versions) => {
  const desk = (): Desk => createDesk({ versions, ...(versions && { speak: '2.3' }) })

  it('keeps data with a session', async () => {
    const at = desk()
    const sessionHandle = at.handle(await at.create())
    const read = (path: string): Promise<Answer> =>
      at.ask('GET', `${path}?sessionHandle=${sessionHandle}`)
    expect((await read('/session/data')).body).toEqual({
      status: 'OK',
      userDataInDatabase: { d: 1 },
    })
    const changes = { sessionHandle, userDataInDatabase: { d: 2 }, userDataInJWT: { role: 'b' } }
    expect(said(await put(at, '/session/data', changes))).toBe('OK')
    expect(said(await put(at, '/jwt/data', changes))).toBe('OK')
    expect((await read('/session/data')).body.userDataInDatabase).toEqual({ d: 2 })
    expect((await read('/jwt/data')).body.userDataInJWT).toEqual({ role: 'b' })
    expect(at.core.sessions()).toEqual([
      {
        handle: sessionHandle,
        userId: 'u1',
        userDataInJWT: { role: 'b' },
        userDataInDatabase: { d: 2 },
        tenantId: 'public',
        timeCreated: 1_700_000_000_000,
        expiry: 1_708_640_000_000,
      },
    ])
  })

  it('puts the payload into the next access token', async () => {
    const at = desk()
    const body = await at.create()
    const userDataInJWT = { role: 'b' }
    await put(at, '/jwt/data', { sessionHandle: at.handle(body), userDataInJWT })
    expect((await at.refresh(tokenOf(body))).body.session).toMatchObject({ userDataInJWT })
  })

  it('says so when a session is gone', async () => {
    const at = desk()
    const body = await at.create()
    const sessionHandle = at.handle(body)
    at.core.endSession(sessionHandle)
    expect(at.core.sessions()).toEqual([])
    const data = { sessionHandle, userDataInDatabase: {}, userDataInJWT: {} }
    for (const path of ['/session/data', '/jwt/data']) {
      expect(said(await at.ask('GET', `${path}?sessionHandle=${sessionHandle}`))).toBe(GONE)
      expect(said(await put(at, path, data))).toBe(GONE)
    }
    const accessToken = tokenOf(body, 'accessToken')
    expect(said(await at.ask('POST', '/session/regenerate', { accessToken }))).toBe(GONE)
    expect(said(await at.refresh(tokenOf(body)))).toContain('UNAUTHORISED Session missing')
  })

  it('knows no token of before, when it has started anew', async () => {
    const at = desk()
    const body = await at.create()
    at.core.restart()
    expect(at.core.sessions()).toEqual([])
    expect(said(await at.verify(tokenOf(body, 'accessToken')))).toContain('TRY_REFRESH_TOKEN')
    expect(said(await at.refresh(tokenOf(body)))).toMatch(/^(UNAUTHORISED|500)/)
    const fresh = await at.create()
    expect(said(await at.verify(tokenOf(fresh, 'accessToken')))).toBe('OK')
  })

  it('lists and ends the sessions of a person, or those that are named', async () => {
    const at = desk()
    const handles: string[] = []
    for (const userId of ['ada', 'ada', 'bob', 'bob']) {
      handles.push(at.handle(await at.create({ userId })))
    }
    const [a, b, c, d] = handles
    const listed = await at.ask('GET', '/session/user?userId=ada')
    expect(listed.body).toEqual({ status: 'OK', sessionHandles: [a, b] })
    const remove = (body: object): Promise<Answer> => at.ask('POST', '/session/remove', body)
    const named = await remove({ sessionHandles: [c, 'nobody'] })
    expect(named.body).toEqual({ status: 'OK', sessionHandlesRevoked: [c] })
    const owned = await remove({ userId: 'ada' })
    expect(owned.body).toEqual({ status: 'OK', sessionHandlesRevoked: [a, b] })
    expect(at.core.sessions().map(({ handle }) => handle)).toEqual([d])
    const wrong = '400 Invalid JSON input - use one of userId or sessionHandles array'
    expect(said(await remove({}))).toBe(wrong)
    expect(said(await remove({ userId: 'bob', sessionHandles: [] }))).toBe(wrong)
  })

  it('gives an access token another payload, and no longer life', async () => {
    const at = desk()
    const body = await at.create()
    await at.clock.advance(600_000)
    const accessToken = tokenOf(body, 'accessToken')
    const ask = { accessToken, userDataInJWT: { z: 2 } }
    const { body: renewed } = await at.ask('POST', '/session/regenerate', ask)
    expect(renewed).toMatchObject({ session: { userDataInJWT: { z: 2 } } })
    expect(renewed.accessToken).toMatchObject({ expiry: 1_700_003_600_000 })
    const claims = partOf(tokenOf(renewed, 'accessToken'), 1)
    expect(claims).toMatchObject(versions ? { userData: { z: 2 } } : { z: 2, exp: 1_700_003_600 })
    await at.clock.advance(3_000_001)
    const late = await at.ask('POST', '/session/regenerate', {
      accessToken,
      userDataInJWT: { z: 3 },
    })
    expect(late.body).toMatchObject({ status: 'OK', session: { userDataInJWT: { z: 3 } } })
    expect(late.body).not.toHaveProperty('accessToken')
    expect(at.core.sessions()[0]?.userDataInJWT).toEqual({ z: 3 })
  })

  it('makes a new access token of whatever is shown to it: SDKs must have verified it', async () => {
    const [at, other] = [desk(), desk()]
    const sessionHandle = at.handle(await at.create())
    const foreign = tokenOf(await other.create({ userId: 'mallory' }), 'accessToken')
    const [head = '', , mark = ''] = foreign.split('.')
    const claims = { ...partOf(foreign, 1), sessionHandle }
    const encoded = Buffer.from(JSON.stringify(claims)).toString(versions ? 'base64' : 'base64url')
    expect(said(await at.verify(`${head}.${encoded}.${mark}`))).toContain('TRY_REFRESH_TOKEN')
    const accessToken = `${head}.${encoded}.${mark}`
    const { body: signed } = await at.ask('POST', '/session/regenerate', {
      accessToken,
      userDataInJWT: {},
    })
    expect(signed.session).toMatchObject({ userId: 'mallory' })
    expect(said(await at.verify(tokenOf(signed, 'accessToken')))).toBe('OK')
    expect(said(await at.ask('POST', '/session/regenerate', { accessToken: 'x' }))).toBe(
      '500 Internal Error',
    )
  })

  it.each([
    ['GET', '/session/user', "400 Field name 'userId' is missing in GET request"],
    ['GET', '/session/data', "400 Field name 'sessionHandle' is missing in GET request"],
    ['PUT', '/session/data', "400 Field name 'sessionHandle' is invalid in JSON input"],
    ['POST', '/session', "400 Field name 'userId' is invalid in JSON input"],
    ['POST', '/session/verify', "400 Field name 'accessToken' is invalid in JSON input"],
    ['POST', '/session/user', '405 Method not supported'],
  ])('refuses %s %s without what it needs', async (method, path, expected) => {
    const body = method === 'GET' ? undefined : {}
    expect(said(await desk().ask(method, path, body))).toBe(expected)
  })
})

describe('the database check', () => {
  it('replaces an access token whose payload was changed meanwhile', async () => {
    const at = createDesk()
    const body = await at.create()
    const [token, sessionHandle] = [tokenOf(body, 'accessToken'), at.handle(body)]
    const check = { checkDatabase: true }
    expect((await at.verify(token, check)).body).not.toHaveProperty('accessToken')
    await put(at, '/jwt/data', { sessionHandle, userDataInJWT: { role: 'b' } })
    expect((await at.verify(token)).body).not.toHaveProperty('accessToken')
    const { body: renewed } = await at.verify(token, check)
    expect(partOf(tokenOf(renewed, 'accessToken'), 1)).toMatchObject({ role: 'b' })
    at.core.endSession(sessionHandle)
    expect(said(await at.verify(token))).toBe('OK')
    const ended = 'UNAUTHORISED Either the session has ended or has been blacklisted'
    expect(said(await at.verify(token, check))).toBe(ended)
  })

  it('does so for the access token of a sibling as well', async () => {
    const at = createDesk()
    const body = await at.create()
    const [winner, sibling] = [await at.refresh(tokenOf(body)), await at.refresh(tokenOf(body))]
    await at.refresh(tokenOf(winner.body))
    const token = tokenOf(sibling.body, 'accessToken')
    const check = { checkDatabase: true }
    expect((await at.verify(token, check)).body).not.toHaveProperty('accessToken')
    const change = { sessionHandle: at.handle(body), userDataInJWT: { role: 'b' } }
    await put(at, '/jwt/data', change)
    expect((await at.verify(token, check)).body).toHaveProperty('accessToken')
  })

  it('tells what the core knows of a session', async () => {
    const at = createDesk()
    const sessionHandle = at.handle(await at.create())
    const ask = (handle: string): Promise<Answer> =>
      at.ask('GET', `/session?sessionHandle=${handle}`)
    expect((await ask(sessionHandle)).body).toMatchObject({
      sessionHandle,
      userDataInDatabase: { d: 1 },
    })
    expect(said(await ask('nobody'))).toBe(GONE)
  })
})

describe('interface 1.0', () => {
  it('ends sessions by DELETE, and counts them', async () => {
    const at = createDesk({ versions: LEGACY })
    const [one] = [
      at.handle(await at.create()),
      await at.create(),
      await at.create({ userId: 'bob' }),
    ]
    const end = (body: object): Promise<Answer> => at.ask('DELETE', '/session', body)
    expect((await end({ sessionHandle: one })).body.numberOfSessionsRevoked).toBe(1)
    expect((await end({ sessionHandle: one })).body.numberOfSessionsRevoked).toBe(0)
    expect((await end({ userId: 'u1' })).body.numberOfSessionsRevoked).toBe(1)
    expect(at.core.sessions()).toHaveLength(1)
  })
})
