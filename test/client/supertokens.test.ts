import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import {
  type SuperTokensProviderOptions,
  supertokens,
} from '../../src/providers/supertokens/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import {
  APP,
  createSuperTokensWorld,
  frontToken,
  MINUTE,
  type SuperTokensWorldOptions,
} from './supertokens-world.js'

const REFRESH = '/auth/session/refresh'
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

afterEach(() => void vi.unstubAllGlobals())

/** A browser in front of a backend: tabs with a client, one cookie jar. */
function createPages(
  options: Omit<SuperTokensWorldOptions, 'clock'> & SuperTokensProviderOptions = {},
) {
  const { antiCsrf = false, legacy = false, ...given } = options
  const browser = createFakeBrowser()
  const world = createSuperTokensWorld({ antiCsrf, legacy, clock: browser.clock })
  vi.stubGlobal('fetch', world.fetch)

  function open(tabOptions: { clockSkew?: number } = {}) {
    const tab = browser.tab(tabOptions)
    const auth = new AuthClient({
      provider: supertokens({
        url: APP,
        fetch: tab.fetch(world.fetch),
        now: tab.environment.clock.now,
        ...given,
      }),
      storage: tab.storage,
      environment: tab.environment,
      fetchOrigins: [APP],
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session, detail) => {
      const reason = 'reason' in detail ? ` ${detail.reason}` : ''
      events.push(`${event} ${session?.user?.id ?? '-'}${reason}`)
    })
    return { tab, auth, events }
  }

  return {
    ...world,
    browser,
    clock: browser.clock,
    open,
    /** Pages of a person who has signed in. */
    async signedIn(count = 1, userId = 'ada', tabOptions: { clockSkew?: number } = {}) {
      const pages = Array.from({ length: count }, () => open(tabOptions))
      await browser.clock.settle()
      await pages[0]?.auth.signIn({ path: '/login', json: { userId } })
      await browser.clock.settle()
      world.requests.splice(0)
      return pages
    },
    stored: (): string => JSON.stringify([...browser.storage.entries]),
  }
}

