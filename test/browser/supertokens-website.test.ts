import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { holdfastBackend } from './supertokens-backends.js'
import { type SuperTokensSite, startSuperTokensSite } from './supertokens-site.js'
import { openPage, statusesOf, tokenCookieNames } from './supertokens-tabs.js'

/** Longer than an access token lives, in ms: what was signed then is dead. */
const LONG_AGO = 7_200_000

const COOKIES = {
  cookie: ['sAccessToken /', 'sRefreshToken /auth/session/refresh'],
  header: [],
}

let browser: Browser

beforeAll(async () => {
  if (findChromium()) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!findChromium()).each([
  ['cookie', 'NONE'],
  ['cookie', 'VIA_TOKEN'],
  ['cookie', 'VIA_CUSTOM_HEADER'],
  ['header', 'NONE'],
] as const)('supertokens-website with tokens in %ss, anti-CSRF %s', (transfer, antiCsrf) => {
  let context: BrowserContext
  let site: SuperTokensSite
  const complaints: string[] = []

  beforeAll(async () => {
    site = await startSuperTokensSite({ backend: holdfastBackend({ antiCsrf }) })
  })
  afterAll(() => site?.close())
  beforeEach(async () => {
    context = await browser.newContext()
    site.setBehind(0)
  })
  afterEach(async () => {
    for (const { handle } of site.core.sessions()) site.core.endSession(handle)
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })

  const refreshes = () => site.core.count('/session/refresh')

  async function open(): Promise<Page> {
    const page = await openPage(context, site, complaints)
    await page.evaluate((mode) => {
      window.website = window.superTokensKit.openWebsite(mode)
    }, transfer)
    return page
  }

  /** A page of somebody whose access token was signed some ms ago. */
  async function signedIn(ago = 0): Promise<Page> {
    const page = await open()
    site.setBehind(ago)
    await page.evaluate(() => fetch('/signin/ada', { method: 'POST' }))
    site.setBehind(0)
    site.core.clearLog()
    return page
  }

  /** The statuses that the page gets for some calls at once. */
  const call = (page: Page, times = 1): Promise<number[]> =>
    page.evaluate(async (count) => {
      const calls = Array.from({ length: count }, () => fetch('/api/me', { method: 'POST' }))
      return (await Promise.all(calls)).map(({ status }) => status)
    }, times)

  const exists = (page: Page) => page.evaluate(() => window.website.doesSessionExist())
  const events = (page: Page) => page.evaluate(() => window.website.events)

  async function expectSignOut(page: Page): Promise<void> {
    await page.evaluate(() => window.website.signOut())
    expect(await exists(page)).toBe(false)
    expect(site.core.sessions()).toEqual([])
    expect(await tokenCookieNames(context)).toEqual([])
    expect(await events(page)).toContain('SIGN_OUT')
    expect(await call(page)).toEqual([401])
  }

  it('signs in, calls a protected route, refreshes again and again, and signs out', async () => {
    const page = await signedIn()
    expect(await exists(page)).toBe(true)
    expect(await page.evaluate(() => window.website.getUserId())).toBe('ada')
    const payload = await page.evaluate(() => window.website.getAccessTokenPayloadSecurely())
    expect(payload).toMatchObject({ sub: 'ada', tId: 'public' })
    expect(await call(page)).toEqual([200])
    expect(await tokenCookieNames(context)).toEqual(COOKIES[transfer])
    expect(await events(page)).toEqual(['SESSION_CREATED'])
    expect(refreshes()).toBe(0)
    for (let turn = 1; turn <= 3; turn++) {
      expect(await page.evaluate(() => window.website.attemptRefreshingSession())).toBe(true)
      expect(await call(page)).toEqual([200])
      expect(refreshes()).toBe(turn)
    }
    await expectSignOut(page)
  })

  it('refreshes for all calls of a tab that are refused together once at the most, in two tabs', async () => {
    const pages = [await signedIn(LONG_AGO), await open()]
    const statuses = pages.map((page) => statusesOf(page, '/api/me'))
    const sent = pages.map((page) => statusesOf(page, '/session/refresh'))
    const answers = await Promise.all(pages.map((page) => call(page, 5)))
    expect(answers.flat()).toEqual(Array(10).fill(200))
    expect(statuses.flat()).toContain(401)
    // Their own lock keeps two tabs apart, unless the machine is busy.
    expect([[200], [200, 200]]).toContainEqual(sent.flat())
    expect(refreshes()).toBe(sent.flat().length)
    expect(await Promise.all(pages.map(exists))).toEqual([true, true])
  })

  it('signs out with a dead access token', async () => {
    await expectSignOut(await signedIn(LONG_AGO))
  })

  it('hears that the session was ended elsewhere', async () => {
    const page = await signedIn()
    for (const { handle } of site.core.sessions()) site.core.endSession(handle)
    expect(await page.evaluate(() => window.website.attemptRefreshingSession())).toBe(false)
    expect(await exists(page)).toBe(false)
    expect(await tokenCookieNames(context)).toEqual([])
    expect(await events(page)).toContain('UNAUTHORISED')
  })
})
