import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsInBoth } from '../support/axe.js'
import { findExecutable } from '../support/executable.js'
import { findChromium, launch } from './chromium.js'
import { type RunningDemo, runDemo } from './running-demo.js'

const isMissing = !findChromium() || !findExecutable(['openssl'])

/** What a busy machine may take for a page and its requests, in ms. */
const SOON = { timeout: 20_000 }

/** The switches that the demo names, but for the profile: each context of a test has its own. */
const switchesIn = (said: string): readonly string[] =>
  [...(/^Start Chromium with: (.*)$/m.exec(said)?.[1] ?? '').matchAll(/'([^']*)'/g)].flatMap(
    ([, one = '']) => (one.startsWith('--user-data-dir=') ? [] : [one]),
  )

describe.skipIf(isMissing)('the demo of bound sessions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-dbsc-'))
  let browser: Browser
  let demo: RunningDemo

  beforeAll(async () => {
    demo = await runDemo('dbsc', 'device-bound', { BROWSER: 'none', TMPDIR: folder })
    browser = await launch(switchesIn(demo.said))
  }, 400_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const text = (page: Page, id: string) => expect.poll(() => page.textContent(`#${id}`), SOON)

  it('bars nobody, in light and dark, at first and signed in', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(demo.url)
    expect(await violationsInBoth(page)).toEqual([])
    await page.click('text=Sign in')
    await page.click('text=ada@example.com')
    await text(page, 'who').toBe('ada@example.com')
    expect(await violationsInBoth(page)).toEqual([])
    await page.context().close()
  })

  it('shows what becomes of a copied cookie, of the bound cookie’s end and of an outage', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(demo.url)
    await page.click('text=Sign in')
    await page.click('text=ada@example.com')
    await text(page, 'answer').toBe('The app answered 200.')
    expect(await page.textContent('#who')).toBe('ada@example.com')
    await page.click('[data-do=ask]')
    await text(page, 'log').toContain('The browser binds the session: signed, got 200.')

    await page.click('[data-do=steal]')
    await text(page, 'loot').toContain('401 device_not_proven')
    await text(page, 'alarms').toBe('3')
    await text(page, 'answer').toBe('The app answered 200.')

    await page.click('[data-do=end]')
    await text(page, 'log').toContain('The browser proves its key: signed, got 200.')
    await text(page, 'answer').toBe('The app answered 200.')

    await page.click('[data-do=outage]')
    await page.waitForSelector('[data-do=outage][aria-pressed=true]')
    await page.click('[data-do=end]')
    await text(page, 'answer').toBe('The app answered 503.')
    expect(await page.isVisible('#notice')).toBe(true)
    await page.click('[data-do=outage]')
    await expect
      .poll(async () => {
        await page.click('[data-do=ask]')
        return page.textContent('#answer')
      }, SOON)
      .toBe('The app answered 200.')

    await page.click('[data-do=sign-out]')
    await page.waitForSelector('text=Sign in')
    expect(await page.isVisible('#who')).toBe(false)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('welcome-title')
  })
})
