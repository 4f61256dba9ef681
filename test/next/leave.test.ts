import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { createApp } from './app.js'

describe('switchToOrganization', () => {
  it('gives the session in the other organization', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { result } = await ada.act(() => app.auth.switchToOrganization('org_2'))
    expect(result).toMatchObject({ organizationId: 'org_2', role: 'member' })
    expect(await ada.who()).toEqual(result)
  })

  it.each([
    ['/board?tab=1#top', 'https://app.example/board?tab=1#top'],
    ['https://evil.example/', 'https://app.example/'],
    ['//evil.example', 'https://app.example/'],
    ['javascript:alert(1)', 'https://app.example/'],
  ])('goes to %s afterwards as %s', async (returnTo, page) => {
    const app = createApp()
    const ada = await app.signedIn()
    const act = () => app.auth.switchToOrganization('org_2', { returnTo })
    expect((await ada.act(act)).redirected).toBe(page)
    expect(await ada.who()).toHaveProperty('organizationId', 'org_2')
  })

  it.each(['org_sso', 'org_mfa'])('goes by the sign-in where %s wants a step first', async (id) => {
    const app = createApp()
    const ada = await app.signedIn()
    const act = () => app.auth.switchToOrganization(id, { returnTo: '/board' })
    const { redirected } = await ada.act(act)
    const hint = 'loginHint=ada%40example.test'
    expect(redirected).toBe(
      `https://app.example/auth/sign-in?returnTo=%2Fboard&organizationId=${id}&${hint}`,
    )
    const { url } = await ada.follow(redirected)
    expect(url).toBe('https://app.example/board')
    expect(await ada.who()).toHaveProperty('organizationId', id)
  })

  it('goes where the server says', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const act = () => app.auth.switchToOrganization('org_elsewhere')
    expect((await ada.act(act)).redirected).toBe('https://sso.example/begin')
  })

  it('sends nobody to the sign-in', async () => {
    const app = createApp()
    const { redirected } = await app.browser().act(() => app.auth.switchToOrganization('org_2'))
    expect(redirected).toBe('https://app.example/auth/sign-in?returnTo=%2F')
  })

  it('tells everything else', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.server.removeMembership('ada@example.test', 'org_2')
    const refused = await ada.act(() => app.auth.switchToOrganization('org_2'))
    expect(refused.error).toMatchObject({ serverCode: 'organization_membership_not_found' })
    app.outage()
    const failed = await ada.act(() => app.auth.switchToOrganization('org_1'))
    expect(failed.error).toMatchObject({ isTransient: true })
    expect(await ada.who()).toHaveProperty('organizationId', 'org_1')
  })
})

describe('signOut', () => {
  it.each([
    [undefined, null],
    ['/bye', 'https://app.example/bye'],
    ['https://app.example/', 'https://app.example/'],
  ])('ends the session by way of WorkOS, and returns to %s', async (returnTo, told) => {
    const app = createApp()
    const ada = await app.signedIn()
    const { redirected } = await ada.act(() => app.auth.signOut({ returnTo }))
    const { pathname, searchParams } = new URL(redirected)
    expect(pathname).toBe('/user_management/sessions/logout')
    expect(searchParams.get('return_to')).toBe(told)
    expect(app.server.sessions()).toEqual([])
    expect(await ada.who()).toEqual({ user: null })
  })

  it('cannot be undone by another request that was under way', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const stale = new Map(ada.jar)
    await ada.act(() => app.auth.signOut())
    const late = app.browser(stale)
    expect(await late.who()).toEqual({ user: null })
    await late.act(() => app.auth.refreshSession())
    expect(app.exchanges()).toBe(0)
  })

  it('signs out here though WorkOS is down, and reports that', async () => {
    const reports: unknown[] = []
    const app = createApp({ auth: { report: (error) => reports.push(error) } })
    const ada = await app.signedIn()
    app.outage()
    const { redirected, error } = await ada.act(() => app.auth.signOut())
    expect([error, new URL(redirected).host]).toEqual([null, 'api.workos.com'])
    expect(reports).toEqual([expect.objectContaining({ code: 'server_error' })])
    expect(await ada.who()).toEqual({ user: null })
  })

  it('reports nothing that its security events have told already', async () => {
    const log: unknown[] = []
    const tell = (line: unknown): void => void log.push(line)
    const app = createApp({ auth: { report: tell, onSecurityEvent: tell } })
    const ada = await app.signedIn()
    app.outage()
    await ada.act(() => app.auth.signOut())
    expect(log).toEqual([expect.objectContaining({ type: 'revocation-failed' })])
  })

  it.each([
    [undefined, '/'],
    ['/bye', 'https://app.example/bye'],
    ['//evil.example', 'https://app.example/'],
    ['https://evil.example/', '/'],
    ['https://app.example.evil.example/', '/'],
  ])('leads nobody away who was not signed in: %s', async (returnTo, page) => {
    const app = createApp()
    const { redirected } = await app.browser().act(() => app.auth.signOut({ returnTo }))
    expect(redirected).toBe(page)
  })

  it.each(['javascript:alert(1)', 'bye', 'data:text/html,x'])('refuses %s', async (returnTo) => {
    const app = createApp()
    const ada = await app.signedIn()
    const { error } = await ada.act(() => app.auth.signOut({ returnTo }))
    expect(isAuthError(error, 'invalid_argument')).toBe(true)
    expect(await ada.who()).toHaveProperty('user.id')
  })

  it('is refused while a page renders, before anything is ended', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { error } = await ada.page(() => app.auth.signOut())
    expect(isAuthError(error, 'invalid_argument')).toBe(true)
    expect(app.server.sessions()).toHaveLength(1)
  })
})

