import { afterEach, describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage, type Storage } from '../../src/index.js'
import { type OidcOptions, oidc, userinfo } from '../../src/providers/oidc/index.js'
import { createSealedSessions } from '../../src/server/index.js'
import { BYE, CALLBACK, createBrowser, type RealOidcOptions, startOidc, WEB } from './server.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A real server, and clients of it that share a storage. */
async function createWorld(settings: RealOidcOptions) {
  const server = await startOidc(settings)
  closing.push(server.close)
  const visit = createBrowser()
  const storage = memoryStorage()
  const base = {
    issuer: server.issuer,
    clientId: 'spa',
    redirectUri: CALLBACK,
    // oidc-provider gives refresh tokens to those only who were asked.
    parameters: { prompt: 'consent' },
  }

  function open(options: Partial<OidcOptions> = {}, shared: Storage = storage) {
    const provider = oidc({ ...base, ...options })
    const auth = new AuthClient({ provider, storage: shared, storageKey: 'app' })
    closing.push(() => auth.dispose())
    return auth
  }

  async function signIn(auth: ReturnType<typeof open>) {
    const url = await visit(await auth.actions.signInUrl({ state: 'mine' }))
    const result = await auth.actions.handleRedirect({ url })
    if (!result?.session) throw new Error('There is no session.')
    return { ...result, session: result.session }
  }

  return { server, visit, open, signIn, base }
}

const MODES = [{ rotating: true }, { rotating: false }]

