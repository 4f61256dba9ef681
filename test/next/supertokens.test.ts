import { describe, expect, it } from 'vitest'
import { createNextSuperTokensWith } from '../../src/next/supertokens/create.js'
import { userRoleClaim } from '../../src/server/supertokens/claims/index.js'
import { createSuperTokensApp, LIFE, ORIGIN, START } from './supertokens-app.js'

const TEAM = '/team?tab=2'
const REFRESH = '/auth/session/refresh'
/** Of the core. */
const EXCHANGE = '/session/refresh'
const RETURN = `returnTo=${encodeURIComponent(TEAM)}`

describe('a page of Next with SuperTokens', () => {
  it('knows who is signed in', async () => {
    const { signedIn } = createSuperTokensApp()
    const ada = await signedIn({ role: 'admin' })
    const { rendered, response } = await ada.ask(TEAM)
    if (rendered?.status !== 'signed-in') throw new Error(rendered?.status)
    expect([rendered.session.getUserId(), rendered.session.getJWTPayload()]).toEqual([
      'ada',
      { role: 'admin' },
    ])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('vary')).toBe('Cookie')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('that somebody reads by a token in a header is theirs alone as well', async () => {
    const { browser } = createSuperTokensApp()
    for (const headers of [{ authorization: 'Bearer abc' }, { cookie: 'sRefreshToken=abc' }]) {
      const { response } = await browser().ask('/', { headers })
      expect(response.headers.get('cache-control')).toBe('private, no-store')
    }
    const { response } = await browser().ask('/', { headers: { authorization: 'Basic abc' } })
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('that anybody may see says who it is, and refreshes nothing', async () => {
    const { signedIn, browser, clock, core } = createSuperTokensApp()
    expect((await browser().ask('/')).rendered).toEqual({ status: 'signed-out' })
    const ada = await signedIn()
    expect((await ada.ask('/')).rendered).toMatchObject({ status: 'signed-in' })
    clock.time += LIFE
    expect((await ada.ask('/')).rendered).toEqual({ status: 'try-refresh' })
    expect(core.count(EXCHANGE)).toBe(0)
  })

  it('knows tokens as the app says by any header of a request', async () => {
    const { signedIn } = createSuperTokensApp({
      sessions: {
        transfer: ({ headers }) => (headers.get('x-client') === 'phone' ? 'header' : 'any'),
      },
    })
    const ada = await signedIn()
    expect((await ada.ask('/')).rendered?.status).toBe('signed-in')
    const { rendered } = await ada.ask('/', { headers: { 'x-client': 'phone' } })
    expect(rendered?.status).toBe('signed-out')
  })

  it('is told first that it is nobody’s in particular, which a build asks for', async () => {
    const { next, sessions } = createSuperTokensApp()
    const dynamic = new Error('DYNAMIC_SERVER_USAGE')
    const never = { connection: () => Promise.reject(dynamic) }
    const options = { origin: ORIGIN, signInPage: '/login', sessions: () => sessions }
    const auth = createNextSuperTokensWith({ ...next.framework, ...never }, options)
    await expect(auth.getSession()).rejects.toBe(dynamic)
  })

  it('is read also where Next hands on what HTTP/2 has of its own', async () => {
    const { next, sessions } = createSuperTokensApp()
    const sent = new Map([
      [':authority', 'app.example'],
      [':path', '/'],
    ])
    const headers = async () =>
      Object.assign(sent, { get: (name: string) => sent.get(name) ?? null })
    const options = { origin: ORIGIN, signInPage: '/login', sessions: () => sessions }
    const connection = async (): Promise<void> => {}
    const framework = { ...next.framework, connection, headers: Object(headers) }
    const auth = createNextSuperTokensWith(framework, options)
    expect(await auth.getSession()).toEqual({ status: 'signed-out' })
  })

  it('says of a mistake of the app’s what it is, and neither sends people away nor asks for patience', async () => {
    const { browser, signedIn, clock } = createSuperTokensApp({
      sessions: {
        transfer: ({ headers }) => (headers.has('x-transfer') ? JSON.parse('"both"') : 'any'),
      },
    })
    const wrong = { headers: { 'x-transfer': 'both' } }
    const invalid = { type: 'GENERAL_ERROR', code: 'invalid_argument' }
    await expect(browser().ask(TEAM, wrong)).rejects.toMatchObject(invalid)
    const ada = await signedIn()
    clock.time += LIFE
    // Two cookies of one name, and no place is known where one may be left from.
    const { value } = ada.jar.get(`sRefreshToken ${REFRESH}`) ?? { value: '' }
    ada.jar.set('sRefreshToken /auth', { path: '/auth', value: `A${value}` })
    await expect(ada.ask(`${REFRESH}?${RETURN}`)).rejects.toMatchObject(invalid)
  })

  it('that strangers may not see sends them to the sign-in, and back from there', async () => {
    const { browser } = createSuperTokensApp()
    const { way, rendered } = await browser().follow(TEAM)
    expect([way, rendered]).toEqual([[TEAM, `/login?${RETURN}`], { status: 'signed-out' }])
  })

  it('lets a browser refresh on its way, which then sees the page', async () => {
    const { signedIn, clock, core } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    const { way, rendered } = await ada.follow(TEAM)
    expect(way).toEqual([TEAM, `${REFRESH}?${RETURN}`, TEAM])
    expect(rendered).toMatchObject({ status: 'signed-in' })
    expect(core.count(EXCHANGE)).toBe(1)
  })

  it('costs one exchange for all tabs that wake together', async () => {
    const { signedIn, clock, core } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    const tabs = await Promise.all([ada.follow(TEAM), ada.follow(TEAM), ada.follow('/team/x')])
    expect(tabs.map(({ rendered }) => rendered?.status)).toEqual(Array(3).fill('signed-in'))
    expect(core.count(EXCHANGE)).toBe(1)
  })

  it('sends whoever has no session any more to the sign-in, without their tokens', async () => {
    const { signedIn, clock, core } = createSuperTokensApp()
    const ada = await signedIn()
    core.endSession(ada.session.getHandle())
    clock.time += LIFE
    const { way } = await ada.follow(TEAM)
    expect(way).toEqual([TEAM, `${REFRESH}?${RETURN}`, `/login?${RETURN}`])
    expect([...ada.jar]).toEqual([])
  })

  it('sends whoever comes with a token that was spent long ago to the sign-in', async () => {
    const { signedIn, clock } = createSuperTokensApp()
    const thief = await signedIn()
    const spent = thief.jar.get(`sRefreshToken ${REFRESH}`) ?? { path: '', value: '' }
    for (let round = 0; round < 2; round += 1) {
      clock.time += LIFE
      await thief.follow(TEAM)
    }
    clock.time += LIFE
    thief.jar.set(`sRefreshToken ${REFRESH}`, spent)
    const { way } = await thief.follow(TEAM)
    expect(way).toEqual([TEAM, `${REFRESH}?${RETURN}`, `/login?${RETURN}`])
  })

  it('shows the page to whose browser has two refresh tokens, of which one is from before a move', async () => {
    const formerly = [{ path: '/auth' }]
    const { signedIn, clock, core } = createSuperTokensApp({
      superTokens: { cookies: { formerly } },
    })
    const ada = await signedIn()
    const { path, value } = ada.jar.get(`sRefreshToken ${REFRESH}`) ?? { path: '', value: '' }
    expect(path).toBe(REFRESH)
    ada.jar.set('sRefreshToken /auth', { path: '/auth', value: `A${value}` })
    clock.time += LIFE
    const { way, rendered } = await ada.follow(TEAM)
    const refresh = `${REFRESH}?${RETURN}`
    expect(way).toEqual([TEAM, refresh, TEAM, refresh, TEAM])
    expect(rendered).toMatchObject({ status: 'signed-in' })
    expect(core.count(EXCHANGE)).toBe(1)
  })

  it('signs nobody out while the core is down, and says so', async () => {
    const { signedIn, clock, core } = createSuperTokensApp()
    const ada = await signedIn()
    await ada.ask(TEAM)
    const before = [...ada.jar]
    clock.time += LIFE
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    const { response, way } = await ada.follow(TEAM)
    expect([response.status, way.length]).toEqual([503, 2])
    expect(await response.text()).toContain('You are not signed out')
    expect([...ada.jar]).toEqual(before)
    core.heal()
    // One that fails is left alone for a while.
    clock.time += 30_000
    expect((await ada.follow(TEAM)).rendered).toMatchObject({ status: 'signed-in' })
  })

  it('is not shown to whom nobody can tell, as without the keys of the core', async () => {
    const { signedIn, core } = createSuperTokensApp()
    const ada = await signedIn()
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    // Another process, which has no keys yet.
    const cold = createSuperTokensApp({ superTokens: { fetch: core.fetch } })
    const stranger = cold.browser()
    for (const [name, cookie] of ada.jar) stranger.jar.set(name, cookie)
    const { response } = await stranger.ask(TEAM)
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining('You are not signed out'),
    ])
    const headers = { 'sec-fetch-mode': 'cors' }
    const { response: background } = await stranger.ask(TEAM, { headers })
    expect([background.status, await background.json()]).toEqual([
      503,
      { message: 'try again later' },
    ])
  })

  it('has no end of redirects where the core’s clock is an hour behind', async () => {
    const behind = { now: () => START - LIFE }
    const { signedIn, core } = createSuperTokensApp({ core: { clock: behind } })
    const ada = await signedIn()
    const { response, way } = await ada.follow(TEAM)
    expect([response.status, way.length]).toEqual([503, 2])
    expect(core.count(EXCHANGE)).toBe(1)
    expect(response.headers.getSetCookie()).toHaveLength(2)
  })
})

describe('what asks in the background for a page that is protected', () => {
  const headers = { 'sec-fetch-mode': 'cors' }

  it('is told what front ends of SuperTokens know: to refresh, or that nobody is signed in', async () => {
    const { signedIn, browser, clock } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    const answers = [await ada.ask(TEAM, { headers }), await browser().ask(TEAM, { headers })]
    const said = answers.map(async ({ response }) => [response.status, await response.json()])
    expect(await Promise.all(said)).toEqual([
      [401, { message: 'try refresh token' }],
      [401, { message: 'unauthorised' }],
    ])
  })

  it('begins no refresh ahead of a click', async () => {
    const { signedIn, clock, core } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    for (const ahead of [{ 'sec-purpose': 'prefetch' }, { 'next-url': '/' }]) {
      const { response } = await ada.ask(TEAM, { headers: ahead })
      expect(response.headers.get('location')).toBeNull()
      const { response: refused } = await ada.ask(`${REFRESH}?${RETURN}`, { headers: ahead })
      expect(refused.headers.getSetCookie()).toEqual([])
    }
    expect(core.count(EXCHANGE)).toBe(0)
  })
})

describe('a Server Action at a page that is protected, which a router of Next calls', () => {
  const headers = { 'sec-fetch-mode': 'cors', 'next-action': '00ab', 'next-url': '/team' }
  const call = { method: 'POST', headers }

  it('leads to where a browser would be sent, by the status that front ends of SuperTokens know', async () => {
    const { signedIn, browser, clock } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    const answers = [await ada.ask(TEAM, call), await browser().ask(TEAM, call)]
    const said = answers.map(({ response }) => [
      response.status,
      response.headers.get('location'),
      response.headers.get('x-action-redirect'),
    ])
    expect(said).toEqual([
      [401, null, `${ORIGIN}${REFRESH}?${RETURN};push`],
      [401, null, `${ORIGIN}/login?${RETURN};push`],
    ])
  })

  it('says in an outage what a router of Next shows', async () => {
    const { signedIn, core } = createSuperTokensApp()
    const ada = await signedIn()
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    // Another process, which has no keys yet.
    const cold = createSuperTokensApp({ superTokens: { fetch: core.fetch } })
    const stranger = cold.browser()
    for (const [name, cookie] of ada.jar) stranger.jar.set(name, cookie)
    const { response } = await stranger.ask(TEAM, call)
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'text/plain'])
    expect(await response.text()).toContain('try again in a moment')
  })
})

