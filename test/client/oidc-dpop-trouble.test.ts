import { decodeJwt } from 'jose/jwt/decode'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, indexedDBKeys, memoryKeys } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import { type OidcKey, userinfo } from '../../src/providers/oidc/index.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { createDpopWorld, type DpopWorldOptions } from '../support/dpop-world.js'
import { plant, workingDatabase } from '../support/fake-database.js'
import { context } from '../support/wire.js'

afterEach(() => void vi.unstubAllGlobals())

const DAY = 86_400_000

/** A pair of the right kind, which is not the session's. */
const otherPair = (): Promise<unknown> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])

/** Somebody who is signed in, and keys that can be counted and broken. */
async function signedIn(options: DpopWorldOptions = {}) {
  const keys = memoryKeys<unknown>()
  const names = new Set<string>()
  const state: { error: unknown; hangs: boolean } = { error: null, hangs: false }
  const world = createDpopWorld({
    ...options,
    keys: {
      async get(name) {
        if (state.hangs) return new Promise<never>(() => {})
        if (state.error) throw state.error
        return keys.get(name)
      },
      async set(name, key) {
        names.add(name)
        await keys.set(name, key)
      },
      async remove(name) {
        names.delete(name)
        await keys.remove(name)
      },
    },
  })
  const opened = world.open()
  const session = await world.signIn(opened)
  return { ...world, ...opened, opened, session, keyId: session.keyId ?? '', names, state }
}

const lost = expect.objectContaining({ code: 'refresh_rejected', serverCode: 'key_lost' })

describe('a key that is gone', () => {
  it.each([
    ['has vanished', () => null],
    ['is another one', otherPair],
    ['is no key', () => 'a text'],
    ['is half of a pair', async () => ({ privateKey: Object(await otherPair()).privateKey })],
    ['has been made anew under its name', otherPair],
  ])('and %s ends the session in all tabs, which says what happened', async (_, make) => {
    const { auth, ends, keys, keyId, open, server, clock } = await signedIn()
    const second = open()
    await second.auth.getSession()
    await keys.set(keyId, await make())
    server.clearLog()
    await expect(auth.refreshSession()).rejects.toThrow('gone from this browser')
    await clock.advance(3_000)
    expect(await auth.getSession()).toBeNull()
    expect(await second.auth.getSession()).toBeNull()
    expect(ends).toEqual([['key-lost', lost]])
    // The refresh token was not sent with a proof that would have been refused.
    expect(server.count('refresh_token')).toBe(0)
  })

  it('is noticed by a request to an API, whose 401 the app gets', async () => {
    const { opened, keys, keyId } = await signedIn()
    await keys.remove(keyId)
    expect((await opened.ask()).status).toBe(401)
    expect(opened.ends).toEqual([['key-lost', lost]])
  })

  it('is told to whoever has the user loaded anew, and to all tabs', async () => {
    const { open, signIn, keys } = createDpopWorld({})
    const opened = open({ loadUser: userinfo })
    const { keyId } = await signIn(opened)
    await keys.remove(keyId ?? '')
    await expect(opened.auth.actions.reloadUser()).rejects.toMatchObject({ serverCode: 'key_lost' })
    expect(opened.ends).toEqual([['key-lost', lost]])
  })

  it('does not keep a sign-out from the server, which revokes all the same', async () => {
    const { auth, keys, keyId, server, clock } = await signedIn()
    await keys.remove(keyId)
    await auth.signOut()
    await clock.advance(3_000)
    expect(server.requests.at(-1)).toMatchObject({ path: '/token/revocation', status: 200 })
    expect(server.liveSessions()).toBe(0)
  })

  it('on the way to the server and back fails the sign-in, which may be begun again', async () => {
    const { keys, names, opened, open, visit, signIn } = await signedIn()
    const fresh = open()
    await opened.auth.signOut()
    await visit(fresh)
    for (const name of names) await keys.remove(name)
    await expect(fresh.auth.actions.handleRedirect()).rejects.toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'key_lost',
    })
    expect(await signIn(fresh)).toMatchObject({ user: { id: 'ada' } })
  })

  it('is not one that storage cannot give now: the session stays, and goes on', async () => {
    const { auth, state, ends } = await signedIn()
    state.error = new AuthError('storage', 'The database is blocked.')
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'storage', retryable: true })
    state.error = null
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
    expect(ends).toEqual([])
  })

  it('is not one that storage never gives: requests to the API fail in time, and go on after it', async () => {
    const { state, ask, clock, ends } = await signedIn()
    state.hangs = true
    const waiting = expect(ask()).rejects.toMatchObject({ code: 'timeout', retryable: true })
    await clock.advance(10_000)
    await waiting
    state.hangs = false
    expect((await ask()).status).toBe(200)
    expect(ends).toEqual([])
  })

  it('may be any failure of a store of the app’s own: that ends nothing either', async () => {
    const { auth, state, ends } = await signedIn()
    state.error = new TypeError('no such thing')
    await expect(auth.refreshSession()).rejects.toMatchObject({ retryable: true })
    state.error = null
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
    expect(ends).toEqual([])
  })
})

