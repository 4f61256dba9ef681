import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { publishedPages } from '../../docs/.vitepress/llms.mjs'
import { findChromium, launch } from '../browser/chromium.js'
import { violations } from '../support/axe.js'
import type { NodeServer } from '../support/node-server.js'
import { keepPicture } from '../support/pictures.js'
import { turnsOf } from '../support/turns.js'
import { serveFolder } from './static-server.js'

const isReference = (page: string): boolean => page.startsWith('reference/')
const published = publishedPages()

/** The pages that people wrote, and some of those that are made of the types, which are all alike. */
const WRITTEN = ['index', ...published.filter((page) => !isReference(page))]
const MADE = ['reference/index', ...published.filter(isReference)]
const SOME = [
  'reference/index',
  'reference/holdfast/providers/gotrue/claims',
  'reference/holdfast/vue',
  // It has a drawing.
  'reference/holdfast/server/dbsc',
]

const isAll = process.env.HOLDFAST_DOCS === 'all'

/** Half of what people wrote is looked at closely each day, and every page with `HOLDFAST_DOCS=all`. */
const CLOSELY = new Set(
  isAll
    ? [...WRITTEN, ...MADE]
    : [...turnsOf(WRITTEN, Date.now(), Math.ceil(WRITTEN.length / 2)), ...SOME],
)
const REST = [...WRITTEN, ...MADE].filter((path) => !CLOSELY.has(path))

describe.skipIf(!findChromium())('the site, from a plain file server', () => {
  let browser: Browser
  let server: NodeServer
  let context: BrowserContext

  beforeAll(async () => {
    server = await serveFolder(inject('siteFolder'))
    browser = await launch()
    const viewport = { width: 1280, height: 900 }
    context = await browser.newContext({ colorScheme: 'light', reducedMotion: 'reduce', viewport })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  /** Opens a page, and collects what its reader should never have to see. */
  async function open(path: string) {
    const page = await context.newPage()
    const problems: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(`${error}`))
    page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`))
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`)
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(server.origin) && !url.startsWith('data:')) problems.push(`asks ${url}`)
    })
    await page.goto(`${server.origin}/${path.replace(/(^|\/)index$/, '$1')}`)
    // Vue has taken over what was rendered by the build, and would have said by now if it differs.
    await page.waitForFunction(() => {
      const app = document.querySelector('#app')
      return app !== null && '__vue_app__' in app
    })
    return { page, problems }
  }

  /** How far a page can be scrolled sideways on a phone, in pixels. */
  async function overhang(page: Page): Promise<number> {
    await page.setViewportSize({ width: 360, height: 740 })
    return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  }

  describe.concurrent('a page', () => {
    it.each([...CLOSELY])(
      'bars nobody, in light, in dark and on a phone, and asks nobody else: /%s',
      async (path) => {
        const { page, problems } = await open(path)
        expect(await page.title()).toContain('Holdfast')
        expect(await page.locator('h1').count()).toBe(1)
        await keepPicture(page, `${path}-light`)
        expect(await violations(page)).toEqual([])
        await page.emulateMedia({ colorScheme: 'dark' })
        await page.waitForSelector('html.dark')
        await keepPicture(page, `${path}-dark`)
        // Nothing but the colours is another.
        expect(await violations(page, ['color-contrast', 'link-in-text-block'])).toEqual([])
        expect(await overhang(page)).toBeLessThanOrEqual(0)
        // A phone's page has another menu, and the same text: it is asked about when there is time.
        if (isAll) expect(await violations(page)).toEqual([])
        await keepPicture(page, `${path}-phone`)
        expect(problems).toEqual([])
        await page.close()
      },
      // The longest pages of the reference have thousands of elements, each of which axe asks for three times.
      isAll ? 900_000 : undefined,
    )

    it.each(REST)(
      'opens without an error or a request elsewhere, and fits a phone: /%s',
      async (path) => {
        const { page, problems } = await open(path)
        expect(await overhang(page)).toBeLessThanOrEqual(0)
        await keepPicture(page, `${path}-phone`)
        expect(problems).toEqual([])
        await page.close()
      },
    )
  })

  it('goes on to another page by a link, without loading the site anew', async () => {
    const { page, problems } = await open('errors')
    await page.evaluate(() => Object.assign(globalThis, { isStillHere: true }))
    await page.click('.VPSidebar a[href="/gotrue"]')
    await page.waitForURL(/\/gotrue$/)
    await expect.poll(() => page.textContent('h1')).toContain('GoTrue')
    expect(await page.evaluate(() => 'isStillHere' in globalThis)).toBe(true)
    expect(problems).toEqual([])
    await page.close()
  })

  it('finds a word by its own search, and asks nobody else', async () => {
    const { page, problems } = await open('index')
    await page.click('.VPNavBarSearch button')
    await page.fill('#localsearch-input', 'superseded')
    const first = page.locator('#localsearch-list a').first()
    await expect.poll(() => first.getAttribute('href')).toContain('/errors#superseded')
    await keepPicture(page, 'search')
    expect(problems).toEqual([])
    await page.close()
  })

  it('tells of a barrier, an error and a request elsewhere where there is one', async () => {
    const { page, problems } = await open('errors')
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="https://elsewhere.example/a.png">')
      console.error('something broke')
    })
    expect((await violations(page)).join()).toContain('image-alt')
    await expect.poll(() => problems.join()).toContain('something broke')
    // The page's own policy has stopped the request before it was one.
    await expect.poll(() => problems.join()).toContain('Content Security Policy')
    await page.close()
  })
})

describe('the page for addresses that lead nowhere', () => {
  it('says so', () => {
    const text = readFileSync(join(inject('siteFolder'), '404.html'), 'utf8')
    expect(text).toContain('404')
    expect(text).toContain(`<title>404`)
  })
})
