import { describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { CALLBACK, createWorkOSWorld, HOME } from '../support/workos-world.js'

const ADA = { loginHint: 'ada@example.com' }

describe('a sign-in by redirect', () => {
  it('may be begun several times at once, also in several tabs, and none is forgotten', async () => {
    const { open, follow } = createWorkOSWorld()
    const tabs = [open(), open(), open()]
    const urls = await Promise.all(
      tabs.map(({ auth }) => auth.actions.signInUrl({ loginHint: 'ada@example.com' })),
    )
    for (const [index, url] of urls.entries()) {
      const tab = tabs[index]
      tab?.tab.navigate(await follow(url))
      expect((await tab?.auth.actions.handleRedirect())?.user?.email).toBe('ada@example.com')
    }
  })

  it('comes back as a session that says what the token says', async () => {
    const { open, follow } = createWorkOSWorld()
    const { tab, auth, events } = open()
    const url = await auth.actions.signInUrl({ ...ADA, state: 'cart-7', returnTo: '/cart?tab=2' })
    tab.navigate(`${await follow(url)}&mine=1#part`)
    const result = await auth.actions.handleRedirect()
    expect(result).toMatchObject({
      state: 'cart-7',
      returnTo: 'http://localhost:3000/cart?tab=2',
      user: { email: 'ada@example.com', firstName: 'Ada', emailVerified: true },
      session: {
        organizationId: 'org_1',
        role: 'admin',
        permissions: ['posts:write'],
        authenticationMethod: 'Password',
      },
    })
    expect(tab.environment.page.href()).toBe(`${CALLBACK}?mine=1#part`)
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
    expect(await auth.actions.handleRedirect()).toBeNull()
  })

  it('shows neither the secret of its proof nor what the app wants back', async () => {
    const { open, stored } = createWorkOSWorld()
    const { auth } = open()
    const url = await auth.actions.signInUrl({ ...ADA, state: 'cart-7', returnTo: '/cart' })
    const { secret } = JSON.parse(JSON.parse(stored())[0][1]).flows[0]
    expect(secret).toHaveLength(43)
    for (const hidden of [secret, 'cart']) expect(url).not.toContain(hidden)
  })

  it('shares one exchange among all who ask for it at once', async () => {
    const { open, follow, server } = createWorkOSWorld()
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signInUrl(ADA)))
    const calls = [1, 2, 3].map(() => auth.actions.handleRedirect())
    const [first, ...rest] = await Promise.all(calls)
    for (const result of rest) expect(result).toEqual(first)
    expect(server.count('authorization_code')).toBe(1)
  })

  it('knows its own answer among several that are under way', async () => {
    const { open, follow } = createWorkOSWorld()
    const { tab, auth } = open()
    const first = await auth.actions.signInUrl({ ...ADA, state: 'first' })
    const second = await auth.actions.signInUrl({ ...ADA, state: 'second' })
    for (const [url, state] of [
      [second, 'second'],
      [first, 'first'],
    ] as const) {
      tab.navigate(await follow(url))
      expect(await auth.actions.handleRedirect()).toMatchObject({ state, user: ADA_USER })
    }
  })

  it('can be finished in another tab, and by an address that the app hands over', async () => {
    const { open, follow } = createWorkOSWorld()
    const url = await follow(await open().auth.actions.signInUrl(ADA))
    const { tab, auth } = open()
    const result = await auth.actions.handleRedirect({ url: url.slice(HOME.length - 1) })
    expect(result?.user).toMatchObject(ADA_USER)
    expect(tab.environment.page.href()).toBe(HOME)
  })

  it('may be a registration', async () => {
    const { open, follow } = createWorkOSWorld()
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signUpUrl({ loginHint: 'eve@example.com' })))
    expect((await auth.actions.handleRedirect())?.user?.email).toBe('eve@example.com')
  })

  it('by an impersonator says so', async () => {
    const { server, signedIn } = createWorkOSWorld()
    const impersonator = { email: 'admin@example.com', reason: null }
    server.impersonate('ada@example.com', impersonator)
    const { auth, session } = await signedIn()
    expect(session).toMatchObject({ impersonator, authenticationMethod: 'Impersonation' })
    expect((await auth.refreshSession()).session.impersonator).toEqual(impersonator)
  })
})

