import { describe, expect, it } from 'vitest'
import { createDeeds } from '../../../src/server/backend/deeds.js'
import { createDeviceBinding, type DeviceRequest } from '../../../src/server/dbsc/index.js'
import { createRequestSessions, type SessionStore } from '../../../src/server/index.js'
import { createManualClock } from '../../../src/testing/index.js'
import { BOB, PASSWORD } from '../backend/backend-world.js'
import {
  boundCookies,
  createDeviceWorld,
  createPair,
  LIFETIME,
  registrationOf,
  sessionCookie,
} from './device-world.js'

const isAdmin = ({ path }: DeviceRequest): boolean => path?.startsWith('/auth/refresh') ?? true

/** A store that holds all sessions, whatever their size. */
function createHolding() {
  const clock = createManualClock()
  const held = new Map<string, { readonly sealed: string; readonly until: number }>()
  /** How many calls fail from now on. */
  const state = { failures: 0 }
  const work = async <T>(make: () => T): Promise<T> => {
    state.failures -= 1
    if (state.failures >= 0) throw new Error('The store is down.')
    return make()
  }
  const living = (name: string) => {
    const entry = held.get(name)
    return entry && clock.now() < entry.until ? entry : null
  }
  const store: SessionStore = {
    put: (name, sealed, ttl) =>
      work(() => void held.set(name, { sealed, until: clock.now() + ttl })),
    get: (name) => work(() => living(name)?.sealed),
    expire: (name, ttl) =>
      work(() => {
        const entry = living(name)
        const until = Math.min(entry?.until ?? 0, clock.now() + ttl)
        if (entry) held.set(name, { ...entry, until })
      }),
  }
  return { world: { clock, sealed: { store, maxSize: 200 } }, state, held }
}

describe('what needs a bound session', () => {
  it('is refused to one that never was, and to none of the app’s other pages', async () => {
    const { createBrowser, events } = createDeviceWorld({ required: isAdmin })
    const browser = createBrowser()
    await browser.signIn()
    const before = browser.jar.header()
    expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
    const refused = await browser.page('/auth/refresh', {}, 'POST')
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'rejected', serverCode: 'device_required' })
    expect(browser.jar.header()).toBe(before)
    expect(events).toEqual([])
  })

  it('is open to one that is', async () => {
    const { createBrowser } = createDeviceWorld({ required: isAdmin })
    const browser = createBrowser()
    await browser.begin()
    expect((await browser.page('/auth/refresh', {}, 'POST')).status).toBe(200)
  })

  it.each<[string, unknown, string | null]>([
    ['a request of the web', new Request('https://app.example/admin?x=1'), '/admin'],
    ['one of Node', { headers: {}, url: '/admin?x=1' }, '/admin'],
    ['one of Express, in a router', { headers: {}, url: '/x', originalUrl: '/admin' }, '/admin'],
    ['one of Node, with two slashes', { headers: {}, url: '//x/admin' }, null],
    ['one of Node, by a whole address', { headers: {}, url: 'http://app.example/admin' }, '/admin'],
    ['letters of the world', { headers: {}, url: '/caf%C3%A9/%E6%97%A5' }, '/caf%C3%A9/%E6%97%A5'],
    [
      'a name with a blank',
      { headers: {}, url: '/my%20files/a-b_c.~(1)' },
      '/my%20files/a-b_c.~(1)',
    ],
    ['one of Node that leads back', { headers: {}, url: '/admin/../x' }, null],
    ['one of Node that leads back by a backslash', { headers: {}, url: '/admin\\..\\x' }, null],
    ['no request', undefined, null],
    ['what is none', { url: 7 }, null],
  ])('is told by the path of %s', async (_, request, path) => {
    const asked: DeviceRequest[] = []
    const { createBrowser, running } = createDeviceWorld({
      required(what) {
        asked.push(what)
        return true
      },
    })
    const browser = createBrowser()
    await browser.signIn()
    const found = await running.sessions.getSession(browser.jar.header(), { request })
    expect(found).toMatchObject({ session: null, failure: { reason: 'device_required' } })
    expect(asked.at(-1)).toEqual({ path, request, mayBeBound: false })
  })
})

