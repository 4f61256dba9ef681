import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../demo/next/next.mjs'
import { type Demo, startDemo } from '../../demo/next/start.mjs'
import { findChromium, launch } from '../browser/chromium.js'
import { type NextLog, openLog } from '../support/next-log.js'
import { barriersIn } from './barriers.js'
import { logOf } from './builds.js'
import { notice } from './complaints.js'
import { lookAtStart } from './look-at-start.js'

const ADA = 'ada@tidemark.example'
const AUTHENTICATE = '/user_management/authenticate'
const LONG = 300_000

describe.skipIf(!findChromium())('the demo for Next.js', () => {
  let browser: Browser
  let demo: Demo
  let log: NextLog
  const contexts: BrowserContext[] = []
  const problems: string[] = []

  beforeAll(async () => {
    log = openLog(logOf('demo'))
    demo = await startDemo({ lifetime: LONG, stdio: log.stdio })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
    log?.close()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    demo.server.heal()
    demo.server.setAccessTokenLifetime(LONG)
    expect([...problems.splice(0), ...log.complaints()]).toEqual([])
  })

  async function open(): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext()
    contexts.push(context)
    notice(context, problems)
    return { context, page: await context.newPage() }
  }

  /** Until React has woken a page up, a press on its buttons does nothing. */
  const awake = (page: Page) =>
    expect.poll(() => page.evaluate(() => sessionStorage.getItem('shown'))).toBe('signed-in')

  async function signIn(who = 'Ada Lovelace') {
    const opened = await open()
    await opened.page.goto(demo.url)
    await opened.page.click(`text=Continue as ${who}`)
    await expect.poll(() => opened.page.textContent('#who')).toBe(who)
    await awake(opened.page)
    return opened
  }

  /** The heading that has the focus, which is nobody's on a page that was just opened. */
  const focused = (page: Page) =>
    expect.poll(() => page.evaluate(() => document.querySelector('h1:focus')?.textContent ?? null))

  const granted = (page: Page, name: string) =>
    page.getAttribute(`[data-permission="${name}"]`, 'data-granted')

  /** Asks for a token that lives so many ms, and waits until the page has it. */
  async function renew(page: Page, lifetime: number): Promise<void> {
    demo.server.setAccessTokenLifetime(lifetime)
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => page.textContent('#changes')).toBe('Nothing has changed.')
  }

  const down = () =>
    demo.server.fail(
      { type: 'status', status: 503 },
      { times: Number.POSITIVE_INFINITY, path: AUTHENTICATE },
    )

  it('bars nobody, in light and dark, at first, signed in and on the protected page', async () => {
    const { page } = await open()
    const shown = { url: demo.url, who: 'Ada Lovelace', title: 'the demo of Next' }
    expect(await barriersIn(page, shown)).toEqual([])
  })

  it('names a variable that is missing when it starts, and serves nobody', async () => {
    const folder = fileURLToPath(new URL('../../demo/next', import.meta.url))
    const how = { port: await freePort(), page: '/', settings: { DEMO_AUTH: 'workos' } }
    const { log: said, status } = await lookAtStart(folder, how)
    expect(/Failed to prepare server.*/.exec(said)?.[0]).toContain(
      'or set NEXT_PUBLIC_WORKOS_REDIRECT_URI.',
    )
    expect(status).toBe(500)
  })

  it('signs in, brings the focus to the heading, and gives the page no token', async () => {
    const { context, page } = await signIn()
    await expect.poll(() => page.textContent('#status')).toBe('signed in')
    await focused(page).toBe(await page.textContent('h1'))
    const [cookie] = await context.cookies(demo.url)
    expect(cookie).toMatchObject({ name: 'holdfast', httpOnly: true, sameSite: 'Lax' })
    const visible = await page.evaluate(() =>
      JSON.stringify([document.documentElement.outerHTML, document.cookie, { ...localStorage }]),
    )
    expect(visible).toContain('Ada Lovelace')
    expect(visible).not.toMatch(/eyJ|Fe26/)
  })

  it('switches the organization', async () => {
    const { page } = await signIn()
    expect(await page.textContent('#role')).toBe('harbour-master')
    await page.selectOption('[name=organizationId]', 'org_south')
    await expect.poll(() => page.textContent('#role')).toBe('deck-hand')
    await page.reload()
    expect(await page.inputValue('[name=organizationId]')).toBe('org_south')
    expect(await granted(page, 'berths:assign')).toBe('false')
  })

  it('takes a permission away as soon as somebody asks after a change of role', async () => {
    const { page } = await signIn('Grace Hopper')
    expect(await granted(page, 'shifts:edit')).toBe('true')
    await page.click('button:text-is("deck-hand")')
    await expect.poll(() => page.isEnabled('text=Ask WorkOS again')).toBe(true)
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => page.textContent('#changes')).toBe('Gone: berths:assign, shifts:edit.')
    expect(await granted(page, 'shifts:edit')).toBe('false')
    expect(await page.textContent('#role')).toBe('deck-hand')
  })

  it('shows the invoices to those who may read them, and to nobody else', async () => {
    const { page } = await open()
    await page.goto(`${demo.url}/invoices`)
    // Nobody is signed in: the proxy has sent the browser on to WorkOS, and back it goes.
    await page.click(`text=${ADA}`)
    await page.waitForURL(`${demo.url}/invoices`)
    expect(await page.textContent('table')).toContain('MS Ostrava')
    demo.server.setMembership(ADA, 'org_north', { permissions: ['shifts:read'] })
    await page.goto(demo.url)
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => granted(page, 'invoices:read')).toBe('false')
    await page.click('text=Invoices')
    await expect.poll(() => page.isVisible('#forbidden')).toBe(true)
  })

  it('tells that an organization asks for single sign-on, and enters by it', async () => {
    const { page } = await signIn()
    await page.selectOption('[name=organizationId]', 'org_vault')
    await page.waitForURL(/\/sso-required\?/)
    expect(await page.textContent('h1')).toBe('The Vault asks for single sign-on')
    await page.click('text=Continue')
    await page.waitForURL(`${demo.url}/`)
    expect(await page.inputValue('[name=organizationId]')).toBe('org_vault')
  })

  it('shows nothing of an outage while the token lives', async () => {
    const { page } = await signIn()
    down()
    await page.reload()
    expect(await page.textContent('#who')).toBe('Ada Lovelace')
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => page.textContent('#changes')).toMatch('You are still signed in')
  })

  it('asks for patience when an outage outlasts the token, and goes on afterwards', async () => {
    const { context, page } = await signIn()
    demo.server.clearLog()
    await renew(page, 2_000)
    down()
    const reload = async () => (await page.goto(demo.url)) && page.textContent('main')
    await expect.poll(reload, { timeout: 10_000, interval: 300 }).toMatch('One moment, please')
    expect(await context.cookies(demo.url)).toHaveLength(1)
    demo.server.heal()
    demo.server.setAccessTokenLifetime(LONG)
    // The app's server lets WorkOS alone for some seconds yet.
    const again = async () => {
      if (await page.isVisible('text=Try again')) await page.click('text=Try again')
      return (await page.isVisible('#who')) && page.textContent('#who')
    }
    await expect.poll(again, { timeout: 60_000, interval: 500 }).toBe('Ada Lovelace')
    expect(demo.server.count('authorization_code')).toBe(0)
    // A page that is loaded in the meantime is told so, and tells whoever listens for errors.
    const isTold = (text: string): boolean => /^503 |cannot be told now/.test(text)
    expect(problems.splice(0).filter((text) => !isTold(text))).toEqual([])
  })

  it('opens three tabs after the token has run out, and asks WorkOS once', async () => {
    const { context, page } = await signIn()
    await renew(page, 1_000)
    await page.close()
    const over = Date.now() + 1_500
    await expect.poll(() => Date.now() > over, { timeout: 5_000 }).toBe(true)
    demo.server.setAccessTokenLifetime(LONG)
    demo.server.clearLog()
    const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()))
    await Promise.all(tabs.map((tab) => tab.goto(demo.url)))
    for (const tab of tabs) {
      expect(await tab.textContent('#who')).toBe('Ada Lovelace')
      await expect.poll(() => tab.textContent('.ring strong')).toMatch(/^(2\d\d|300)$/)
    }
    expect(demo.server.count('refresh_token')).toBe(1)
  })

  it('keeps 100 permissions, which no single cookie holds', async () => {
    const { context, page } = await signIn()
    const many = Array.from({ length: 100 }, (_, index) => `resource-${index}:write`)
    demo.server.setMembership(ADA, 'org_north', { permissions: [...many, 'crew:invite'] })
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => page.textContent('#changes')).toMatch('resource-99:write')
    expect((await context.cookies(demo.url)).length).toBeGreaterThan(2)
    await page.reload()
    expect(await granted(page, 'crew:invite')).toBe('true')
    await page.selectOption('[name=organizationId]', 'org_south')
    await expect.poll(() => page.textContent('#role')).toBe('deck-hand')
    expect(await context.cookies(demo.url)).toHaveLength(1)
  })

  it('says on every page that somebody acts as somebody else, until they stop', async () => {
    const { page } = await open()
    await page.goto(demo.url)
    await page.click('text=Act as Grace')
    const banner = () => page.textContent('[aria-label=Impersonation] p')
    await expect.poll(banner).toMatch('support@tidemark.example is acting as Grace Hopper')
    await page.click('text=Invoices')
    await page.waitForURL(/invoices/)
    await expect.poll(banner).toMatch('ticket 4711')
    // A click before the page has come to life does nothing, as on any page of React.
    const stop = async (): Promise<boolean> => {
      await page.click('text=Stop', { timeout: 1_000 }).catch(() => {})
      return page.isVisible('text=Continue as Grace')
    }
    await expect.poll(stop).toBe(true)
  })

  it('signs out in all tabs', async () => {
    const { context, page } = await signIn()
    const other = await context.newPage()
    await other.goto(demo.url)
    await expect.poll(() => other.textContent('#status')).toBe('signed in')
    const sessions = demo.server.sessions().length
    await page.click('text=Sign out')
    for (const tab of [page, other]) {
      await expect.poll(() => tab.isVisible('text=Continue as Ada')).toBe(true)
    }
    await focused(page).toBe('An outage signs nobody out.')
    expect(demo.server.sessions()).toHaveLength(sessions - 1)
    expect(await context.cookies(demo.url)).toEqual([])
  })

  /** A tab that shows Ada as the server has rendered her, and whose scripts come when it is woken. */
  async function openLate(context: BrowserContext) {
    const tab = await context.newPage()
    let wake = () => {}
    const late = new Promise<void>((resolve) => {
      wake = resolve
    })
    await tab.route('**/_next/static/**', (route) => late.then(() => route.continue()))
    await tab.goto(demo.url, { waitUntil: 'commit' })
    await expect.poll(() => tab.textContent('#who')).toBe('Ada Lovelace')
    return { tab, wake }
  }

  it('shows in a tab that wakes up late that somebody has signed out meanwhile', async () => {
    const { context, page } = await signIn()
    const { tab, wake } = await openLate(context)
    await page.click('text=Sign out')
    await expect.poll(() => page.isVisible('text=Continue as Ada')).toBe(true)
    wake()
    await expect.poll(() => tab.isVisible('text=Continue as Ada')).toBe(true)
  })

  it('shows in a tab that wakes up late who has signed in meanwhile', async () => {
    const { context, page } = await signIn()
    const { tab, wake } = await openLate(context)
    await page.click('text=Sign out')
    await page.click('text=Continue as Grace Hopper')
    await expect.poll(() => page.textContent('#who')).toBe('Grace Hopper')
    wake()
    await expect.poll(() => tab.textContent('#who')).toBe('Grace Hopper')
  })

  it('shows somebody on in a tab that wakes up when nobody can say who is signed in, until that is known', async () => {
    const { context, page } = await signIn()
    // A browser of its own, in whose storage nobody is known.
    const { context: fresh, page: tab } = await open()
    await fresh.addCookies(await context.cookies())
    let asked = 0
    await tab.route('**/auth/session', async (route) => {
      await route.fulfill({ status: 503 })
      asked += 1
    })
    await tab.goto(demo.url)
    const focus = () => tab.evaluate(() => dispatchEvent(new Event('focus')))
    await expect.poll(() => focus().then(() => asked)).toBeGreaterThan(1)
    expect(await tab.textContent('#who')).toBe('Ada Lovelace')
    await page.click('text=Sign out')
    await expect.poll(() => page.isVisible('text=Continue as Ada')).toBe(true)
    await tab.unroute('**/auth/session')
    const isGone = () => focus().then(() => tab.isVisible('text=Continue as Ada'))
    await expect.poll(isGone).toBe(true)
    expect(problems.splice(0).filter((text) => !text.startsWith('503 '))).toEqual([])
  })

  it('ends a session that WorkOS has ended', async () => {
    const { page } = await signIn()
    await page.click('text=End this session')
    await expect.poll(() => page.textContent('#still')).toMatch(/still runs for [1-9]\d* s/)
    await page.click('text=Ask WorkOS again')
    await expect.poll(() => page.url(), { timeout: 10_000 }).toMatch(AUTHENTICATE.slice(0, 16))
  })
})