const ADA_USER = { email: 'ada@example.com' }

describe('an answer that cannot be used', () => {
  const foreign = `${CALLBACK}?code=stolen&state=foreign`

  it.each([
    ['of another browser', foreign],
    ['without a state', `${CALLBACK}?code=stolen`],
    ['with an empty state', `${CALLBACK}?code=stolen&state=`],
    ['that is an error of nobody’s', `${CALLBACK}?error=x&error_description=Call+555`],
  ])('%s is refused, and nothing is used up', async (_name, href) => {
    const { open, follow, server, stored } = createWorkOSWorld()
    const { tab, auth } = open()
    const url = await auth.actions.signInUrl(ADA)
    const before = stored()
    tab.navigate(href)
    const attempt = auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_credentials',
      message: expect.not.stringContaining('555'),
    })
    expect(server.count('authorization_code')).toBe(0)
    expect(tab.environment.page.href()).toBe(href)
    expect(stored()).toBe(before)
    tab.navigate(await follow(url))
    expect((await auth.actions.handleRedirect())?.session).not.toBeNull()
  })

  it('for the second time is refused, and the session stays', async () => {
    const { open, follow, server } = createWorkOSWorld()
    const { tab, auth } = open()
    const href = await follow(await auth.actions.signInUrl(ADA))
    tab.navigate(href)
    await auth.actions.handleRedirect()
    tab.navigate(href)
    const attempt = auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(server.count('authorization_code')).toBe(1)
    expect((await auth.getSession())?.user).toMatchObject(ADA_USER)
  })

  it('because its code has expired is used up', async () => {
    const { open, follow, clock, stored } = createWorkOSWorld()
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signInUrl(ADA)))
    await clock.advance(601_000)
    const attempt = auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'invalid_grant',
    })
    expect(tab.environment.page.href()).toBe(CALLBACK)
    expect(stored()).toBe('[]')
  })

  it('because somebody refused says so, and the address is clean', async () => {
    const { open, follow, stored } = createWorkOSWorld()
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signInUrl({ organizationId: 'org_none' })))
    const attempt = auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'organization_invalid',
      message: 'The address says: “There is no organization for the provided ID.”',
    })
    expect(tab.environment.page.href()).toBe(CALLBACK)
    expect(stored()).toBe('[]')
  })

  it('because an organization must be chosen tells which, and choosing is a sign-in', async () => {
    const { open, follow } = createWorkOSWorld({ organizationChoice: 'required' })
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signInUrl(ADA)))
    const attempt = auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({
      code: 'step_required',
      details: {
        step: 'organization_selection_required',
        email: 'ada@example.com',
        organizations: [{ id: 'org_1' }, { id: 'org_2' }],
        pendingAuthenticationToken: expect.any(String),
      },
    })
    expect(await auth.getSession()).toBeNull()
    const url = await auth.actions.signInUrl({ ...ADA, organizationId: 'org_2' })
    tab.navigate(await follow(url))
    expect((await auth.actions.handleRedirect())?.session?.organizationId).toBe('org_2')
  })

  it('now can be tried again: after an outage, and when the caller has given up', async () => {
    const { open, follow, server, clock } = createWorkOSWorld()
    const { tab, auth } = open()
    const href = await follow(await auth.actions.signInUrl(ADA))
    tab.navigate(href)
    server.fail({ type: 'status', status: 503 })
    await expect(auth.actions.handleRedirect()).rejects.toMatchObject({ code: 'server_error' })
    expect(tab.environment.page.href()).toBe(href)
    server.fail({ type: 'hang' })
    const caller = new AbortController()
    const given = auth.actions.handleRedirect({}, { signal: caller.signal })
    await clock.settle()
    expect(server.count('authorization_code')).toBe(2)
    caller.abort()
    await expect(given).rejects.toMatchObject({ code: 'aborted' })
    await clock.settle()
    server.heal()
    expect((await auth.actions.handleRedirect())?.user).toMatchObject(ADA_USER)
  })
})

