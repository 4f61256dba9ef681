import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScriptedGoTrue } from '../../src/testing/index.js'
import { violationsInBoth } from '../support/axe.js'
import { keepPicture } from '../support/pictures.js'
import { findChromium, launch } from './chromium.js'
import {
  ADA,
  everythingOf,
  line,
  part,
  press,
  signIn,
  textOf,
  toggle,
  withSite,
} from './devtools-stage.js'

/** No refresh comes by itself while one looks. */
const HOUR = 3_600_000

declare global {
  interface Window {
    /** What the panels of this origin have told each other. */
    panelsHeard: unknown[]
  }
}

/** Opens the panel of somebody who is signed in, and writes down what panels tell each other. */
async function openPanel(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.panelsHeard = []
    new BroadcastChannel('holdfast-devtools:app').onmessage = ({ data }) =>
      window.panelsHeard.push(data)
  })
  await toggle(page).click()
  await signIn(page)
  await expect.poll(() => textOf(page, 'State')).toContain('Signed in')
}

/** The refresh tokens that a server has seen or given and that are in the page, or in what panels have told. */
async function leaked(page: Page, server: ScriptedGoTrue): Promise<string[]> {
  const all =
    (await everythingOf(page)) + JSON.stringify(await page.evaluate(() => window.panelsHeard))
  const tokens = server.requests.flatMap(({ presented, returned }) => [presented, returned])
  const known = tokens.filter((token) => token !== null)
  if (known.length < 3) throw new Error('There is nothing to compare.')
  return known.filter((token) => all.includes(token))
}

describe.skipIf(!findChromium())('what the panel makes go wrong in a real browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const head = (page: Page): Promise<string> => page.locator('header').innerText()

  it('is an outage of this tab alone, until the button is pressed again', async () => {
    await withSite(
      browser,
      async ({ open, complaints }) => {
        const page = await open()
        await openPanel(page)
        const second = await open()
        await page.bringToFront()
        const outage = page.getByRole('button', { name: 'Server out of reach' })
        await outage.press('Enter')
        await expect.poll(() => outage.getAttribute('aria-pressed')).toBe('true')
        await expect.poll(() => head(page)).toContain('Faults: server out of reach')
        await press(page, 'Refresh now')
        await expect.poll(() => textOf(page, 'Patience')).toContain('could not be reached')
        await second.evaluate(() => window.inspected.auth.refreshSession())
        await expect.poll(() => line(page)).toMatch(/tab \w+\s+TOKEN_REFRESHED/)
        await outage.press('Enter')
        await expect.poll(() => textOf(page, 'Faults')).toContain('Nothing is switched on.')
        await press(page, 'Refresh now')
        await expect.poll(() => textOf(page, 'Actions')).toContain('A new token')
        expect(complaints).toEqual([])
      },
      { life: HOUR },
    )
  })

  it('is a server that answers 503, and none after the page was loaded anew', async () => {
    await withSite(
      browser,
      async ({ site, open }) => {
        const page = await open()
        await openPanel(page)
        await press(page, 'Server answers 503')
        await press(page, 'Refresh now')
        await expect.poll(() => textOf(page, 'Patience')).toContain('server_error (503)')
        expect(site.server.count('refresh_token')).toBe(0)
        await page.reload()
        await expect.poll(() => textOf(page, 'Faults')).toContain('Nothing is switched on.')
        await press(page, 'Refresh now')
        await expect.poll(() => textOf(page, 'Actions')).toContain('A new token')
      },
      { life: HOUR },
    )
  })

  it('is a clock a day fast, which ends what use keeps alive, and closing the panel sets it right', async () => {
    await withSite(
      browser,
      async ({ open }) => {
        const page = await open()
        await openPanel(page)
        await press(page, 'Clock +1 d')
        await expect.poll(() => head(page)).toContain('Faults: clock 1 d fast')
        // By the device, nobody has used the session for a day.
        await expect.poll(() => line(page)).toContain('Nobody used the session for too long.')
        await page.keyboard.press('Escape')
        await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
        const ahead = await page.evaluate(async (ada) => {
          const { session } = await window.inspected.auth.signIn(ada)
          return (session?.expiresAt ?? 0) - Date.now()
        }, ADA)
        expect(ahead).toBeLessThanOrEqual(HOUR)
        await toggle(page).click()
        await expect.poll(() => textOf(page, 'Faults')).toContain('Nothing is switched on.')
        expect(await line(page)).toContain('The panel was closed.')
      },
      { life: HOUR },
    )
  })

  it('is a theft that the server finds out, and no token is in the page or in a message', async () => {
    await withSite(
      browser,
      async ({ site, open, complaints }) => {
        const page = await open()
        await openPanel(page)
        await press(page, 'Steal the token…')
        await press(page, 'Use it elsewhere')
        await expect.poll(() => textOf(page, 'Faults')).toContain('The server took it.')
        expect(await leaked(page, site.server)).toEqual([])
        await press(page, 'Refresh now')
        await expect.poll(() => textOf(page, 'State')).toContain('Signed out')
        await expect.poll(() => line(page)).toContain('refused the refresh token for good')
        expect(await leaked(page, site.server)).toEqual([])
        expect(complaints).toEqual([])
      },
      { life: HOUR },
    )
  })

  it.each([
    ['side by side', 1280],
    ['at 360 px', 360],
  ])('bars nobody, in light and in dark, %s', async (name, width) => {
    await withSite(
      browser,
      async ({ open }) => {
        const page = await open()
        await openPanel(page)
        await press(page, 'Server slow')
        await press(page, 'Clock −1 h')
        await expect.poll(() => head(page)).toContain('server slow, clock 1 h slow')
        expect(await violationsInBoth(page)).toEqual([])
        await press(page, 'Steal the token…')
        expect(await violationsInBoth(page)).toEqual([])
        await page.keyboard.press('Escape')
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await part(page, 'Faults').scrollIntoViewIfNeeded()
          await keepPicture(page, `devtools with faults ${name}, ${colorScheme}`)
        }
      },
      { life: HOUR, viewport: { width, height: 740 } },
    )
  })
})
