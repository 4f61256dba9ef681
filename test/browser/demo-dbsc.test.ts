import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../package/compile.js'
import { violationsInBoth } from '../support/axe.js'
import { findExecutable } from '../support/executable.js'
import { keepPicture } from '../support/pictures.js'
import { findChromium, launchWhole } from './chromium.js'
import { type RunningDemo, runDemo } from './running-demo.js'

const isMissing = !findChromium() || !findExecutable(['openssl'])

/** What a busy machine may take for a page and its requests, in ms. */
const SOON = { timeout: 20_000 }

const SIGN_IN = 'a[href="/auth/sign-in"]'

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
    demo = await runDemo('express/strongbox', 'device-bound', { BROWSER: 'none', TMPDIR: folder })
    browser = await launchWhole(switchesIn(demo.said))
  }, 400_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const text = (page: Page, id: string) => expect.poll(() => page.textContent(`#${id}`), SOON)

  async function open(width = 1100): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 } })
    const page = await context.newPage()
    await page.goto(demo.url)
    await page.waitForSelector(SIGN_IN)
    return page
  }

  async function signIn(page: Page): Promise<void> {
    await page.click(SIGN_IN)
    await page.click('text=ada@example.com')
    await text(page, 'who').toBe('ada@example.com')
    await text(page, 'answer').toBe('The app answered 200.')
  }

  /** The browser binds the session by itself, and the page lets its cookie be copied then. */
  async function bind(page: Page): Promise<void> {
    await page.waitForSelector('#steal:not([disabled])')
    expect(await page.textContent('#log')).toBe('The browser binds the session: signed, got 200.')
  }

  it('bars nobody, in light and dark, at first and with a thief, and fits a small screen', async () => {
    const page = await open(360)
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    expect(await violationsInBoth(page)).toEqual([])
    expect(await width()).toBe(360)
    await keepPicture(page, 'the demo of bound sessions at first')
    await signIn(page)
    await bind(page)
    await page.click('[data-do=steal]')
    await text(page, 'loot').toContain('401 device_not_proven')
    expect(await violationsInBoth(page)).toEqual([])
    expect(await width()).toBe(360)
    await keepPicture(page, 'the demo of bound sessions with a thief')
    await page.context().close()
  })

  it('shows the lines of Express that run it, with the one that binds sessions', async () => {
    const page = await open()
    const source = readFileSync(join(root, 'demo/express/strongbox/app.mjs'), 'utf8')
    await text(page, 'source').toBe(source.trimEnd())
    expect(await page.textContent('#source strong')).toBe('deviceBound: createDeviceBinding(),')
    await page.context().close()
  })

  it('is the sign-in page to another browser that the cookie was copied to', async () => {
    const page = await open()
    await signIn(page)
    await bind(page)
    // The copy opens nothing as soon as the browser has proved its key a second time.
    await page.click('[data-do=end]')
    await text(page, 'log').toContain('The browser proves its key: signed, got 200.')
    const cookies = await page.context().cookies(demo.url)
    const copied = cookies.filter(({ name }) => !name.startsWith('__Host-holdfast-bound-'))
    expect(copied).not.toEqual([])

    const other = await (await browser.newContext()).newPage()
    await other.context().addCookies(copied)
    await other.goto(demo.url)
    await other.waitForSelector(SIGN_IN)
    expect(await other.isVisible('#boxes')).toBe(false)
    await page.click('[data-do=ask]')
    await text(page, 'answer').toBe('The app answered 200.')
    expect(await page.isVisible('#boxes')).toBe(true)
    await other.context().close()
    await page.context().close()
  })

  it('shows what becomes of a copied cookie, of the bound cookie’s end and of an outage', async () => {
    const page = await open()
    const focused = () => page.evaluate(() => document.activeElement?.id)
    expect(await focused()).toBe('')
    await signIn(page)
    // She has come back from a redirect.
    expect(await focused()).toBe('boxes-title')
    await bind(page)

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
    await page.waitForSelector(SIGN_IN)
    expect(await page.isVisible('#who')).toBe(false)
    expect(await focused()).toBe('welcome-title')
  })
})
