import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, sessionTimeouts, type Timeouts } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import {
  ADA,
  APP,
  BOB,
  createBackendWorld,
  MINUTE,
  type WorldOptions,
} from '../server/backend/backend-world.js'

afterEach(() => void vi.unstubAllGlobals())

/** A browser in front of a backend: tabs with a client, one cookie jar, all that scripts can see. */
function createPages(options: WorldOptions = {}) {
  const browser = createFakeBrowser()
  const world = createBackendWorld({ ...options, clock: browser.clock })
  const seen: string[] = []

  /** What `fetch` does for a page of the app. */
  async function pageFetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    seen.push(request.url, await request.clone().text())
    const { method, url, signal } = request
    const headers = new Headers(request.headers)
    headers.set('Sec-Fetch-Site', 'same-origin')
    headers.set('Sec-Fetch-Mode', 'cors')
    const body = method === 'GET' ? null : await request.arrayBuffer()
    const response = await world.send(url, { method, headers, body, signal })
    const readable = new Headers(response.headers)
    // No script can read these.
    readable.delete('Set-Cookie')
    const text = await response.text()
    seen.push(text, JSON.stringify([...readable]))
    return new Response(text || null, { status: response.status, headers: readable })
  }

  function open({ fetch: given, timeouts }: { fetch?: typeof fetch; timeouts?: Timeouts } = {}) {
    const tab = browser.tab({ href: `${APP}/home?tab=1` })
    const auth = new AuthClient({
      provider: backend({
        url: `${APP}/auth`,
        fetch: given ?? tab.fetch(pageFetch),
      }),
      ...(timeouts && { timeouts }),
      storage: tab.storage,
      environment: tab.environment,
      fetchOrigins: [APP],
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session, detail) => {
      const reason = 'reason' in detail ? ` ${detail.reason}` : ''
      events.push(`${event} ${session?.user?.email ?? '-'}${reason}`)
    })
    return { tab, auth, events }
  }

  /** Follows a link of a page, as the whole window; resolves to where it leads in the end. */
  async function follow(href: string): Promise<string> {
    seen.push(href)
    const arrived = await browser.clock.track(world.navigate(href))
    seen.push(arrived.href)
    return arrived.href
  }

  async function signIn(email = ADA, organizationId = 'org_1') {
    const { auth } = open()
    const href = await auth.actions.signInUrl({ loginHint: email, organizationId })
    auth.dispose()
    await follow(href)
  }

  return {
    ...world,
    browser,
    pageFetch,
    open,
    follow,
    signIn,
    /** Pages of the person who has just signed in. */
    async signedIn(count = 1, email = ADA) {
      await signIn(email)
      const pages = Array.from({ length: count }, () => open())
      await browser.clock.settle()
      return pages
    },
    /** Everything that scripts of the page have ever had before them. */
    visible: (): string => seen.join('\n') + JSON.stringify([...browser.storage.entries]),
    refreshes: () => world.workos.count('refresh_token'),
  }
}

/** The tokens that there have been, and how all of their kind begin. */
function secretsOf({ workos, jar }: ReturnType<typeof createPages>): string[] {
  const refreshTokens = workos.requests.flatMap(({ returned }) => returned ?? [])
  // What a state is made of by chance may hold 'eyJ' alone.
  return ['eyJhbGci', 'Fe26', ...refreshTokens, ...jar.cookies.values()]
}

