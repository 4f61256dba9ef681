import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { chromium as createEngine } from './engine.js'
import type { Running } from './launch.js'
import type { Opening, Order, Report } from './page/orders.js'
import { type Site, startSite } from './site.js'
import { table } from './table.js'

const LIFE = 3_600_000
const engine = createEngine()

describe.skipIf(!engine.path)('in Chromium, driven:', () => {
  const begin = performance.now()
  const line = { engine, suite: 'driven', cases: 0, passed: 0, absent: 0 }
  let running: Running
  let browser: Browser
  let context: BrowserContext
  let site: Site

  beforeAll(async () => {
    running = engine.start('about:blank', { isDriven: true })
    const address = () => /listening on (ws:\S+)/.exec(running.log())?.[1]
    await vi.waitUntil(address, { timeout: 30_000 })
    // By default the driver shows all pages at once and keeps none: no page would ever be hidden.
    browser = await chromium.connectOverCDP(address() ?? '', { noDefaults: true })
    const [first] = browser.contexts()
    if (!first) throw new Error('This Chromium has no window.')
    context = first
  })
  afterAll(async () => {
    process.stdout.write(table([{ ...line, ms: performance.now() - begin }]))
    await browser?.close()
    await running?.stop()
  })
  beforeEach(async () => {
    site = await startSite()
  })
  afterEach(async ({ task }) => {
    line.cases++
    if (task.result?.state !== 'fail') line.passed++
    await Promise.all(context.pages().map((page) => page.close()))
    await site.close()
  })

  async function tab(part: Partial<Opening> = {}, place = context): Promise<Page> {
    const page = await place.newPage()
    const opening: Opening = { storage: 'indexed-db', key: 'app', ...part }
    const query = encodeURIComponent(JSON.stringify(opening))
    await page.goto(`${site.url('127.0.0.1')}tab?${query}`)
    return page
  }
  const order = (page: Page, what: Order): Promise<Report> =>
    page.evaluate((each) => window.desk(each), what)
  const look = (page: Page) => order(page, { do: 'look' })
  /** Freezes a page behind another one, as Chromium freezes background tabs. Returns the way to resume it. */
  async function freeze(page: Page, front: Page): Promise<() => Promise<unknown>> {
    await front.bringToFront()
    await page.evaluate(() => {
      document.addEventListener('freeze', () => {
        document.title = 'was frozen'
      })
    })
    const session = await context.newCDPSession(page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    return async () => {
      await session.send('Page.setWebLifecycleState', { state: 'active' })
      expect(await page.title()).toBe('was frozen')
    }
  }
  const refreshes = () => site.server.count('refresh_token')

  it.each(['local', 'indexed-db'] as const)(
    'a page with a client on %s is restored from the back/forward cache, and current',
    async (storage) => {
      const page = await tab({ storage, autoRefresh: true })
      const sibling = await tab({ storage })
      await order(page, { do: 'sign-in' })
      await page.goto(`${site.url('127.0.0.1')}nothing`)
      const { token } = await order(sibling, { do: 'refresh' })
      // There is no load event to wait for.
      await page.goBack({ waitUntil: 'commit' })
      const reasons = await page.evaluate(() => {
        const [entry] = performance.getEntriesByType('navigation')
        return entry && 'notRestoredReasons' in entry ? entry.notRestoredReasons : 'no entry'
      })
      expect(reasons).toBeNull()
      await expect.poll(async () => (await look(page)).token).toBe(token)
      expect((await look(page)).restored).toBe(1)
      expect(refreshes()).toBe(1)
    },
  )

  it('a frozen page that is resumed has the token that a sibling got meanwhile', async () => {
    const [page, sibling] = [await tab({ autoRefresh: true }), await tab()]
    await order(page, { do: 'sign-in' })
    const resume = await freeze(page, sibling)
    const { token } = await order(sibling, { do: 'refresh' })
    await resume()
    await expect.poll(async () => (await look(page)).token).toBe(token)
    expect(refreshes()).toBe(1)
  })

  it('a frozen page that is resumed is signed out when a sibling signed out meanwhile', async () => {
    const [page, sibling] = [await tab({ storage: 'local' }), await tab({ storage: 'local' })]
    await order(page, { do: 'sign-in' })
    await expect.poll(async () => (await look(sibling)).status).toBe('signed-in')
    const resume = await freeze(page, sibling)
    await order(sibling, { do: 'sign-out' })
    await resume()
    await expect.poll(async () => (await look(page)).events.at(-1)).toBe('SIGNED_OUT other-context')
    expect((await order(page, { do: 'token' })).token).toBeNull()
  })

  it('ten renderers killed in the middle of a refresh sign nobody out', async () => {
    const first = await tab()
    await order(first, { do: 'sign-in' })
    for (let round = 0; round < 10; round++) {
      const page = await tab()
      await expect.poll(async () => (await look(page)).status).toBe('signed-in')
      const before = refreshes()
      const letGo = site.holdAnswers()
      const died = page.waitForEvent('crash')
      order(page, { do: 'refresh' }).catch(() => {})
      await expect.poll(refreshes).toBe(before + 1)
      const session = await context.newCDPSession(page)
      session.send('Page.crash').catch(() => {})
      await died
      letGo()
      const next = await tab()
      const { token, error, status } = await order(next, { do: 'refresh' })
      expect({ error, status }).toEqual({ error: null, status: 'signed-in' })
      await expect.poll(async () => (await look(first)).token).toBe(token)
      await page.close()
      await next.close()
    }
    expect((await look(first)).events.join()).not.toContain('SIGNED_OUT')
  })

  it('with the network cut, a valid token is served, and a dead one is replaced when it is back', async () => {
    const page = await tab({ autoRefresh: true })
    const { token } = await order(page, { do: 'sign-in' })
    await context.setOffline(true)
    expect((await order(page, { do: 'refresh' })).error).toBe('network')
    expect(await order(page, { do: 'token' })).toMatchObject({ token, error: null })
    await order(page, { do: 'shift', by: { wall: LIFE, monotonic: LIFE } })
    expect(await order(page, { do: 'token' })).toMatchObject({
      token: null,
      error: 'network',
      status: 'signed-in',
    })
    await context.setOffline(false)
    // Nobody asks: the page itself hears that it is online.
    await expect.poll(async () => (await look(page)).events.at(-1)).toBe('TOKEN_REFRESHED')
    expect((await look(page)).token).not.toBe(token)
  })

  it('an incognito window has a session of its own', async () => {
    const [page, elsewhere] = [await tab(), await browser.newContext()]
    await order(page, { do: 'sign-in' })
    const incognito = await tab({}, elsewhere)
    expect(await order(incognito, { do: 'token' })).toMatchObject({ token: null, error: null })
    await order(incognito, { do: 'sign-in', email: 'bob@example.com' })
    await incognito.reload()
    await expect.poll(async () => (await look(incognito)).email).toBe('bob@example.com')
    expect((await look(page)).email).toBe('ada@example.com')
    await elsewhere.close()
  })
})
