import { describe, expect, it } from 'vitest'
import { AuthError, isAuthError } from '../../src/index.js'
import { TokenRefreshError } from '../../src/next/errors.js'
import { createApp, LIFE } from './app.js'

const EMAIL = 'ada@example.test'

describe('refreshSession', () => {
  it('gets what has changed since, and later readers of the same request see it too', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const before = await ada.who()
    app.server.setMembership(EMAIL, 'org_1', { role: 'member', roles: ['member'], permissions: [] })
    app.server.updateUser(EMAIL, { firstName: 'Augusta' })
    const { result } = await ada.act(async () => {
      const refreshed = await app.auth.refreshSession()
      const inAction = await app.auth.withAuth()
      const inRender = await app.next.render(() => app.auth.withAuth())
      return { refreshed, inAction, inRender }
    })
    expect(result?.refreshed).toMatchObject({ role: 'member', permissions: [], roles: ['member'] })
    expect(result?.refreshed.user).toMatchObject({ firstName: 'Augusta' })
    expect(result?.refreshed.accessToken).not.toBe(before?.accessToken)
    expect(result?.inAction).toEqual(result?.refreshed)
    expect(result?.inRender).toEqual(result?.refreshed)
    expect(await ada.who()).toEqual(result?.refreshed)
    expect(app.exchanges()).toBe(1)
  })

  it('goes on from the session that the proxy got for the same request', async () => {
    const app = createApp({ workos: { replayGrace: 0 } })
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const { result } = await ada.act(() => app.auth.refreshSession())
    expect(result).toHaveProperty('user.id', 'user_ada')
    expect(app.server.requests.map(({ status }) => status)).toEqual([200, 200])
    expect(await ada.who()).toEqual(result)
  })

  it('goes on from itself when it is called twice', async () => {
    const app = createApp({ workos: { replayGrace: 0 } })
    const ada = await app.signedIn()
    const { result } = await ada.act(async () => {
      await app.auth.refreshSession()
      app.clock.time += 1
      return app.auth.refreshSession({ organizationId: 'org_2' })
    })
    expect(result).toHaveProperty('organizationId', 'org_2')
    expect(await ada.who()).toEqual(result)
  })

  it('shares one exchange among two actions and three tabs that ask together', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    app.clock.time += LIFE
    const acts = [1, 2].map(() => ada.act(() => app.auth.refreshSession(), { unproxied: true }))
    const [one, two, ...tabs] = await Promise.all([
      ...acts,
      ...[1, 2, 3].map(() => ada.page(() => app.auth.withAuth())),
    ])
    const tokens = [one, two, ...tabs].map((part) => part?.result?.accessToken)
    expect(new Set(tokens).size).toBe(1)
    expect(app.exchanges()).toBe(1)
  })

  it('sends nothing that is to outlive a page: Next’s fetch cannot', async () => {
    const app = createApp()
    const kept: boolean[] = []
    const spy: typeof fetch = (input, init) => {
      kept.push(new Request(input, init).keepalive)
      return app.server.fetch(input, init)
    }
    const other = createApp({ auth: { fetch: spy } })
    const { jar } = await app.signedIn()
    await other.browser(jar).act(() => other.auth.refreshSession())
    expect(kept).toContain(false)
    expect(kept).not.toContain(true)
  })

  it('is fresh: an exchange that began before the call will not do', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const earlier = new Map(ada.jar)
    await ada.act(() => app.auth.refreshSession())
    app.clock.time += 5_000
    app.server.setMembership(EMAIL, 'org_1', { role: 'owner' })
    const slow = app.browser(earlier)
    const { result } = await slow.act(() => app.auth.refreshSession())
    expect(result).toHaveProperty('role', 'owner')
    expect(app.exchanges()).toBe(2)
  })

  it('spends nothing where no cookie can be set, and says what to do', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { error } = await ada.page(() => app.auth.refreshSession())
    expect(isAuthError(error, 'invalid_argument') && error.message).toMatch('Server Action')
    expect(app.exchanges()).toBe(0)
    expect(await ada.who()).toHaveProperty('user.id')
  })

  it.each([undefined, 'nonsense', 'Fe26.2*1*abc'])(
    'takes a cookie %j for nobody',
    async (value) => {
      const app = createApp()
      const browser = app.browser(new Map(value ? [['__Host-holdfast', value]] : []))
      const asked = await browser.act(() => app.auth.refreshSession(), { unproxied: true })
      expect(asked.result).toEqual({ user: null })
      const ensure = () => app.auth.refreshSession({ ensureSignedIn: true })
      expect((await browser.act(ensure)).redirected).toBe(
        'https://app.example/auth/sign-in?returnTo=%2F',
      )
      expect(app.exchanges()).toBe(0)
    },
  )
})

