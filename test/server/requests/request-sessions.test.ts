import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { applyCookies } from '../../../src/server/requests/apply-session.js'
import {
  createRequestSessions,
  type RequestSessions,
} from '../../../src/server/requests/request-sessions.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { ADA, BOB, COOKIE, createBackendWorld, MINUTE, PASSWORD } from '../backend/backend-world.js'

const ERASED = expect.stringMatching(/^__Host-holdfast=; .*Max-Age=0/)
const SET = expect.stringMatching(/^__Host-holdfast=Fe26\.2\*/)

/** A world in which Ada has signed in, and the header by which her browser says so. */
async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld(options)
  await world.signIn()
  const header = (): string | null => world.jar.header()
  return {
    ...world,
    header,
    load: (wanted?: Parameters<typeof world.sessions.getSession>[1]) =>
      world.sessions.getSession(header(), wanted),
    renew: (wanted?: Parameters<typeof world.sessions.refreshSession>[1]) =>
      world.sessions.refreshSession(header(), wanted),
    refreshes: () => world.workos.count('refresh_token'),
  }
}

describe('a session in the cookies of a request', () => {
  it('is known without asking anybody while its token is young', async () => {
    const { load, refreshes, now } = await signedIn()
    const { session, failure, setCookies, sealed } = await load()
    expect(session).toMatchObject({
      signedIn: true,
      user: { email: ADA },
      organizationId: 'org_1',
      role: 'admin',
      permissions: ['posts:write'],
      sessionId: expect.stringMatching(/^session_/),
      expiresAt: now() + 5 * MINUTE,
    })
    expect({ failure, setCookies }).toEqual({ failure: null, setCookies: [] })
    expect(sealed).toMatch(/^Fe26\.2\*/)
    expect(refreshes()).toBe(0)
  })

  it.each([
    ['of five minutes', 5 * MINUTE, 4 * MINUTE - 1_000],
    ['of twenty seconds', 20_000, 14_000],
    ['of an hour', 60 * MINUTE, 59 * MINUTE - 1_000],
  ])('is refreshed ahead of its expiry: a token %s', async (_name, accessTokenLifetime, age) => {
    const { clock, load, refreshes } = await signedIn({ workos: { accessTokenLifetime } })
    await clock.advance(age)
    expect((await load()).setCookies).toEqual([])
    await clock.advance(1_000)
    const { session, setCookies } = await load()
    expect(session?.expiresAt).toBe(clock.now() + accessTokenLifetime)
    expect(setCookies).toEqual([SET])
    expect(refreshes()).toBe(1)
  })

  it('is refreshed once for all requests that come with the old cookie, also late ones', async () => {
    const { clock, load, refreshes, header, sessions } = await signedIn()
    await clock.advance(6 * MINUTE)
    const old = header()
    const loaded = await Promise.all(Array.from({ length: 20 }, () => load()))
    const tokens = new Set(loaded.map(({ session }) => session?.accessToken))
    expect(tokens.size).toBe(1)
    await clock.advance(20_000)
    expect((await sessions.getSession(old)).session?.accessToken).toBe([...tokens][0])
    expect(refreshes()).toBe(1)
  })

  it('comes back by the cookies that a refresh sets', async () => {
    const { clock, load, jar } = await signedIn()
    await clock.advance(6 * MINUTE)
    const { session, setCookies } = await load()
    const headers = new Headers()
    applyCookies(headers, setCookies)
    jar.take(new Response(null, { headers }))
    const next = await load()
    expect(next.session?.accessToken).toBe(session?.accessToken)
    expect(next.setCookies).toEqual([])
  })

  it('learns of a changed role by force, by an exchange that began after the call', async () => {
    const { workos, refreshes, clock, renew } = await signedIn()
    await renew()
    workos.setMembership(ADA, 'org_1', { role: 'guest' })
    await clock.advance(1)
    expect((await renew()).session?.role).toBe('admin')
    expect((await renew({ fresh: true })).session?.role).toBe('guest')
    expect(refreshes()).toBe(2)
  })

  it('never is refreshed, nor its cookie touched, where none can be set', async () => {
    const { clock, load, refreshes, sessions } = await signedIn()
    await clock.advance(6 * MINUTE)
    const late = await load({ refresh: 'never' })
    expect(late).toMatchObject({
      session: null,
      setCookies: [],
      failure: { reason: 'invalid_jwt' },
    })
    const broken = await sessions.getSession(`${COOKIE}=nonsense`, { refresh: 'never' })
    expect(broken.setCookies).toEqual([])
    expect(refreshes()).toBe(0)
  })

  it('of more than 4096 bytes is in several cookies, all of which go with it', async () => {
    const permissions = Array.from({ length: 100 }, (_, index) => `resource-${index}:write`)
    const { workos, load, jar, sessions, header, renew } = await signedIn()
    workos.setMembership(ADA, 'org_1', { permissions })
    const large = await renew({ fresh: true })
    expect(large.session?.permissions).toEqual(permissions)
    const headers = new Headers()
    applyCookies(headers, large.setCookies)
    jar.take(new Response(null, { headers }))
    expect([...jar.cookies.keys()]).toEqual([`${COOKIE}.0`, `${COOKIE}.1`, COOKIE])
    expect((await load()).session?.permissions).toEqual(permissions)
    jar.cookies.delete(`${COOKIE}.1`)
    const broken = await load()
    expect(broken.failure?.reason).toBe('invalid_session_cookie')
    expect(broken.setCookies).toEqual([ERASED, expect.stringMatching(/^__Host-holdfast\.0=; /)])
    expect((await sessions.signOut(header())).setCookies).toHaveLength(2)
  })
})

