import { describe, expect, it } from 'vitest'
import { ORIGIN } from './browsers.js'
import { ADA, createGotrueApp, ENV, LIFE } from './gotrue-app.js'

const kept = (session: object): string =>
  `base64-${Buffer.from(JSON.stringify(session)).toString('base64url')}`

describe('an app with GoTrue', () => {
  it('signs in by a password from a page of its own, and says who it is', async () => {
    const app = createGotrueApp({ proxy: { protect: true } })
    const stranger = app.browser()
    const { response } = await stranger.visit('/team', async () => {})
    expect(response.headers.get('location')).toBe(`${ORIGIN}/login?returnTo=%2Fteam`)
    const ada = await app.signedIn()
    expect(await ada.who()).toMatchObject({ user: { email: ADA.email }, role: 'authenticated' })
    const wrong = await stranger.post('/auth/credentials', { ...ADA, password: 'wrong' })
    expect([wrong.status, stranger.jar.size]).toEqual([400, 0])
    expect(app.next.log).toEqual([])
  })

  it('signs in by another provider', async () => {
    const app = createGotrueApp({ auth: { provider: 'github', signInPage: undefined } })
    const browser = app.browser()
    const { result = '' } = await browser.visit('/team', () => app.auth.getSignInUrl())
    expect(result).toBe(`${ORIGIN}/auth/sign-in?returnTo=%2Fteam`)
    expect((await browser.follow(result)).url).toBe(`${ORIGIN}/team`)
    expect((await browser.who())?.user?.email).toBeDefined()
  })

  it('refreshes once for three tabs that wake after the expiry, and signs out', async () => {
    const app = createGotrueApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const tabs = await Promise.all([ada.who(), ada.who(), ada.who()])
    expect(tabs.map((who) => who?.user?.email)).toEqual([ADA.email, ADA.email, ADA.email])
    expect(app.server.count('refresh_token')).toBe(1)
    const { redirected } = await ada.act(() => app.auth.signOut({ returnTo: '/login' }))
    expect(redirected).toBe(`${ORIGIN}/login`)
    expect([await ada.who(), app.server.sessions()]).toEqual([{ user: null }, []])
  })

  it('signs nobody out who was signed in by @supabase/ssr before', async () => {
    const app = createGotrueApp()
    const answer = await app.server.fetch(
      'https://project.example/auth/v1/token?grant_type=password',
      { method: 'POST', body: JSON.stringify(ADA) },
    )
    const name = 'sb-project-auth-token'
    const session = await answer.json()
    const browser = app.browser(new Map([[name, kept(session)]]))
    expect((await browser.who())?.user?.email).toBe(ADA.email)
    expect([...browser.jar.keys()]).toEqual(['__Host-holdfast'])
    const none = createGotrueApp({ auth: { takeOver: false } })
    expect(await none.browser(new Map([[name, kept(session)]])).who()).toEqual({ user: null })
    expect(none.server.requests).toEqual([])
  })
})

describe('the environment of an app with GoTrue', () => {
  it.each(Object.keys(ENV))('is told to lack %s at first use', async (name) => {
    const app = createGotrueApp({ env: { [name]: '' } })
    await expect(app.browser().who()).rejects.toThrow(name)
  })

  it('may have the older name of the key', async () => {
    const env = {
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: '',
      NEXT_PUBLIC_SUPABASE_ANON_KEY: 'anon',
    }
    const ada = await createGotrueApp({ env }).signedIn()
    expect(await ada.who()).toHaveProperty('user.email', ADA.email)
  })

  it.each([
    [{ signInPage: undefined }, 'signInPage'],
    [{ origin: 'app.example' }, 'NEXT_PUBLIC_SITE_URL'],
    [{ redirectUri: 'app.example' }, 'redirectUri'],
    [{ redirectUri: undefined, redirectUris: Object('https://app.example') }, 'redirectUris'],
    [{ redirectUri: undefined, redirectUris: Object(5) }, 'redirectUris'],
    [JSON.parse('{ "apiKay": "x" }'), 'apiKay'],
  ])('is refused with %j at first use', async (auth, word) => {
    await expect(createGotrueApp({ auth }).browser().who()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(word),
    })
  })
})