describe.each(MODES)('a real oidc-provider, rotating: $rotating', ({ rotating }) => {
  it('signs somebody in by redirect, and refreshes', async () => {
    const { server, open, signIn } = await createWorld({ rotating })
    const auth = open()
    const { session, user, state } = await signIn(auth)
    expect(user).toMatchObject({ id: 'ada', name: 'Ada', email: 'ada@example.com' })
    expect(state).toBe('mine')
    expect(session.extras).toMatchObject({
      scope: 'openid profile email offline_access',
      oidc: { subject: 'ada' },
    })
    const next = await auth.refreshSession()
    expect(next.user).toEqual(user)
    expect(next.session.refreshToken === session.refreshToken).toBe(!rotating)
    expect(next.session.accessToken).not.toBe(session.accessToken)
    expect(server.requests).toMatchObject([{ status: 200 }])
  })

  it('describes people at its userinfo endpoint', async () => {
    const { open, signIn } = await createWorld({ rotating })
    const auth = open({ loadUser: userinfo })
    expect((await signIn(auth)).user).toMatchObject({ id: 'ada', email: 'ada@example.com' })
    expect(await auth.actions.reloadUser()).toMatchObject({ id: 'ada', name: 'Ada' })
  })

  it('sees one request per expiry, of ten clients', async () => {
    const { server, open, signIn } = await createWorld({ rotating, accessTokenLifetime: 4 })
    const first = open()
    await signIn(first)
    const clients = [first, ...Array.from({ length: 9 }, () => open())]
    const end = Date.now() + 9_000
    while (Date.now() < end) {
      const sessions = await Promise.all(clients.map((auth) => auth.getSession()))
      expect(sessions.every((session) => session?.user?.id === 'ada')).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    const { requests } = server
    expect(requests.every(({ status }) => status === 200)).toBe(true)
    // A token of 4 s is renewed ahead of its end, and by nobody twice.
    expect(requests.length).toBeGreaterThan(1)
    expect(requests.length).toBeLessThan(6)
    if (rotating) expect(new Set(requests.map(({ token }) => token)).size).toBe(requests.length)
  })

  it('answers ten simultaneous refreshes, one after the other, each with the newest token', async () => {
    const { server, open, signIn } = await createWorld({ rotating })
    const first = open()
    await signIn(first)
    const clients = [first, ...Array.from({ length: 9 }, () => open())]
    await Promise.all(clients.map((auth) => auth.getSession()))
    const results = await Promise.all(clients.map((auth) => auth.refreshSession()))
    expect(results.every(({ user }) => user?.id === 'ada')).toBe(true)
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
    const tokens = new Set(server.requests.map(({ token }) => token))
    expect(tokens.size).toBe(rotating ? server.requests.length : 1)
  })

  it('may fail for a while: the session stays, and goes on', async () => {
    const { server, open, signIn } = await createWorld({ rotating, accessTokenLifetime: 3 })
    const auth = open()
    await signIn(auth)
    server.setDown(true)
    await expect
      .poll(() => auth.getSession().catch((error: unknown) => error), { timeout: 15_000 })
      .toMatchObject({ code: 'server_error', retryable: true })
    server.setDown(false)
    await expect
      .poll(() => auth.getSession().catch(() => null), { timeout: 30_000 })
      .toMatchObject({ user: { id: 'ada' } })
  })

  it('answers once: an answer that is lost costs the session where it rotates, and nothing where not', async () => {
    const { open, signIn } = await createWorld({ rotating })
    let lose = false
    const auth = open({
      async fetch(input, init) {
        const response = await fetch(input, init)
        if (!lose) return response
        lose = false
        await response.arrayBuffer()
        throw new TypeError('The answer was lost.')
      },
    })
    await signIn(auth)
    lose = true
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    const again = auth.refreshSession()
    if (!rotating) {
      expect(await again).toMatchObject({ user: { id: 'ada' } })
      return
    }
    await expect(again).rejects.toMatchObject({
      code: 'refresh_rejected',
      serverCode: 'invalid_grant',
    })
    expect(await auth.getSession()).toBeNull()
  })

  it('revokes at a sign-out, and its page for that takes the address', async () => {
    const { open, signIn, base } = await createWorld({ rotating })
    const auth = open()
    const { session } = await signIn(auth)
    const address = await auth.actions.signOutUrl({ postLogoutRedirectUri: BYE })
    const page = await fetch(address)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<form')
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
    // Revoked behind the caller's back: somebody who copied the token gets nothing for it.
    const copied = oidc(base)
    const context = { signal: new AbortController().signal }
    await expect
      .poll(() => copied.refresh(session.refreshToken ?? '', context).catch((e: unknown) => e))
      .toMatchObject({ code: 'refresh_rejected', serverCode: 'invalid_grant' })
  })
})

describe('sealed sessions with the opaque tokens of a real oidc-provider', () => {
  it('ask it whether they live, refresh them, and know that they were revoked', async () => {
    const { server, open, signIn, base } = await createWorld({ rotating: true })
    const { session } = await signIn(open({}, memoryStorage()))
    const sessions = createSealedSessions({
      provider: oidc(base),
      verification: {
        introspectionUrl: `${server.issuer}/token/introspection`,
        cacheFor: 1,
        ...WEB,
      },
    })
    const password = 'a password of more than 32 characters, for cookies'
    const { accessToken, refreshToken, user } = session
    const grant = {
      accessToken,
      refreshToken: refreshToken ?? '',
      lifetime: 60_000,
      user: user ?? { id: '' },
    }
    const value = await sessions.sealSession(grant, { password })
    const sealed = sessions.openSession({ value, password })
    expect(await sealed.getSession()).toMatchObject({ signedIn: true, user: { id: 'ada' } })

    const refreshed = await sealed.refreshSession()
    expect(refreshed).toMatchObject({ signedIn: true, user: { id: 'ada' } })
    if (!refreshed.signedIn) throw new Error('It was not refreshed.')
    const next = sessions.openSession({
      value: refreshed.sealed,
      password,
    })
    expect(await next.getSession()).toMatchObject({ signedIn: true })

    // Who brings the spent token once more has the family revoked, access tokens included.
    const context = { signal: new AbortController().signal }
    await oidc(base)
      .refresh(refreshToken ?? '', context)
      .catch(() => {})
    await expect.poll(() => next.getSession()).toMatchObject({ signedIn: false })
  })
})
