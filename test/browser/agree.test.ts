import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

type Kind = 'local' | 'indexed-db'

/**
 * Promised are three seconds, which test/client/storage-damage.test.ts asserts by a clock of its own. A
 * busy machine may take longer here and breaks nothing: how long it took is printed.
 */
const patient = { timeout: 30_000, interval: 20 }

describe.skipIf(!findChromium())('real tabs agree on who is signed in:', () => {
  let browser: Browser
  let context: BrowserContext
  let site: Site
  let longest = 0

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    console.log(`real tabs agreed within ${Math.ceil(longest)} ms`)
  })
  beforeEach(async () => {
    site = await startSite({ accessTokenLifetime: 3_600_000 })
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context.close()
    await site.close()
  })

  async function page(): Promise<Page> {
    const opened = await context.newPage()
    await opened.goto(site.url)
    return opened
  }
  const open = (tab: Page, kind: Kind): Promise<void> =>
    tab.evaluate((which) => {
      window.opened = window.kit.open(which)
    }, kind)
  async function tabs(count: number, kind: Kind = 'local'): Promise<Page[]> {
    const pages: Page[] = []
    for (let left = count; left > 0; left--) {
      const tab = await page()
      await open(tab, kind)
      pages.push(tab)
    }
    return pages
  }
  const signIn = (tab: Page | undefined, email = 'ada@example.com') =>
    tab?.evaluate(
      (address) => window.opened.auth.signIn({ email: address, password: 'correct horse' }),
      email,
    )
  /** Who is signed in, as each tab shows it: nobody asks it for a token. */
  const shown = (pages: readonly Page[]) =>
    Promise.all(
      pages.map((tab) =>
        tab.evaluate(() => {
          const { status, session } = window.opened.auth.getSnapshot()
          return session?.user?.email ?? status
        }),
      ),
    )
  async function allShow(pages: readonly Page[], what: string): Promise<void> {
    const start = performance.now()
    await expect.poll(() => shown(pages), patient).toEqual(pages.map(() => what))
    longest = Math.max(longest, performance.now() - start)
  }
  const lastEvents = (pages: readonly Page[]) =>
    Promise.all(pages.map((tab) => tab.evaluate(() => window.opened.events.at(-1))))
  /** A listener hears of an end once what is left of the session is removed. */
  async function allHeard(pages: readonly Page[], event: string): Promise<void> {
    await expect.poll(() => lastEvents(pages), patient).toEqual(pages.map(() => event))
  }

  it.each(['local', 'indexed-db'] as const)(
    'a sign-in, another person’s sign-in and a sign-out in one reach all (%s)',
    async (kind) => {
      const pages = await tabs(4, kind)
      await allShow(pages, 'signed-out')
      await signIn(pages[0])
      await allShow(pages, 'ada@example.com')
      await signIn(pages[1], 'bob@example.com')
      await allShow(pages, 'bob@example.com')
      await pages[2]?.evaluate(() => window.opened.auth.signOut())
      await allShow(pages, 'signed-out')
      await allHeard(pages, 'SIGNED_OUT')
    },
  )

  it('localStorage.clear() in one signs out all, that one among them', async () => {
    const pages = await tabs(4)
    await signIn(pages[0])
    await allShow(pages, 'ada@example.com')
    await pages[0]?.evaluate(() => localStorage.clear())
    await allShow(pages, 'signed-out')
    await allHeard(pages, 'SIGNED_OUT')
    // Nobody wrote the session anew.
    expect(await pages[1]?.evaluate(() => JSON.stringify(localStorage))).not.toContain('refresh')
    await signIn(pages[3], 'bob@example.com')
    await allShow(pages, 'bob@example.com')
  })

  it('localStorage.clear() in a page without a client signs out all', async () => {
    const [pages, bare] = [await tabs(3), await page()]
    await signIn(pages[0])
    await allShow(pages, 'ada@example.com')
    await bare.evaluate(() => localStorage.clear())
    await allShow(pages, 'signed-out')
  })

  it('tabs that open while another signs in or out agree with it', async () => {
    const [first] = await tabs(1)
    const late: Page[] = []
    for (let round = 0; round < 3; round++) {
      const [one, two] = [await page(), await page()]
      late.push(one, two)
      await Promise.all([signIn(first), open(one, 'local')])
      await allShow(
        late.filter((tab) => tab !== two),
        'ada@example.com',
      )
      await Promise.all([first?.evaluate(() => window.opened.auth.signOut()), open(two, 'local')])
      await allShow(late, 'signed-out')
    }
  })
})
