import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { TokenRefreshError } from '../../src/next/errors.js'
import { sealText } from '../../src/server/sealed/seal.js'
import { createApp, LIFE, PASSWORD, START } from './app.js'

const NAME = '__Host-holdfast'
const FOREIGN = await sealText('{}', 'the password of another app altogether')
const NO_SESSION = await sealText('{"theme":"dark"}', PASSWORD)

describe('withAuth', () => {
  it('says who is signed in, under the names of the WorkOS kit', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    expect(await ada.who()).toEqual({
      user: expect.objectContaining({ id: 'user_ada', email: 'ada@example.test' }),
      sessionId: app.server.sessions()[0]?.id,
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['posts:read', 'posts:write'],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
      impersonator: undefined,
      authenticationMethod: 'Password',
      authenticatedAt: START,
      accessToken: expect.stringMatching(/^ey/),
    })
    expect(app.exchanges()).toBe(0)
  })

  it('says who acts as somebody else', async () => {
    const app = createApp()
    const impersonator = { email: 'support@example.test', reason: 'ticket 4711' }
    app.server.impersonate('ada@example.test', impersonator)
    const ada = await app.signedIn()
    expect(await ada.who()).toMatchObject({ impersonator })
  })

  it('gives a user of null and nothing else when nobody is signed in', async () => {
    expect(await createApp().browser().who()).toEqual({ user: null })
  })

  it('sends nobody to the sign-in where somebody must be, and back to the same page', async () => {
    const app = createApp()
    const browser = app.browser()
    const ensure = () => app.auth.withAuth({ ensureSignedIn: true })
    const { redirected } = await browser.visit('/posts?page=2', ensure)
    expect(redirected).toBe('https://app.example/auth/sign-in?returnTo=%2Fposts%3Fpage%3D2')
    const choice = await browser.follow(redirected)
    expect(choice.url).toContain('https://api.workos.com/user_management/authorize')
    const { url, response } = await browser.follow(`${choice.url}&login_hint=ada@example.test`)
    expect([url, response.status]).toEqual(['https://app.example/posts?page=2', 404])
    expect(await browser.who()).toMatchObject({ user: { id: 'user_ada' } })
  })

  it.each([
    ['no session at all', ''],
    ['a truncated seal', 'Fe26.2*1*abc'],
    ['another app’s seal', FOREIGN],
    ['a seal of something else', NO_SESSION],
    ['half a megabyte', 'x'.repeat(500_000)],
    ['chunks that are not there', 'chunks.7.abc'],
  ])('takes %s for nobody, and has the proxy erase it', async (_, value) => {
    const app = createApp()
    const browser = app.browser(new Map([[NAME, value]]))
    const { result, passed } = await browser.page(() => app.auth.withAuth())
    expect(result).toEqual({ user: null })
    expect(passed?.has('cookie')).toBe(false)
    expect([...browser.jar.keys()]).toEqual([])
  })

  it('opens what the old password sealed, while the new one is first', async () => {
    const before = createApp()
    const ada = await before.signedIn()
    const cookiePassword = ['a newer password, of more than 32 characters', PASSWORD]
    const after = createApp({ auth: { cookiePassword, fetch: before.server.fetch } })
    expect(await after.browser(ada.jar).who()).toMatchObject({ user: { id: 'user_ada' } })
  })
})

describe('withAuth, when the session is due', () => {
  it('tells a developer that the proxy does not cover the page', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const { error } = await ada.page(() => app.auth.withAuth(), { unproxied: true })
    expect(isAuthError(error, 'invalid_argument') && error.message).toMatch(/matcher/)
    expect(app.exchanges()).toBe(0)
  })

  it('says that nobody can tell, during an outage, and takes nobody’s session away', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const fault = { type: 'rate-limited', retryAfter: 7 } as const
    app.server.fail(fault)
    const { error } = await ada.page(() => app.auth.withAuth({ ensureSignedIn: true }))
    expect(error).toBeInstanceOf(TokenRefreshError)
    expect(error).toMatchObject({
      isTransient: true,
      retryable: true,
      code: 'rate_limited',
      retryAfter: 7_000,
      userId: 'user_ada',
      sessionId: app.server.sessions()[0]?.id,
    })
    app.clock.time += 7_000
    expect(await ada.who()).toMatchObject({ user: { id: 'user_ada' } })
  })

  it.each([false, true])(
    'says so too while the keys of WorkOS cannot be had, without the proxy: %s',
    async (unproxied) => {
      const app = createApp()
      const ada = await app.signedIn()
      // Another process, which has never seen the keys.
      const fresh = createApp({ auth: { fetch: () => Promise.reject(new TypeError('offline')) } })
      const browser = fresh.browser(ada.jar)
      const { error } = await browser.page(() => fresh.auth.withAuth(), { unproxied })
      expect(error).toMatchObject({ isTransient: true, code: 'network', userId: 'user_ada' })
      expect(ada.jar.has(NAME)).toBe(true)
    },
  )

  it('takes no verdict from outside', async () => {
    const app = createApp()
    const headers = {
      'x-holdfast-session': 'server_error 1000',
      'x-holdfast-path': '//evil.example',
    }
    const stranger = app.browser()
    const asked = await stranger.page(() => app.auth.withAuth(), { headers })
    expect(asked.result).toEqual({ user: null })
    const sent = await stranger.page(() => app.auth.withAuth({ ensureSignedIn: true }), { headers })
    expect(sent.redirected).toBe('https://app.example/auth/sign-in?returnTo=%2F')
    app.clock.time += LIFE
    const ada = await app.signedIn()
    expect((await ada.page(() => app.auth.withAuth(), { headers })).result).toHaveProperty('role')
  })

  it('takes somebody for signed out when the server said so', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    for (const { id } of app.server.sessions()) app.server.endSession(id)
    app.clock.time += LIFE
    expect(await ada.who()).toEqual({ user: null })
    expect(ada.jar.size).toBe(0)
  })

  it('takes somebody for signed out when their organization lets them in no more', async () => {
    const app = createApp()
    const ada = await app.signedIn('org_2')
    app.server.removeMembership('ada@example.test', 'org_2')
    app.clock.time += LIFE
    expect(await ada.who()).toEqual({ user: null })
  })
})