describe('an outage', () => {
  const down = { type: 'status', status: 503 } as const

  it('is not noticed while the token lives, and costs one try in a while', async () => {
    const { clock, workos, load, refreshes } = await signedIn()
    await clock.advance(4 * MINUTE)
    workos.fail(down, { times: 100, grant: 'refresh_token' })
    for (let request = 0; request < 5; request++) {
      const { session, setCookies, failure } = await load()
      expect(session?.user.email).toBe(ADA)
      expect(setCookies).toEqual([])
      expect(failure).toMatchObject({ reason: 'server_error', retryable: true })
    }
    // The first one was sent once more.
    expect(refreshes()).toBe(2)
    await clock.advance(10_000)
    await load()
    expect(refreshes()).toBe(3)
    workos.heal()
    await clock.advance(10_000)
    expect((await load()).failure).toBeNull()
  })

  it('leaves the server alone for as long as it asked', async () => {
    const { clock, workos, load, refreshes } = await signedIn()
    await clock.advance(4 * MINUTE)
    workos.fail({ type: 'rate-limited', retryAfter: 30 }, { grant: 'refresh_token' })
    expect((await load()).failure).toMatchObject({ retryable: true, retryAfter: 30_000 })
    await clock.advance(29_000)
    await load()
    expect(refreshes()).toBe(1)
    await clock.advance(1_000)
    expect((await load()).failure).toBeNull()
  })

  it.each([
    ['a dead server', down, 'server_error'],
    ['a limit', { type: 'rate-limited', retryAfter: 7 }, 'rate_limit_exceeded'],
    ['no answer', { type: 'drop' }, 'network_error'],
    ['a gateway’s page', { type: 'html', status: 502 }, 'server_error'],
  ] as const)('keeps the cookie of a dead token: %s', async (_name, fault, reason) => {
    const { clock, workos, load } = await signedIn()
    await clock.advance(6 * MINUTE)
    workos.fail(fault, { grant: 'refresh_token', times: 2 })
    const { session, setCookies, failure } = await load()
    expect({ session, setCookies }).toEqual({ session: null, setCookies: [] })
    expect(failure).toMatchObject({ reason, retryable: true })
    workos.heal()
    await clock.advance(7_000)
    expect((await load()).session?.user.email).toBe(ADA)
  })

  it('of the keys keeps the cookie, and nobody knows whether somebody is signed in', async () => {
    const { workos, header, now } = await signedIn()
    workos.fail(down, { times: 100 })
    const fresh = createBackendWorld({ workos: {} })
    fresh.workos.fail(down, { times: 100 })
    fresh.clock.jump(now() - fresh.now())
    const { session, failure, setCookies } = await fresh.sessions.getSession(header())
    expect({ session, setCookies }).toEqual({ session: null, setCookies: [] })
    expect(failure).toMatchObject({ reason: 'server_error', retryable: true })
  })

  it('of who tells whether a token lives costs no exchange: the session is as good as before', async () => {
    let exchanges = 0
    const sealed = createSealedSessions({
      provider: {
        id: 'opaque',
        refresh: async () => {
          exchanges += 1
          return null
        },
      },
      verification: {
        introspect: async () => {
          throw new AuthError('network', 'Nobody answers.')
        },
      },
    })
    const grant = {
      accessToken: 'a',
      refreshToken: 'r',
      lifetime: 60 * MINUTE,
      user: { id: 'ada' },
    }
    const value = await sealed.sealSession(grant, { password: PASSWORD })
    const sessions = createRequestSessions({ sessions: sealed, cookie: { password: PASSWORD } })
    const found = await sessions.getSession(`${COOKIE}=${value}`)
    expect(found).toMatchObject({ session: null, failure: { retryable: true }, setCookies: [] })
    expect(exchanges).toBe(0)
  })

  it('after the tokens changed hands loses none of them', async () => {
    const { clock, workos, load, jar } = await signedIn()
    await load()
    await clock.advance(6 * MINUTE)
    workos.rotateKeys()
    workos.fail(down, { path: '/sso/jwks/client_1', times: 10 })
    const blind = await load()
    expect(blind).toMatchObject({ session: null, failure: { retryable: true }, setCookies: [SET] })
    const headers = new Headers()
    applyCookies(headers, blind.setCookies)
    jar.take(new Response(null, { headers }))
    workos.heal()
    await clock.advance(MINUTE)
    expect((await load()).session?.user.email).toBe(ADA)
  })
})

