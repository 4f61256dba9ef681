import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

describe.skipIf(!findChromium())('in a real browser, the contract of', () => {
  let browser: Browser
  let site: Site

  beforeAll(async () => {
    site = await startSite()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it.each(['local', 'session', 'indexed-db', 'web-lock', 'in-process-lock', 'channel'] as const)(
    '%s holds',
    async (name) => {
      const page = await browser.newPage()
      await page.goto(site.url)
      const results = await page.evaluate((which) => window.kit.contracts[which](), name)
      expect(results.length).toBeGreaterThan(3)
      expect(results.filter((line) => !line.startsWith('ok'))).toEqual([])
      await page.close()
    },
  )
})
