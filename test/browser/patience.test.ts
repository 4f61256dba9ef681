import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault, LoggedRequest, ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

const TABS = 10
const ALWAYS = { path: '/token', times: Number.POSITIVE_INFINITY }

/** These wait for what takes so long in life: an outage of a minute, and the longest pause. */
const LONG = 180_000
const untilWell = { timeout: 60_000, interval: 250 }

describe.skipIf(!findChromium())('a sick server on another origin sees one client:', () => {
  let browser: Browser
  let context: BrowserContext
  let site: Site

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    await context.close()
    await site.close()
  })

  async function tab(options: Readonly<Record<string, unknown>> = {}): Promise<Page> {
    const page = await context.newPage()
    await page.goto(site.url)
    const opening = { server: site.elsewhere, ...options }
    await page.evaluate((rest) => {
      window.opened = window.kit.open('local', rest)
    }, opening)
    return page
  }

  /** A tab whose app asks for the session every second, as many do. */
  async function askingTab(): Promise<Page> {
    const page = await tab()
    await page.evaluate(() => {
      const ask = (): void => void window.opened.auth.getSession().catch(() => null)
      ask()
      setInterval(ask, 1_000)
    })
    return page
  }

  /** Ten tabs of a person whose token has died, and a server with a fault. */
  async function crowd(fault: Fault, options: ScriptedGoTrueOptions = {}): Promise<Page[]> {
    site = await startSite({ accessTokenLifetime: 2_000, ...options })
    context = await browser.newContext()
    const first = await tab({ autoRefresh: false })
    await first.evaluate(() =>
      window.opened.auth.signIn({ email: 'ada@example.com', password: 'correct horse' }),
    )
    await first.close()
    site.server.setAccessTokenLifetime(3_600_000)
    await sleep(2_100)
    site.server.clearLog()
    site.server.fail(fault, ALWAYS)
    return Promise.all(Array.from({ length: TABS }, askingTab))
  }

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const refreshes = (): readonly LoggedRequest[] =>
    site.server.requests.filter(({ grant }) => grant === 'refresh_token')
  /** Refreshes in so many ms after the first, which is one of them. */
  const within = (ms: number): number => {
    const [first] = refreshes()
    return first ? refreshes().filter(({ at }) => at - first.at < ms).length : 0
  }
  async function waitAfterFirst(ms: number): Promise<void> {
    await expect.poll(refreshes, untilWell).not.toEqual([])
    await sleep(ms - (Date.now() - (refreshes()[0]?.at ?? 0)))
  }
  const statuses = (pages: readonly Page[]) =>
    Promise.all(pages.map((page) => page.evaluate(() => window.opened.auth.getSnapshot().status)))

  /** The server works again: one request, and all tabs have what it brought. */
  async function recover(pages: readonly Page[]): Promise<void> {
    expect(new Set(await statuses(pages))).toEqual(new Set(['signed-in']))
    site.server.heal()
    const before = refreshes().length
    const tokens = () =>
      Promise.all(
        pages.map((page) => page.evaluate(() => window.opened.auth.getAccessToken().catch(String))),
      )
    const wellOnes = async () => (await tokens()).filter((token) => token?.startsWith('ey')).length
    await expect.poll(wellOnes, untilWell).toBe(pages.length)
    expect(new Set(await tokens()).size).toBe(1)
    expect(refreshes().length).toBe(before + 1)
    for (const page of pages) {
      const events = await page.evaluate(() => window.opened.events)
      expect(events.join()).not.toContain('SIGNED_OUT')
    }
  }

  it(
    'ten tabs with a dead token, two of which come later, send few requests in an outage of a minute',
    async () => {
      const pages = await crowd({ type: 'status', status: 503 })
      await waitAfterFirst(20_000)
      await pages.pop()?.close()
      pages.push(await askingTab(), await askingTab())
      await waitAfterFirst(60_000)
      expect(within(60_000)).toBeGreaterThan(2)
      expect(within(60_000)).toBeLessThanOrEqual(14)
      await recover(pages)
    },
    LONG,
  )

  it(
    'a Retry-After that the server shows to pages counts for all ten',
    async () => {
      const exposedHeaders = ['Retry-After']
      const pages = await crowd({ type: 'rate-limited', retryAfter: 30 }, { exposedHeaders })
      await waitAfterFirst(25_000)
      expect(within(25_000)).toBeLessThanOrEqual(3)
      await recover(pages)
    },
    LONG,
  )

  it(
    'a 429 whose Retry-After pages cannot read means five seconds for all ten',
    async () => {
      const pages = await crowd({ type: 'rate-limited', retryAfter: 30 })
      await waitAfterFirst(12_000)
      // It was asked again, so the header did not count, and not before its time.
      expect(refreshes().length).toBeGreaterThan(1)
      expect(within(5_000)).toBe(1)
      await recover(pages)
    },
    LONG,
  )
})