describe('a policy', () => {
  it.each(['never', 'when-supported', () => false] as const)(
    'of %s lets what was never bound go, and no session that was',
    async (required) => {
      const { createBrowser, events } = createDeviceWorld({ required })
      const browser = createBrowser()
      await browser.signIn()
      expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
      await browser.begin()
      const Cookie = sessionCookie(browser.jar)
      const refused = await createBrowser().page('/auth/refresh', { Cookie }, 'POST')
      expect(refused.status).toBe(401)
      expect(await refused.json()).toMatchObject({ serverCode: 'device_not_proven' })
      expect(events).toMatchObject([{ type: 'device-missing' }])
    },
  )
})

describe('a binding that only reports', () => {
  it('refuses nobody, and says whom it would have refused', async () => {
    const { createBrowser, events } = createDeviceWorld({ reportOnly: true })
    const browser = createBrowser()
    await browser.begin()
    const Cookie = sessionCookie(browser.jar)
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect((await response.json()).session).not.toBeNull()
    await Promise.resolve()
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })

  it('keeps nobody out whose browser could not prove its key, or by whose server’s clock the proof is old', async () => {
    const { createBrowser, clock, events } = createDeviceWorld({ reportOnly: true })
    const browser = createBrowser()
    const { id } = await browser.begin()
    const [name = ''] = boundCookies(browser.jar)
    const proof = `${name}=${browser.jar.cookies.get(name)}`
    await clock.advance(LIFETIME)
    const skipped = { 'Secure-Session-Skipped': `unreachable;session_identifier="${id}"` }
    const response = await browser.page('/auth/session', skipped)
    expect(response.status).toBe(200)
    expect((await response.json()).session).not.toBeNull()
    expect(events).toEqual([])
    await clock.advance(60_000)
    const Cookie = `${sessionCookie(browser.jar)}; ${proof}`
    const late = await createBrowser().page('/auth/session', { Cookie })
    expect(late.status).toBe(200)
    expect((await late.json()).session).not.toBeNull()
    await Promise.resolve()
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })

  it('says once whose session would have to be bound, and serves it', async () => {
    const { createBrowser, running, events } = createDeviceWorld({
      required: isAdmin,
      reportOnly: true,
    })
    const browser = createBrowser()
    await browser.signIn()
    expect((await browser.page('/auth/session')).status).toBe(200)
    expect(events).toEqual([])
    expect((await browser.page('/auth/refresh', {}, 'POST')).status).toBe(200)
    const request = new Request('https://app.example/auth/refresh')
    const wanted = { request, refresh: 'never' } as const
    const found = await running.sessions.getSession(browser.jar.header(), wanted)
    expect(found.session).not.toBeNull()
    expect(events).toMatchObject([
      {
        type: 'device-required',
        sessionId: expect.any(String),
        userId: expect.stringMatching(/^user_/),
      },
    ])
  })

  it('serves a copy from before the binding, whose sign-out leads to the auth server as the browser’s own does', async () => {
    const { createBrowser, running, clock, events } = createDeviceWorld({ reportOnly: true })
    const browser = createBrowser()
    const { unbound } = await browser.begin()
    const visit = async () => (await running.sessions.getSession(unbound)).session
    expect(await visit()).not.toBeNull()
    expect(events).toEqual([])
    await clock.advance(2 * 60_000)
    expect(await visit()).not.toBeNull()
    expect(events).toMatchObject([{ type: 'device-missing' }])
    const { error, signOutUrl } = await running.sessions.signOut(unbound)
    expect([error, signOutUrl === null]).toEqual([null, false])
  })

  it('can be made to count, and to count no more: nobody who has the key is signed out', async () => {
    const { createBrowser, clock, configure, events } = createDeviceWorld({ reportOnly: true })
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    for (const reportOnly of [false, true, false]) {
      configure({ reportOnly })
      await clock.advance(LIFETIME)
      expect((await browser.renew(id, pair)).status).toBe(200)
      expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
    }
    expect(events).toEqual([])
  })
})

