import { describe, expect, it } from 'vitest'
import { createApp, LIFE } from './app.js'

/** What Next's routers and browsers say when they fetch a page that nobody goes to yet. */
const SPELLINGS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a link of Next', { rsc: '1', 'next-router-prefetch': '1', 'next-url': '/' }],
  ['a whole page by a link of Next', { rsc: '1', 'next-url': '/', 'next-router-state-tree': '[]' }],
  [
    'a part of a page',
    {
      rsc: '1',
      'next-router-prefetch': '1',
      'next-router-segment-prefetch': '/_tree',
      'next-url': '/',
    },
  ],
  ['a link of the Pages Router', { 'x-middleware-prefetch': '1', purpose: 'prefetch' }],
]

const BROWSERS: typeof SPELLINGS = [
  ['a speculation rule', { 'sec-purpose': 'prefetch;prerender', 'sec-fetch-mode': 'navigate' }],
  ['a link that prefetches', { 'sec-purpose': 'prefetch', 'sec-fetch-mode': 'no-cors' }],
  ['an older browser', { purpose: 'prefetch', 'sec-fetch-mode': 'navigate' }],
  ['an old Firefox', { 'x-moz': 'prefetch' }],
  ['an old Safari', { 'x-purpose': 'preview' }],
  ['a proxy of the browser', { 'sec-purpose': 'prefetch;anonymous-client-ip' }],
]

/** An app in which Ada's organization wants a step before she may go on. */
async function openWithStep() {
  const app = createApp({ proxy: { protect: true } })
  const ada = await app.signedIn('org_2')
  await ada.act(() => app.auth.refreshSession({ organizationId: 'org_1' }))
  app.server.setOrganization('org_1', { requires: 'mfa_enrollment' })
  app.clock.time += LIFE
  return { app, ada }
}

describe.each(SPELLINGS)('what is fetched by %s', (_, spelled) => {
  const headers = { 'sec-fetch-mode': 'cors', ...spelled }

  it.each(['/auth/sign-in', '/auth/sign-up', '/auth/callback?code=x&state=y'])(
    'begins and ends no sign-in at %s, and logs no error',
    async (path) => {
      const app = createApp()
      const browser = app.browser()
      const answer = await app.auth.handlers.GET(browser.requestTo(path, headers))
      expect([answer.status, answer.body]).toEqual([200, null])
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(app.server.requests).toEqual([])
    },
  )

  it('is nothing, and no error either, where a stranger may not go', async () => {
    const app = createApp({ proxy: { protect: true } })
    const { response } = await app.browser().visit('/team', async () => {}, { headers })
    expect([response.status, response.body]).toEqual([200, null])
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('vary')).toBe('Cookie')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('is nothing where somebody has a step before them, and their cookie stays', async () => {
    const { ada } = await openWithStep()
    const { response } = await ada.visit('/team', async () => {}, { headers })
    expect([response.status, response.body]).toEqual([200, null])
    expect(ada.jar.size).toBe(1)
  })

  it('is the page for somebody who is signed in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn()
    const { result } = await ada.visit('/team', () => app.auth.withAuth(), { headers })
    expect(result).toHaveProperty('user.id', 'user_ada')
  })
})

describe.each(BROWSERS)('what is fetched by %s', (_, headers) => {
  it('begins no sign-in, and is asked for again when somebody goes there', async () => {
    const app = createApp({ proxy: { protect: true } })
    const browser = app.browser()
    for (const path of ['/auth/sign-in', '/auth/callback?code=x']) {
      const answer = await app.auth.handlers.GET(browser.requestTo(path, headers))
      expect([path, answer.status]).toEqual([path, 503])
    }
    const { response } = await browser.visit('/team', async () => {}, { headers })
    expect([response.status, response.headers.get('location')]).toEqual([503, null])
    expect(app.server.requests).toEqual([])
  })

  it('is refused as something for later, also where a step is due', async () => {
    const { ada } = await openWithStep()
    expect((await ada.visit('/team', async () => {}, { headers })).response.status).toBe(503)
  })
})