describe('an address', () => {
  it.each([HOME, `${HOME}other?code=1&state=2`, CALLBACK, `${CALLBACK}?state=2`, `${HOME}?code=1`])(
    'such as %s is no answer',
    async (href) => {
      const { open } = createWorkOSWorld()
      const { tab, auth } = open()
      tab.navigate(href)
      expect(await auth.actions.handleRedirect()).toBeNull()
    },
  )

  it('may have got a slash at its end', async () => {
    const { open, follow } = createWorkOSWorld()
    const { tab, auth } = open()
    const url = await follow(await auth.actions.signInUrl(ADA))
    tab.navigate(url.replace('callback?', 'callback/?'))
    expect((await auth.actions.handleRedirect())?.user).toMatchObject(ADA_USER)
  })

  it('of no page has nothing to finish', async () => {
    const provider = workos({ clientId: 'client_1' })
    const page = { href: () => null, replace: () => {} }
    const auth = new AuthClient({ provider, storage: memoryStorage(), environment: { page } })
    expect(await auth.actions.handleRedirect()).toBeNull()
    await expect(auth.actions.signInUrl()).rejects.toMatchObject({ code: 'invalid_argument' })
    auth.dispose()
  })
})

describe('signInUrl', () => {
  const query = async (options: object, provider = {}) => {
    const { auth } = createWorkOSWorld().open(provider)
    const url = new URL(await auth.actions.signInUrl(options))
    const { state, code_challenge, ...rest } = Object.fromEntries(url.searchParams)
    expect(state).toBe(code_challenge)
    expect(code_challenge).toHaveLength(43)
    expect(url.origin + url.pathname).toBe('https://api.workos.com/user_management/authorize')
    return rest
  }
  const always = {
    client_id: 'client_scripted',
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge_method: 'S256',
  }

  it.each([
    [{}, { provider: 'authkit' }],
    [
      {
        organizationId: 'org_1',
        loginHint: 'a@b.c',
        domainHint: 'b.c',
        invitationToken: 'inv',
        prompt: 'login',
        maxAge: 90_500,
        screenHint: 'sign-up',
      },
      {
        provider: 'authkit',
        organization_id: 'org_1',
        login_hint: 'a@b.c',
        domain_hint: 'b.c',
        invitation_token: 'inv',
        prompt: 'login',
        max_age: '90',
        screen_hint: 'sign-up',
      },
    ],
    [{ connectionId: 'conn_1' }, { connection_id: 'conn_1' }],
    [{ provider: 'GoogleOAuth' }, { provider: 'GoogleOAuth' }],
    [
      { organizationId: '', loginHint: undefined, maxAge: 0 },
      { provider: 'authkit', max_age: '0' },
    ],
  ])('of %j asks for %j', async (options, expected) => {
    expect(await query(options)).toEqual({ ...always, ...expected })
  })

  it('returns to the page’s origin unless told otherwise', async () => {
    const { redirect_uri } = await query({}, { redirectUri: undefined })
    expect(redirect_uri).toBe('http://localhost:3000')
  })

  it.each([
    { returnTo: 'https://evil.example/' },
    { returnTo: '//evil.example/' },
    { returnTo: '/\\evil.example/' },
    { returnTo: 'http://localhost:3000@evil.example/' },
    { returnTo: 'http://me@localhost:3000/' },
    { returnTo: 'javascript:alert(1)' },
    { returnTo: 'http://' },
    { maxAge: -1 },
    { maxAge: Number.NaN },
    { provider: 'GoogleOAuth', screenHint: 'sign-up' },
    { connectionId: 'conn_1', screenHint: 'sign-in' },
  ] as const)('of %j is refused, and keeps nothing', async (options) => {
    const { open, stored } = createWorkOSWorld()
    const attempt = open().auth.actions.signInUrl(options)
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(stored()).toBe('[]')
  })

  it('never lets a path be taken for another host', async () => {
    const { open, follow } = createWorkOSWorld()
    const { tab, auth } = open()
    tab.navigate(await follow(await auth.actions.signInUrl({ ...ADA, returnTo: '/x/..//evil' })))
    const result = await auth.actions.handleRedirect()
    expect(result?.returnTo).toBe('http://localhost:3000/')
  })
})