describe('a session that lacks what every session must have', () => {
  const roles = userRoleClaim({ fetchValue: () => ['reader'] })
  const lacking = {
    sessions: { globalClaimValidators: [roles.validators.includes('admin')] },
    next: { claimsPage: '/upgrade' },
  }

  it('sees the page for that, and no protected one', async () => {
    const { signedIn } = createSuperTokensApp(lacking)
    const ada = await signedIn()
    const { way, rendered } = await ada.follow(TEAM)
    expect([way, rendered?.status]).toEqual([[TEAM, `/upgrade?${RETURN}`], 'invalid-claims'])
    const { response } = await ada.ask(TEAM, { headers: { 'sec-fetch-mode': 'cors' } })
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { message: 'invalid claim', claimValidationErrors: [{ id: 'st-role' }] },
    ])
  })

  it('can be refreshed and signed out of, also where all pages are protected', async () => {
    const app = createSuperTokensApp(lacking)
    const ada = await app.signedIn()
    const proxy = app.auth.proxy({ protect: true })
    const init = { method: 'POST', headers: { rid: 'session', 'sec-fetch-mode': 'cors' } }
    for (const path of [REFRESH, '/auth/signout']) {
      const passed = await proxy(ada.requestTo(path, init))
      expect(app.next.passedOn(passed)).toBeDefined()
      expect((await ada.ask(path, init)).response.status).toBe(200)
    }
    expect([...ada.jar]).toEqual([])
  })
})

