import { describe, expect, it } from 'vitest'
import { HTTP_ONLY, hasSessionCookie } from '../../src/providers/workos/index.js'
import { createWorkOSWorld, HOME } from '../support/workos-world.js'

const MINUTE = 60_000
const SIGNED_OUT = expect.stringContaining('SIGNED_OUT')

describe('a session', () => {
  it('is refreshed ahead of its expiry by one request of all tabs, and learns of a changed role', async () => {
    const { server, signedIn, open, clock } = createWorkOSWorld()
    const { auth } = await signedIn()
    const other = open()
    await other.auth.getSession()
    server.setMembership('ada@example.com', 'org_1', { role: 'guest', permissions: [] })
    await clock.advance(5 * MINUTE)
    expect(server.count('refresh_token')).toBe(1)
    for (const client of [auth, other.auth]) {
      expect(client.getSnapshot().session).toMatchObject({
        organizationId: 'org_1',
        role: 'guest',
        permissions: [],
      })
    }
  })

  it.each([
    ['a dead server', { type: 'status', status: 503 }],
    ['a captive portal', { type: 'html', status: 200 }],
    ['a limit', { type: 'rate-limited', retryAfter: 2 }],
    ['half a session', { type: 'body', body: '{"access_token":"x","refresh_token":"y"}' }],
  ] as const)('outlives %s', async (_name, fault) => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth, events } = await signedIn()
    server.fail(fault)
    await expect(auth.refreshSession()).rejects.toMatchObject({ retryable: true })
    await clock.advance(5 * MINUTE)
    expect((await auth.getSession())?.role).toBe('admin')
    expect(events.at(-1)).toBe('TOKEN_REFRESHED')
    expect(events).not.toContainEqual(SIGNED_OUT)
  })

  it('outlives a background refresh whose answer is lost, by the server’s grace', async () => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth, events } = await signedIn()
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    await clock.advance(5 * MINUTE)
    expect(events.slice(-2)).toEqual(['REFRESH_FAILED', 'TOKEN_REFRESHED'])
    const [first, second] = server.requests.filter(({ grant }) => grant === 'refresh_token')
    expect(second?.presented).toBe(first?.presented)
    expect((await auth.getSession())?.refreshToken).toBe(second?.returned)
  })

  it('outlives a refresh early in its life whose answer is lost, by trying again soon', async () => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth, events } = await signedIn()
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    await auth.refreshSession().catch(() => {})
    await clock.advance(10 * MINUTE)
    expect((await auth.getSession())?.user?.email).toBe('ada@example.com')
    expect(events).not.toContainEqual(expect.stringContaining('SIGNED_OUT'))
  })

  it('gets what a lost answer held, and then the organization that it asks for', async () => {
    const { server, signedIn } = createWorkOSWorld()
    const { auth } = await signedIn()
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    await auth.refreshSession().catch(() => {})
    const { session } = await auth.refreshSession({ organizationId: 'org_2' })
    expect(session.organizationId).toBe('org_2')
  })

  it('outlives a tab that crashes between the rotation and its save', async () => {
    const { server, signedIn, open, clock } = createWorkOSWorld()
    const { auth, tab } = await signedIn()
    server.fail({ type: 'lose-response' })
    await auth.refreshSession().catch(() => {})
    tab.crash()
    await clock.settle()
    expect((await open().auth.refreshSession()).session.role).toBe('admin')
  })

  it('ends in all tabs when the server says so', async () => {
    const { server, signedIn, open, clock } = createWorkOSWorld()
    const { auth, events, session } = await signedIn()
    const other = open()
    await other.auth.getSession()
    server.endSession(session.sessionId ?? '')
    await expect(auth.refreshSession()).rejects.toMatchObject({
      code: 'refresh_rejected',
      serverCode: 'invalid_grant',
      message: expect.stringContaining('ended'),
    })
    await clock.settle()
    expect(events.at(-1)).toBe('SIGNED_OUT refresh-rejected')
    expect(other.events.at(-1)).toBe('SIGNED_OUT other-context')
  })

  it('kept elsewhere becomes the current one', async () => {
    const { open, signedIn, browser } = createWorkOSWorld()
    const { auth, session } = await signedIn()
    auth.dispose()
    browser.storage.entries.clear()
    const next = open()
    const { accessToken, refreshToken } = session
    const tokens = { accessToken, refreshToken: refreshToken ?? '' }
    expect((await next.auth.setSession(tokens)).user?.email).toBe('ada@example.com')
    const wrong = next.auth.setSession({ accessToken, refreshToken: 'nonsense' })
    await expect(wrong).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect((await next.auth.getSession())?.sessionId).toBe(session.sessionId)
  })

  it('kept elsewhere stays in its organization, which the server would choose again', async () => {
    const { open, signedIn, browser } = createWorkOSWorld()
    const { auth } = await signedIn()
    const { session } = await auth.refreshSession({ organizationId: 'org_2' })
    auth.dispose()
    browser.storage.entries.clear()
    const { accessToken, refreshToken } = session
    const restored = await open().auth.setSession({ accessToken, refreshToken: refreshToken ?? '' })
    expect(restored.session.organizationId).toBe('org_2')
  })
})