describe('a page of a backend', () => {
  it('signs in by navigation, and knows at its next start who is there, and where it was', async () => {
    const pages = createPages()
    const before = pages.open()
    expect(await before.auth.getSession()).toBeNull()
    const href = await before.auth.actions.signInUrl({ loginHint: ADA, organizationId: 'org_1' })
    before.auth.dispose()
    expect(await pages.follow(href)).toBe(`${APP}/home?tab=1`)
    const { auth, events } = pages.open()
    expect(await auth.getSession()).toMatchObject({
      user: { email: ADA, firstName: 'Ada' },
      organizationId: 'org_1',
      role: 'admin',
      permissions: ['posts:write'],
      sessionId: pages.workos.sessions()[0]?.id,
    })
    expect(events).toEqual([`INITIAL_SESSION ${ADA}`])
  })

  it('never has a token before it, through all of a session’s life', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    const { auth } = page ?? pages.open()
    await pages.clock.advance(12 * MINUTE)
    await auth.refreshSession({ organizationId: 'org_2' })
    pages.workos.setOrganization('org_1', { requires: 'sso' })
    await auth.refreshSession({ organizationId: 'org_1' }).catch(() => {})
    vi.stubGlobal('fetch', pages.pageFetch)
    await auth.fetch(`${APP}/auth/proxy/api/posts`)
    expect(pages.arrivals).toHaveLength(1)
    const secrets = secretsOf(pages)
    const snapshot = JSON.stringify(auth.getSnapshot())
    await auth.actions.signOut({ returnTo: '/' })
    expect(secrets.length).toBeGreaterThan(5)
    const visible = pages.visible() + snapshot
    expect(visible).toContain(ADA)
    for (const secret of secrets) expect(visible).not.toContain(secret)
  })

  it('refreshes ahead of expiry, one request of all tabs, and learns of a changed role', async () => {
    const pages = createPages()
    const tabs = await pages.signedIn(10)
    pages.workos.setMembership(ADA, 'org_1', { role: 'guest', permissions: [] })
    await pages.clock.advance(5 * MINUTE)
    expect(pages.refreshes()).toBe(1)
    for (const { auth, events } of tabs) {
      expect(auth.getSnapshot().session).toMatchObject({ role: 'guest', permissions: [] })
      expect(events).toEqual([`INITIAL_SESSION ${ADA}`, `TOKEN_REFRESHED ${ADA}`])
    }
  })

  it('ends by itself when the backend’s session does, whose limits it is told', async () => {
    const limits = { idle: 30 * MINUTE, absolute: 600 * MINUTE }
    const pages = createPages({ sealed: { limits } })
    await pages.signIn()
    const { auth, events } = pages.open({ timeouts: sessionTimeouts() })
    expect((await auth.getSession())?.limits).toEqual(limits)
    expect((await auth.refreshSession()).session.limits).toEqual(limits)
    await pages.clock.advance(29 * MINUTE)
    expect(auth.getSnapshot().session?.limits).toEqual(limits)
    await pages.clock.advance(MINUTE)
    expect(events.at(-1)).toBe('SIGNED_OUT - idle')
    expect(await auth.getSession()).toBeNull()
  })

  it('in ten tabs that wake long after expiry costs one exchange', async () => {
    const pages = createPages()
    const tabs = await pages.signedIn(10)
    for (const { tab } of tabs) tab.hide()
    await pages.clock.advance(60 * MINUTE)
    expect(pages.refreshes()).toBe(0)
    for (const { tab } of tabs) tab.show()
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(new Set(sessions.map((session) => session?.accessToken)).size).toBe(1)
    expect(pages.refreshes()).toBe(1)
  })

  it('opened long after expiry shows who is there, at once', async () => {
    const pages = createPages()
    await pages.signIn()
    await pages.clock.advance(60 * MINUTE)
    const tabs = [pages.open(), pages.open(), pages.open()]
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(sessions.map((session) => session?.user?.email)).toEqual([ADA, ADA, ADA])
    expect(pages.refreshes()).toBe(1)
  })

  it('gets by refreshSession() what was changed before the call', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    for (const role of ['guest', 'owner']) {
      pages.workos.setMembership(ADA, 'org_1', { role })
      await pages.clock.advance(1)
      expect((await page?.auth.refreshSession())?.session.role).toBe(role)
    }
  })

  it('reaches an API without a token of its own', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    vi.stubGlobal('fetch', pages.pageFetch)
    const response = await page?.auth.fetch(`${APP}/auth/proxy/api/posts`)
    expect(await response?.json()).toEqual({ fine: true })
    const [arrived] = pages.arrivals
    expect(arrived?.headers.get('Authorization')).toMatch(/^Bearer eyJ/)
    expect(arrived?.headers.has('Cookie')).toBe(false)
  })

  it('may be given the token, and then carries it itself', async () => {
    const pages = createPages({ backend: { exposeAccessToken: true } })
    const [page] = await pages.signedIn()
    const sent: (string | null)[] = []
    vi.stubGlobal('fetch', async (request: Request) => {
      sent.push(request.headers.get('Authorization'))
      return new Response()
    })
    await page?.auth.fetch(`${APP}/api`)
    expect(sent).toEqual([expect.stringMatching(/^Bearer eyJ/)])
  })
})

