import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemo } from '../../demo/server.mjs'
import { findChromium, launch } from '../browser/chromium.js'
import { startPlayground } from '../browser/playground-site.js'
import { runDemo } from '../browser/running-demo.js'
import { violationsInBoth } from '../support/axe.js'
import { keepPicture } from '../support/pictures.js'

/** Something that serves pages. */
interface Served {
  readonly url: string
  close(): Promise<void>
}

/** What of a page is looked at, and how to get there. */
type Steps = Readonly<Record<string, (page: Page) => Promise<unknown>>>

const DEMOS: Readonly<
  Record<string, { readonly start: () => Promise<Served>; readonly steps: Steps }>
> = {
  'the demo': {
    start: () => startDemo({ port: 0 }),
    steps: {
      'at first': (page) => page.waitForSelector('#sign-in:not([hidden])'),
      async 'when a sign-in failed'(page) {
        await page.fill('[name=password]', 'wrong')
        await page.click('#sign-in button')
        await page.waitForSelector('#sign-in-problem:not([hidden])')
      },
      async 'when the server has ended the session'(page) {
        await page.fill('[name=password]', 'correct horse')
        await page.click('#sign-in button')
        await page.click('[data-do=revoke]')
        await page.waitForSelector('#still:not([hidden])')
      },
    },
  },
  'the playground': {
    start: startPlayground,
    steps: {
      'at first': (page) => page.waitForSelector('[data-do=sign-in]'),
      async 'with a thief'(page) {
        await page.click('[data-tab=tab-1] [data-do=sign-in]')
        await page.waitForSelector('[data-tab=tab-2] [data-do=sign-out]')
        await page.click('[data-do=steal]')
        await page.click('[data-do=use]')
        await page.waitForSelector('[data-of=outcome]')
      },
    },
  },
  'the demo for Express': {
    start: () => runDemo('express', 'Express'),
    steps: {
      'at first': (page) => page.waitForSelector('[data-person=ada]'),
      async 'signed in'(page) {
        await page.click('[data-person=ada]')
        // The core makes its keys now, which may take longer than a first answer has time.
        await page.waitForSelector('#answer:text("answered")')
        await page.click('[data-do=ask]')
        await page.waitForSelector('#invoices tr')
      },
    },
  },
  'the demo for OpenID Connect': {
    start: () => runDemo('oidc', 'OpenID Connect'),
    steps: {
      'at first': (page) => page.waitForSelector('[data-do=sign-in]'),
      async 'at the other server'(page) {
        await page.click('[data-do=sign-in]')
        await page.waitForSelector('[value=ada]')
      },
      async 'signed in'(page) {
        await page.click('[value=ada]')
        await page.waitForSelector('#invoices tr')
      },
    },
  },
}

describe.skipIf(!findChromium())('a page of the demos', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  it.each(Object.entries(DEMOS))('bars nobody, in light and dark: %s', async (name, demo) => {
    const served = await demo.start()
    try {
      const page = await browser.newPage()
      await page.goto(served.url)
      for (const [when, go] of Object.entries(demo.steps)) {
        await go(page)
        expect(await page.locator('h1').count(), when).toBeGreaterThan(0)
        expect(await violationsInBoth(page), when).toEqual([])
        await keepPicture(page, `${name} ${when}`)
      }
      await page.close()
    } finally {
      await served.close()
    }
  })
})
