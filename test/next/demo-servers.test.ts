import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/next/start.mjs'
import { findChromium, launch } from '../browser/chromium.js'
import { type NextLog, openLog } from '../support/next-log.js'
import { barriersIn } from './barriers.js'
import { logOf } from './builds.js'
import { notice } from './complaints.js'

/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 5_000

describe.skipIf(!findChromium()).each([
  ['gotrue', 'GoTrue', 'ada@tidemark.example'],
  ['oidc', 'the OpenID provider', 'ada'],
] as const)('the demo for Next.js with %s', (auth, name, who) => {
  let browser: Browser
  let demo: Demo<typeof auth>
  let log: NextLog
  let context: BrowserContext
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    log = openLog(logOf(`demo-${auth}`))
    demo = await startDemo({ auth, lifetime: LIFE, stdio: log.stdio })
    browser = await launch()
    context = await browser.newContext()
    notice(context, problems)
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
    log?.close()
  })
  afterEach(() => {
    demo.server.heal()
    expect([...problems.splice(0), ...log.complaints()]).toEqual([])
  })

  const exchanges = (): number => demo.server.count('refresh_token')

  it('signs in, by the protected page, and gives the page no token', async () => {
    await page.goto(demo.url)
    expect(await page.isVisible('text=Act as Grace')).toBe(false)
    await page.click('text=Continue as Ada')
    await expect.poll(() => page.textContent('#who')).toBe(who)
    await page.click('text=Invoices')
    await page.waitForURL(/invoices/)
    expect(await page.textContent('table')).toContain('MS Ostrava')
    const [cookie] = await context.cookies(demo.url)
    expect(cookie).toMatchObject({ name: 'holdfast', httpOnly: true, sameSite: 'Lax' })
    const visible = await page.evaluate(() =>
      JSON.stringify([document.documentElement.outerHTML, document.cookie, { ...localStorage }]),
    )
    expect(visible).not.toMatch(/eyJ|Fe26/)
  })

  it('bars nobody, in light and dark, at first, signed in and on the protected page', async () => {
    const fresh = await browser.newContext()
    notice(fresh, problems)
    const shown = { url: demo.url, who, title: `the demo of Next with ${name}` }
    expect(await barriersIn(await fresh.newPage(), shown)).toEqual([])
    await fresh.close()
  })

  it('asks again when it is told to', async () => {
    await page.goto(demo.url)
    const before = exchanges()
    await page.click(`text=Ask ${name} again`)
    await expect.poll(() => page.textContent('#changes')).toBe('Nothing has changed.')
    expect(exchanges()).toBeGreaterThan(before)
  })

  it('asks for patience while an outage outlasts the token, and goes on afterwards', async () => {
    const fault = { type: 'status', status: 503 } as const
    demo.server.fail(fault, { times: Number.POSITIVE_INFINITY, grant: 'refresh_token' })
    const reload = async () => (await page.goto(demo.url)) && page.textContent('main')
    await expect.poll(reload, { interval: 300 }).toMatch('One moment, please')
    demo.server.heal()
    const again = async () => {
      await page.goto(demo.url)
      return (await page.isVisible('#who')) && page.textContent('#who')
    }
    await expect.poll(again, { timeout: 60_000, interval: 500 }).toBe(who)
    // A page that is loaded in the meantime is told so, and tells whoever listens for errors.
    const isTold = (text: string): boolean => /^503 |cannot be told now/.test(text)
    expect(problems.splice(0).filter((text) => !isTold(text))).toEqual([])
  })

  it('signs out in all tabs', async () => {
    const other = await context.newPage()
    await Promise.all([page.goto(demo.url), other.goto(demo.url)])
    await expect.poll(() => other.textContent('#status')).toBe('signed in')
    await page.click('text=Sign out')
    for (const tab of [page, other]) {
      await expect.poll(() => tab.isVisible('text=Continue as Ada')).toBe(true)
    }
    expect(await context.cookies(demo.url)).toEqual([])
    // A tab that asks for a refresh just then hears that nobody is signed in.
    const isTold = (text: string): boolean => text === '401 POST /auth/refresh'
    expect(problems.splice(0).filter((text) => !isTold(text))).toEqual([])
  })
})