describe('a sign-out', () => {
  it('is one in all tabs, at the server, and at the auth server', async () => {
    const pages = createPages()
    const [page, other] = await pages.signedIn(2)
    const { auth, events } = page ?? pages.open()
    const sessionId = pages.workos.sessions()[0]?.id
    const url = new URL(await auth.actions.signOut({ returnTo: '/bye' }))
    await auth.signOut()
    await pages.clock.settle()
    expect(Object.fromEntries(url.searchParams)).toEqual({
      session_id: sessionId,
      return_to: `${APP}/bye`,
    })
    expect(events.at(-1)).toBe('SIGNED_OUT - user')
    expect(other?.events.at(-1)).toBe('SIGNED_OUT - other-context')
    expect([pages.jar.cookies.size, pages.workos.sessions()]).toEqual([0, []])
    expect(await pages.open().auth.getSession()).toBeNull()
  })

  it('without navigation is one too', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    await page?.auth.signOut()
    await pages.clock.settle()
    expect([pages.jar.cookies.size, pages.workos.sessions()]).toEqual([0, []])
  })

  it('that cannot reach the backend is told of, for the cookies still hold the session', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    page?.tab.goOffline()
    await expect(page?.auth.actions.signOut()).rejects.toMatchObject({ retryable: true })
    page?.tab.goOnline()
    await page?.auth.actions.signOut()
    expect(pages.jar.cookies.size).toBe(0)
  })

  it('by an administrator ends the session in all tabs', async () => {
    const pages = createPages()
    const tabs = await pages.signedIn(2)
    pages.workos.endSession(pages.workos.sessions()[0]?.id ?? '')
    await pages.clock.advance(5 * MINUTE)
    expect(tabs.map(({ events }) => events.at(-1)).sort()).toEqual([
      'SIGNED_OUT - other-context',
      'SIGNED_OUT - refresh-rejected',
    ])
    expect(pages.jar.cookies.size).toBe(0)
  })

  it('is noticed when the cookies are gone', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    pages.jar.cookies.clear()
    expect(await pages.open().auth.getSession()).toBeNull()
    page?.tab.focus()
    await pages.clock.settle()
    expect(page?.events.at(-1)).toBe('SIGNED_OUT - other-context')
  })
})

describe('an outage', () => {
  it.each([
    ['of the auth server', { type: 'status', status: 503 }],
    ['of the network behind the backend', { type: 'drop' }],
    ['by limits', { type: 'rate-limited', retryAfter: 3 }],
    ['by a captive portal', { type: 'html', status: 200 }],
  ] as const)('%s ends no session, and passes', async (_name, fault) => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    await pages.clock.advance(3 * MINUTE)
    const end = pages.workos.fail(fault, { times: 1_000, grant: 'refresh_token' })
    await pages.clock.advance(6 * MINUTE)
    await expect(page?.auth.getSession()).rejects.toMatchObject({ retryable: true })
    expect(page?.events.join()).not.toContain('SIGNED_OUT')
    end()
    await pages.clock.advance(MINUTE)
    expect((await page?.auth.getSession())?.user?.email).toBe(ADA)
  })

  it('at the start of a page is not taken for nobody', async () => {
    const pages = createPages()
    await pages.signIn()
    await pages.clock.advance(6 * MINUTE)
    // The request is sent once more within the call.
    pages.workos.fail({ type: 'drop' }, { times: 2, grant: 'refresh_token' })
    const { auth } = pages.open()
    await expect(auth.getSession()).rejects.toMatchObject({ retryable: true })
    await pages.clock.advance(1_000)
    expect((await auth.getSession())?.user?.email).toBe(ADA)
  })

  it('of the backend itself leaves the session that storage knows', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    page?.auth.dispose()
    const gone: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    const { auth } = pages.open({ fetch: gone })
    expect((await auth.getSession())?.user?.email).toBe(ADA)
  })

  it('that loses the answer to a refresh loses no session', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    pages.workos.fail({ type: 'lose-response' }, { times: 2, grant: 'refresh_token' })
    await expect(page?.auth.refreshSession()).rejects.toMatchObject({ retryable: true })
    await pages.clock.advance(10_000)
    expect((await page?.auth.refreshSession())?.user?.email).toBe(ADA)
  })
})

