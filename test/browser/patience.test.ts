import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest'
import type { Fault, LoggedRequest, ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

const TABS = 10
/** How long the first access token lives, in ms. */
const LIFE = 2_000
const ALWAYS = { path: '/token', times: Number.POSITIVE_INFINITY }

/** These wait for what takes so long in life: an outage of a minute, and the longest pause. */
const LONG = 180_000
/**
 * How soon all are well after a recovery, test/client/patience.test.ts asserts by a clock of its own. A
 * busy machine may take longer here and breaks nothing: how long it took is printed.
 */
const untilWell = { timeout: 60_000, interval: 250 }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Ten tabs of a person whose token has died, before a server with a fault. */
interface Crowd {
  readonly pages: Page[]
  /** One more tab, whose app asks for the session every second, as many do. */
  askingTab(): Promise<Page>
  /** How many refreshes came in so many ms after the first, which is one of them. */
  within(ms: number): number
  waitAfterFirst(ms: number): Promise<void>
  /** The server works again: one request, and all tabs have what it brought. */
  recover(): Promise<void>
}

interface Surroundings {
  readonly site: Site
  readonly context: BrowserContext
  /** That of the test, since several run at the same time. */
  readonly expect: ExpectStatic
}

async function tab({ site, context }: Surroundings, options: object = {}): Promise<Page> {
  const page = await context.newPage()
  await page.goto(site.url)
  await page.evaluate(
    (rest) => {
      window.opened = window.kit.open('local', { ...rest })
    },
    { server: site.elsewhere, ...options },
  )
  return page
}

async function askingTab(surroundings: Surroundings): Promise<Page> {
  const page = await tab(surroundings)
  await page.evaluate(() => {
    const ask = (): void => void window.opened.auth.getSession().catch(() => null)
    ask()
    setInterval(ask, 1_000)
  })
  return page
}

/** Opens the tabs; the token died while none was open. */
async function gather(surroundings: Surroundings, fault: Fault): Promise<Page[]> {
  const { server } = surroundings.site
  const first = await tab(surroundings, { autoRefresh: false })
  await first.evaluate(() =>
    window.opened.auth.signIn({ email: 'ada@example.com', password: 'correct horse' }),
  )
  await first.close()
  server.setAccessTokenLifetime(3_600_000)
  await sleep(LIFE + 100)
  server.clearLog()
  server.fail(fault, ALWAYS)
  return Promise.all(Array.from({ length: TABS }, () => askingTab(surroundings)))
}

async function createCrowd(surroundings: Surroundings, fault: Fault): Promise<Crowd> {
  const { expect, site } = surroundings
  const pages = await gather(surroundings, fault)
  const refreshes = (): readonly LoggedRequest[] =>
    site.server.requests.filter(({ grant }) => grant === 'refresh_token')
  const token = (page: Page) =>
    page.evaluate(() => window.opened.auth.getAccessToken().catch(String))
  const look = (page: Page) =>
    page.evaluate(() => ({ ...window.opened.auth.getSnapshot(), events: window.opened.events }))
  return {
    pages,
    askingTab: () => askingTab(surroundings),
    within(ms) {
      const [first] = refreshes()
      return first ? refreshes().filter(({ at }) => at - first.at < ms).length : 0
    },
    async waitAfterFirst(ms) {
      await expect.poll(() => refreshes().length, untilWell).toBeGreaterThan(0)
      await sleep(ms - (Date.now() - (refreshes()[0]?.at ?? 0)))
    },
    async recover() {
      site.server.heal()
      const healed = performance.now()
      const before = refreshes().length
      const tokens = () => Promise.all(pages.map(token))
      const well = async () => (await tokens()).filter((text) => text?.startsWith('ey')).length
      await expect.poll(well, untilWell).toBe(pages.length)
      const seconds = ((performance.now() - healed) / 1_000).toFixed(1)
      console.log(`${pages.length} tabs were well ${seconds} s after the recovery`)
      expect(new Set(await tokens()).size).toBe(1)
      expect(refreshes().length).toBe(before + 1)
      for (const page of pages) {
        const { status, events } = await look(page)
        expect(status).toBe('signed-in')
        expect(events.join()).not.toContain('SIGNED_OUT')
      }
    },
  }
}

describe.skipIf(!findChromium())('a sick server on another origin sees one client:', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  interface Play {
    readonly fault: Fault
    readonly options?: ScriptedGoTrueOptions
    readonly expect: ExpectStatic
  }

  async function play(
    { fault, options, expect }: Play,
    story: (crowd: Crowd) => Promise<void>,
  ): Promise<void> {
    const site = await startSite({ accessTokenLifetime: LIFE, ...options })
    const context = await browser.newContext()
    try {
      await story(await createCrowd({ site, context, expect }, fault))
    } finally {
      await context.close()
      await site.close()
    }
  }

  // Nearly all of it is waiting: they do not disturb each other.
  it.concurrent(
    'ten tabs with a dead token, two of which come later, send few requests in an outage of a minute',
    ({ expect }) =>
      play({ fault: { type: 'status', status: 503 }, expect }, async (crowd) => {
        await crowd.waitAfterFirst(20_000)
        await crowd.pages.pop()?.close()
        crowd.pages.push(await crowd.askingTab(), await crowd.askingTab())
        await crowd.waitAfterFirst(60_000)
        expect(crowd.within(60_000)).toBeGreaterThan(2)
        expect(crowd.within(60_000)).toBeLessThanOrEqual(14)
        await crowd.recover()
      }),
    LONG,
  )

  it.concurrent(
    'a Retry-After that the server shows to pages counts for all ten',
    ({ expect }) => {
      const fault = { type: 'rate-limited', retryAfter: 30 } as const
      const options = { exposedHeaders: ['Retry-After'] }
      return play({ fault, options, expect }, async (crowd) => {
        await crowd.waitAfterFirst(25_000)
        expect(crowd.within(25_000)).toBeLessThanOrEqual(3)
        await crowd.recover()
      })
    },
    LONG,
  )

  it.concurrent(
    'a 429 whose Retry-After pages cannot read means five seconds for all ten',
    ({ expect }) =>
      play({ fault: { type: 'rate-limited', retryAfter: 30 }, expect }, async (crowd) => {
        await crowd.waitAfterFirst(12_000)
        // It was asked again, so the header did not count, and not before its time.
        expect(crowd.within(12_000)).toBeGreaterThan(1)
        expect(crowd.within(5_000)).toBe(1)
        await crowd.recover()
      }),
    LONG,
  )
})