describe('getSignInUrl and getSignUpUrl', () => {
  it('lead to the sign-in and back to the page that asked', async () => {
    const app = createApp()
    const browser = app.browser()
    const { result } = await browser.visit('/board', () =>
      Promise.all([app.auth.getSignInUrl(), app.auth.getSignUpUrl({ loginHint: 'a@b.test' })]),
    )
    expect(result).toEqual([
      'https://app.example/auth/sign-in?returnTo=%2Fboard',
      'https://app.example/auth/sign-up?returnTo=%2Fboard&loginHint=a%40b.test',
    ])
    const { url } = await browser.follow(result?.[1] ?? '')
    expect(url).toBe('https://app.example/board')
    expect(await browser.who()).toMatchObject({ user: { email: 'a@b.test' } })
  })

  it('carry everything that a sign-in may be asked for', async () => {
    const app = createApp()
    const hints = { organizationId: 'org_1', loginHint: 'a@b.test', maxAge: 0, prompt: 'login' }
    const ask = () => app.auth.getSignInUrl({ ...hints, domainHint: '', returnTo: '/board' })
    const { result = '' } = await app.browser().page(ask)
    const headers = { 'sec-fetch-site': 'same-origin' }
    const request = new Request(result, { headers })
    const answer = await app.auth.handlers.GET(request)
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      organization_id: 'org_1',
      login_hint: 'a@b.test',
      max_age: '0',
      prompt: 'login',
    })
    expect(searchParams.has('domain_hint')).toBe(false)
  })

  it('carry claims as the sign-in reads them', async () => {
    const app = createApp()
    const claims = { id_token: { acr: { essential: true, value: 'gold' } } }
    const { result = '' } = await app.browser().page(() => app.auth.getSignInUrl({ claims }))
    expect(new URL(result).searchParams.get('claims')).toBe(JSON.stringify(claims))
  })

  it('work where the proxy does not run', async () => {
    const app = createApp({ auth: { basePath: '/api/session' } })
    const ask = () => app.auth.getSignInUrl()
    const { result } = await app.browser().page(ask, { unproxied: true })
    expect(result).toBe('https://app.example/api/session/sign-in')
  })

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/%2F/evil.example'])(
    'do not return to %s',
    async (returnTo) => {
      const app = createApp()
      const browser = app.browser()
      const { result } = await browser.page(() => app.auth.getSignInUrl({ returnTo }))
      const { url } = await browser.follow(`${result}&loginHint=ada@example.test`)
      expect(url).toBe('https://app.example/')
    },
  )
})

describe('handlers', () => {
  it('answer wherever WorkOS sends people back to, and protect nobody from signing in', async () => {
    const env = { NEXT_PUBLIC_WORKOS_REDIRECT_URI: 'https://app.example/callback' }
    const app = createApp({ env, proxy: { protect: true } })
    const ada = await app.signedIn()
    expect(await ada.who()).toHaveProperty('user.id', 'user_ada')
  })

  it.each([
    ['/auth/callback', 'within the routes of the sign-in'],
    ['/back', 'elsewhere'],
  ])(
    'answer under a `basePath` of Next, of which it tells them nothing: the callback %s',
    async (callback) => {
      const env = { NEXT_PUBLIC_WORKOS_REDIRECT_URI: `https://app.example/app${callback}` }
      const { auth, server } = createApp({ env, auth: { basePath: '/app/auth' } })
      const jar = new Map<string, string>()
      const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
        const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
        const headers = { 'sec-fetch-site': 'same-origin', cookie, ...init.headers }
        const request = new Request(`http://localhost:3000${path}`, { ...init, headers })
        const response = await auth.handlers[request.method === 'POST' ? 'POST' : 'GET'](request)
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
          jar.set(name, value)
        }
        return response
      }
      const begun = await ask('/auth/sign-in?loginHint=ada@example.test')
      const back = await server.fetch(begun.headers.get('location') ?? '')
      const { pathname, search } = new URL(back.headers.get('location') ?? '')
      expect(pathname).toBe(`/app${callback}`)
      await ask(callback + search)
      const method = 'POST'
      const headers = { 'x-holdfast': '1', 'content-type': 'application/json' }
      const refreshed = await ask('/auth/refresh', { method, headers, body: '{"sessionId":"s"}' })
      // Its body has arrived: that is not the session of this browser.
      expect([refreshed.status, (await refreshed.json()).code]).toEqual([409, 'session_changed'])
      const { session } = await (await ask('/auth/session', { headers })).json()
      expect(session.user.id).toBe('user_ada')
    },
  )

  it('answer 404 to everything else', async () => {
    const { auth } = createApp()
    const answer = await auth.handlers.GET(new Request('https://app.example/auth/unknown'))
    expect(answer.status).toBe(404)
  })

  it('tell the page who it is, and give no token unless they are told to', async () => {
    const headers = { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin', 'x-holdfast': '1' }
    for (const exposeAccessToken of [false, true]) {
      const app = createApp({ auth: { exposeAccessToken } })
      const ada = await app.signedIn()
      const cookie = [...ada.jar].map((pair) => pair.join('=')).join('; ')
      const url = 'https://app.example/auth/session'
      const request = new Request(url, { headers: { ...headers, cookie } })
      const { session } = await (await app.auth.handlers.GET(request)).json()
      expect(session.user.id).toBe('user_ada')
      expect('accessToken' in session).toBe(exposeAccessToken)
    }
  })
})