describe('refreshSession, when it fails', () => {
  const failures = [
    ['org_sso', 'step_required', 'sso_required', false],
    ['org_mfa', 'step_required', 'mfa_enrollment', false],
    ['org_unknown', 'rejected', 'organization_not_found', false],
  ] as const
  it.each(failures)('says why %s cannot be entered', async (organizationId, code, serverCode) => {
    const app = createApp()
    const ada = await app.signedIn()
    const before = await ada.who()
    const { error } = await ada.act(() => app.auth.refreshSession({ organizationId }))
    expect(error).toBeInstanceOf(TokenRefreshError)
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({
      name: 'TokenRefreshError',
      message: expect.stringContaining(serverCode),
      code,
      serverCode,
      isTransient: false,
      userId: 'user_ada',
      sessionId: before?.sessionId,
      cause: expect.objectContaining({ code, serverCode }),
    })
    if (isAuthError(error, 'step_required')) expect(error.details?.step).toBe(serverCode)
    expect(await ada.who()).toEqual(before)
  })

  it('carries what a step needs', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { error } = await ada.act(() => app.auth.refreshSession({ organizationId: 'org_sso' }))
    expect(isAuthError(error, 'step_required') && error.details).toMatchObject({
      connectionIds: ['conn_org_sso'],
      email: EMAIL,
      pendingAuthenticationToken: expect.any(String),
    })
  })

  it.each([
    [{ type: 'status', status: 503 }, 'server_error', undefined],
    [{ type: 'rate-limited', retryAfter: 2 }, 'rate_limited', 2_000],
    [{ type: 'rate-limited', retryAfter: 'nonsense' }, 'rate_limited', undefined],
    [{ type: 'html', status: 502 }, 'server_error', undefined],
    [{ type: 'drop' }, 'network', undefined],
  ] as const)(
    'is transient after %j, and the session is still there',
    async (fault, code, wait) => {
      const app = createApp()
      const ada = await app.signedIn()
      const before = await ada.who()
      app.server.fail(fault, { times: 2 })
      const { error } = await ada.act(() => app.auth.refreshSession())
      expect(error).toMatchObject({ isTransient: true, retryable: true, code, retryAfter: wait })
      expect(await ada.who()).toEqual(before)
    },
  )

  it('tells that the session has ended, also where somebody must be signed in', async () => {
    const app = createApp()
    for (const ensureSignedIn of [false, true]) {
      const ada = await app.signedIn()
      for (const { id } of app.server.sessions()) app.server.endSession(id)
      const { error, redirected } = await ada.act(() => app.auth.refreshSession({ ensureSignedIn }))
      expect(ada.jar.get('__Host-holdfast')).toBeUndefined()
      expect(error).toBeInstanceOf(TokenRefreshError)
      expect(error).toMatchObject({
        isTransient: false,
        code: 'refresh_rejected',
        userId: 'user_ada',
      })
      // The next call finds nobody.
      const again = await ada.act(() => app.auth.refreshSession({ ensureSignedIn }))
      const signIn = 'https://app.example/auth/sign-in?returnTo=%2F'
      expect([redirected, again.redirected]).toEqual(['', ensureSignedIn ? signIn : ''])
    }
  })

  it('leaves nobody behind for later readers of the request', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    for (const { id } of app.server.sessions()) app.server.endSession(id)
    const act = () => app.auth.refreshSession().catch(() => app.auth.withAuth())
    const { result, error } = await ada.act(act, { unproxied: true })
    expect({ result, error }).toEqual({ result: { user: null }, error: null })
  })

  it('has no token in the error', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const accessToken = (await ada.who())?.accessToken ?? ''
    const { error } = await ada.act(() => app.auth.refreshSession({ organizationId: 'org_mfa' }))
    const cookie = ada.jar.get('__Host-holdfast') ?? ''
    const told = `${error} ${error instanceof Error && error.stack}`
    for (const secret of [accessToken, cookie]) expect(told).not.toContain(secret)
  })
})
