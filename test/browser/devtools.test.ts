import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepPicture } from '../support/pictures.js'
import { findChromium, launch } from './chromium.js'
import { type DevtoolsSite, startDevtoolsSite } from './devtools-site.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
/** How long an access token lives, in ms: refreshes come while one looks. */
const LIFE = 8_000

/** The buttons and other places that the Tab key leads to, in their order. */
const FOCUS_ORDER = [
  'Close',
  'Refresh now',
  'Get session',
  'Stay',
  'Sign out…',
  'Clear storage…',
  'Storage entries',
  'Steps',
  'Clear the time line',
  'Time line of all tabs',
]

describe.skipIf(!findChromium())('the devtools panel in a real browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  interface Stage {
    readonly site: DevtoolsSite
    readonly context: BrowserContext
    /** What the browser complained of. */
    readonly complaints: string[]
    open(): Promise<Page>
  }

  async function withSite(
    story: (stage: Stage) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> {
    const site = await startDevtoolsSite(LIFE)
    const context = await browser.newContext(options)
    const complaints: string[] = []
    context.on('weberror', (error) => complaints.push(String(error.error())))
    context.on('console', (message) => {
      // The browser itself tells of the outage that a story makes.
      if (message.type() === 'error' && !message.text().includes('503'))
        complaints.push(message.text())
    })
    async function open(): Promise<Page> {
      const page = await context.newPage()
      await page.goto(site.url)
      await page.waitForFunction(() => 'inspected' in window)
      return page
    }
    try {
      await story({ site, context, complaints, open })
    } finally {
      await context.close()
      await site.close()
    }
  }

  const toggle = (page: Page) => page.getByRole('button', { name: /^Holdfast devtools: / })
  const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  const textOf = (page: Page, name: string) => part(page, name).innerText()
  const line = (page: Page) =>
    page.getByRole('region', { name: 'Time line of all tabs' }).innerText()
  const signIn = (page: Page) => page.evaluate((ada) => window.inspected.auth.signIn(ada), ADA)

  /** Whether any of the tokens that there are is in the page, its shadows included. */
  const showsToken = (page: Page) =>
    page.evaluate(() => {
      const { session } = window.inspected.auth.getSnapshot()
      const tokens = [session?.accessToken, session?.refreshToken].filter(
        (one) => one !== undefined,
      )
      const shadow = document.querySelector('holdfast-devtools')?.shadowRoot?.innerHTML ?? ''
      if (tokens.length < 2 || shadow === '') throw new Error('There is nothing to compare.')
      const page = document.documentElement.outerHTML + shadow
      return tokens.some((token) => page.includes(String(token)))
    })

  it('shows a sign-in, refreshes, another tab, an outage and a sign-out, and never a token', async () => {
    await withSite(async ({ site, open, complaints }) => {
      const page = await open()
      await toggle(page).click()
      await expect.poll(() => textOf(page, 'State')).toContain('Signed out')
      await signIn(page)
      await expect.poll(() => textOf(page, 'State')).toContain('Signed in')
      await expect.poll(() => line(page)).toContain('SIGNED_IN')
      // By itself, ahead of need, as it was announced.
      await expect.poll(() => textOf(page, 'Next')).toContain('Refresh ahead of need')
      await expect.poll(() => line(page)).toContain('TOKEN_REFRESHED')
      expect(await textOf(page, 'Storage')).toMatch(/app\s+pointer/)
      expect(await showsToken(page)).toBe(false)

      const second = await open()
      await second.evaluate(() => window.inspected.auth.refreshSession())
      await expect.poll(() => line(page)).toMatch(/tab \w+\s+TOKEN_REFRESHED/)
      await second.close()
      await page.bringToFront()

      site.server.fail({ type: 'status', status: 503 }, { path: '/token', times: 100 })
      await page.getByRole('button', { name: 'Refresh now' }).click()
      await expect
        .poll(() => textOf(page, 'Patience'))
        .toMatch(/Failed in a row\s+\d[\s\S]*Next try/)
      await expect.poll(() => line(page)).toContain('REFRESH_FAILED')
      expect(await showsToken(page)).toBe(false)
      site.server.heal()
      await page.getByRole('button', { name: 'Refresh now' }).click()
      await expect.poll(() => textOf(page, 'Patience')).toContain('No refresh has failed')

      const third = await open()
      await page.bringToFront()
      await page.getByRole('button', { name: 'Sign out…' }).click()
      await page.getByRole('button', { name: 'This one' }).click()
      await expect.poll(() => textOf(page, 'State')).toContain('Signed out')
      await expect.poll(() => line(page)).toContain('The app called signOut().')
      await toggle(third).click()
      await expect.poll(() => line(third)).toContain('Another tab signed out.')
      expect(complaints).toEqual([])
    })
  })

  it('works where no inline style is allowed, and no text may become code', async () => {
    await withSite(async ({ open, complaints }) => {
      const page = await open()
      await toggle(page).click()
      await signIn(page)
      await expect.poll(() => textOf(page, 'State')).toContain('Signed in')
      const height = await page.getByRole('dialog').evaluate((panel) => panel.clientHeight)
      expect(height).toBeGreaterThan(200)
      expect(complaints).toEqual([])
      // So that the policy is known to be one.
      await page.evaluate(() => document.body.append(document.createElement('style')))
      await page.evaluate(() => document.body.setAttribute('style', 'color: red'))
      await expect.poll(() => complaints.join()).toContain('Content Security Policy')
    })
  })

  it('is used by keyboard alone, in an order that follows the page', async () => {
    await withSite(async ({ open }) => {
      const page = await open()
      await signIn(page)
      await page.getByRole('button', { name: 'Something of the app' }).focus()
      await page.keyboard.press('Tab')
      expect(await toggle(page).evaluate((one) => one.matches(':focus-visible'))).toBe(true)
      await page.keyboard.press('Enter')
      const focused = () =>
        page.evaluate(() => {
          const one = document.querySelector('holdfast-devtools')?.shadowRoot?.activeElement
          const label = one instanceof HTMLInputElement ? one.labels?.[0]?.textContent : null
          return label ?? one?.getAttribute('aria-label') ?? one?.textContent
        })
      await expect.poll(focused).toBe('Holdfast devtools')
      await expect.poll(() => textOf(page, 'Storage')).toContain('pointer')
      const order: unknown[] = []
      for (const _ of FOCUS_ORDER) {
        await page.keyboard.press('Tab')
        order.push(await focused())
      }
      expect(order).toEqual(FOCUS_ORDER)
      await page.keyboard.press('Escape')
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      expect(await toggle(page).evaluate((one) => one.matches(':focus-visible'))).toBe(true)
    })
  })

  it.each(['light', 'dark'] as const)(
    'fits into 360 px and stands still, %s',
    async (colorScheme) => {
      const viewport = { width: 360, height: 740 }
      await withSite(
        async ({ open }) => {
          const page = await open()
          await toggle(page).click()
          await signIn(page)
          await expect.poll(() => textOf(page, 'Storage')).toContain('session')
          const seen = await page.getByRole('dialog').evaluate((panel) => {
            const all = [panel, ...panel.querySelectorAll('*')]
            const inTable = (one: Element) => one.closest('table') !== null
            return {
              wide: all
                .filter(
                  (one) => !inTable(one) && one.getBoundingClientRect().right > innerWidth + 1,
                )
                .map((one) => one.outerHTML.slice(0, 80)),
              moving: all.filter((one) => getComputedStyle(one).transitionDuration !== '0s').length,
              ink: getComputedStyle(panel).color,
            }
          })
          await keepPicture(page, `devtools at 360 px, ${colorScheme}`)
          await part(page, 'Time line of all tabs').scrollIntoViewIfNeeded()
          await keepPicture(page, `devtools at 360 px, ${colorScheme}, further down`)
          expect(seen.wide).toEqual([])
          expect(seen.moving).toBe(0)
          expect(seen.ink).toBe(colorScheme === 'dark' ? 'rgb(230, 241, 239)' : 'rgb(16, 32, 30)')
        },
        { viewport, colorScheme, reducedMotion: 'reduce' },
      )
    },
  )

  it.each(['light', 'dark'] as const)(
    'has its parts side by side where there is room, %s',
    async (colorScheme) => {
      await withSite(
        async ({ site, open }) => {
          const page = await open()
          await toggle(page).click()
          await signIn(page)
          site.server.fail({ type: 'status', status: 503 }, { path: '/token', times: 100 })
          await page.getByRole('button', { name: 'Refresh now' }).click()
          await expect.poll(() => line(page)).toContain('REFRESH_FAILED')
          await expect.poll(() => textOf(page, 'Storage')).toContain('session')
          await keepPicture(page, `devtools, ${colorScheme}`)
          const [facts, events] = await Promise.all(
            ['State', 'Time line of all tabs'].map((name) => part(page, name).boundingBox()),
          )
          expect(events?.x).toBeGreaterThan((facts?.x ?? 0) + (facts?.width ?? 0))
          expect(events?.height).toBeGreaterThan(200)
        },
        { colorScheme },
      )
    },
  )

  it('has several clients in one panel, and none of what their apps have stopped', async () => {
    await withSite(async ({ open }) => {
      const page = await open()
      await page.evaluate(() => {
        window.inspected.open('other')
      })
      await toggle(page).click()
      const clients = page.getByRole('combobox', { name: 'Client' })
      expect(await clients.locator('option').allInnerTexts()).toEqual(['app', 'other'])
      await page.evaluate(() => window.inspected.stop())
      await expect.poll(() => clients.count()).toBe(0)
      await expect.poll(() => textOf(page, 'State')).toContain('Signed out')
    })
  })
})
