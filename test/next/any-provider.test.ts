import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createNextSessionsWith } from '../../src/next/create.js'
import { TokenRefreshError } from '../../src/next/errors.js'
import { ORIGIN } from './browsers.js'
import { createFakeNext } from './fake-next.js'
import { createAnyApp, createOidcApp, ENV, LIFE } from './oidc-app.js'
import { createPasswordApp } from './password-app.js'

const invalid = expect.objectContaining({ code: 'invalid_argument' })

describe.each([
  ['by the environment', createOidcApp],
  ['by createNextSessions', createAnyApp],
])('an app with an OpenID Connect server, %s', (_, create) => {
  it('signs in, and says who it is', async () => {
    const app = create()
    const ada = await app.signedIn()
    expect(await ada.who()).toMatchObject({
      user: { id: 'ada' },
      sessionId: expect.any(String),
      accessToken: expect.any(String),
    })
    expect(await app.browser().who()).toEqual({ user: null })
    expect(app.next.log).toEqual([])
  })

  it('refreshes once for three tabs that wake after the expiry', async () => {
    const app = create()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const tabs = await Promise.all([ada.who(), ada.who(), ada.who()])
    expect(tabs.map((who) => who?.user?.id)).toEqual(['ada', 'ada', 'ada'])
    expect(app.exchanges()).toBe(1)
  })

  it('refreshes when an action asks, and keeps the session through an outage', async () => {
    const app = create()
    const ada = await app.signedIn()
    const before = await ada.who()
    const { result } = await ada.act(() => app.auth.refreshSession({ ensureSignedIn: true }))
    expect(result?.accessToken).not.toBe(before?.accessToken)
    app.outage()
    const failed = await ada.act(() => app.auth.refreshSession())
    expect(failed.error).toBeInstanceOf(TokenRefreshError)
    expect(failed.error).toMatchObject({ isTransient: true, userId: 'ada' })
    expect(await ada.who()).toEqual(result)
  })

  it('signs out by way of the server', async () => {
    const app = create()
    const ada = await app.signedIn()
    const parameters = { logout_hint: 'ada' }
    const { redirected } = await ada.act(() => app.auth.signOut({ returnTo: '/bye', parameters }))
    const { pathname, searchParams } = new URL(redirected)
    expect(pathname).toBe('/session/end')
    expect(searchParams.get('post_logout_redirect_uri')).toBe('https://app.example/bye')
    expect(searchParams.get('logout_hint')).toBe('ada')
    expect(await ada.who()).toEqual({ user: null })
    expect(app.server.liveSessions()).toBe(0)
  })

  it('has no switch of organizations, which this server does not know', () => {
    expect('switchToOrganization' in create().auth).toBe(false)
  })
})

describe('the environment of an app with an OpenID Connect server', () => {
  it.each(Object.keys(ENV))('is told to lack %s at first use', async (name) => {
    const app = createOidcApp({ env: { [name]: '' } })
    await expect(app.browser().who()).rejects.toThrow(name)
    await expect(app.auth.handlers.GET(new Request(ORIGIN))).rejects.toThrow(name)
  })

  it('needs no secret of a client that has none', async () => {
    const auth = { clientId: 'public', clientAuthentication: 'none' } as const
    const app = createOidcApp({ env: { OIDC_CLIENT_SECRET: '' }, auth })
    expect(await (await app.signedIn()).who()).toHaveProperty('user.id', 'ada')
  })

  it('needs no secret of a client that has a key, and no address where the app has several', () => {
    const env = { OIDC_CLIENT_SECRET: '', OIDC_REDIRECT_URI: '' }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const auth = {
      privateKey: { key: privateKey.export({ format: 'jwk' }) },
      redirectUris: [ENV.OIDC_REDIRECT_URI],
    }
    expect(createOidcApp({ env, auth }).auth.assertConfigured()).toBeUndefined()
    expect(() => createOidcApp({ env }).auth.assertConfigured()).toThrow('OIDC_CLIENT_SECRET')
  })

  it.each(['/auth/callback', 'javascript:alert(1)'])(
    'is refused the address %s',
    async (address) => {
      const app = createOidcApp({ env: { OIDC_REDIRECT_URI: address } })
      await expect(app.browser().who()).rejects.toThrow('OIDC_REDIRECT_URI')
    },
  )

  it('hears of an option that is none', async () => {
    const auth = JSON.parse('{ "clientSekret": "x" }')
    await expect(createOidcApp({ auth }).browser().who()).rejects.toThrow('clientSekret')
  })
})