/** How a router of Next calls a Server Action, in an app whose pages intercept others too. */
const CALLS = [
  {},
  { 'next-url': '/team' },
  { accept: 'text/x-component', 'next-url': '/other' },
] as const

describe.each(CALLS)('a Server Action at a protected page, called with %j', (more) => {
  const headers = { 'sec-fetch-mode': 'cors', 'next-action': '00ab', ...more }
  const call = { phase: 'action', headers } as const

  it('leads to the sign-in where nobody is signed in, as a router of Next follows it, and does not run', async () => {
    const app = createApp({ proxy: { protect: true } })
    const { response, passed } = await app.browser().visit('/team?tab=1', async () => {}, call)
    expect([passed, response.status, response.headers.get('location')]).toEqual([
      undefined,
      303,
      null,
    ])
    expect(response.headers.get('x-action-redirect')).toBe(
      'https://app.example/auth/sign-in?returnTo=%2Fteam%3Ftab%3D1;push',
    )
    expect([response.body, response.headers.get('cache-control')]).toEqual([
      null,
      'private, no-store',
    ])
  })

  it('erases the cookie of a session that is over on the way there', async () => {
    const app = createApp({ proxy: { protect: true } })
    const browser = app.browser(new Map([['__Host-holdfast', 'nonsense']]))
    await browser.visit('/team', async () => {}, call)
    expect(browser.jar.size).toBe(0)
  })

  it('says in an outage what a router of Next shows, and nobody is signed out', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn()
    app.clock.time += LIFE
    app.server.fail({ type: 'rate-limited', retryAfter: 7 })
    const { response } = await ada.visit('/team', async () => {}, call)
    const { headers: said } = response
    expect([response.status, said.get('content-type'), said.get('retry-after')]).toEqual([
      503,
      'text/plain',
      '7',
    ])
    expect(await response.text()).toContain('try again in a moment')
    expect([said.get('x-action-redirect'), ada.jar.size]).toEqual([null, 1])
  })

  it('runs for somebody who is signed in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = await app.signedIn()
    const { result } = await ada.visit('/team', () => app.auth.withAuth(), call)
    expect(result).toHaveProperty('user.id', 'user_ada')
  })
})

describe('what is posted to a protected page otherwise', () => {
  it('is sent to the sign-in where a form without scripts does it', async () => {
    const app = createApp({ proxy: { protect: true } })
    const { response } = await app.browser().visit('/team', async () => {}, { phase: 'action' })
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      'https://app.example/auth/sign-in?returnTo=%2Fteam',
    ])
  })

  it('is refused where a script does it, whatever it says of a router', async () => {
    const app = createApp({ proxy: { protect: true } })
    const headers = { 'sec-fetch-mode': 'cors', 'next-url': '/team' }
    const call = { phase: 'action', headers } as const
    const { response } = await app.browser().visit('/team', async () => {}, call)
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/json')
  })
})

describe('the log of Next', () => {
  it('has no unstable value: whoever asks waits for a request before the clock is looked at', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { auth } = app
    await ada.page(() => Promise.all([auth.withAuth(), auth.getSignInUrl(), auth.getSignUpUrl()]))
    await ada.act(() => auth.refreshSession())
    await ada.act(() => auth.switchToOrganization('org_2'))
    await ada.act(() => auth.signOut())
    expect(app.next.log).toEqual([])
  })
})

describe('whether a cookie can be set', () => {
  it('is found out without setting one', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { setCookies } = await ada.act(() => app.auth.refreshSession())
    expect(setCookies.map((line) => line.split('=')[0])).toEqual(['__Host-holdfast'])
    app.outage()
    const failed = await ada.act(() => app.auth.refreshSession())
    expect(failed.error).toMatchObject({ isTransient: true })
    expect(failed.setCookies).toEqual([])
  })
})
