import { describe, expect, it } from 'vitest'
import { createApp, LIFE } from './app.js'

const NAME = '__Host-holdfast'

/** A request of a browser, and what a proxy of the app's own finds. */
async function look(app: ReturnType<typeof createApp>, path = '/', jar?: Map<string, string>) {
  const browser = app.browser(jar)
  const request = app.next.forProxy(browser.requestTo(path))
  return { request, found: await app.auth.sessionOf(request) }
}

describe('a proxy of the app’s own', () => {
  it('knows who it is, and decides by their role', async () => {
    const app = createApp()
    const ada = await app.signedIn('org_2')
    const { found } = await look(app, '/admin', ada.jar)
    expect(found.who).toMatchObject({ user: { id: 'user_ada' }, role: 'member' })
    const refusal = found.apply(new Response('Not for you.', { status: 403 }))
    expect([refusal.status, refusal.headers.get('cache-control')]).toEqual([
      403,
      'private, no-store',
    ])
  })

  it('refreshes ahead of expiry, hands on the new session, and sets it on whatever it answers', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const { found, request } = await look(app, '/', ada.jar)
    const rewritten = found.apply(Response.redirect('https://app.example/en', 307))
    const [cookie = ''] = rewritten.headers.getSetCookie()
    const value = /^[^;]*/.exec(cookie)?.[0]
    expect(value).toMatch(`${NAME}=Fe26`)
    expect(found.headers.get('cookie')).toBe(value)
    expect(request.headers.get('cookie')).not.toBe(value)
    expect([rewritten.status, rewritten.headers.get('location')]).toEqual([
      307,
      'https://app.example/en',
    ])
    // What the page reads then.
    const { result } = await app.next.serve(found.headers, 'render', () => app.auth.withAuth())
    expect(result).toEqual(found.who)
    expect(app.exchanges()).toBe(1)
  })

  it.each([
    ['/admin', true],
    ['/admin/users', true],
    ['/%61dmin', true],
    ['/ADMIN/users', true],
    ['//admin', true],
    ['/open/%2e%2e/admin', true],
    ['/_next/data/build-1/admin.json', true],
    ['/%ff', true],
    ['/administrators', false],
    ['/', false],
  ])('knows whether %s leads to a page, however it is written: %s', async (path, leads) => {
    const { found } = await look(createApp(), path)
    expect(found.leadsTo(['/admin/:path*'])).toBe(leads)
    expect(() => found.leadsTo(['admin'])).toThrow('pattern')
  })

  it.each([
    ['/_next/data/build-1/index.json', true],
    // Where an app has languages, that is the first page in one of them.
    ['/_next/data/build-1/en.json', true],
    ['/_next/data/build-1/en/index.json', true],
    ['/_next/data/build-1/en/about.json', false],
    ['/index.rsc', true],
    ['/about', false],
  ])('knows whether %s brings the first page of the app: %s', async (path, leads) => {
    const { found } = await look(createApp(), path)
    expect(found.leadsTo(['/'])).toBe(leads)
  })

  it('tells an outage from a sign-out', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    app.server.fail({ type: 'rate-limited', retryAfter: 7 })
    const { found } = await look(app, '/', ada.jar)
    expect(found.who).toMatchObject({
      user: undefined,
      outage: { code: 'rate_limited', retryAfter: 7_000, userId: 'user_ada' },
    })
    expect(found.turnAway().status).toBe(503)
    const nobody = await look(app)
    expect(nobody.found.who).toEqual({ user: null })
    const away = nobody.found.turnAway()
    expect([away.status, away.headers.get('location')]).toEqual([
      303,
      'https://app.example/auth/sign-in?returnTo=%2F',
    ])
  })

  it('lets nobody outside say what it found', async () => {
    const app = createApp()
    const forged = { 'x-holdfast-session': 'server_error 1', 'x-holdfast-path': '//evil.example' }
    const request = app.browser().requestTo('/team', forged)
    const { headers } = await app.auth.sessionOf(request)
    expect(headers.get('x-holdfast-session')).toBe('nobody')
    expect(headers.get('x-holdfast-path')).toBe('/team')
  })

  it('leaves the routes of the sign-in alone', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    for (const path of ['/auth/session', '/auth/callback?code=x']) {
      const { found, request } = await look(app, path, ada.jar)
      expect(found.isSignInRoute).toBe(true)
      expect(found.headers.get('cookie')).toBe(request.headers.get('cookie'))
      expect(found.headers.has('x-holdfast-session')).toBe(false)
    }
    expect((await look(app, '/auth/sso-required', ada.jar)).found.isSignInRoute).toBe(false)
    expect(app.exchanges()).toBe(1)
  })
})
