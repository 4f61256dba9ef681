import { describe, expect, it } from 'vitest'
import { memorySessionList } from '../../../src/server/index.js'
import { BOB, PASSWORD } from '../backend/backend-world.js'
import {
  boundCookies,
  challengeIn,
  cookieOf,
  createDeviceWorld,
  createPair,
  LIFETIME,
  REGISTER,
  RENEW,
  registrationOf,
  sessionCookie,
  sign,
} from './device-world.js'

const MINUTE = 60_000

/** What says who is signed in, and what refreshes. */
const ROUTES = [
  ['/auth/session', 'GET'],
  ['/auth/refresh', 'POST'],
] as const

/** Who a page hears is signed in. */
const emailIn = async (response: Response): Promise<string | null> => {
  const { session } = await response.json()
  return session?.user.email ?? null
}

describe('a session that a browser binds to its device', () => {
  it('is asked for by the answer that ends the sign-in, and bound by the next request', async () => {
    const { createBrowser, events } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const { header, path } = registrationOf(answer)
    expect(header).toMatch(/^\(ES256 RS256\);path="\/auth\/dbsc\/register";challenge="[^"\\]+"$/)
    expect(path).toBe(REGISTER)
    const unbound = sessionCookie(browser.jar)
    const registered = await browser.register(answer, await createPair())
    expect(registered.status).toBe(200)
    expect(await registered.json()).toEqual({
      session_identifier: expect.stringMatching(/^[\w.-]+$/),
      refresh_url: RENEW,
      scope: {
        include_site: false,
        scope_specification: [{ type: 'exclude', path: '/auth/dbsc' }],
      },
      credentials: [
        {
          type: 'cookie',
          name: boundCookies(browser.jar)[0],
          attributes: 'Path=/; HttpOnly; Secure; SameSite=lax',
        },
      ],
      allowed_refresh_initiators: ['*'],
    })
    expect(registered.headers.getSetCookie()[0]).toMatch(
      /^__Host-holdfast-bound-[\w-]{16}=[^;]+; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=lax$/,
    )
    expect(sessionCookie(browser.jar)).toBe(unbound)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect(sessionCookie(browser.jar)).not.toBe(unbound)
    expect(events).toEqual([])
  })

  it.each(['ES256', 'RS256'])('goes on with each proof of its key: %s', async (alg) => {
    const { createBrowser, clock, events } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin(undefined, alg)
    for (let round = 0; round < 3; round += 1) {
      await clock.advance(LIFETIME)
      expect(boundCookies(browser.jar)).toEqual([])
      const renewed = await browser.renew(id, pair)
      expect(renewed.status).toBe(200)
      expect((await renewed.json()).session_identifier).toBe(id)
      expect(boundCookies(browser.jar)).toHaveLength(1)
      expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    }
    expect(events).toEqual([])
  })

  it('is renewed where another site led somebody here, and the browser sent no cookie', async () => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    await clock.advance(LIFETIME)
    expect((await browser.renew(id, pair, false)).status).toBe(200)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
  })

  it('is nobody’s where its cookie was copied to, at every route, and the theft is told of', async () => {
    const { createBrowser, events, workos } = createDeviceWorld()
    const { jar } = createBrowser()
    const browser = createBrowser(jar)
    await browser.begin()
    const stolen = sessionCookie(jar)
    const thief = createBrowser()
    const before = workos.count('refresh_token')
    const headers = { Cookie: stolen }
    expect(await emailIn(await thief.page('/auth/session', headers))).toBeNull()
    const refreshed = await thief.page('/auth/refresh', headers, 'POST')
    expect(refreshed.status).toBe(401)
    expect(await refreshed.json()).toMatchObject({
      code: 'session_missing',
      serverCode: 'device_not_proven',
    })
    expect(refreshed.headers.getSetCookie()).toEqual([])
    expect(workos.count('refresh_token')).toBe(before)
    await Promise.resolve()
    expect(events).toMatchObject([
      { type: 'device-missing', userId: expect.stringMatching(/^user_/) },
      { type: 'device-missing' },
    ])
    expect(JSON.stringify(events)).not.toContain(stolen.slice(40, 80))
    // And the person it was stolen from notices nothing.
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
  })

  it('is served by the seal from before it was bound until a request proves the key, and never again', async () => {
    const { createBrowser, clock, events, workos } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const thief = createBrowser()
    const headers = { Cookie: sessionCookie(browser.jar) }
    await browser.register(answer, await createPair())
    expect(await emailIn(await thief.page('/auth/session', headers))).toBe('ada@example.com')
    await browser.page('/auth/session')
    const before = workos.count('refresh_token')
    for (const pause of [0, 2 * MINUTE - 1]) {
      await clock.advance(pause)
      // Requests of the browser's own may be under way with it: they are to come again.
      for (const [path, method] of ROUTES) {
        const late = await thief.page(path, headers, method)
        expect([late.status, late.headers.get('Retry-After')]).toEqual([503, '1'])
        expect(late.headers.getSetCookie()).toEqual([])
      }
    }
    expect(workos.count('refresh_token')).toBe(before)
    expect(events).toEqual([])
    await clock.advance(1)
    expect(await emailIn(await thief.page('/auth/session', headers))).toBeNull()
    const refreshed = await thief.page('/auth/refresh', headers, 'POST')
    expect(refreshed.status).toBe(401)
    expect(await refreshed.json()).toMatchObject({ serverCode: 'device_not_proven' })
    await Promise.resolve()
    expect(events).toMatchObject([{ type: 'device-missing' }, { type: 'device-missing' }])
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
  })

  it('stays bound since its first proof, though each process tells of it again: a copy never looks like a slow request', async () => {
    const { createBrowser, clock, restart } = createDeviceWorld()
    const browser = createBrowser()
    const { unbound } = await browser.begin()
    await clock.advance(2 * MINUTE)
    restart(PASSWORD)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    const headers = { Cookie: unbound }
    const refused = await createBrowser().page('/auth/refresh', headers, 'POST')
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ serverCode: 'device_not_proven' })
  })

  it('opens no event stream for who has not proved its key, though it is not over', async () => {
    const { createBrowser, clock } = createDeviceWorld({ backend: { events: true } })
    const browser = createBrowser()
    const { unbound, id } = await browser.begin()
    const opened = await browser.page('/auth/events')
    expect(opened.status).toBe(200)
    await opened.body?.cancel()
    expect((await browser.page('/auth/events', { Cookie: unbound })).status).toBe(503)
    await clock.advance(LIFETIME)
    const skipped = { 'Secure-Session-Skipped': `unreachable;session_identifier="${id}"` }
    expect((await browser.page('/auth/events', skipped)).status).toBe(503)
  })

  it('shows a thief no list of sessions, and lets them end none', async () => {
    const { createBrowser, running, clock } = createDeviceWorld({
      world: { sealed: { list: memorySessionList() } },
    })
    const { sessions } = running
    const browser = createBrowser()
    const { unbound } = await browser.begin()
    const [{ sessionId = '' } = {}, ...others] = await sessions.listSessions(browser.jar.header())
    expect([sessionId === '', others]).toEqual([false, []])
    await expect(sessions.listSessions(unbound)).rejects.toMatchObject({
      code: 'storage',
      retryable: true,
    })
    await clock.advance(2 * MINUTE)
    for (const stolen of [sessionCookie(browser.jar), unbound]) {
      expect(await sessions.listSessions(stolen)).toEqual([])
      expect(await sessions.endListedSession(stolen, sessionId)).toBe(false)
    }
    expect(await sessions.listSessions(browser.jar.header())).toHaveLength(1)
  })

  it('stays the browser’s whose request was under way when it was bound, and is sent again', async () => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id, unbound } = await browser.begin()
    // A renewal ahead of need.
    await browser.renew(id, pair)
    await clock.advance(MINUTE / 2)
    const cookies = browser.jar.header()
    for (const [path, method] of ROUTES) {
      expect((await browser.page(path, { Cookie: unbound }, method)).status).toBe(503)
      expect(browser.jar.header()).toBe(cookies)
    }
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
  })

  it('is ended by a thief with the seal from before, at once, and no other of the person with it', async () => {
    const { createBrowser, running } = createDeviceWorld()
    const { unbound } = await createBrowser().begin()
    const other = createBrowser()
    await other.begin()
    const ended = await running.sessions.signOut(unbound, { scope: 'global' })
    expect(ended).toMatchObject({ error: { code: 'session_missing' }, signOutUrl: null })
    expect(await emailIn(await other.page('/auth/session'))).toBe('ada@example.com')
  })

  it('has no seal from before that the thief’s own refreshes keep alive', async () => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const thief = createBrowser()
    await thief.page('/auth/refresh', { Cookie: sessionCookie(browser.jar) }, 'POST')
    expect(sessionCookie(thief.jar)).not.toBe('')
    await browser.register(answer, await createPair())
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect((await thief.page('/auth/session')).status).toBe(503)
    await clock.advance(2 * MINUTE)
    expect(await emailIn(await thief.page('/auth/session'))).toBeNull()
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
  })

  it('goes on unbound for a browser that lost the answer to its registration', async () => {
    const { createBrowser, clock, events } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const before = browser.jar.cookies
    const lost = createBrowser()
    await lost.register(answer, await createPair())
    expect(boundCookies(browser.jar)).toEqual([])
    await clock.advance(3 * MINUTE)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect(browser.jar.cookies).toBe(before)
    expect(events).toEqual([])
  })

  describe('of which the browser has lost the seal that is bound, but not its key', () => {
    async function lostSeal() {
      const world = createDeviceWorld()
      const browser = world.createBrowser()
      const { pair, id, unbound } = await browser.begin()
      const [name = ''] = boundCookies(browser.jar)
      const proof = `${name}=${browser.jar.cookies.get(name)}`
      return { ...world, browser, pair, id, unbound, proof }
    }

    it('is bound anew by any request that has the bound cookie', async () => {
      const { browser, clock, unbound, proof } = await lostSeal()
      await clock.advance(5 * MINUTE)
      const response = await browser.page('/auth/session', { Cookie: `${unbound}; ${proof}` })
      expect(await emailIn(response)).toBe('ada@example.com')
      expect(response.headers.getSetCookie()).toContainEqual(
        expect.stringMatching(/^__Host-holdfast=/),
      )
    })

    it('is neither served nor ended while the browser says that it could not prove it', async () => {
      const { createBrowser, clock, unbound, id, events } = await lostSeal()
      await clock.advance(LIFETIME)
      const skipped = { 'Secure-Session-Skipped': `server_error;session_identifier="${id}"` }
      const response = await createBrowser().page('/auth/session', { Cookie: unbound, ...skipped })
      expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
      expect(events).toEqual([])
      // Who has the cookie knows what the session is called, and can sign no name for it.
      const [content = ''] = id.split('.')
      const made = `server_error;session_identifier="${content}.${'A'.repeat(43)}"`
      const forged = { Cookie: unbound, 'Secure-Session-Skipped': made }
      expect(await emailIn(await createBrowser().page('/auth/session', forged))).toBeNull()
    })

    it('has its proof renewed where this server’s clock says that it is too old', async () => {
      const { createBrowser, clock, unbound, proof } = await lostSeal()
      clock.jump(LIFETIME + MINUTE)
      const Cookie = `${unbound}; ${proof}`
      const response = await createBrowser().page('/auth/session', { Cookie })
      expect(response.status).toBe(503)
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Host-holdfast-bound-[\w-]{16}=; Path=\/; Max-Age=0;/),
      ])
    })
  })

  it('is bound again by the next request, where a refresh from before has taken the place of its seal', async () => {
    const { createBrowser, clock, events } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const Cookie = sessionCookie(browser.jar)
    const pair = await createPair()
    const { session_identifier: id } = await (await browser.register(answer, pair)).json()
    // It begins with the seal of before, and its answer comes last.
    const late = await createBrowser().page('/auth/refresh', { Cookie }, 'POST')
    expect(late.status).toBe(200)
    await browser.page('/auth/session')
    browser.jar.take(late)
    await browser.page('/auth/session')
    const thief = createBrowser()
    expect(
      await emailIn(await thief.page('/auth/session', { Cookie: sessionCookie(browser.jar) })),
    ).toBeNull()
    await clock.advance(LIFETIME)
    await browser.renew(id, pair)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })

  it('keeps its device through refreshes of the session, whoever shares them', async () => {
    const { createBrowser, workos } = createDeviceWorld()
    const browser = createBrowser()
    const answer = await browser.signIn()
    const Cookie = sessionCookie(browser.jar)
    await browser.register(answer, await createPair())
    const old = await createBrowser().page('/auth/refresh', { Cookie }, 'POST')
    const own = await browser.page('/auth/refresh', {}, 'POST')
    expect([old.status, own.status]).toEqual([200, 200])
    expect(workos.count('refresh_token')).toBe(1)
    const thief = createBrowser()
    expect(
      await emailIn(await thief.page('/auth/session', { Cookie: sessionCookie(browser.jar) })),
    ).toBeNull()
  })

  it('is neither served nor ended while the browser says that it could not renew it', async () => {
    const { createBrowser, clock, events, running } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    await clock.advance(LIFETIME)
    const skipped = { 'Secure-Session-Skipped': `server_error;session_identifier="${id}"` }
    for (const [path, method] of ROUTES) {
      const response = await browser.page(path, skipped, method)
      expect(response.status).toBe(503)
      expect(response.headers.get('Retry-After')).toBe('1')
      expect(response.headers.getSetCookie()).toEqual([])
    }
    // Nor is it taken for a thief who may see no list.
    const request = new Request('https://app.example/', { headers: skipped })
    const listed = running.sessions.listSessions(browser.jar.header(), { request })
    await expect(listed).rejects.toMatchObject({ code: 'storage', retryable: true })
    await browser.renew(id, pair)
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect(events).toEqual([])
  })

  it.each([
    ['nothing of a session', 'unreachable'],
    ['a session of another key', null],
    ['no name of ours', 'server_error;session_identifier="id-1"'],
  ])('is refused to who says that it was skipped, and names %s', async (_, words) => {
    const { createBrowser, events } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const other = await createBrowser().begin(BOB)
    const header = words ?? `server_error;session_identifier="${other.id}"`
    const response = await createBrowser().page(
      '/auth/refresh',
      { Cookie: sessionCookie(browser.jar), 'Secure-Session-Skipped': header },
      'POST',
    )
    expect(response.status).toBe(401)
    await Promise.resolve()
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })

  it('has its proof renewed where this server’s clock says that it is too old, or not made yet', async () => {
    for (const step of [LIFETIME + MINUTE, -2 * MINUTE]) {
      const { createBrowser, clock, events } = createDeviceWorld()
      const browser = createBrowser()
      await browser.begin()
      const cookies = browser.jar.header() ?? ''
      clock.jump(step)
      const response = await browser.page('/auth/session', { Cookie: cookies })
      expect(response.status).toBe(503)
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Host-holdfast-bound-[\w-]{16}=; Path=\/; Max-Age=0;/),
      ])
      // So it is too where somebody has copied both cookies.
      expect(events).toMatchObject([{ type: 'device-missing' }])
    }
  })

  it('is over for the browser at its next renewal, when the person has signed out', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    await browser.page('/auth/sign-out', {}, 'POST')
    expect(browser.jar.header()).toBeNull()
    const renewed = await browser.renew(id, pair)
    expect(renewed.status).toBe(200)
    expect(await renewed.json()).toEqual({ session_identifier: id, continue: false })
    expect(renewed.headers.getSetCookie()).toEqual([])
  })

  it.each<[string, (world: ReturnType<typeof createDeviceWorld>, id: string) => Promise<unknown>]>([
    ['ended with all others of its person', ({ sealed }, userId) => sealed.endSessions({ userId })],
    ['come to its limit', ({ clock }) => clock.advance(LIFETIME)],
  ])('is over for a browser that still has its cookies, once it has %s', async (_, end) => {
    const world = createDeviceWorld({ world: { sealed: { limits: { absolute: LIFETIME } } } })
    const browser = world.createBrowser()
    const { pair, id, first } = await browser.begin()
    const sent = cookieOf(browser.jar)
    const prove = () =>
      browser.post(RENEW, { 'Sec-Secure-Session-Id': id, ...sent }).then(async (asked) => {
        if (asked.status !== 403) return asked
        const proof = await sign(pair, challengeIn(asked))
        const headers = { 'Sec-Secure-Session-Id': id, 'Secure-Session-Response': proof }
        return browser.post(RENEW, { ...headers, ...sent })
      })
    expect((await prove()).headers.getSetCookie()).toHaveLength(1)
    await end(world, (await first.json()).session.user.id)
    const over = await prove()
    expect(await over.json()).toEqual({ session_identifier: id, continue: false })
    expect(over.headers.getSetCookie()).toEqual([])
  })

  it('gives way to the session of another person, which gets a key of its own', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const ada = await browser.begin()
    const bob = await browser.begin(BOB)
    expect(bob.id).not.toBe(ada.id)
    expect(boundCookies(browser.jar)).toHaveLength(1)
    expect(await (await browser.renew(ada.id, ada.pair)).json()).toMatchObject({ continue: false })
    expect((await browser.renew(bob.id, bob.pair)).headers.getSetCookie()).toHaveLength(1)
    expect(await emailIn(await browser.page('/auth/session'))).toBe(BOB)
  })

  it('ends with a sign-out that overtakes a renewal', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    const asked = await browser.post(RENEW, {
      'Sec-Secure-Session-Id': id,
      ...cookieOf(browser.jar),
    })
    const proof = await sign(pair, challengeIn(asked))
    const stolen = browser.jar.header() ?? ''
    await browser.page('/auth/sign-out', {}, 'POST')
    const late = await browser.post(RENEW, {
      'Sec-Secure-Session-Id': id,
      'Secure-Session-Response': proof,
      Cookie: stolen,
    })
    expect(await late.json()).toMatchObject({ continue: false })
    expect(await emailIn(await browser.page('/auth/session', { Cookie: stolen }))).toBeNull()
  })

  it('survives that its password is replaced, and the old one taken off the list', async () => {
    const { createBrowser, clock, restart, events } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    const newest = 'a newer password of 32 characters or more'
    restart([newest, PASSWORD])
    await browser.page('/auth/refresh', {}, 'POST')
    restart(newest)
    await clock.advance(LIFETIME)
    expect(await (await browser.renew(id, pair)).json()).toMatchObject({ session_identifier: id })
    expect(await emailIn(await browser.page('/auth/session'))).toBe('ada@example.com')
    expect(events).toEqual([])
  })
})