describe('createNextSessions', () => {
  it.each([
    ['no sessions', { sessions: undefined }, 'sessions'],
    ['sessions of requests', { sessions: { getSession() {} } }, 'createSealedSessions'],
    ['no cookie', { cookie: undefined }, 'cookie'],
    ['nowhere to sign in', { signIn: undefined }, 'signInPage'],
    ['no address', { redirectUri: undefined }, 'origin'],
    ['a path for an address', { redirectUri: '/auth/callback' }, 'redirectUri'],
    ['an origin with a path', { origin: 'https://app.example/app' }, 'origin'],
    ['a page elsewhere', { signInPage: 'https://evil.example' }, 'signInPage'],
    ['a route that is none', { basePath: 'auth' }, 'basePath'],
    ['a short password', { cookie: { password: 'short' } }, '32'],
  ])('refuses %s at first use', async (_, options, word) => {
    const app = createAnyApp(Object(options))
    await expect(app.browser().who()).rejects.toThrow(word)
    await expect(app.browser().who()).rejects.toEqual(invalid)
  })

  it.each([undefined, null, 'x'])('refuses %j for options', async (source) => {
    const { framework } = createFakeNext()
    const auth = createNextSessionsWith(
      framework,
      Object(JSON).parse(JSON.stringify(source ?? null)),
    )
    await expect(auth.handlers.GET(new Request(ORIGIN))).rejects.toEqual(invalid)
  })
})

describe('an app in which people sign in at a page of its own', () => {
  it('sends a stranger there, and lets everybody see it', async () => {
    const app = createPasswordApp()
    const stranger = app.browser()
    const { response } = await stranger.visit('/team?tab=1', async () => {})
    expect(response.headers.get('location')).toBe(
      'https://app.example/login?returnTo=%2Fteam%3Ftab%3D1',
    )
    const there = await stranger.visit('/login?returnTo=%2Fteam', () => app.auth.withAuth())
    expect(there.result).toEqual({ user: null })
    const url = await stranger.visit('/login', () => app.auth.getSignInUrl({ returnTo: '/a' }))
    expect(url.result).toBe('https://app.example/login?returnTo=%2Fa')
  })

  it.each(['/login//', '/login/x', '/login/%2f', '/%6cogin', '/Login'])(
    'but not %s',
    async (path) => {
      const app = createPasswordApp()
      const { passed } = await app.browser().visit(path, async () => {})
      expect(passed).toBeUndefined()
    },
  )

  it('signs in by setSession, in an action, and goes on with refreshes', async () => {
    const app = createPasswordApp()
    const ada = app.browser()
    const { error } = await ada.visit('/login', app.signIn, { phase: 'action' })
    expect(error).toBeNull()
    const before = await ada.who()
    expect(before).toMatchObject({ user: { email: 'ada@example.test' }, role: 'authenticated' })
    app.clock.time += 3_600_000
    const after = await ada.who()
    expect(after?.accessToken).not.toBe(before?.accessToken)
    // GoTrue has no page that ends sessions.
    const { redirected } = await ada.act(() => app.auth.signOut({ returnTo: '/login' }))
    expect(redirected).toBe('https://app.example/login')
    expect(app.server.sessions()).toEqual([])
  })

  it('signs nobody in while a page renders', async () => {
    const app = createPasswordApp()
    const { error } = await app.browser().visit('/login', app.signIn)
    expect(error).toEqual(invalid)
  })

  it('says at the routes of a redirect that there is none', async () => {
    const app = createPasswordApp()
    for (const path of ['/auth/sign-in', '/auth/sign-up']) {
      const answer = await app.auth.handlers.GET(app.browser().requestTo(path))
      expect([answer.status, (await answer.json()).message]).toEqual([
        400,
        expect.stringContaining('signInPage'),
      ])
    }
  })
})