describe('a key', () => {
  it('is kept in IndexedDB, and goes with its session', async () => {
    const database = workingDatabase()
    plant(database)
    const { open, signIn } = createDpopWorld({ keys: indexedDBKeys() })
    const opened = open()
    const { keyId } = await signIn(opened)
    expect([...database.entries.keys()]).toEqual([keyId])
    await opened.auth.refreshSession()
    expect((await opened.ask()).status).toBe(200)
    await opened.auth.signOut()
    await expect.poll(() => database.entries.size).toBe(0)
  })

  it('of a session goes when another one takes its place', async () => {
    const { signIn, opened, names, keyId } = await signedIn()
    const next = await signIn(opened)
    expect(next.keyId).not.toBe(keyId)
    await expect.poll(() => [...names]).toEqual([next.keyId])
  })

  it('of a sign-in that fails when its tokens have come goes too', async () => {
    const { open, visit, names, keyId } = await signedIn()
    const failing = open({ loadUser: () => Promise.reject(new Error('nobody knows')) })
    await visit(failing)
    expect(names.size).toBe(2)
    await expect(failing.auth.actions.handleRedirect()).rejects.toMatchObject({ code: 'rejected' })
    expect([...names]).toEqual([keyId])
  })

  it('of a sign-in that nobody finishes is forgotten at last: a page may live for weeks', async () => {
    const plain = async () => ({
      status: 200,
      headers: new Headers(),
      body: {},
      retryAfter: undefined,
    })
    const { begin, attach, send } = dpop(plain)
    const request = <T>(work: () => T): T => work()
    attach(Object({ keys: memoryKeys(), request }))
    const begun: (OidcKey | null)[] = []
    // One after the other: which of many keys is made first, nobody can say.
    for (let count = 0; count < 110; count++) {
      begun.push(await begin(Object({ dpop_signing_alg_values_supported: ['ES256'] })))
    }
    const redeem = (at: number) =>
      send('https://id.example/token', { form: {} }, { ...context(), kept: { dpop: begun.at(at) } })
    await expect(redeem(0)).rejects.toMatchObject({ serverCode: 'key_lost' })
    expect(await redeem(-1)).toMatchObject({ status: 200 })
    expect(await redeem(-90)).toMatchObject({ status: 200 })
  })

  it('of a sign-in that the server refuses goes too', async () => {
    const { opened, names, visit, server } = await signedIn()
    const [mine] = names
    await visit(opened)
    expect(names.size).toBe(2)
    const state = new URL(opened.tab.environment.page.href() ?? '').searchParams.get('state')
    const refused = new URLSearchParams({
      error: 'access_denied',
      state: `${state}`,
      iss: 'https://id.example',
    })
    opened.tab.navigate(`/callback?${refused}`)
    server.clearLog()
    await expect(opened.auth.actions.handleRedirect()).rejects.toMatchObject({
      serverCode: 'access_denied',
    })
    expect([...names]).toEqual([mine])
    expect(await opened.auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })
})

describe('a request of the app’s own to the server', () => {
  it('keeps its headers beside the proof', async () => {
    const seen: (string | null)[] = []
    const { open, signIn, server } = createDpopWorld({})
    const opened = open({
      async fetch(input, init) {
        const { headers, method } = new Request(input, init)
        if (method === 'GET' && headers.has('dpop')) seen.push(headers.get('x-tenant'))
        return server.fetch(input, init)
      },
      async loadUser(source) {
        const { accessToken: token, metadata, send } = source
        const endpoint = metadata.userinfo_endpoint ?? ''
        await send(endpoint, { method: 'GET', token, headers: { 'X-Tenant': 'one' } }, source)
        return { id: 'ada' }
      },
    })
    await signIn(opened)
    expect(seen).toEqual(['one'])
  })
})

describe('a refusal of the refresh token', () => {
  const refusing = (status: number, error: string) =>
    ({ type: 'status', status, body: JSON.stringify({ error }) }) as const

  it('is not believed at once: a fresh proof may be all it takes', async () => {
    const { auth, server, proofs, ends } = await signedIn()
    server.fail(refusing(400, 'invalid_grant'), { grant: 'refresh_token' })
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
    const [, first, second] = proofs.map(({ claims }) => claims.jti)
    expect(first).not.toBe(second)
    expect(server.count('refresh_token')).toBe(2)
    expect(ends).toEqual([])
  })

  it('is not what the refusal of a second factor is: a wrong code counts once', async () => {
    const { auth, server, ends } = await signedIn()
    const grant = 'http://auth0.com/oauth/grant-type/mfa-otp'
    server.fail(refusing(403, 'invalid_grant'), { grant, times: 2 })
    server.clearLog()
    await expect(
      auth.actions.exchange({ grant_type: grant, mfa_token: 'm-1', otp: '1' }),
    ).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(server.count(grant)).toBe(1)
    expect(ends).toEqual([])
  })

  it('that comes twice ends the session', async () => {
    const { auth, server, ends } = await signedIn()
    server.endSessions()
    await expect(auth.refreshSession()).rejects.toMatchObject({ serverCode: 'invalid_grant' })
    expect(server.count('refresh_token')).toBe(2)
    expect(ends).toEqual([['refresh-rejected', expect.objectContaining({ status: 400 })]])
  })

  it.each([
    [500, 'invalid_grant'],
    [503, 'use_dpop_nonce'],
    [429, 'too_many_requests'],
    // A server that wants to be left alone says so by its status, whatever word comes with it.
    [429, 'invalid_request'],
    [409, 'use_dpop_nonce'],
    [400, 'invalid_scope'],
    [401, 'invalid_client'],
  ])('that is none, as %i %s, is not repeated, and ends nothing', async (status, error) => {
    const { auth, server, ends } = await signedIn()
    server.fail(refusing(status, error), { grant: 'refresh_token' })
    await expect(auth.refreshSession()).rejects.toMatchObject({ retryable: true, status })
    expect(server.count('refresh_token')).toBe(1)
    expect(ends).toEqual([])
  })

  it('that goes on for ever is asked a few times, and no more', async () => {
    for (const error of ['use_dpop_nonce', 'invalid_dpop_proof', 'invalid_request']) {
      const { auth, server, ends } = await signedIn()
      server.fail(refusing(400, error), { grant: 'refresh_token', times: Infinity })
      await expect(auth.refreshSession()).rejects.toMatchObject({ serverCode: error })
      expect(server.count('refresh_token')).toBe(2)
      expect(ends).toEqual([])
    }
  })
})

describe('a clock of the device', () => {
  /** The times of the proofs, in s from the server's. */
  const offsOf = ({
    proofs,
    clock,
  }: Pick<ReturnType<typeof createDpopWorld>, 'proofs' | 'clock'>) =>
    proofs.map(({ claims }) => Number(claims.iat) - Math.floor(clock.now() / 1000))

  it.each([DAY, -DAY])('that is %i ms off works where the server has nonces', async (clockSkew) => {
    const world = createDpopWorld({
      dpop: { nonces: 'everywhere' },
      exposed: 'DPoP-Nonce',
    })
    const opened = world.open({}, { clockSkew })
    await world.signIn(opened)
    await opened.auth.refreshSession()
    expect((await opened.ask()).status).toBe(200)
  })

  it.each([200_000, -200_000])(
    'that is %i ms off is that of the server once tokens have told it',
    async (clockSkew) => {
      const world = createDpopWorld({})
      const opened = world.open({}, { clockSkew })
      await world.signIn(opened)
      await opened.ask()
      await opened.auth.refreshSession()
      const [first, ...rest] = world.proofs.map(
        ({ claims }) => Number(claims.iat) * 1000 - world.clock.now(),
      )
      expect(first).toBe(clockSkew)
      expect(rest.every((off) => Math.abs(off) <= 1000)).toBe(true)
    },
  )

  it('that is right is believed, however long an answer took to be read', async () => {
    const world = await signedIn({ accessTokenLifetime: 600_000 })
    const { tab, auth, clock, ask, server } = { ...world, ...world.opened }
    server.fail({ type: 'slow', delay: 2_000 }, { grant: 'refresh_token' })
    const refreshed = auth.refreshSession()
    await clock.advance(1_000)
    tab.freeze()
    await clock.advance(5_000)
    tab.thaw()
    await clock.advance(1_000)
    await refreshed
    await ask()
    expect(offsOf(world).at(-1)).toBe(0)
  })

  it.each([DAY, -DAY])(
    'that jumps by %i ms costs one more request, in a page that lives',
    async (jump) => {
      const { opened, tab, server, clock } = await signedIn({ manners: 'keycloak' })
      await clock.advance(10_000)
      server.clearLog()
      tab.setClockSkew(jump)
      expect((await opened.ask()).status).toBe(200)
      await opened.auth.refreshSession()
      expect((await opened.ask()).status).toBe(200)
      const answers = server.requests.map(({ status }) => status)
      // The API refuses the old proof; so does the server, which then takes one by a clock that nobody set.
      expect(answers).toEqual([400, 200, 200])
    },
  )

  it('that is right is not doubted where the server gives the id token of the sign-in again', async () => {
    const world = createDpopWorld({ manners: 'keycloak' })
    const { tab, auth, ask } = world.open({
      async fetch(input, init) {
        const answer = await world.server.fetch(input, init)
        const body = await answer.json().catch(() => null)
        first ??= body?.id_token
        return Response.json(body && first ? { ...body, id_token: first } : body, answer)
      },
    })
    let first: string | undefined
    await world.signIn({ tab, auth, ask, ends: [] })
    await world.clock.advance(1_000_000)
    await auth.refreshSession()
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })

  /** A server whose access tokens tell no time, and whose id tokens are changed on their way. */
  function telling(change: (idToken: string) => string) {
    const world = createDpopWorld({ manners: 'keycloak', accessTokens: 'opaque' })
    const fetchChanged: typeof fetch = async (input, init) => {
      const answer = await world.server.fetch(input, init)
      const body = await answer.json().catch(() => null)
      const changed = body?.id_token ? { ...body, id_token: change(body.id_token) } : body
      return Response.json(changed, answer)
    }
    return { ...world, open: () => world.open({ fetch: fetchChanged }) }
  }

  /** An id token with another `iat`, which nobody has signed. */
  function issuedAt(idToken: string, iatOf: (iat: number) => number): string {
    const [head, , mark] = idToken.split('.')
    const iat = iatOf(Number(decodeJwt(idToken).iat))
    const claims = { ...decodeJwt(idToken), iat, exp: Math.max(2 * iat, iat + 3_600) }
    return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), mark].join('.')
  }

  const ABSURD: readonly [what: string, iatOf: (iat: number) => number][] = [
    ['in ms', (iat) => iat * 1000],
    ['of ten years ahead', (iat) => iat + 10 * 365 * 86_400],
    ['of the year 1970', () => 1],
    ['that is no time at all', () => 1e300],
  ]

  /**
   * A clock that is 200 s ahead, at a server whose access tokens tell the time too; both kinds of tokens
   * are changed on their way. `offs`: the times of the proofs that it got, in s from its own.
   */
  async function ahead(change: (token: string, name: string) => string) {
    const world = createDpopWorld({ accessTokens: 'jwt' })
    const { clock, server } = world
    await clock.advance(1_700_000_000_000 - clock.now())
    const offs: number[] = []
    const fetchChanged: typeof fetch = async (input, init) => {
      const proof = new Request(input, init).headers.get('dpop')
      if (proof) offs.push(Number(decodeJwt(proof).iat) - Math.floor(clock.now() / 1000))
      const answer = await server.fetch(input, init)
      const body = await answer.json().catch(() => null)
      const tokens = Object.entries(Object(body)).flatMap(([name, token]) =>
        name === 'id_token' || name === 'access_token' ? [[name, change(`${token}`, name)]] : [],
      )
      return Response.json(body && { ...body, ...Object.fromEntries(tokens) }, answer)
    }
    const opened = world.open({ fetch: fetchChanged }, { clockSkew: 200_000 })
    await world.signIn(opened)
    return { ...opened, clock, offs }
  }

  it.each(
    ABSURD.flatMap(([what, iatOf]) =>
      ['access_token', 'id_token'].map((bad) => ({ what, bad, iatOf })),
    ),
  )(
    'that is wrong learns the time of the token that tells it, beside an `iat` $what in the $bad',
    async ({ bad, iatOf }) => {
      const { auth, offs } = await ahead((token, name) =>
        name === bad ? issuedAt(token, iatOf) : token,
      )
      await auth.refreshSession()
      expect(offs.map((off) => Math.abs(off) > 1)).toEqual([true, false])
    },
  )

  it.each(ABSURD)(
    'that is wrong keeps to what good tokens told, where those that come later have an `iat` %s',
    async (_, iatOf) => {
      let good = true
      const { auth, clock, offs } = await ahead((token) => (good ? token : issuedAt(token, iatOf)))
      good = false
      for (let minutes = 0; minutes < 2; minutes++) {
        await clock.advance(60_000)
        await auth.refreshSession()
      }
      // The first one, and those of at least two refreshes.
      expect(offs.length).toBeGreaterThan(2)
      expect(offs.map((off) => Math.abs(off) > 1)).toEqual(offs.map((_, index) => index === 0))
    },
  )

  it.each(ABSURD)('that is right is believed, against an `iat` %s', async (_, iatOf) => {
    const world = telling((idToken) => issuedAt(idToken, iatOf))
    // Today: at the beginning of time, 1970 is not far off.
    await world.clock.advance(1_700_000_000_000 - world.clock.now())
    const opened = world.open()
    await world.signIn(opened)
    await opened.auth.refreshSession()
    expect((await opened.ask()).status).toBe(200)
    expect(offsOf(world)).toEqual([0])
  })

  it('that is right is believed, against an id token that is given again and access tokens that tell nothing', async () => {
    let first: string | undefined
    const world = telling((idToken) => {
      first ??= idToken
      return first
    })
    const opened = world.open()
    await world.signIn(opened)
    for (let hours = 0; hours < 3; hours++) {
      await world.clock.advance(3_600_000)
      await opened.auth.refreshSession()
    }
    expect((await opened.ask()).status).toBe(200)
    expect(offsOf(world)).toEqual([0])
  })

  it.each<[string, 'jwt' | 'opaque']>([
    ['id token and an access token that are forged', 'jwt'],
    ['id token that is forged', 'opaque'],
  ])(
    'that is right is believed, against an %s, where id tokens are verified',
    async (_, accessTokens) => {
      const world = createDpopWorld({ manners: 'keycloak', accessTokens, signing: 'es256' })
      const { clock, server } = world
      let forges = false
      const anHourAhead = (token: unknown): unknown =>
        forges && `${token}`.split('.').length === 3
          ? issuedAt(`${token}`, (iat) => iat + 3_600)
          : token
      const opened = world.open({
        verifyIdToken: verifyIdToken({}, () => clock.now()),
        async fetch(input, init) {
          const answer = await server.fetch(input, init)
          const body = await answer.json().catch(() => null)
          const { id_token, access_token } = Object(body)
          const tokens = {
            id_token: anHourAhead(id_token),
            access_token: anHourAhead(access_token),
          }
          return Response.json(access_token ? { ...body, ...tokens } : body, answer)
        },
      })
      const { extras } = await world.signIn(opened)
      server.clearLog()
      forges = true
      for (let minutes = 0; minutes < 3; minutes++) {
        await clock.advance(60_000)
        const { session } = await opened.auth.refreshSession()
        expect(session.extras.id_token).toBe(extras.id_token)
      }
      const asked = server.requests.filter(({ path }) => path === '/token')
      expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]))
    },
  )

  it('that was a day off and is put right costs one refresh, after a reload too', async () => {
    const world = createDpopWorld({ dpop: { nonces: 'token' } })
    const off = world.open({}, { clockSkew: DAY })
    await world.signIn(off)
    expect((await off.ask()).status).toBe(200)
    off.auth.dispose()
    world.server.clearLog()
    // Within a second the server would give the very id token again.
    await world.clock.advance(1_000)
    const later = world.open()
    expect((await later.ask()).status).toBe(200)
    expect((await later.ask()).status).toBe(200)
    expect(world.server.requests.map(({ status }) => status)).toEqual([200])
  })
})

describe('a page that does not know of keys', () => {
  it('such as one of the release before ends no session that has one, and holds up nobody', async () => {
    const { auth, open, clock, ends, server } = await signedIn({ rotation: { type: 'on' } })
    const old = open({ dpop: undefined })
    server.clearLog()
    await expect(old.auth.refreshSession()).rejects.toThrow('needs `dpop`')
    expect(server.requests).toEqual([])
    for (let minute = 0; minute < 5; minute++) {
      await clock.advance(60_000)
      expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    }
    // It goes on with what the others have got.
    expect(await old.auth.getSession()).toEqual(await auth.getSession())
    expect([...ends, ...old.ends]).toEqual([])
  })
})