describe('the route where a browser refreshes on its way', () => {
  it.each([
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['@evil.example', '/'],
    ['.evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/team#part', '/team#part'],
  ])('leads nowhere else: %s', async (returnTo, page) => {
    const { signedIn, clock } = createSuperTokensApp()
    const ada = await signedIn()
    clock.time += LIFE
    const query = new URLSearchParams({ returnTo })
    const { response } = await ada.ask(`${REFRESH}?${query}`)
    expect(response.headers.get('location')).toBe(ORIGIN + page)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('vary')).toBe('Cookie')
    const { response: unknown } = await createSuperTokensApp().browser().ask(`${REFRESH}?${query}`)
    expect(unknown.headers.get('location')).toBe(
      `${ORIGIN}/login?${new URLSearchParams({ returnTo: page })}`,
    )
  })

  it('is no other route', async () => {
    const { signedIn, core } = createSuperTokensApp()
    const ada = await signedIn()
    for (const path of ['/auth/session', '/auth/signout', '/auth/session/refresh/x']) {
      expect((await ada.ask(path)).response.status).toBe(404)
    }
    expect((await ada.ask('/auth/none', { method: 'POST' })).response.status).toBe(404)
    expect(core.requests).toEqual([])
  })

  it('is that of this app alone, whatever host a path seems to name', async () => {
    const { signedIn, auth, core } = createSuperTokensApp()
    const ada = await signedIn()
    const headers = new Headers(ada.requestTo('/').headers)
    headers.delete('sec-fetch-site')
    headers.set('origin', 'https://evil.example')
    const address = 'http://localhost:3000//evil.example/auth/signout'
    const answer = await auth.handlers.POST(new Request(address, { method: 'POST', headers }))
    expect([answer.status, core.sessions().length]).toEqual([404, 1])
  })

  it('takes cookies only from a navigation', async () => {
    const { signedIn, core } = createSuperTokensApp()
    const ada = await signedIn()
    const headers = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' }
    expect((await ada.ask(REFRESH, { headers })).response.status).toBe(403)
    expect(core.count(EXCHANGE)).toBe(0)
  })

  it('lets no navigation refresh where a header must show a page of the app', async () => {
    const { signedIn, clock, core } = createSuperTokensApp({
      superTokens: { antiCsrf: 'VIA_CUSTOM_HEADER' },
    })
    const ada = await signedIn()
    clock.time += LIFE
    const before = [...ada.jar]
    expect((await ada.follow(TEAM)).way.at(-1)).toBe(`/login?${RETURN}`)
    // The page there can refresh by itself: nothing was taken away.
    expect([core.count(EXCHANGE), [...ada.jar]]).toEqual([0, before])
  })

  it('is found in an app with a `basePath`, of which Next tells its routes nothing', async () => {
    const place = '/shop/auth/session/refresh'
    const { signedIn, auth, clock } = createSuperTokensApp({
      superTokens: { cookies: { refreshTokenPath: place } },
      sessions: { signOutPath: '/shop/auth/signout' },
    })
    const ada = await signedIn()
    clock.time += LIFE
    const inner = (request: Request, path: string): Request =>
      new Request(new URL(path, request.url), { method: request.method, headers: request.headers })
    const onTheWay = await auth.handlers.GET(inner(ada.requestTo(place), `${REFRESH}?${RETURN}`))
    expect(onTheWay.headers.get('location')).toBe(ORIGIN + TEAM)
    ada.keep(onTheWay.headers.getSetCookie())
    const init = { method: 'POST', headers: { rid: 'session' } }
    const signOut = inner(ada.requestTo('/shop/auth/signout', init), '/auth/signout')
    expect((await auth.handlers.POST(signOut)).status).toBe(200)
  })
})

