import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import recorded from '../../docs/.vitepress/playground/recorded.json' with { type: 'json' }
import { findChromium, launch } from './chromium.js'
import { type PlaygroundSite, startPlayground } from './playground-site.js'

const state = (page: Page, tab: string) =>
  expect.poll(() => page.textContent(`[data-tab=${tab}] .state`))

const line = (page: Page, tab: string) =>
  expect.poll(() => page.textContent(`[data-tab=${tab}] .line`))

const refreshes = async (page: Page) => Number(await page.textContent('[data-of=refreshes]'))

/** The text of what has the focus, which is inside the shadow root. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent ?? null)

describe.skipIf(!findChromium())('the playground', () => {
  let browser: Browser
  let site: PlaygroundSite
  let context: BrowserContext
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    site = await startPlayground()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(site.url)
    // Time passes only where a test says so.
    await page.check('[data-choice=speed] [value="0"]')
    await page.click('[data-tab=tab-1] [data-do=sign-in]')
    await state(page, 'tab-2').toContain('Signed in as ada@example.com')
  })
  afterEach(async () => {
    await context.close()
    expect(problems.splice(0)).toEqual([])
  })

  /** Lets minutes pass, and waits for each: the line says when it has. */
  async function passMinutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      const before = await page.textContent('[data-tab=tab-1] [data-of=token]')
      await page.click('[data-do=minute]')
      await expect.poll(() => page.textContent('[data-tab=tab-1] [data-of=token]')).not.toBe(before)
    }
  }

  it('refreshes once for all tabs, and asks nobody outside the page', async () => {
    const asked: string[] = []
    context.on('request', (request) => asked.push(request.url()))
    await page.click('[data-do=open]')
    await state(page, 'tab-3').toContain('Signed in')
    await passMinutes(1)
    expect(await refreshes(page)).toBe(1)
    const token = (tab: string) => page.textContent(`[data-tab=${tab}] [data-of=token]`)
    expect(await token('tab-2')).toBe(await token('tab-1'))
    expect(await token('tab-3')).toBe(await token('tab-1'))
    await expect.poll(() => page.textContent('.said')).toContain('Refresh requests meanwhile: 1.')
    expect(asked).toEqual([])
  })

  it('wakes from an hour of sleep with one refresh', async () => {
    await page.click('[data-do=sleep]')
    await expect.poll(() => page.textContent('.said')).toContain('slept for an hour')
    await expect.poll(() => refreshes(page)).toBe(1)
    await state(page, 'tab-2').toContain('Signed in')
  })

  it('keeps the session while the server is down, and goes on when it is up', async () => {
    await page.check('[data-choice=network] [value=down]')
    await page.click('[data-do=minute]')
    await state(page, 'tab-1').toContain('the refresh fails (server_error) and is tried again')
    await state(page, 'tab-2').toContain('the refresh fails')
    await page.check('[data-choice=network] [value=up]')
    await page.click('[data-tab=tab-2] [data-do=refresh]')
    await state(page, 'tab-1').toBe('Signed in as ada@example.com')
    await state(page, 'tab-2').toBe('Signed in as ada@example.com')
  })

  it('is the same session with the clock a day fast or slow', async () => {
    for (const clock of ['86400000', '-86400000', '0']) {
      await page.check(`[data-choice=clock] [value="${clock}"]`)
      await page.click('[data-tab=tab-2] [data-do=ask]')
      await state(page, 'tab-1').toContain('Signed in')
      await state(page, 'tab-2').toContain('Signed in')
    }
    // A jump may cost one refresh per tab; fifty calls of a client that believes the clock cost fifty.
    expect(await refreshes(page)).toBeLessThanOrEqual(6)
  })

  it('finds a thief out, and tells every tab why its session ended', async () => {
    await page.click('[data-do=steal]')
    await passMinutes(2)
    await page.click('[data-do=use]')
    const outcome = expect.poll(() => page.textContent('[data-of=outcome]'))
    await outcome.toContain('answered 400, refresh_token_already_used')
    await page.click('[data-do=minute]')
    await state(page, 'tab-1').toBe('Signed out')
    await state(page, 'tab-2').toBe('Signed out')
    await line(page, 'tab-1').toMatch(/SIGNED_OUT: (refresh-rejected|other-context)/)
  })

  it('says that the token still runs when the server has ended the session, until a refresh is refused', async () => {
    await page.click('[data-do=elsewhere]')
    await state(page, 'tab-1').toContain('the server has ended the session')
    expect(await page.textContent('[data-tab=tab-1] [data-of=left]')).toMatch(/^\d+ s$/)
    await page.click('[data-do=minute]')
    await state(page, 'tab-1').toBe('Signed out')
  })

  it('brings the focus of a keyboard where the page goes', async () => {
    await page.press('[data-do=open]', 'Enter')
    await expect.poll(() => focused(page)).toBe('Tab 3')
    await page.press('[data-tab=tab-3] [data-do=close]', 'Enter')
    await expect.poll(() => focused(page)).toBe('Tab 1')
    await page.press('[data-tab=tab-2] [data-do=sign-out]', 'Enter')
    await state(page, 'tab-2').toBe('Signed out')
    await expect.poll(() => focused(page)).toBe('Tab 2')
  })

  it('shows of auth-js what the benchmark has recorded', async () => {
    const [first] = recorded.scenarios
    const shown = await page.locator('.scenario').first().locator('td').allTextContents()
    for (const { measure, peer } of first?.rows.slice(0, 2) ?? []) {
      expect(shown.slice(shown.indexOf(measure))).toContain(peer)
    }
    expect(await page.textContent('.peer')).toContain(recorded.setting.authJs)
  })

  it('fits a small screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })

  it('runs at the reader’s own pace for whoever wants little motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.reload()
    await expect.poll(() => page.isChecked('[data-choice=speed] [value="1"]')).toBe(true)
  })
})