describe('switching the organization', () => {
  it('changes role and permissions, and later refreshes stay there', async () => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth } = await signedIn()
    const { session } = await auth.refreshSession({ organizationId: 'org_2' })
    const there = { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] }
    expect(session).toMatchObject(there)
    await clock.advance(10 * MINUTE)
    expect(auth.getSnapshot().session).toMatchObject(there)
    const asked = server.requests.filter(({ grant }) => grant === 'refresh_token')
    expect(new Set(asked.map(({ organizationId }) => organizationId))).toEqual(new Set(['org_2']))
  })

  it('asked for during a refresh happens after it, with its token, and is never dropped', async () => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth } = await signedIn()
    server.fail({ type: 'slow', delay: 2_000 })
    const plain = auth.refreshSession()
    await clock.advance(1_000)
    const switched = auth.refreshSession({ organizationId: 'org_2' })
    await clock.advance(5_000)
    expect((await plain).session.organizationId).toBe('org_1')
    expect((await switched).session.organizationId).toBe('org_2')
    const [first, second] = server.requests.filter(({ grant }) => grant === 'refresh_token')
    expect(second?.presented).toBe(first?.returned)
    expect(auth.getSnapshot().session?.organizationId).toBe('org_2')
  })

  it.each([
    ['sso', 'code', 'sso_required', { connectionIds: ['conn_org_2'], email: 'ada@example.com' }],
    ['mfa_enrollment', 'code', 'mfa_enrollment', { email: 'ada@example.com' }],
    ['mfa_enrollment', 'error', 'mfa_enrollment', { email: 'ada@example.com' }],
  ] as const)(
    'to one that requires %s (%s) tells what is needed, and the session goes on',
    async (requires, mfaEnvelope, step, details) => {
      const { server, signedIn, clock, stored } = createWorkOSWorld({ mfaEnvelope })
      const { auth, events, session } = await signedIn()
      server.setOrganization('org_2', { requires, redirectUrl: 'https://auth.example/go' })
      const before = stored()
      await expect(auth.refreshSession({ organizationId: 'org_2' })).rejects.toMatchObject({
        code: 'step_required',
        retryable: false,
        serverCode: step,
        details: {
          step,
          redirectUrl: 'https://auth.example/go',
          pendingAuthenticationToken: expect.any(String),
          ...details,
        },
      })
      expect(await auth.getSession()).toBe(session)
      expect(stored()).toBe(before)
      await clock.advance(6 * MINUTE)
      expect(auth.getSnapshot().session).toMatchObject({ organizationId: 'org_1', role: 'admin' })
      expect(events).not.toContainEqual(SIGNED_OUT)
    },
  )

  it.each([
    ['org_3', 'organization_membership_not_found'],
    ['org_3', 'organization_not_authorized'],
    ['org_none', 'organization_not_found'],
  ] as const)(
    'to %s is refused with %s, and the session goes on',
    async (organizationId, serverCode) => {
      const membershipError = serverCode === 'organization_not_found' ? undefined : serverCode
      const { signedIn, clock } = createWorkOSWorld({
        organizations: [{ id: 'org_3' }],
        membershipError,
      })
      const { auth, events, session } = await signedIn()
      await expect(auth.refreshSession({ organizationId })).rejects.toMatchObject({
        code: 'rejected',
        serverCode,
        retryable: false,
      })
      expect(await auth.getSession()).toBe(session)
      await clock.advance(6 * MINUTE)
      expect(auth.getSnapshot().session?.organizationId).toBe('org_1')
      expect(events).not.toContainEqual(SIGNED_OUT)
    },
  )

  it('reaches the other tabs', async () => {
    const { signedIn, open, clock } = createWorkOSWorld()
    const { auth } = await signedIn()
    const other = open()
    await other.auth.getSession()
    await auth.refreshSession({ organizationId: 'org_2' })
    await clock.settle()
    expect(other.auth.getSnapshot().session?.organizationId).toBe('org_2')
  })
})

