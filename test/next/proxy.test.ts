import { describe, expect, it } from 'vitest'
import type { ProxyOptions } from '../../src/next/proxy-types.js'
import { createApp, LIFE } from './app.js'

const NAME = '__Host-holdfast'

describe('the proxy', () => {
  it('leaves a session alone that has time left', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { response } = await ada.page(() => app.auth.withAuth())
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('refreshes ahead of expiry, and every reader of the same request sees the new session', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const before = await ada.who()
    app.clock.time += LIFE - 50_000
    const read = () => Promise.all([app.auth.withAuth(), app.auth.withAuth()])
    const { result, response, passed } = await ada.page(read)
    expect(result?.[0]?.accessToken).not.toBe(before?.accessToken)
    expect(result?.[1]).toEqual(result?.[0])
    expect(passed?.get('cookie')).toBe(`${NAME}=${ada.jar.get(NAME)}`)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('vary')).toBe('Cookie')
    expect(app.exchanges()).toBe(1)
    expect(await ada.who()).toEqual(result?.[0])
  })

  it('keeps the other cookies of the request', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    ada.jar.set('theme', 'dark')
    app.clock.time += LIFE
    const { passed } = await ada.page(() => app.auth.withAuth())
    expect(passed?.get('cookie')).toBe(`theme=dark; ${NAME}=${ada.jar.get(NAME)}`)
  })

  it('sends one exchange for three tabs that wake after the expiry', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE * 10
    const tabs = await Promise.all([ada.who(), ada.who(), ada.who()])
    expect(new Set(tabs.map((who) => who?.accessToken)).size).toBe(1)
    expect(tabs[0]?.user?.id).toBe('user_ada')
    expect(app.exchanges()).toBe(1)
  })

  it('serves the token that still lives when a refresh ahead of expiry fails', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const before = await ada.who()
    app.clock.time += LIFE - 50_000
    const end = app.outage()
    expect(await ada.who()).toEqual(before)
    end()
    app.clock.time += 20_000
    expect((await ada.who())?.accessToken).not.toBe(before?.accessToken)
  })

  it('keeps the cookie of a session that is over only when WorkOS answers', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    for (const fault of [
      { type: 'status', status: 500 },
      { type: 'html', status: 502 },
      { type: 'drop' },
      { type: 'body', body: '<html>Welcome to the Wi-Fi' },
    ] as const) {
      app.server.fail(fault, { times: 2 })
      const { error, response } = await ada.page(() => app.auth.withAuth())
      expect(error, fault.type).toMatchObject({ isTransient: true })
      expect(response.headers.getSetCookie()).toEqual([])
      app.server.heal()
      app.clock.time += 10_000
    }
    expect(await ada.who()).toHaveProperty('role', 'admin')
  })

  it('holds 100 permissions, which no single cookie does, through a refresh', async () => {
    const app = createApp()
    const permissions = Array.from({ length: 100 }, (_, index) => `resource-${index}:write`)
    app.server.setMembership('ada@example.test', 'org_1', { permissions })
    const ada = await app.signedIn()
    expect(ada.jar.size).toBeGreaterThan(1)
    app.clock.time += LIFE
    const { result } = await ada.page(() => app.auth.withAuth())
    expect(result?.permissions).toEqual(permissions)
    expect((await ada.who())?.permissions).toEqual(permissions)
    app.server.setMembership('ada@example.test', 'org_1', { permissions: ['posts:read'] })
    app.clock.time += LIFE
    expect((await ada.who())?.permissions).toEqual(['posts:read'])
    expect([...ada.jar.keys()]).toEqual([NAME])
  })

  it('stays away from the routes of the sign-in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const headers = { 'sec-fetch-mode': 'cors', 'x-holdfast-session': 'server_error' }
    const { passed } = await ada.visit('/auth/session', async () => {}, { headers })
    expect(passed?.has('x-holdfast-session')).toBe(false)
    expect(passed?.get('cookie')).toBe(`${NAME}=${ada.jar.get(NAME)}`)
    expect(app.exchanges()).toBe(0)
  })

  it('tells what is missing when the environment is not there', async () => {
    const app = createApp({ env: { WORKOS_API_KEY: '' } })
    await expect(app.browser().who()).rejects.toThrow('set WORKOS_API_KEY')
  })
})