describe('a route handler of the app', () => {
  it('has the session at hand, and what changes goes into its answer', async () => {
    const { signedIn, auth, clock, sessions } = createSuperTokensApp()
    const ada = await signedIn()
    const route = auth.withSession(async (_request, session, place: { readonly id: string }) => {
      await session.mergeIntoAccessTokenPayload({ seen: place.id })
      const headers = { 'x-mine': '1', 'Cache-Control': 'private, max-age=60' }
      return Response.json(session.getJWTPayload(), { headers })
    })
    const answer = await route(ada.requestTo('/api/seen'), { id: 'b7' })
    expect([answer.headers.get('x-mine'), await answer.json()]).toEqual(['1', { seen: 'b7' }])
    expect(answer.headers.get('front-token')).toMatch(/^ey/)
    // What holds tokens is kept nowhere, whatever the app says.
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    ada.keep(answer.headers.getSetCookie())
    expect(await sessions.getSessionForRendering(ada.requestTo('/'))).toMatchObject({
      status: 'signed-in',
    })
    clock.time += LIFE
    const late = await route(ada.requestTo('/api/seen'), { id: 'c' })
    expect([late.status, await late.json()]).toEqual([401, { message: 'try refresh token' }])
  })

  it('may answer by a redirect, and keeps what it says of caches', async () => {
    const { signedIn, auth } = createSuperTokensApp()
    const ada = await signedIn()
    const away = auth.withSession(() => Response.redirect(`${ORIGIN}/x`, 302))
    expect((await away(ada.requestTo('/api/x'))).headers.get('location')).toBe(`${ORIGIN}/x`)
    const headers = { 'Cache-Control': 'private, max-age=60', Vary: 'Accept' }
    const kept = auth.withSession(() => new Response('', { headers }))
    const answer = await kept(ada.requestTo('/api/x'))
    expect(answer.headers.get('cache-control')).toBe('private, max-age=60')
    expect(answer.headers.get('vary')).toBe('Accept, Cookie')
    const open = auth.withSession(
      () => new Response('', { headers: { 'Cache-Control': 'public, max-age=60' } }),
    )
    expect((await open(ada.requestTo('/api/x'))).headers.get('cache-control')).toBe(
      'private, no-store',
    )
  })
})

