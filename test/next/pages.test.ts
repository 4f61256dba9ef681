import { describe, expect, it } from 'vitest'
import type { PagesResponse } from '../../src/next/pages-types.js'
import { listen } from '../support/node-server.js'
import { createApp, LIFE } from './app.js'

type App = ReturnType<typeof createApp>
type Browser = Awaited<ReturnType<App['signedIn']>>

/** An answer of Node, as the Pages Router hands it out. */
function createAnswer() {
  const headers = new Map<string, number | string | string[]>([['x-powered-by', 'tests']])
  const response: PagesResponse = {
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader: (name, value) =>
      headers.set(name.toLowerCase(), typeof value === 'string' ? value : [...value]),
    removeHeader: (name) => headers.delete(name.toLowerCase()),
  }
  const cookies = (): string[] => {
    const lines = headers.get('set-cookie') ?? []
    return typeof lines === 'object' ? lines : [String(lines)]
  }
  return { headers, response, cookies }
}

/** A page of the Pages Router that a browser asks for; `unproxied` where the `matcher` leaves it out. */
async function open(app: App, browser: Browser, path = '/mine', unproxied = false) {
  const { response: proxied, passed } = await browser.visit(path, async () => {}, { unproxied })
  const headers = Object.fromEntries(passed ?? [])
  const answer = createAnswer()
  return { proxied, ...answer, session: app.auth.pages({ headers }, answer.response) }
}

describe('getServerSideProps and API routes', () => {
  it('know who is signed in, by what the proxy found', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const { session, cookies, proxied } = await open(app, ada)
    expect(await session.withAuth()).toMatchObject({ user: { id: 'user_ada' }, role: 'admin' })
    expect(app.exchanges()).toBe(1)
    expect([proxied.headers.getSetCookie().length, cookies()]).toEqual([1, []])
    const stranger = await open(app, app.browser())
    expect(await stranger.session.withAuth()).toEqual({ user: null })
  })

  it('keep what is for one person out of shared caches, whoever they are', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    for (const browser of [ada, app.browser()]) {
      const { session, headers } = await open(app, browser, '/api/me', true)
      await session.withAuth()
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(headers.get('vary')).toBe('Cookie')
    }
  })

  it('keep it out of them too where an API route says otherwise afterwards', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { passed } = await ada.visit('/api/me', async () => {}, { unproxied: true })
    const headers = Object.fromEntries(passed ?? [])
    const server = await listen(async (_, response) => {
      const session = app.auth.pages({ headers }, response)
      await session.withAuth()
      const { user } = await session.withAuth()
      response.setHeader('Cache-Control', 'public, max-age=60')
      response.writeHead(200, { Vary: 'Accept' }).end(user?.id)
    })
    const answer = await fetch(server.origin)
    await server.close()
    expect(await answer.text()).toBe('user_ada')
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('vary')).toBe('Accept, Cookie')
  })

  it('get the address of the sign-in, and back to the page, for a redirect of their own', async () => {
    const app = createApp()
    const { session } = await open(app, app.browser(), '/mine?tab=1')
    expect(await session.getSignInUrl()).toBe(
      'https://app.example/auth/sign-in?returnTo=%2Fmine%3Ftab%3D1',
    )
    expect(await session.getSignUpUrl({ returnTo: '/' })).toBe(
      'https://app.example/auth/sign-up?returnTo=%2F',
    )
  })

  it('refresh, set the cookie beside those of the app, and see the new session at once', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { session, response, cookies } = await open(app, ada, '/api/refresh')
    response.setHeader('Set-Cookie', 'theme=dark; Path=/')
    const refreshed = await session.refreshSession({ organizationId: 'org_2' })
    expect(refreshed).toHaveProperty('organizationId', 'org_2')
    expect(await session.withAuth()).toEqual(refreshed)
    expect(cookies().map((line) => line.split('=')[0])).toEqual(['theme', '__Host-holdfast'])
    await expect(session.refreshSession({ organizationId: 'org_sso' })).rejects.toMatchObject({
      name: 'TokenRefreshError',
      serverCode: 'sso_required',
    })
  })

  it('sign out, and learn where to send the browser', async () => {
    const app = createApp()
    const { session, cookies } = await open(app, await app.signedIn(), '/api/sign-out')
    const url = new URL(await session.signOut({ returnTo: '/bye' }))
    expect([url.host, url.searchParams.get('return_to')]).toEqual([
      'api.workos.com',
      'https://app.example/bye',
    ])
    expect(cookies()).toEqual([expect.stringContaining('Max-Age=0')])
    expect(await session.withAuth()).toEqual({ user: null })
    expect(app.server.sessions()).toEqual([])
  })

  it('throw what nobody can tell in an outage, or return it', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    app.outage()
    const { session } = await open(app, ada)
    await expect(session.withAuth()).rejects.toMatchObject({ isTransient: true })
    const who = await session.withAuth({ onOutage: 'return' })
    expect(who.outage).toMatchObject({ userId: 'user_ada' })
  })

  it('hear that the proxy does not cover them', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const { session } = await open(app, ada, '/mine', true)
    await expect(session.withAuth()).rejects.toThrow('matcher')
  })

  it('read several headers of a name as one', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const [pair = []] = [...ada.jar]
    const headers = { cookie: ['theme=dark', pair.join('=')] }
    const session = app.auth.pages({ headers }, createAnswer().response)
    expect(await session.withAuth()).toHaveProperty('user.id', 'user_ada')
  })
})
