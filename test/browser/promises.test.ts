import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

const DAY = 86_400_000

describe.skipIf(!findChromium())('in real tabs', () => {
  let browser: Browser
  let context: BrowserContext
  let site: Site

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    site = await startSite()
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context.close()
    await site.close()
  })

  type Kind = 'local' | 'indexed-db'
  interface Opening {
    readonly kind?: Kind
    readonly autoRefresh?: boolean
    readonly requestTimeout?: number
  }

  /** A tab with a client that is `window.opened`. */
  async function tab({ kind = 'local', ...options }: Opening = {}): Promise<Page> {
    const page = await context.newPage()
    await page.goto(site.url)
    await page.evaluate(
      ([which, rest]) => {
        window.opened = window.kit.open(which, rest)
      },
      [kind, options] as const,
    )
    return page
  }
  const signIn = (page: Page, email = 'ada@example.com') =>
    page.evaluate(
      (address) => window.opened.auth.signIn({ email: address, password: 'correct horse' }),
      email,
    )
  const token = (page: Page) => page.evaluate(() => window.opened.auth.getAccessToken())
  const events = (page: Page) => page.evaluate(() => window.opened.events)
  const refreshes = () => site.server.count('refresh_token')
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  it.each(['local', 'indexed-db'] as const)(
    'ten tabs wake with an expired session in %s: one refresh request, one token',
    async (kind) => {
      const opening = { kind, autoRefresh: false }
      site.server.setAccessTokenLifetime(3_600_000)
      const first = await tab(opening)
      await signIn(first)
      const pages = [first]
      for (let i = 1; i < 10; i++) pages.push(await tab(opening))
      site.server.setAccessTokenLifetime(4_000)
      const short = await first.evaluate(() => window.opened.auth.refreshSession())
      for (const page of pages) {
        await expect.poll(() => token(page)).toBe(short.session.accessToken)
      }
      site.server.setAccessTokenLifetime(3_600_000)
      await sleep(4_200)
      site.server.clearLog()
      const tokens = await Promise.all(pages.map(token))
      expect(new Set(tokens).size).toBe(1)
      expect(tokens[0]).toMatch(/^ey/)
      expect(refreshes()).toBe(1)
    },
  )

  it('a tab killed between rotation and save: the next start is signed in', async () => {
    const page = await tab({ autoRefresh: false })
    await signIn(page)
    const letGo = site.holdAnswers()
    page.evaluate(() => window.opened.auth.refreshSession()).catch(() => {})
    await expect.poll(refreshes).toBe(1)
    await page.close({ runBeforeUnload: false })
    letGo()
    const next = await tab({ autoRefresh: false })
    const { session } = await next.evaluate(() => window.opened.auth.refreshSession())
    expect(session.user?.email).toBe('ada@example.com')
  })

  it('refresh called inside a TOKEN_REFRESHED listener returns', async () => {
    const page = await tab()
    await signIn(page)
    const inner = await page.evaluate(async () => {
      const { auth } = window.opened
      const result = new Promise<string>((resolve) => {
        const stop = auth.onAuthStateChange(async (event) => {
          if (event !== 'TOKEN_REFRESHED') return
          stop()
          resolve((await auth.refreshSession()).session.accessToken)
        })
      })
      await auth.refreshSession()
      return result
    })
    expect(inner).toMatch(/^ey/)
  })

  it.each(['local', 'indexed-db'] as const)(
    'sign-out in one tab signs out the others (%s)',
    async (kind) => {
      const [one, two] = [await tab({ kind }), await tab({ kind })]
      await signIn(one)
      await expect.poll(() => events(two)).toContain('SIGNED_IN')
      await one.evaluate(() => window.opened.auth.signOut())
      await expect.poll(() => events(two)).toContain('SIGNED_OUT')
      expect(await token(two)).toBeNull()
      await expect.poll(() => site.server.sessions()).toEqual([])
    },
  )

  it('an outage with a valid token is invisible to callers', async () => {
    site.server.setAccessTokenLifetime(60_000)
    const page = await tab()
    await signIn(page)
    site.server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    const before = await token(page)
    await page.evaluate(() => window.opened.auth.refreshSession().catch(() => null))
    expect(await token(page)).toBe(before)
    expect(await events(page)).toContain('REFRESH_FAILED')
  })

  it('an outage with an expired token rejects in bounded time, keeps the session and recovers', async () => {
    const page = await tab({ requestTimeout: 1_000 })
    await signIn(page)
    site.server.fail({ type: 'hang' }, { times: Number.POSITIVE_INFINITY, path: '/token' })
    await sleep(4_500)
    const error = await page.evaluate(() =>
      window.opened.auth.getSession().then(
        () => null,
        ({ code, retryable }) => ({ code, retryable }),
      ),
    )
    expect(error).toEqual({ code: 'timeout', retryable: true })
    expect(await page.evaluate(() => window.opened.auth.getSnapshot().status)).toBe('signed-in')
    site.server.heal()
    await expect.poll(() => token(page).catch(() => null), { timeout: 20_000 }).toMatch(/^ey/)
    expect(await events(page)).not.toContain('SIGNED_OUT')
  })

  it.each([-DAY, DAY])(
    'a device clock off by %i ms costs one refresh per token lifetime',
    async (by) => {
      await context.addInitScript((offset) => {
        const real = Date.now.bind(Date)
        Date.now = () => real() + offset
      }, by)
      const page = await tab()
      await signIn(page)
      const other = await tab()
      site.server.clearLog()
      // Each token of four seconds is refreshed after three.
      for (let i = 0; i < 50; i++) {
        await Promise.all([page, other].map(token))
        await sleep(130)
      }
      expect(refreshes()).toBeGreaterThanOrEqual(2)
      expect(refreshes()).toBeLessThanOrEqual(4)
    },
  )

  it('fifty visibility flips: no event', async () => {
    site.server.setAccessTokenLifetime(3_600_000)
    const page = await tab()
    await signIn(page)
    const before = await events(page)
    site.server.clearLog()
    await page.evaluate(async () => {
      for (let i = 0; i < 50; i++) {
        const state = i % 2 ? 'visible' : 'hidden'
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
        window.dispatchEvent(new Event('focus'))
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
    expect(await events(page)).toEqual(before)
    expect(site.server.requests).toEqual([])
  })

  it('quota exceeded at save: still signed in', async () => {
    site.server.setAccessTokenLifetime(3_600_000)
    const page = await tab()
    await signIn(page)
    const after = await page.evaluate(async () => {
      window.addEventListener('error', (event) => event.preventDefault())
      const { auth } = window.opened
      const write = Storage.prototype.setItem
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
      const { session } = await auth.refreshSession()
      const held = await auth.getAccessToken()
      Storage.prototype.setItem = write
      return held === session.accessToken
    })
    expect(after).toBe(true)
    // What could not be saved is saved when there is room again.
    await expect
      .poll(
        () =>
          page.evaluate(() => Object.values(localStorage).some((v) => v.includes('"revision":2'))),
        { timeout: 15_000 },
      )
      .toBe(true)
    const next = await tab()
    expect(await token(next)).toBe(await token(page))
  })

  it.each(['web worker', 'service worker'] as const)(
    'a %s shares the session with the page, and each hears of the other',
    async (kind) => {
      site.server.setAccessTokenLifetime(3_600_000)
      const page = await tab({ kind: 'indexed-db' })
      await signIn(page)
      await page.evaluate(async (which) => {
        if (which === 'web worker') {
          const worker = new Worker('/worker.js')
          window.ask = (data, ports) => worker.postMessage(data, ports)
          return
        }
        await navigator.serviceWorker.register('/worker.js')
        const { active } = await navigator.serviceWorker.ready
        window.ask = (data, ports) => active?.postMessage(data, ports)
      }, kind)
      const ask = (data: string) =>
        page.evaluate(
          (text) =>
            new Promise<{ token: string; events: string[] }>((resolve) => {
              const { port1, port2 } = new MessageChannel()
              port1.onmessage = (answer) => resolve(answer.data)
              window.ask(text, [port2])
            }),
          data,
        )
      expect((await ask('token')).token).toBe(await token(page))
      const { token: fresh } = await ask('refresh')
      await expect.poll(() => token(page)).toBe(fresh)
      await page.evaluate(() => window.opened.auth.signOut())
      await expect.poll(async () => (await ask('token')).events).toContain('SIGNED_OUT')
      expect((await ask('token')).token).toBeNull()
    },
  )
})