describe('two client ids on one page', () => {
  const clients = [
    { id: 'client_a', redirectUris: [`${HOME}a`] },
    { id: 'client_b', redirectUris: [`${HOME}b`] },
  ]

  it('do not mix: neither sessions, nor redirects, nor refreshes, nor sign-outs', async () => {
    const { server, open, signIn, follow, clock } = createWorkOSWorld({ clients })
    const a = open({ clientId: 'client_a', redirectUri: `${HOME}a` })
    const b = open({ clientId: 'client_b', redirectUri: `${HOME}b` })
    a.tab.navigate(await follow(await a.auth.actions.signInUrl({ loginHint: 'ada@example.com' })))
    b.tab.navigate(a.tab.environment.page.href() ?? '')
    expect(await b.auth.actions.handleRedirect()).toBeNull()
    await a.auth.actions.handleRedirect()
    expect(await b.auth.getSession()).toBeNull()
    b.tab.navigate(HOME)
    await signIn(b, 'bob@example.com')
    await Promise.all([a.auth.refreshSession(), b.auth.refreshSession()])
    expect(server.count('refresh_token')).toBe(2)
    expect((await a.auth.getSession())?.user?.email).toBe('ada@example.com')
    expect((await b.auth.getSession())?.user?.email).toBe('bob@example.com')
    await a.auth.signOut()
    await clock.settle()
    expect((await b.auth.getSession())?.user?.email).toBe('bob@example.com')
  })

  it('refuse each other’s answers even at one address', async () => {
    const shared = clients.map(({ id }) => ({ id, redirectUris: [`${HOME}both`] }))
    const { server, open, follow } = createWorkOSWorld({ clients: shared })
    const [a, b] = shared.map(({ id }) => open({ clientId: id, redirectUri: `${HOME}both` }))
    const url = await a?.auth.actions.signInUrl({ loginHint: 'ada@example.com' })
    b?.tab.navigate(await follow(url ?? ''))
    const attempt = b?.auth.actions.handleRedirect()
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(server.count('authorization_code')).toBe(0)
  })
})

describe('signing out', () => {
  it('in one tab ends the session in all of them, and at the server', async () => {
    const { server, signedIn, open, clock, stored } = createWorkOSWorld()
    const { auth, session } = await signedIn()
    const other = open()
    await other.auth.getSession()
    await auth.signOut()
    await clock.settle()
    expect(other.events.at(-1)).toBe('SIGNED_OUT other-context')
    expect(server.sessions()).toEqual([])
    expect(stored()).not.toContain(session.refreshToken)
  })

  it('by navigation leaves it to the navigation to end the session at the server', async () => {
    const { server, signedIn, clock, follow } = createWorkOSWorld()
    const { auth, session } = await signedIn()
    const url = await auth.actions.signOutUrl({ returnTo: '/' })
    await auth.signOut()
    await clock.settle()
    expect(server.sessions()).toHaveLength(1)
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      session_id: session.sessionId,
      return_to: HOME,
    })
    expect(await follow(url)).toBe(HOME)
    expect(server.sessions()).toEqual([])
    expect(server.requests.filter(({ path }) => path.endsWith('/logout'))).toHaveLength(1)
  })

  it('has no address to go to when nobody is signed in', async () => {
    const { open } = createWorkOSWorld()
    const attempt = open().auth.actions.signOutUrl()
    await expect(attempt).rejects.toMatchObject({ code: 'session_missing' })
  })

  it('ends the session here while the server cannot be reached', async () => {
    const { server, signedIn, clock } = createWorkOSWorld()
    const { auth, tab } = await signedIn()
    server.fail({ type: 'drop' })
    await auth.signOut()
    await clock.settle()
    expect(await auth.getSession()).toBeNull()
    expect(tab.errors).toEqual([])
  })
})