describe('the proxy, where pages are protected', () => {
  const path = '/team/7?tab=roles'

  it('sends a browser to the sign-in, and back', async () => {
    const app = createApp({ proxy: { protect: true } })
    const { response } = await app.browser().visit(path, () => app.auth.withAuth())
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      'https://app.example/auth/sign-in?returnTo=%2Fteam%2F7%3Ftab%3Droles',
    )
  })

  it('answers scripts with 401, which they cannot follow to another site', async () => {
    const app = createApp({ proxy: { protect: true } })
    const headers = { 'sec-fetch-mode': 'cors' }
    const { response } = await app.browser().visit(path, () => app.auth.withAuth(), { headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'session_missing' })
  })

  it('shows nothing to anybody while it cannot be told who it is, and asks nobody to sign in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn()
    const ask = (mode: string) =>
      ada.visit(path, () => app.auth.withAuth(), { headers: { 'sec-fetch-mode': mode } })
    app.clock.time += LIFE
    app.server.fail({ type: 'rate-limited', retryAfter: 3 })
    const page = (await ask('navigate')).response
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '3'])
    expect(page.headers.get('content-type')).toMatch('text/html')
    expect(await page.text()).toMatch('You are not signed out')
    const script = (await ask('cors')).response
    expect([script.status, script.headers.get('retry-after')]).toEqual([503, '3'])
    expect(await script.json()).toMatchObject({ code: 'unavailable' })
    expect(app.server.count('refresh_token')).toBe(1)
    app.clock.time += 3_000
    expect((await ask('navigate')).result).toHaveProperty('user.id')
  })

  it('tells scripts of the step that somebody’s organization asks for', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn('org_2')
    app.server.setOrganization('org_2', { requires: 'mfa_enrollment' })
    await ada.act(() => app.auth.refreshSession({ organizationId: 'org_1' }))
    app.server.setOrganization('org_1', { requires: 'mfa_enrollment' })
    app.clock.time += LIFE
    const headers = { 'sec-fetch-mode': 'cors' }
    const { response } = await ada.visit(path, () => app.auth.withAuth(), { headers })
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'step_required', serverCode: 'mfa_enrollment' }),
    ])
    expect(ada.jar.size).toBe(1)
  })

  it('erases what is over on the way to the sign-in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const browser = app.browser(new Map([[NAME, 'nonsense']]))
    await browser.visit(path, () => app.auth.withAuth())
    expect(browser.jar.size).toBe(0)
  })

  const open: ProxyOptions = { unauthenticatedPaths: ['/', '/about', '/blog/:path*', '/u/:name'] }
  const closed: ProxyOptions = { protect: ['/admin/:path*', /^\/team/g] }
  it.each<[ProxyOptions, string, boolean]>([
    [{}, '/anything', true],
    [{ protect: false }, '/anything', true],
    [{ protect: true }, '/', false],
    [open, '/', true],
    [open, '/about', true],
    [open, '/about/', true],
    [open, '/aboutness', false],
    [open, '/about/us', false],
    [open, '/blog', true],
    [open, '/blog/2024/may', true],
    [open, '/blogs', false],
    [open, '/u/ada', true],
    [open, '/u/ada/keys', false],
    [open, '/%61bout', false],
    [open, '//about', false],
    [closed, '/', true],
    [closed, '/admin', false],
    [closed, '/admin/users', false],
    [closed, '/team', false],
    [closed, '/team', false],
    [{ protect: true, unauthenticatedPaths: ['/:path*'] }, '/deep/down', true],
    [{ unauthenticatedPaths: [] }, '/', false],
    [{ unauthenticatedPaths: ['/a.b'] }, '/aXb', false],
  ])('%j lets strangers see %s: %s', async (proxy, page, seen) => {
    const app = createApp({ proxy })
    const { passed } = await app.browser().visit(page, () => app.auth.withAuth())
    expect(passed !== undefined).toBe(seen)
  })

  it.each(['about', '/a/:b*/c', '/:', ''])('refuses the pattern %j when it is made', (pattern) => {
    const { auth } = createApp()
    expect(() => auth.proxy({ unauthenticatedPaths: [pattern] })).toThrow('pattern')
  })

  it('tells a browser from a script by what it accepts, where browsers say no more', async () => {
    const app = createApp({ proxy: { protect: true } })
    const proxy = app.auth.proxy({ protect: true })
    const ask = async (accept: string) => {
      const request = new Request('https://app.example/x', { headers: { accept } })
      return (await proxy(request)).status
    }
    expect(await ask('text/html,*/*;q=0.8')).toBe(303)
    expect(await ask('*/*')).toBe(401)
  })
})