describe.each(['cookie', 'header'] as const)('a page whose tokens are in %ss', (transfer) => {
  it('signs in by a route of the app, and calls its API', async () => {
    const pages = createPages({ transfer })
    const [page] = await pages.signedIn()
    expect(page?.auth.getSnapshot().session).toMatchObject({
      sessionId: 'handle-1',
      user: { id: 'ada', email: 'ada@example.com', payload: { turn: 1 } },
    })
    const response = await page?.auth.fetch(`${APP}/api/me`, { credentials: 'include' })
    expect(await response?.json()).toEqual({ userId: 'ada' })
    expect(page?.events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN ada'])
  })

  it('refreshes ahead of expiry, once of all tabs', async () => {
    const pages = createPages({ transfer })
    const tabs = await pages.signedIn(10)
    await pages.clock.advance(HOUR)
    expect(pages.count(REFRESH)).toBe(1)
    for (const { auth, events } of tabs) {
      expect(auth.getSnapshot().session?.user?.payload).toMatchObject({ turn: 2 })
      expect(events.at(-1)).toBe('TOKEN_REFRESHED ada')
    }
  })

  it('that wakes in ten tabs long after expiry costs one refresh', async () => {
    const pages = createPages({ transfer })
    const tabs = await pages.signedIn(10)
    for (const { tab } of tabs) tab.hide()
    await pages.clock.advance(DAY)
    expect(pages.count(REFRESH)).toBe(0)
    for (const { tab } of tabs) tab.show()
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(new Set(sessions.map((session) => session?.accessToken)).size).toBe(1)
    expect(pages.count(REFRESH)).toBe(1)
  })

  it('refreshes once, and asks again, when its API says 401', async () => {
    const pages = createPages({ transfer })
    const [page] = await pages.signedIn()
    pages.refused.add(1)
    const api = async (): Promise<unknown> => {
      const response = await page?.auth.fetch(`${APP}/api/me`, {
        method: 'POST',
        credentials: 'include',
      })
      return response?.json()
    }
    expect(await Promise.all([api(), api()])).toEqual([{ userId: 'ada' }, { userId: 'ada' }])
    expect(pages.count(REFRESH)).toBe(1)
    expect(pages.count('/api/me')).toBe(4)
  })

  it('gives each refresh another access token, also within one second', async () => {
    const pages = createPages({ transfer })
    const [page] = await pages.signedIn()
    const tokens = new Set([await page?.auth.getAccessToken()])
    for (let turn = 0; turn < 3; turn++) {
      tokens.add((await page?.auth.refreshSession())?.session.accessToken)
    }
    expect(tokens.size).toBe(4)
  })

  it('signs out in all tabs and at the backend, also once the access token ran out', async () => {
    const pages = createPages({ transfer })
    const [page, other] = await pages.signedIn(2)
    page?.tab.hide()
    other?.tab.hide()
    await pages.clock.advance(DAY)
    await page?.auth.signOut()
    await pages.clock.settle()
    expect(page?.events.at(-1)).toBe('SIGNED_OUT - user')
    expect(other?.events.at(-1)).toBe('SIGNED_OUT - other-context')
    expect(pages.sessions).toMatchObject([{ ended: true }])
    expect(pages.jar.size).toBe(0)
    expect(await pages.open().auth.getSession()).toBeNull()
  })

  it.each([
    ['500', () => Response.json({ message: 'oh' }, { status: 500 })],
    ['429', () => Response.json({}, { status: 429, headers: { 'Retry-After': '3' } })],
    ['a captive portal', () => new Response('<html>', { headers: { 'front-token': 'x' } })],
    ['a page with 401', () => new Response('<html>', { status: 401 })],
    ['success without `front-token`', () => Response.json({ message: 'cleared' })],
    ['half a `front-token`', () => Response.json({}, { headers: { 'front-token': 'eyJ1' } })],
    ['`try refresh token`', () => Response.json({ message: 'try refresh token' }, { status: 401 })],
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('is signed out by no passing failure: %s', async (_name, answer) => {
    const pages = createPages({ transfer })
    const [page] = await pages.signedIn()
    pages.fail(answer, 1_000)
    await pages.clock.advance(2 * HOUR)
    await expect(page?.auth.getSession()).rejects.toMatchObject({ retryable: true })
    expect(page?.events.join()).not.toContain('SIGNED_OUT')
    pages.heal()
    await pages.clock.advance(10 * MINUTE)
    expect((await page?.auth.getSession())?.user?.id).toBe('ada')
  })

  it('is signed out, in all tabs, once the session is over', async () => {
    const pages = createPages({ transfer })
    const tabs = await pages.signedIn(2)
    for (const session of pages.sessions) session.ended = true
    await pages.clock.advance(HOUR)
    expect(tabs.map(({ events }) => events.at(-1)).sort()).toEqual([
      'SIGNED_OUT - other-context',
      'SIGNED_OUT - refresh-rejected',
    ])
  })

  it.each([
    ['fast', 1],
    ['slow', -1],
  ])('with a clock that is a day %s refreshes no more often', async (_name, sign) => {
    for (const legacy of [false, true]) {
      const pages = createPages({ transfer, legacy })
      const [page] = await pages.signedIn(1, 'ada', { clockSkew: sign * DAY })
      await pages.clock.advance(10 * HOUR)
      expect(pages.count(REFRESH)).toBeLessThanOrEqual(13)
      if (!legacy) expect(pages.count(REFRESH)).toBeGreaterThanOrEqual(10)
      expect(page?.events.join()).not.toContain('SIGNED_OUT')
    }
  })
})

describe('a page whose tokens are in cookies', () => {
  it('never has a token before it', async () => {
    const pages = createPages({ antiCsrf: true })
    const [page] = await pages.signedIn()
    await page?.auth.refreshSession()
    const visible = pages.stored() + JSON.stringify(page?.auth.getSnapshot())
    expect(visible).toContain('http-only.handle-1')
    for (const token of pages.jar.values()) expect(visible).not.toContain(token)
  })

  it('sends the anti-CSRF token, the newest one, from every tab', async () => {
    const pages = createPages({ antiCsrf: true })
    const [page, other] = await pages.signedIn(2)
    const post = { method: 'POST', credentials: 'include' } as const
    for (const turn of [1, 2, 3]) {
      expect((await other?.auth.fetch(`${APP}/api/me`, post))?.status).toBe(200)
      expect(pages.requests.at(-1)?.headers.get('anti-csrf')).toBe(`csrf-handle-1-${turn}`)
      await page?.auth.refreshSession()
      await pages.clock.settle()
    }
    await other?.auth.signOut()
    await pages.clock.settle()
    expect(pages.sessions).toMatchObject([{ ended: true }])
    expect(pages.count(REFRESH)).toBe(3)
  })

  it('finds the session that the cookies hold, by one request of all tabs', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    page?.auth.dispose()
    pages.browser.storage.clear()
    const tabs = [pages.open(), pages.open(), pages.open()]
    const found = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(found.map((session) => session?.user?.id)).toEqual(['ada', 'ada', 'ada'])
    expect(pages.count(REFRESH)).toBe(1)
    expect(tabs.map(({ events }) => events)).toEqual(tabs.map(() => ['INITIAL_SESSION ada']))
  })

  it('asks for none that it knows, nor where that is switched off', async () => {
    const pages = createPages()
    await pages.signedIn()
    expect((await pages.open().auth.getSession())?.user?.id).toBe('ada')
    expect(pages.requests).toEqual([])
    const without = createPages({ lookForSession: false })
    expect(await without.open().auth.getSession()).toBeNull()
    expect(without.requests).toEqual([])
  })

  it('does not take an outage at its start for nobody', async () => {
    const pages = createPages()
    await pages.signedIn()
    pages.browser.storage.clear()
    pages.fail(() => Response.json({}, { status: 503 }))
    const { auth } = pages.open()
    await expect(auth.getSession()).rejects.toMatchObject({ retryable: true })
    await pages.clock.advance(1_000)
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('makes up for a sign-out that the backend has not heard of', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    page?.tab.goOffline()
    await page?.auth.signOut()
    await pages.clock.settle()
    expect(pages.sessions).toMatchObject([{ ended: false }])
    expect(await pages.open().auth.getSession()).toBeNull()
    await pages.clock.settle()
    expect(pages.sessions).toMatchObject([{ ended: true }])
  })

  it('never takes another person for the first one, nor signs them out', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    const body = JSON.stringify({ userId: 'bob' })
    await pages.fetch(`${APP}/login`, { method: 'POST', body, credentials: 'include' })
    await expect(page?.auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(page?.events.at(-1)).toBe('SIGNED_OUT - refresh-rejected')
    const { auth } = pages.open()
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect(pages.sessions[1]).toMatchObject({ ended: false })
  })

  it('keeps the session when the backend begins to tell the handle', async () => {
    const old = createPages({ legacy: true })
    const [page] = await old.signedIn()
    expect(page?.auth.getSnapshot().session?.sessionId).toBeUndefined()
    const up = { iat: 0, sessionHandle: 'handle-1' }
    const headers = { 'front-token': frontToken({ uid: 'ada', ate: HOUR, up }) }
    old.fail(() => Response.json({}, { headers }))
    expect((await page?.auth.refreshSession())?.session.sessionId).toBe('handle-1')
    old.fail(() => Response.json({}, { headers }))
    expect((await page?.auth.refreshSession())?.session.user?.id).toBe('ada')
  })
})

describe('actions.adopt()', () => {
  it.each(['cookie', 'header'] as const)(
    'makes the session of an answer that the app got by itself (%s)',
    async (transfer) => {
      const pages = createPages({ transfer, antiCsrf: transfer === 'cookie' })
      const { auth, events } = pages.open()
      await pages.clock.settle()
      const response = await pages.fetch(`${APP}/login`, {
        method: 'POST',
        body: JSON.stringify({ userId: 'ada' }),
        credentials: 'include',
        headers: { 'st-auth-mode': transfer },
      })
      expect((await auth.actions.adopt(response)).user).toMatchObject({ id: 'ada' })
      expect(events.at(-1)).toBe('SIGNED_IN ada')
      expect((await auth.refreshSession()).user?.payload).toMatchObject({ turn: 2 })
    },
  )

  it('refuses an answer without one, and leaves the session there is', async () => {
    const pages = createPages()
    const [page] = await pages.signedIn()
    const bare = page?.auth.actions.adopt(Response.json({ status: 'OK' }))
    await expect(bare).rejects.toMatchObject({ code: 'bad_response' })
    const nothing: unknown = undefined
    const wrong = Reflect.apply(page?.auth.actions.adopt ?? (() => {}), undefined, [nothing])
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_argument' })
    expect((await page?.auth.getSession())?.user?.id).toBe('ada')
  })
})