describe('a refresh token that stays in cookies', () => {
  const start = () => {
    const world = createWorkOSWorld({
      clients: [{ id: 'client_scripted', cookies: true }],
    })
    const provider = {
      cookies: true,
      hasSession: () => hasSessionCookie(world.jar.cookies(), 'client_scripted'),
    }
    return {
      ...world,
      provider,
      open: () => world.open(provider),
      /** Another app in the same browser, with a storage of its own and the same cookies. */
      openElsewhere: () => world.open(provider, 'elsewhere'),
    }
  }

  it('is nowhere in the page, and the session is refreshed all the same', async () => {
    const { server, signedIn, provider, stored, clock, jar } = start()
    const { auth, session } = await signedIn(provider)
    expect(session.refreshToken).toBe(HTTP_ONLY + session.sessionId)
    await clock.advance(5 * MINUTE)
    await auth.refreshSession({ organizationId: 'org_2' })
    expect(auth.getSnapshot().session?.organizationId).toBe('org_2')
    const tokens = server.requests.flatMap(({ presented, returned }) => [presented, returned])
    const secrets = tokens.filter((token) => token !== null)
    expect(secrets.length).toBeGreaterThan(3)
    for (const token of secrets) expect(stored() + jar.cookies()).not.toContain(token)
  })

  it('signs a page in whose storage is empty, in every tab', async () => {
    const { signedIn, provider, open, browser, clock, stored } = start()
    const { auth, session } = await signedIn(provider)
    auth.dispose()
    browser.storage.entries.clear()
    const tabs = [open(), open()]
    await clock.settle()
    for (const tab of tabs) {
      expect(await tab.auth.getSession()).toMatchObject({ sessionId: session.sessionId })
      expect(tab.events).toEqual(['INITIAL_SESSION'])
    }
    expect(stored()).toContain(HTTP_ONLY)
  })

  it('is not asked for at start without a sign of it', async () => {
    const { server, open } = start()
    expect(await open().auth.getSession()).toBeNull()
    expect(server.requests).toEqual([])
  })

  it('that is worth nothing any more means signed out, not an error', async () => {
    const { server, open, provider, signedIn, browser, jar } = start()
    const { auth, session } = await signedIn(provider)
    auth.dispose()
    browser.storage.entries.clear()
    server.endSession(session.sessionId ?? '')
    expect(jar.cookies()).toContain('workos-has-session')
    expect(await open().auth.getSession()).toBeNull()
  })

  it('of somebody who signed in since never becomes this session’s', async () => {
    const { signedIn, signIn, provider, openElsewhere } = start()
    const { auth, events } = await signedIn(provider)
    const elsewhere = openElsewhere()
    await signIn(elsewhere, 'bob@example.com')
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(await auth.getSession()).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT refresh-rejected')
    expect((await elsewhere.auth.refreshSession()).user?.email).toBe('bob@example.com')
  })

  it('that is gone ends the session which it was', async () => {
    const { signedIn, provider, jar } = start()
    const { auth, events } = await signedIn(provider)
    jar.clearCookies()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(await auth.getSession()).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT refresh-rejected')
  })

  it('whose page cannot tell keeps its session: the server has the same word for any bad request', async () => {
    const { signedIn, jar } = start()
    const { auth } = await signedIn({ cookies: true })
    jar.clearCookies()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'rejected', retryable: true })
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it('of which the page still sees a sign is asked for again, whatever the server misses', async () => {
    const { signedIn, provider, server } = start()
    const { auth } = await signedIn({ ...provider, hasSession: () => true })
    server.fail({ type: 'status', status: 400, body: JSON.stringify({ error: 'invalid_request' }) })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'rejected', retryable: true })
    expect((await auth.refreshSession()).user?.email).toBe('ada@example.com')
  })

  it('is gone from the browser after a sign-out', async () => {
    const { signedIn, provider, clock, jar, open } = start()
    const { auth } = await signedIn(provider)
    await auth.signOut()
    await clock.settle()
    expect(jar.cookies()).toBe('')
    expect(await open().auth.getSession()).toBeNull()
  })
})
