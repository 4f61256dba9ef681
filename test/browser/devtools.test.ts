import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepPicture } from '../support/pictures.js'
import { findChromium, launch } from './chromium.js'
import { line, part, showsToken, signIn, textOf, toggle, withSite } from './devtools-stage.js'

/** The buttons and other places that the Tab key leads to, in their order. */
const FOCUS_ORDER = [
  'Close',
  'Refresh now',
  'Get session',
  'Stay',
  'Sign out…',
  'Clear storage…',
  'Server out of reach',
  'Server answers 503',
  'Server slow',
  'Clock −1 d',
  'Clock −1 h',
  'Clock +1 h',
  'Clock +1 d',
  'Steal the token…',
  'Set all right',
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

  it('shows a sign-in, refreshes, another tab, an outage and a sign-out, and never a token', async () => {
    await withSite(browser, async ({ site, open, complaints }) => {
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
    await withSite(browser, async ({ open, complaints }) => {
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
    await withSite(browser, async ({ open }) => {
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
        browser,
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
        browser,
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
    await withSite(browser, async ({ open }) => {
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
