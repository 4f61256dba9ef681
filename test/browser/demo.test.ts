import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firstLines, startDemo } from '../../demo/server.mjs'
import { findChromium, launch } from './chromium.js'

/** What Chromium itself writes of a refused password, and of a session that the server has ended. */
const REFUSED = /^Failed to load resource: .* status of (400|403)/

/** The element that has the focus, by its id. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id)

const text = (page: Page, id: string) => expect.poll(() => page.textContent(`#${id}`))

describe.skipIf(!findChromium())('the demo', () => {
  let browser: Browser
  let demo: Awaited<ReturnType<typeof startDemo>>
  let context: BrowserContext
  const problems: string[] = []

  beforeAll(async () => {
    demo = await startDemo({ port: 0 })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context.close()
    expect(problems.splice(0)).toEqual([])
  })

  async function openTab(): Promise<Page> {
    const page = await context.newPage()
    page.on('console', (message) => {
      const words = message.text()
      if (message.type() === 'error' && !REFUSED.test(words)) problems.push(words)
    })
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(demo.url)
    await text(page, 'state').not.toBe('…')
    return page
  }

  async function signIn(): Promise<Page> {
    const page = await openTab()
    await page.click('#sign-in button')
    await text(page, 'who-title').toBe('Ada Lovelace')
    return page
  }

  it('says what Holdfast is, how it is installed, and the lines that an app begins with', async () => {
    const page = await openTab()
    expect(await page.textContent('h1')).toBe('Your users stay signed in.')
    expect(await page.textContent('.code figcaption')).toContain('npm install holdfast')
    const lines = await page.textContent('#source')
    for (const call of ['new AuthClient(', 'onAuthStateChange(', 'signIn(', 'getAccessToken()']) {
      expect(lines).toContain(call)
    }
    expect(lines).toBe(firstLines())
  })

  it('signs in, asks its API, rotates its token, and shows all that in a second tab', async () => {
    const page = await openTab()
    expect(await page.isVisible('[data-do=sign-out]')).toBe(false)
    await page.click('#sign-in button')
    await text(page, 'who-title').toBe('Ada Lovelace')
    await page.click('[data-do=api]')
    await text(page, 'line').toContain('The API knows Ada Lovelace')
    const token = (tab = page) => tab.textContent('#token')
    const first = await token()
    // Tokens live thirty seconds and are refreshed when a quarter is left.
    await expect.poll(token, { timeout: 40_000, interval: 500 }).not.toBe(first)
    const sibling = await openTab()
    await expect.poll(() => token(sibling)).toBe(await token())
    await page.click('[data-do=sign-out]')
    await text(sibling, 'who-title').toBe('Nobody is signed in')
  })

  it('says at the form why a sign-in failed, tied to the fields, and forgets it once it works', async () => {
    const page = await openTab()
    await page.fill('[name=password]', 'wrong')
    await page.click('#sign-in button')
    await text(page, 'sign-in-problem').toBe('No account has this email and this password.')
    const password = page.locator('[name=password]')
    expect(await password.getAttribute('aria-describedby')).toBe('sign-in-problem')
    expect(await password.getAttribute('aria-invalid')).toBe('true')
    expect(await password.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.fill('[name=password]', 'correct horse')
    await page.click('#sign-in button')
    await text(page, 'who-title').toBe('Ada Lovelace')
    expect(await password.getAttribute('aria-describedby')).toBe(null)
    expect(await page.isVisible('#sign-in-problem')).toBe(false)
  })

  it('gives the focus to the heading after signing in and out, and takes it from nobody at the start', async () => {
    const page = await openTab()
    expect(await focused(page)).toBe('')
    await page.press('[name=password]', 'Enter')
    await text(page, 'who-title').toBe('Ada Lovelace')
    expect(await focused(page)).toBe('who-title')
    await page.press('[data-do=sign-out]', 'Enter')
    await text(page, 'who-title').toBe('Nobody is signed in')
    expect(await focused(page)).toBe('who-title')
  })

  it('moves the clock of the device, so of all tabs, and sends no storm of requests for it', async () => {
    const page = await signIn()
    const sibling = await openTab()
    await text(sibling, 'who-title').toBe('Ada Lovelace')
    const requests: string[] = []
    for (const tab of [page, sibling]) {
      tab.on(
        'request',
        (request) => request.url().includes('grant_type=') && requests.push(request.url()),
      )
    }
    const day = async (tab: Page) => (await tab.textContent('#clock'))?.split(',')[0]
    const today = await day(page)
    await page.check('[name=clock][value="86400000"]')
    await expect.poll(() => day(sibling)).not.toBe(today)
    expect(await day(page)).toBe(await day(sibling))
    await expect.poll(() => sibling.isChecked('[name=clock][value="86400000"]')).toBe(true)
    await sibling.check('[name=clock][value="-86400000"]')
    await expect.poll(() => page.isChecked('[name=clock][value="-86400000"]')).toBe(true)
    // The page asks its server for the count each second: two of these are two seconds of peace.
    for (let count = 0; count < 4; count++) await page.waitForResponse(/status$/)
    // A jump of the clock may cost one refresh each; the storm made six in a second.
    expect(requests.length).toBeLessThanOrEqual(3)
    await page.check('[name=clock][value="0"]')
  })

  it('says how long the access token still runs when the server has ended the session', async () => {
    const page = await signIn()
    await page.click('[data-do=revoke]')
    await text(page, 'still').toMatch(/still runs for \d+ seconds?: an API that checks only/)
    await page.click('[data-do=sign-out]')
    await text(page, 'who-title').toBe('Nobody is signed in')
    expect(await page.isVisible('#still')).toBe(true)
    await page.click('#sign-in button')
    await text(page, 'who-title').toBe('Ada Lovelace')
    expect(await page.isVisible('#still')).toBe(false)
  })

  it('keeps the session in another storage once it is chosen, in every tab, with the focus where it was', async () => {
    const page = await signIn()
    const sibling = await openTab()
    await page.check('[name=storage][value=indexed-db]')
    await expect.poll(() => sibling.isChecked('[name=storage][value=indexed-db]')).toBe(true)
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('value')))
      .toBe('indexed-db')
    await page.check('[name=storage][value=local]')
    await text(sibling, 'who-title').toBe('Ada Lovelace')
  })

  it('tells what happened in a list that announces nothing by itself', async () => {
    const page = await signIn()
    const list = page.locator('#line')
    expect(await list.getAttribute('role')).toBe(null)
    expect(await list.getAttribute('aria-live')).toBe(null)
    expect(await list.locator('li').count()).toBeGreaterThan(0)
  })

  it('fits a small screen', async () => {
    const page = await signIn()
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })
})