describe('a build, in which the app has no environment', () => {
  it.each(['GET', 'POST', 'withSession'] as const)(
    'is told first that a route is nobody’s in particular: %s',
    async (name) => {
      const order: string[] = []
      const { auth } = createSuperTokensApp({
        next: {
          sessions() {
            order.push('sessions')
            throw new Error('There is no environment.')
          },
        },
      })
      const request = new Request(ORIGIN)
      Object.defineProperty(request, 'headers', {
        get() {
          order.push('request')
          throw new Error('This route is dynamic.')
        },
      })
      const route = {
        GET: auth.handlers.GET,
        POST: auth.handlers.POST,
        withSession: auth.withSession(() => new Response('')),
      }[name]
      await expect(route(request)).rejects.toThrow('This route is dynamic.')
      expect(order).toEqual(['request'])
    },
  )
})

describe('settings that cannot work', () => {
  it.each<readonly [string, object]>([
    ['no origin', { origin: undefined }],
    ['an origin that is none', { origin: 'app.example' }],
    ['no page to sign in', { signInPage: undefined }],
    ['a page elsewhere', { signInPage: 'https://login.example/' }],
    ['a page that is none', { signInPage: 'login' }],
    ['no text for a page', { signInPage: { pathname: '/login' } }],
    ['the first page, which strangers may not see', { signInPage: '/' }],
    ['a page with a query', { signInPage: '/login?from=team' }],
    ['a part of a page', { claimsPage: '/account#factors' }],
    ['a page for claims elsewhere', { claimsPage: '//evil.example' }],
    ['sessions that are made too early', { sessions: {} }],
  ])('are told at first use: %s', async (_, next) => {
    const { auth, browser } = createSuperTokensApp({ next: Object(next) })
    await expect(browser().ask('/')).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(auth.handlers.GET(new Request(ORIGIN))).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })
})