describe('a session that is bound', () => {
  it('is judged by the headers of Node’s requests too', async () => {
    const { createBrowser, running, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { id } = await browser.begin()
    await clock.advance(LIFETIME)
    const found = async (more: Readonly<Record<string, string>>) => {
      const headers = { cookie: browser.jar.header() ?? '', ...more }
      return running.sessions.getSession(headers.cookie, { request: { headers, url: '/' } })
    }
    expect(await found({})).toMatchObject({ sealed: null, failure: { retryable: false } })
    const skipped = { 'secure-session-skipped': `quota_exceeded;session_identifier="${id}"` }
    expect(await found(skipped)).toMatchObject({
      sealed: expect.any(String),
      failure: { retryable: true, reason: 'server_error' },
    })
  })

  it('is not bound, and nobody is told of anything, where the answer can set no cookie', async () => {
    const { createBrowser, running, events } = createDeviceWorld()
    const browser = createBrowser()
    await browser.register(await browser.signIn(), await createPair())
    const cookies = browser.jar.header()
    const found = await running.sessions.getSession(cookies, { refresh: 'never' })
    const sealed = browser.jar.cookies.get('__Host-holdfast')
    expect(found).toMatchObject({ session: { signedIn: true }, sealed, setCookies: [] })
    await browser.page('/auth/session')
    const stolen = sessionCookie(browser.jar)
    const refused = await running.sessions.getSession(stolen, { refresh: 'never' })
    expect(refused).toMatchObject({ session: null, setCookies: [] })
    expect(events).toEqual([])
  })

  it('that a store holds stays alive where it was read, and no answer could set a cookie', async () => {
    const { createBrowser, running, clock } = createDeviceWorld({ world: createHolding().world })
    const browser = createBrowser()
    await browser.register(await browser.signIn(), await createPair())
    const cookies = browser.jar.header()
    const read = async () => running.sessions.getSession(cookies, { refresh: 'never' })
    expect((await read()).session).not.toBeNull()
    await clock.advance(4 * 60_000)
    expect((await read()).session).not.toBeNull()
  })

  it('is bound before it is refreshed, and stays so when the auth server fails', async () => {
    const { createBrowser, workos, clock } = createDeviceWorld()
    const browser = createBrowser()
    // The server's keys are known by that.
    await createBrowser().begin(BOB)
    await browser.register(await browser.signIn(), await createPair())
    await clock.advance(LIFETIME / 2 - 30_000)
    workos.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    const before = workos.count('refresh_token')
    await browser.page('/auth/session')
    expect(workos.count('refresh_token')).toBeGreaterThan(before)
    const Cookie = sessionCookie(browser.jar)
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect(await response.json()).toEqual({ session: null })
  })

  it('is bound where a store holds it, and unknown while that fails', async () => {
    const { world, state, held } = createHolding()
    const { createBrowser, events } = createDeviceWorld({ world })
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    expect(held.size).toBeGreaterThan(1)
    const Cookie = sessionCookie(browser.jar)
    const thief = createBrowser()
    expect(await (await thief.page('/auth/session', { Cookie })).json()).toEqual({ session: null })
    // Nobody is let through who can be read a moment later.
    state.failures = 1
    expect((await thief.page('/auth/session', { Cookie })).status).toBe(503)
    state.failures = Number.POSITIVE_INFINITY
    expect((await thief.page('/auth/session', { Cookie })).status).toBe(503)
    expect((await browser.renew(id, pair)).status).toBe(503)
    state.failures = 0
    expect((await browser.renew(id, pair)).status).toBe(200)
    expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
    expect(events.map(({ type }) => type)).toEqual(['device-missing'])
  })

  it('ends no other of the person where nobody could tell for a moment whose it is', async () => {
    const { world, state } = createHolding()
    const { createBrowser, running } = createDeviceWorld({ world })
    const browser = createBrowser()
    await browser.begin()
    state.failures = 1
    const stolen = sessionCookie(browser.jar)
    const ended = await running.sessions.signOut(stolen, { scope: 'global' })
    expect(ended.error?.code).toBe('session_missing')
  })

  it('has a cookie for as long as the app says, at the path that it says', async () => {
    const { createBrowser, clock } = createDeviceWorld({ lifetime: 90_000, path: '/dbsc' })
    const browser = createBrowser()
    const answer = await browser.signIn()
    expect(registrationOf(answer).path).toBe('/dbsc/register')
    const registered = await browser.register(answer, await createPair())
    expect(registered.headers.getSetCookie()[0]).toContain('; Max-Age=90;')
    expect((await registered.json()).refresh_url).toBe('/dbsc/refresh')
    await clock.advance(90_000)
    expect(boundCookies(browser.jar)).toEqual([])
  })
})

describe('a binding', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a policy that is none', { required: 'always' }],
    ['a try-out that is none', { reportOnly: 'yes' }],
    ['a lifetime of less than a second', { lifetime: 999 }],
    ['a lifetime that never ends', { lifetime: Number.POSITIVE_INFINITY }],
    ['a lifetime that is a text', { lifetime: '600000' }],
    ['a path with a slash at its end', { path: '/auth/' }],
    ['a path that is an address', { path: 'https://app.example/dbsc' }],
    ['a path in quotes', { path: '/a"b' }],
  ])('of %s is an AuthError', (_, options) => {
    const make = (): unknown => Reflect.apply(createDeviceBinding, undefined, [options])
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it.each([
    ['not secure', { name: 'session', secure: false }],
    ['for a whole site', { domain: 'app.example' }],
    ['for one path', { path: '/app' }],
  ])('has no cookie that is %s', (_, cookie) => {
    const { sealed } = createDeviceWorld()
    const deviceBound = createDeviceBinding()
    const options = { sessions: sealed, cookie: { password: PASSWORD, ...cookie }, deviceBound }
    expect(() => createRequestSessions(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })

  it('is one that createDeviceBinding has made', () => {
    const { sealed } = createDeviceWorld()
    const options = { sessions: sealed, cookie: { password: PASSWORD } }
    for (const deviceBound of [null, true, {}, createDeviceBinding]) {
      expect(() =>
        Reflect.apply(createRequestSessions, undefined, [{ ...options, deviceBound }]),
      ).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })

  it('takes no path of the backend’s own routes', () => {
    expect(() => createDeviceWorld({ path: '/auth' })).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('/auth/refresh'),
      }),
    )
  })

  it('asks no browser for anything that comes by plain http', async () => {
    const backend = {
      origin: 'http://localhost:3000',
      redirectUri: 'https://app.example/auth/callback',
    }
    const { createBrowser } = createDeviceWorld({ backend })
    const answer = await createBrowser().signIn()
    expect(answer.status).toBe(303)
    expect(registrationOf(answer).header).toBeNull()
  })

  it('leaves sessions of before as they were, and asks for none of theirs', async () => {
    const { createBrowser, sessions: before, running } = createDeviceWorld()
    const browser = createBrowser()
    await browser.signIn()
    const header = browser.jar.header()
    expect((await before.getSession(header)).session).not.toBeNull()
    const found = await running.sessions.getSession(header)
    expect(found).toMatchObject({ session: { signedIn: true }, setCookies: [] })
  })
})

describe('a deed in somebody’s name', () => {
  it('refreshes the session that was bound for it just now', async () => {
    const { createBrowser, running } = createDeviceWorld()
    const browser = createBrowser()
    await browser.register(await browser.signIn(), await createPair())
    const as = createDeeds(running.sessions, async ({ user }) => ({ email: user.email }))
    const request = new Request('https://app.example/auth/factors', { method: 'POST' })
    const call = { request, url: new URL(request.url), cookie: browser.jar.header() }
    const answer = browser.jar.take(await as(call, undefined, async () => []))
    expect(await answer.json()).toEqual({ session: { email: 'ada@example.com' } })
    const stolen = sessionCookie(browser.jar)
    expect((await running.sessions.getSession(stolen)).session).toBeNull()
    expect((await running.sessions.getSession(browser.jar.header())).session).not.toBeNull()
  })
})
