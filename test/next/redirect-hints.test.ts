import { describe, expect, it } from 'vitest'
import { createNextSessionsWith } from '../../src/next/create.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createGotrue, createGotrueSessions } from '../../src/server/gotrue/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { ADA, createApp, ORIGIN, PASSWORD } from './app.js'
import { createBrowsers } from './browsers.js'
import { createFakeNext } from './fake-next.js'

/** Where somebody comes from, and what a browser says of that. */
const ELSEWHERE = [
  ['a mail, a bookmark or the address bar', null, 'none'],
  ['another site', 'https://elsewhere.example', 'cross-site'],
] as const

const HINTS = { organizationId: 'org_2', loginHint: ADA.email, state: 'plan-7' }

/** An app whose page sends everybody to the sign-in with these hints, by `redirect()`. */
function createSender(auth: Parameters<typeof createApp>[0] = {}) {
  const reports: unknown[] = []
  const states: unknown[] = []
  const app = createApp({
    ...auth,
    auth: {
      report: (error) => reports.push(error),
      onSignIn: ({ state }) => void states.push(state),
      ...auth?.auth,
    },
  })
  const browser = app.browser()
  const page = async () => app.next.redirect(await app.auth.getSignInUrl(HINTS))
  /** Comes to the page, and goes wherever it is sent. */
  async function come(from: string | null, site: string) {
    const headers = { 'sec-fetch-site': site }
    const { redirected } = await browser.visit('/team', page, { headers })
    return browser.follow(redirected, from)
  }
  return { app, browser, come, reports, states }
}

describe('a page that redirects to getSignInUrl() with hints', () => {
  it('gives them to whoever comes from a page of the app', async () => {
    const { browser, come, reports, states } = createSender()
    expect((await come(ORIGIN, 'same-origin')).url).toBe(`${ORIGIN}/team`)
    expect(await browser.who()).toMatchObject({ user: { id: 'user_ada' }, organizationId: 'org_2' })
    expect([states, reports]).toEqual([['plan-7'], []])
  })

  it.each(ELSEWHERE)(
    'begins a sign-in without them for whoever comes from %s, and tells the app so once',
    async (_, from, site) => {
      const { app, come, reports } = createSender()
      const { url } = await come(from, site)
      const { searchParams } = new URL(url)
      // It asks who it is, as for anybody.
      expect([searchParams.has('login_hint'), searchParams.has('organization_id')]).toEqual([
        false,
        false,
      ])
      await come(from, site)
      expect(reports).toEqual([
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringMatching(
            /`organizationId`, `loginHint`, `state`.*`crossSiteHints`/s,
          ),
        }),
      ])
      expect(app.server.count('authorization_code')).toBe(0)
    },
  )

  it.each(ELSEWHERE)(
    'may choose for whoever comes from %s what the app lets any link choose',
    async (_, from, site) => {
      const crossSiteHints = ['organizationId', 'loginHint'] as const
      const { browser, come, states } = createSender({ auth: { crossSiteHints } })
      await come(from, site)
      expect(await browser.who()).toMatchObject({ organizationId: 'org_2' })
      expect(states).toEqual([undefined])
    },
  )

  it('or shows a link, which takes them wherever somebody came from', async () => {
    const { app, browser } = createSender()
    const headers = { 'sec-fetch-site': 'none' }
    const link = () => app.auth.getSignInUrl(HINTS)
    const { result = '' } = await browser.visit('/team', link, { headers })
    await browser.follow(result)
    expect(await browser.who()).toMatchObject({ organizationId: 'org_2' })
  })

  it('is told what to do where GoTrue knows no other provider', async () => {
    const server = createScriptedGoTrue({ signing: 'es256', redirectUrls: [`${ORIGIN}/**`] })
    const next = createFakeNext()
    const url = 'https://project.example/auth/v1'
    const gotrue = createGotrue({ url, apiKey: 'key', fetch: server.fetch })
    const auth = createNextSessionsWith(next.framework, {
      sessions: createGotrueSessions({ server: gotrue, coordinator: memoryCoordinator() }),
      signIn: gotrue,
      cookie: { password: PASSWORD },
      origin: ORIGIN,
    })
    const runProxy = auth.proxy()
    const { fetch } = server
    const withAuth = () => auth.withAuth()
    const browser = createBrowsers({ auth, next, fetch, runProxy, withAuth })()
    const page = async () => next.redirect(await auth.getSignInUrl({ provider: 'github' }))
    const { redirected } = await browser.visit('/team', page)
    const { response } = await browser.follow(redirected, null)
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(/did not take `provider`.*`crossSiteHints`/s),
      }),
    ])
    expect((await browser.follow(redirected)).url).toBe(`${ORIGIN}/team`)
  })
})
