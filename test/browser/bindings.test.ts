import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRAMEWORKS, type Name } from '../bindings/build.js'
import { type BindingsSite, startBindingsSite } from './bindings-site.js'
import { findChromium, launch } from './chromium.js'

const NOBODY = 'signed-out, Sign in'
const ADA = 'signed-in ada@example.com, Sign out ada@example.com'

describe.skipIf(!findChromium())('bindings in a real browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const seen = (page: Page) => page.evaluate(() => window.binding.painted)
  const now = async (page: Page) => (await seen(page)).at(-1)
  const token = (page: Page) => page.textContent('.token')

  /** Opens pages of a framework, and runs what is to be seen in them. */
  async function withTabs(
    name: Name,
    run: (site: BindingsSite, open: (url: string) => Promise<Page>) => Promise<void>,
  ): Promise<void> {
    const site = await startBindingsSite(name)
    const context = await browser.newContext()
    const complaints: string[] = []
    context.on('weberror', (error) => complaints.push(String(error.error())))
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    try {
      await run(site, async (url) => {
        const page = await context.newPage()
        await page.goto(url)
        await page.waitForFunction(() => window.binding?.painted.length > 0)
        return page
      })
      expect(complaints).toEqual([])
    } finally {
      await context.close()
      await site.close()
    }
  }

  it.each(FRAMEWORKS)(
    'a page of %s signs in, shows a refresh, and a sign-out in another tab',
    async (name) => {
      await withTabs(name, async ({ url, urlForAda }, open) => {
        const first = await open(url)
        await expect.poll(() => now(first)).toBe(NOBODY)
        await first.click('button')
        await expect.poll(() => now(first)).toBe(ADA)
        expect(await seen(first)).toEqual([NOBODY, ADA])

        // The server knows who is signed in: from the first frame on the page says so.
        const second = await open(urlForAda)
        await expect.poll(() => token(second)).toMatch(/^ey/)
        expect(await seen(second)).toEqual([ADA])
        expect(await second.evaluate(() => window.binding.isKept())).toBe(true)

        const before = await token(second)
        await expect.poll(() => token(second)).not.toBe(before)
        await expect.poll(async () => (await token(first)) === (await token(second))).toBe(true)
        expect(await seen(second)).toEqual([ADA])

        await first.click('button')
        await expect.poll(() => now(second)).toBe(NOBODY)
        expect(await seen(second)).toEqual([ADA, NOBODY])
        expect(await token(second)).toBe('none')
      })
    },
  )
})
