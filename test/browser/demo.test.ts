import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemo } from '../../demo/server.mjs'
import { findChromium, launch } from './chromium.js'

describe.skipIf(!findChromium())('the demo', () => {
  let browser: Browser
  let demo: Awaited<ReturnType<typeof startDemo>>

  beforeAll(async () => {
    demo = await startDemo({ port: 0 })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })

  it('loads, signs in, rotates its token and shows it in a second tab, without a console error', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const errors: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    await page.goto(demo.url)
    expect(await page.isVisible('[data-do=sign-out]')).toBe(false)
    await page.click('#sign-in button')
    await expect.poll(() => page.textContent('#who-title')).toBe('Ada Lovelace')
    await page.click('[data-do=api]')
    await expect.poll(() => page.textContent('#line')).toContain('The API knows Ada Lovelace')
    const token = (tab = page) => tab.textContent('#token')
    const first = await token()
    // Tokens live thirty seconds and are refreshed when a quarter is left.
    await expect.poll(token, { timeout: 40_000, interval: 500 }).not.toBe(first)
    const sibling = await context.newPage()
    await sibling.goto(demo.url)
    await expect.poll(() => token(sibling)).toBe(await token())
    await page.click('[data-do=sign-out]')
    await expect.poll(() => sibling.textContent('#who-title')).toBe('Nobody is signed in')
    expect(errors).toEqual([])
  })
})
