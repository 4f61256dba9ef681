import { describe, expect, it } from 'vitest'
import {
  type Body,
  createDesk,
  type Desk,
  LEGACY,
  objectOf,
  partOf,
  said,
  tokenOf,
} from './desk.js'

const ORIGIN = 'http://localhost:3567'
/** Cores from 3.0 to 4.6, and what each of them speaks last. */
const VERSIONS = ['2.4', '2.7', '2.8', '2.9', '2.20'] as const

const deskOf = (...versions: readonly string[]): Desk =>
  createDesk({ versions, speak: versions.at(-1) ?? null })

describe.each(VERSIONS)('a core of interface %s', (version) => {
  const desk = deskOf(version)
  const lists = version === '2.9' || version === '2.20'

  it('signs tokens of version 2, without the time of a change by hand', async () => {
    const body = await desk.create({ userDataInJWT: { sub: 'theirs', exp: 1 } })
    const token = tokenOf(body, 'accessToken')
    expect(partOf(token, 0)).toEqual({ alg: 'RS256', typ: 'JWT', version: '2' })
    // Claims that later versions keep for themselves are the app's.
    expect(partOf(token, 1)).toMatchObject({ userData: { sub: 'theirs', exp: 1 } })
    expect(partOf(token, 1)).not.toHaveProperty('lmrt')
    const { body: changed } = await desk.ask('POST', '/session/regenerate', {
      accessToken: token,
      userDataInJWT: { role: 'b' },
    })
    const claims = partOf(tokenOf(changed, 'accessToken'), 1)
    expect(claims).toMatchObject({ userData: { role: 'b' } })
    expect(claims).not.toHaveProperty('lmrt')
  })

  it('gives an id of the refresh token, and says nothing of cookies', async () => {
    const body = await desk.create()
    expect(Object.keys(objectOf(body.idRefreshToken)).sort()).toEqual([
      'createdTime',
      'expiry',
      'token',
    ])
    expect(body.accessToken).not.toHaveProperty('cookiePath')
    const shaken = (await desk.ask('POST', '/handshake', {})).body
    expect(shaken).toMatchObject({ accessTokenValidity: 3_600_000 })
    expect(shaken).not.toHaveProperty('cookieSecure')
    for (const answer of [body, shaken]) {
      expect(answer).toHaveProperty('jwtSigningPublicKey')
      expect('jwtSigningPublicKeyList' in answer).toBe(lists)
    }
  })

  it('lists every key that verifies, the old ones too', async () => {
    const at = deskOf(version)
    at.core.rotateKeys()
    const { jwtSigningPublicKey, jwtSigningPublicKeyList } = await at.create()
    const known = Array.isArray(jwtSigningPublicKeyList) ? jwtSigningPublicKeyList : []
    expect(known.map(({ publicKey }) => publicKey === jwtSigningPublicKey)).toEqual(
      lists ? [true, false] : [],
    )
  })

  it('demands a word on anti-CSRF since 2.6, and has no keys to fetch', async () => {
    const data = { userDataInJWT: {}, userDataInDatabase: {} }
    const answer = await desk.ask('POST', '/session', { userId: 'u1', ...data })
    const own = version === '2.4'
    expect(said(answer)).toBe(
      own ? 'OK' : "400 Field name 'enableAntiCsrf' is invalid in JSON input",
    )
    const { body: shaken } = await desk.ask('POST', '/handshake', {})
    expect(shaken.enableAntiCsrf).toBe(own ? false : undefined)
    expect((await desk.send(`${ORIGIN}/.well-known/jwks.json`)).status).toBe(404)
    expect((await desk.send(`${ORIGIN}/session`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it('tells of a session since 2.8', async () => {
    const handle = desk.handle(await desk.create())
    const { status } = await desk.ask('GET', `/session?sessionHandle=${handle}`)
    expect(status).toBe(version === '2.4' || version === '2.7' ? 405 : 200)
  })

  it('breaks down over what is no token of its before 2.8', async () => {
    const old = version === '2.4' || version === '2.7'
    expect(said(await desk.refresh('a.b.V2')).slice(0, 12)).toBe(
      old ? '500 Internal' : 'UNAUTHORISED',
    )
  })
})

describe('a theft', () => {
  async function theft(desk: Desk): Promise<Body> {
    const first = tokenOf(await desk.create())
    const next = tokenOf((await desk.refresh(first)).body)
    await desk.refresh(next)
    return objectOf((await desk.refresh(first)).body.session)
  }

  it.each([
    [['2.21'], undefined],
    [['2.20'], undefined],
    [['2.21', '3.0'], 'u1'],
    [['2.7', '2.21', '5.4'], 'u1'],
  ])(
    'names who signed in at every interface of a core that knows 3.0: %j',
    async (versions, expected) => {
      const [first = ''] = versions
      const desk = createDesk({ versions, speak: first })
      expect((await theft(desk)).recipeUserId).toBe(expected)
    },
  )
})

describe('a tenant', () => {
  const desk = createDesk({ tenants: ['t1'] })
  const asks = async (path: string, body?: object): Promise<Body> => {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {}
    return (await desk.send(`${ORIGIN}${path}`, init)).body
  }
  const choice = { enableAntiCsrf: false, useDynamicSigningKey: true }
  const data = { userDataInJWT: {}, userDataInDatabase: {} }
  const begin = (tenant: string, userId: string): Promise<Body> =>
    asks(`${tenant}/recipe/session`, { userId, ...data, ...choice })

  it('has sessions of its own, whose names and tokens say so', async () => {
    const body = await begin('/t1', 'ada')
    expect(objectOf(body.session)).toMatchObject({ tenantId: 't1' })
    expect(desk.handle(body)).toMatch(/_t1$/)
    expect(partOf(tokenOf(body, 'accessToken'), 1)).toMatchObject({ tId: 't1' })
    const { body: next } = await desk.refresh(tokenOf(body))
    expect(objectOf(next.session)).toMatchObject({ tenantId: 't1' })
    const told = await asks(`/recipe/session?sessionHandle=${desk.handle(body)}`)
    expect(told).toMatchObject({ tenantId: 't1' })
  })

  it('is where a person is listed and signed out, or everywhere', async () => {
    const here = desk.handle(await begin('/t1', 'bob'))
    const there = desk.handle(await begin('', 'bob'))
    const list = async (path: string, all: boolean): Promise<unknown> =>
      (await asks(`${path}/recipe/session/user?userId=bob&fetchAcrossAllTenants=${all}`))
        .sessionHandles
    expect(await list('', true)).toEqual([here, there])
    expect(await list('/t1', false)).toEqual([here])
    expect(await list('/public', false)).toEqual([there])
    const end = { userId: 'bob', revokeAcrossAllTenants: false }
    expect((await asks('/t1/recipe/session/remove', end)).sessionHandlesRevoked).toEqual([here])
    expect((await asks('/recipe/session/remove', { userId: 'bob' })).sessionHandlesRevoked).toEqual(
      [there],
    )
    const wrong = { sessionHandles: [], revokeAcrossAllTenants: true }
    expect(said(await desk.ask('POST', '/session/remove', wrong))).toContain('400 Invalid JSON')
  })

  it.each([
    ['/t2', undefined],
    ['/t2', ['3.0']],
    ['/appid-x/t2', undefined],
  ])('that is not there is refused: %s of %j', async (path, versions) => {
    const at = createDesk({ versions, speak: null })
    const answer = await at.send(`${ORIGIN}${path}/recipe/session/user?userId=ada`)
    expect(said(answer)).toContain('400 AppId or tenantId not found')
  })

  it.each([
    ['4.0', '/session/user?userId=ada&fetchAcrossAllTenants=true', 200],
    ['5.0', '/session/user?userId=ada&fetchAcrossAllTenants=true', 403],
    ['5.0', '/session/user?userId=ada&fetchAcrossAllTenants=false', 200],
    ['5.4', '/jwt/data?sessionHandle=x', 200],
    ['5.6', '/jwt/data?sessionHandle=x', 403],
  ])('may not ask for others: %s %s', async (speak, path, status) => {
    const at = createDesk({ tenants: ['t1'], speak })
    const answer = await at.send(`${ORIGIN}/t1/recipe${path}`)
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.text).toContain('Only public tenantId')
  })

  it('is nothing to cores that know none', async () => {
    for (const [versions, path] of [
      [['2.21'], '/t2/recipe/session/user'],
      [LEGACY, '/t2/session/user'],
    ] as const) {
      const at = createDesk({ versions, speak: versions[0] ?? null })
      expect((await at.send(`${ORIGIN}${path}?userId=ada`)).status).toBe(200)
    }
  })
})

describe('a payload', () => {
  it.each([
    ['2.20', 'OK'],
    ['2.21', '400 The user payload contains protected field'],
    ['5.6', '400 The user payload contains protected field'],
  ])('with claims of the core’s own, set by hand at %s: %s', async (speak, expected) => {
    const desk = createDesk({ speak })
    const body = await desk.create()
    const [sessionHandle, accessToken] = [desk.handle(body), tokenOf(body, 'accessToken')]
    const userDataInJWT = { sub: 'somebody else' }
    expect(said(await desk.ask('PUT', '/jwt/data', { sessionHandle, userDataInJWT }))).toBe(
      expected,
    )
    const change = { accessToken, userDataInJWT }
    expect(said(await desk.ask('POST', '/session/regenerate', change))).toBe(expected)
  })
})
