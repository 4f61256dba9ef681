import { afterEach, describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { createNextAuthWith } from '../../src/next/workos/create.js'
import { type NextAuthOptions, readWorkOSSettings } from '../../src/next/workos/options.js'
import { ADA, createApp, LIFE, ORIGIN, PASSWORD } from './app.js'
import { createFakeNext } from './fake-next.js'

const ENV = {
  WORKOS_CLIENT_ID: 'client_env',
  WORKOS_API_KEY: 'sk_env',
  WORKOS_COOKIE_PASSWORD: PASSWORD,
  NEXT_PUBLIC_WORKOS_REDIRECT_URI: 'https://app.example/callback',
}

const refusal = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('the settings of a Next app', () => {
  it('come from the environment that WorkOS’s own kit knows', () => {
    const settings = readWorkOSSettings(
      {},
      {
        ...ENV,
        WORKOS_API_HOSTNAME: 'auth.app.example',
        WORKOS_API_HTTPS: 'false',
        WORKOS_API_PORT: '8080',
        WORKOS_COOKIE_NAME: 'wos-session',
        WORKOS_COOKIE_DOMAIN: 'app.example',
        WORKOS_COOKIE_MAX_AGE: '3600',
        WORKOS_COOKIE_SAMESITE: 'Strict',
      },
    )
    expect(settings).toMatchObject({
      clientId: 'client_env',
      apiKey: 'sk_env',
      apiUrl: 'http://auth.app.example:8080',
      cookie: {
        name: 'wos-session',
        domain: 'app.example',
        maxAge: 3_600_000,
        sameSite: 'strict',
        password: PASSWORD,
      },
    })
  })

  it('come from the options first', () => {
    const options: NextAuthOptions = {
      clientId: 'client_option',
      apiKey: 'sk_option',
      cookiePassword: ['a first password of 32 characters!', PASSWORD],
      redirectUri: 'http://localhost:3000/auth/callback',
      apiUrl: 'https://auth.example',
      cookie: { name: 'mine' },
      basePath: '/api/auth',
    }
    const { cookie, ...settings } = readWorkOSSettings(options, ENV)
    const { cookiePassword: password, cookie: _, ...rest } = options
    expect(settings).toEqual(rest)
    expect(cookie).toEqual({ name: 'mine', password })
  })

  it.each(Object.keys(ENV))('name %s when it is missing', (name) => {
    const error = refusal(() => readWorkOSSettings({}, { ...ENV, [name]: '' }))
    expect(isAuthError(error, 'invalid_argument') && error.message).toContain(name)
  })

  it.each([
    ['lax', 'lax'],
    ['Lax', 'lax'],
    ['STRICT', 'strict'],
    ['none', 'none'],
  ])('take WORKOS_COOKIE_SAMESITE as %s', (text, sameSite) => {
    const { cookie } = readWorkOSSettings({}, { ...ENV, WORKOS_COOKIE_SAMESITE: text })
    expect(cookie).toEqual({ sameSite, password: PASSWORD })
  })

  it.each([
    ['NEXT_PUBLIC_WORKOS_REDIRECT_URI', '/auth/callback'],
    ['NEXT_PUBLIC_WORKOS_REDIRECT_URI', 'javascript:alert(1)'],
    ['WORKOS_COOKIE_MAX_AGE', 'long'],
    ['WORKOS_COOKIE_SAMESITE', 'loose'],
  ])('refuse %s as %s', (name, value) => {
    const error = refusal(() => readWorkOSSettings({}, { ...ENV, [name]: value }))
    expect(isAuthError(error, 'invalid_argument') && error.message).toContain(name)
  })

  it.each<[NextAuthOptions, string]>([
    [{ cookiePassword: 'short' }, '32'],
    [{ basePath: '/' }, 'basePath'],
    [{ basePath: 'auth' }, 'basePath'],
    [{ apiUrl: 'http://api.example' }, 'https'],
    [{ redirectUris: Object('https://app.example/callback') }, 'redirectUris'],
    [{ redirectUris: Object(5) }, 'redirectUris'],
    [{ exposeAccessToken: Object('false') }, 'exposeAccessToken'],
    [{ requestTimeout: -1 }, 'requestTimeout'],
    [{ cookie: { sameSite: 'none', secure: false } }, 'secure'],
  ])('refuse %j at first use', async (options, word) => {
    const { framework, serve } = createFakeNext(ENV)
    const auth = createNextAuthWith(framework, options)
    const request = new Request('https://app.example/')
    const error = await auth
      .proxy()(request)
      .catch((cause: unknown) => cause)
    expect(isAuthError(error, 'invalid_argument') && error.message).toContain(word)
    const page = await serve(request.headers, 'render', () => auth.withAuth())
    expect(String(page.error)).toContain(word)
    await expect(auth.handlers.GET(request)).rejects.toThrow(word)
  })

  it('are read when the server starts, where the app asks for that', () => {
    const { WORKOS_API_KEY: _, ...env } = ENV
    const auth = createNextAuthWith(createFakeNext(env).framework)
    const error = refusal(() => auth.assertConfigured())
    expect(isAuthError(error, 'invalid_argument') && error.message).toContain('WORKOS_API_KEY')
    expect(createNextAuthWith(createFakeNext(ENV).framework).assertConfigured()).toBeUndefined()
  })

  it('are not read before somebody asks: builds import the app without them', () => {
    const read: string[] = []
    const env = new Proxy(ENV, {
      get(target, name: keyof typeof ENV) {
        read.push(name)
        return target[name]
      },
    })
    const auth = createNextAuthWith(createFakeNext(env).framework)
    auth.proxy({ protect: true })
    expect(read).toEqual([])
  })
})

describe('a build, which renders pages for nobody and without the environment', () => {
  it('hears that a page is somebody’s before it hears that settings are missing', async () => {
    const dynamic = new Error('DYNAMIC_SERVER_USAGE')
    const refuse = () => Promise.reject(dynamic)
    const { framework } = createFakeNext({})
    const never = { connection: refuse, cookies: refuse, headers: refuse }
    const auth = createNextAuthWith({ ...framework, ...never })
    const calls = [
      () => auth.withAuth(),
      () => auth.refreshSession(),
      () => auth.signOut(),
      () => auth.getSignInUrl(),
    ]
    for (const call of calls) await expect(call()).rejects.toBe(dynamic)
  })
})

describe('the coordinator of a process', () => {
  const SHARED = Symbol.for('holdfast.next.coordinator.2')
  afterEach(() => Reflect.deleteProperty(globalThis, SHARED))

  it('is shared by the proxy and the routes, though Next bundles each by itself', async () => {
    const first = createApp({ auth: { coordinator: undefined } })
    const ada = await first.signedIn()
    first.clock.time += LIFE
    const second = createApp({ auth: { coordinator: undefined, fetch: first.server.fetch } })
    second.clock.time = first.clock.time
    const tabs = [ada, second.browser(new Map(ada.jar))]
    const read = async ({ who }: typeof ada) => (await who())?.user?.id
    expect(await Promise.all(tabs.map(read))).toEqual([ADA.id, ADA.id])
    expect(first.exchanges()).toBe(1)
  })

  it('is not made by an import', async () => {
    await import('../../src/next/workos/create.js')
    expect(Reflect.has(globalThis, SHARED)).toBe(false)
    expect(ORIGIN).toBe('https://app.example')
  })
})