describe('the end of a session', () => {
  it('by the server’s word erases the cookie of a dead token', async () => {
    const { clock, workos, load } = await signedIn()
    workos.endSession(workos.sessions()[0]?.id ?? '')
    await clock.advance(6 * MINUTE)
    expect(await load()).toMatchObject({
      session: null,
      sealed: null,
      failure: { reason: 'invalid_grant', retryable: false },
      setCookies: [ERASED],
    })
  })

  it('by the server’s word leaves a token that lives as it is, unless a refresh is forced', async () => {
    const { clock, workos, load, renew } = await signedIn()
    workos.endSession(workos.sessions()[0]?.id ?? '')
    await clock.advance(4 * MINUTE)
    const { session, setCookies } = await load()
    expect(session?.user.email).toBe(ADA)
    expect(setCookies).toEqual([])
    expect(await renew()).toMatchObject({ session: null, setCookies: [ERASED] })
  })

  it('by sign-out erases, tells the server and where to go, and no old cookie brings it back', async () => {
    const { workos, sessions, header, clock } = await signedIn()
    const [session] = workos.sessions()
    const old = header()
    const { setCookies, signOutUrl, error } = await sessions.signOut(old, {
      returnTo: 'https://app.example/',
    })
    expect(setCookies).toEqual([ERASED])
    expect(error).toBeNull()
    const target = new URL(signOutUrl ?? '')
    expect(target.pathname).toBe('/user_management/sessions/logout')
    expect(Object.fromEntries(target.searchParams)).toEqual({
      session_id: session?.id,
      return_to: 'https://app.example/',
    })
    expect(workos.sessions()).toEqual([])
    // The answer to the sign-out has erased it: a late one could hit somebody’s new cookie.
    expect(await sessions.getSession(old)).toMatchObject({ session: null, setCookies: [] })
    await clock.advance(6 * MINUTE)
    expect((await sessions.getSession(old)).session).toBeNull()
  })

  it('tells when the server could not be told, and is one all the same', async () => {
    const { workos, sessions, header } = await signedIn()
    workos.fail({ type: 'drop' }, { path: '/user_management/sessions/revoke' })
    const { error, setCookies } = await sessions.signOut(header())
    expect(error).toMatchObject({ code: 'network' })
    expect(setCookies).toEqual([ERASED])
    expect((await sessions.getSession(header())).session).toBeNull()
  })

  it('ends a session for which neither the auth server nor the seal has a name', async () => {
    const revoked: string[] = []
    const secret = 'a secret of at least 32 characters'
    const sealed = createSealedSessions({
      provider: {
        id: 'nameless',
        refresh: async () => null,
        signOut: async ({ refreshToken }) => void revoked.push(refreshToken ?? 'none'),
      },
      verification: { secret, audience: false },
    })
    const accessToken = await new SignJWT({ sub: 'ada' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(secret))
    const sessions = createRequestSessions({ sessions: sealed, cookie: { password: PASSWORD } })
    // As another library has sealed it.
    const content = { accessToken, refreshToken: 'refresh-1', user: { id: 'ada' } }
    const header = `${COOKIE}=${await sealText(JSON.stringify(content), PASSWORD, {})}`
    const { session } = await sessions.getSession(header)
    expect([session?.user.id, session?.sessionId]).toEqual(['ada', undefined])
    await sessions.signOut(header)
    expect((await sessions.getSession(header)).session).toBeNull()
    expect(revoked).toEqual(['refresh-1'])
  })

  it('during a refresh wins, and the late answer sets no cookie', async () => {
    const { clock, workos, load, sessions, header } = await signedIn()
    await clock.advance(6 * MINUTE)
    workos.fail({ type: 'slow', delay: 5_000 }, { grant: 'refresh_token' })
    const late = load()
    await clock.advance(1_000)
    await sessions.signOut(header())
    await clock.advance(5_000)
    expect(await late).toMatchObject({ session: null, setCookies: [] })
  })

  it('by another sign-in sets no cookie on a late answer to the old one, which would end the new', async () => {
    const { clock, workos, load, header, sessions, jar, signIn } = await signedIn()
    await clock.advance(6 * MINUTE)
    workos.fail({ type: 'slow', delay: 5_000 }, { grant: 'refresh_token' })
    const old = header()
    const late = load()
    await clock.advance(1_000)
    await signIn(BOB)
    await clock.advance(5_000)
    expect(await late).toMatchObject({ session: null, setCookies: [] })
    expect(await sessions.getSession(old)).toMatchObject({ session: null, setCookies: [] })
    expect((await sessions.getSession(jar.header())).session?.user.email).toBe(BOB)
  })

  it('is none when the same session signs in again', async () => {
    const { sealed, sessions, header, workos } = await signedIn()
    const { session } = await sessions.getSession(header())
    if (!session) throw new Error('There is no session.')
    const grant = { ...session, refreshToken: 'whatever', lifetime: 5 * MINUTE }
    const { setCookies } = await sessions.setSession(grant, header())
    expect(setCookies).toEqual([SET])
    expect(workos.sessions()).toHaveLength(1)
    expect(sealed).toBeDefined()
  })

  it('does not come from an organization that wants a step: the cookie stays good for others', async () => {
    const { clock, workos, load, jar, signIn, renew } = await signedIn()
    // Whoever signs in to an organization takes its step; whoever switches to it does not.
    await signIn(ADA, 'org_2')
    const { sealed } = await renew({ organizationId: 'org_1' })
    jar.cookies.set(COOKIE, sealed ?? '')
    workos.setOrganization('org_1', { requires: 'sso' })
    await clock.advance(6 * MINUTE)
    const refused = await load()
    expect(refused).toMatchObject({
      session: null,
      setCookies: [],
      failure: { reason: 'sso_required', retryable: false, error: { code: 'step_required' } },
    })
    const switched = await renew({ organizationId: 'org_2' })
    expect(switched.session).toMatchObject({ organizationId: 'org_2', role: 'member' })
  })

  it('does not come from a switch that was refused', async () => {
    const { workos, renew } = await signedIn()
    const refused = await renew({ organizationId: 'org_3' })
    expect(refused).toMatchObject({
      session: { organizationId: 'org_1' },
      failure: { reason: 'rejected' },
      setCookies: [],
    })
    expect(workos.sessions()).toHaveLength(1)
  })
})

describe('hostile and broken cookies', () => {
  // None of them changes anything.
  const shared = signedIn()
  const tampered = (value: string): string => `${value.slice(0, -10)}AAAAAAAA~2`
  const cases: readonly (readonly [string, (good: string) => string])[] = [
    ['empty', () => `${COOKIE}=`],
    ['nonsense', () => `${COOKIE}=nonsense`],
    ['truncated', (good) => `${COOKIE}=${good.slice(0, 200)}`],
    ['tampered with', (good) => `${COOKIE}=${tampered(good)}`],
    ['oversized', () => `${COOKIE}=${'x'.repeat(1_000_000)}`],
    ['a marker without chunks', () => `${COOKIE}=chunks.3.abc`],
    ['a thousand of one name', () => `${COOKIE}=x; `.repeat(1_000)],
    ['wrongly encoded', () => `${COOKIE}=%E0%A4%A`],
    ['quoted nonsense', () => `${COOKIE}="`],
    ['control characters', () => `${COOKIE}=\u0001\u0002`],
  ]

  it.each(cases)('are nobody’s, and erased: %s', async (_name, headerOf) => {
    const { sessions, jar } = await shared
    const good = jar.cookies.get(COOKIE) ?? ''
    const { session, failure, setCookies } = await sessions.getSession(headerOf(good))
    expect(session).toBeNull()
    expect(failure?.retryable).toBe(false)
    expect(setCookies).toEqual([ERASED])
    expect(await sessions.describeSession(headerOf(good))).toBeNull()
    expect((await sessions.signOut(headerOf(good))).setCookies).toEqual([ERASED])
  })

  it.each([
    ['none', null],
    ['a header without it', 'other=1; another=2'],
    ['no header at all', ''],
    ['separators', ';;;==;'],
  ])('are not there to erase: %s', async (_name, header) => {
    const { sessions } = createBackendWorld()
    expect(await sessions.getSession(header)).toEqual({
      session: null,
      sealed: null,
      failure: { signedIn: false, retryable: false, reason: 'no_session_cookie_provided' },
      setCookies: [],
    })
  })

  it.each([
    ['another kind', JSON.stringify({ state: 'x', verifier: 'y', returnTo: '/' })],
    ['no JSON', 'hello'],
    [
      'a token of somebody else',
      JSON.stringify({
        accessToken: `e30.${Buffer.from('{"sub":"user_2","exp":9999999999}').toString('base64url')}.x`,
        refreshToken: 'r',
        user: { id: 'user_1' },
      }),
    ],
  ])('are nobody’s though our password sealed them: %s', async (_name, text) => {
    const { sessions } = createBackendWorld()
    const value = await sealText(text, PASSWORD)
    const { session, setCookies } = await sessions.getSession(`${COOKIE}=${value}`)
    expect(session).toBeNull()
    expect(setCookies).toEqual([ERASED])
  })

  it('beside the good one do no harm, whatever their order', async () => {
    const { sessions, jar } = await shared
    const good = jar.cookies.get(COOKIE)
    for (const values of [
      ['nonsense', good],
      [good, 'nonsense'],
      [good, good],
    ]) {
      const header = values.map((value) => `${COOKIE}=${value}`).join('; ')
      expect((await sessions.getSession(header)).session?.user.email).toBe(ADA)
    }
  })

  it('of two people are nobody’s: one of them was planted', async () => {
    const { sessions, jar, signIn } = await signedIn()
    const ada = jar.cookies.get(COOKIE)
    jar.cookies.clear()
    await signIn(BOB)
    const header = `${COOKIE}=${ada}; ${COOKIE}=${jar.cookies.get(COOKIE)}`
    expect(await sessions.getSession(header)).toMatchObject({
      session: null,
      failure: { reason: 'invalid_session_cookie' },
      // With ours gone, only the one that was planted would be left.
      setCookies: [],
    })
    expect(await sessions.describeSession(header)).toBeNull()
  })

  it('of one person from two places: the newer one counts, and takes the place of the other', async () => {
    const { sessions, jar, clock, renew } = await signedIn()
    const old = jar.cookies.get(COOKIE)
    await clock.advance(MINUTE)
    const { sealed, session } = await renew()
    for (const values of [
      [old, sealed],
      [sealed, old],
    ]) {
      const header = values.map((value) => `${COOKIE}=${value}`).join('; ')
      const found = await sessions.getSession(header)
      expect(found.session?.accessToken).toBe(session?.accessToken)
      expect(found.setCookies).toContainEqual(SET)
    }
  })
})

describe('settings', () => {
  it.each([
    ['a short password', { password: 'short' }],
    ['no password', { password: [] }],
    ['a name that is none', { password: PASSWORD, name: 'a b' }],
    ['a prefix that does not fit', { password: PASSWORD, name: '__Host-x', domain: 'app.example' }],
  ])('that cannot work are refused at once: %s', (_name, cookie) => {
    const { sealed } = createBackendWorld()
    expect(() => createRequestSessions({ sessions: sealed, cookie })).toThrow(AuthError)
  })

  it.each<
    [string, Exclude<keyof RequestSessions, 'describeSession' | 'deviceRoutes'>, readonly unknown[]]
  >([
    ['getSession(header, null)', 'getSession', [null, null]],
    ['another word for when to refresh', 'getSession', [null, { refresh: 'when_due' }]],
    ['the word of 0.1 for refreshSession()', 'getSession', [null, { refresh: 'force' }]],
    ['refreshSession(header, null)', 'refreshSession', [null, null]],
    ['setSession(grant, header, null)', 'setSession', [{}, null, null]],
    ['signOut(header, null)', 'signOut', [null, null]],
  ])('of one call that cannot work are an AuthError: %s', async (_, name, args) => {
    const { sessions } = createBackendWorld()
    await expect(Reflect.apply(sessions[name], undefined, args)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('rotate passwords: a cookie of the old one opens, and the next is sealed by the new', async () => {
    const { jar, sealed, now } = await signedIn()
    const password = ['a newer password of 32 characters or more', PASSWORD]
    const sessions = createRequestSessions({ sessions: sealed, cookie: { password }, now })
    const { sealed: next } = await sessions.refreshSession(jar.header())
    const [newest = ''] = password
    const only = createRequestSessions({ sessions: sealed, cookie: { password: newest }, now })
    expect((await only.getSession(`${COOKIE}=${next}`)).session?.user.email).toBe(ADA)
    expect((await only.getSession(jar.header())).session).toBeNull()
  })

  it('refuse a returnTo that is no address, before anything ends', async () => {
    const { sessions, header, load } = await signedIn()
    await expect(
      sessions.signOut(header(), { returnTo: 'javascript:alert(1)' }),
    ).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    expect((await load()).session).not.toBeNull()
  })
})

describe('the headers of an answer that sets cookies', () => {
  it('keep it out of caches, and those of one that sets none stay as they are', () => {
    const headers = new Headers({ 'Cache-Control': 'public', Vary: 'Accept', 'Set-Cookie': 'a=1' })
    applyCookies(headers, [])
    expect(headers.get('Cache-Control')).toBe('public')
    applyCookies(headers, ['b=2', 'c=3'])
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
    expect(headers.get('Cache-Control')).toBe('private, no-store')
    expect(headers.get('Vary')).toBe('Accept, Cookie')
  })
})