describe('an organization', () => {
  it('is switched to, in all tabs, and stays', async () => {
    const pages = createPages()
    const [page, other] = await pages.signedIn(2)
    const there = { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] }
    const switched = await page?.auth.refreshSession({ organizationId: 'org_2' })
    expect(switched?.session).toMatchObject(there)
    await pages.clock.advance(10 * MINUTE)
    for (const one of [page, other, pages.open()]) {
      expect(await one?.auth.getSession()).toMatchObject(there)
    }
  })

  it('that requires single sign-on says so, and the session goes on', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    const { auth, events } = page ?? pages.open()
    pages.workos.setOrganization('org_2', { requires: 'sso' })
    const refused = auth.refreshSession({ organizationId: 'org_2' })
    await expect(refused).rejects.toMatchObject({
      code: 'step_required',
      serverCode: 'sso_required',
      details: { step: 'sso_required', connectionIds: ['conn_org_2'] },
    })
    expect(await auth.getSession()).toMatchObject({ organizationId: 'org_1' })
    expect(events.join()).not.toContain('SIGNED_OUT')
    await pages.follow(await auth.actions.signInUrl({ loginHint: ADA, organizationId: 'org_2' }))
    const next = pages.open()
    expect(await next.auth.getSession()).toMatchObject({ organizationId: 'org_2' })
  })
})

describe('another person who signs in in the same browser', () => {
  it('is who all tabs show, once a page starts', async () => {
    const pages = createPages()
    const [old] = await pages.signedIn()
    await pages.signIn(BOB)
    const { auth } = pages.open()
    expect((await auth.getSession())?.user?.email).toBe(BOB)
    old?.tab.focus()
    await pages.clock.settle()
    expect(old?.auth.getSnapshot().session?.user?.email).toBe(BOB)
  })

  it('is never taken for the first one, nor touched by what their tabs still do', async () => {
    const pages = createPages()
    const [old] = await pages.signedIn()
    const href = await old?.auth.actions.signInUrl({ loginHint: BOB })
    await pages.follow(href ?? '')
    const refused = { code: 'refresh_rejected', serverCode: 'session_changed' }
    const wish = { organizationId: 'org_2' }
    await expect(old?.auth.refreshSession(wish)).rejects.toMatchObject(refused)
    expect(old?.events.at(-1)).toBe('SIGNED_OUT - refresh-rejected')
    await old?.auth.signOut()
    await pages.clock.settle()
    const { auth } = pages.open()
    expect(await auth.getSession()).toMatchObject({
      user: { email: BOB },
      organizationId: 'org_1',
    })
    expect(pages.workos.sessions()).toHaveLength(1)
  })

  it('wins over a refresh of the first one that is under way', async () => {
    const pages = createPages()
    const [old] = await pages.signedIn()
    const href = (await old?.auth.actions.signInUrl({ loginHint: BOB })) ?? ''
    pages.workos.fail({ type: 'slow', delay: 3_000 }, { grant: 'refresh_token' })
    const refresh = old?.auth.refreshSession().catch((error: unknown) => error)
    await pages.clock.advance(1_000)
    await pages.follow(href)
    await pages.clock.advance(3_000)
    expect(await refresh).toMatchObject({ code: 'refresh_rejected' })
    expect((await pages.open().auth.getSession())?.user?.email).toBe(BOB)
  })
})
