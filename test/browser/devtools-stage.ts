import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type DevtoolsSite, startDevtoolsSite } from './devtools-site.js'

export const ADA = { email: 'ada@example.com', password: 'correct horse' }
/** How long an access token lives, in ms: refreshes come while one looks. */
const LIFE = 8_000

/** What a story differs in. */
interface Setting extends BrowserContextOptions {
  readonly life?: number
}

/** An app with the panel on it, in a browser context of its own. */
export interface Stage {
  readonly site: DevtoolsSite
  readonly context: BrowserContext
  /** What the browser complained of. */
  readonly complaints: string[]
  open(): Promise<Page>
}

/** Plays a story on a stage, and clears it away. */
export async function withSite(
  browser: Browser,
  story: (stage: Stage) => Promise<void>,
  { life = LIFE, ...options }: Setting = {},
): Promise<void> {
  const site = await startDevtoolsSite(life)
  const context = await browser.newContext(options)
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    // The browser itself tells of what a story makes the server answer.
    if (message.type() === 'error' && !/ (503|400) /.test(message.text()))
      complaints.push(message.text())
  })
  async function open(): Promise<Page> {
    const page = await context.newPage()
    await page.goto(site.url)
    await page.waitForFunction(() => 'inspected' in window)
    return page
  }
  try {
    await story({ site, context, complaints, open })
  } finally {
    await context.close()
    await site.close()
  }
}

export const toggle = (page: Page) => page.getByRole('button', { name: /^Holdfast devtools: / })
export const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
export const textOf = (page: Page, name: string) => part(page, name).innerText()
export const line = (page: Page) =>
  page.getByRole('region', { name: 'Time line of all tabs' }).innerText()
export const signIn = (page: Page) => page.evaluate((ada) => window.inspected.auth.signIn(ada), ADA)

/** Presses a button of the panel. */
export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()

/** What is in the page, its shadows included. */
export const everythingOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const shadow = document.querySelector('holdfast-devtools')?.shadowRoot?.innerHTML ?? ''
    if (shadow === '') throw new Error('There is no panel.')
    return document.documentElement.outerHTML + shadow
  })

/** Whether any of the tokens that there are is in the page. */
export async function showsToken(page: Page): Promise<boolean> {
  const tokens = await page.evaluate(() => {
    const { session } = window.inspected.auth.getSnapshot()
    return [session?.accessToken, session?.refreshToken]
  })
  const all = await everythingOf(page)
  return tokens.some((token) => {
    if (!token) throw new Error('There is nothing to compare.')
    return all.includes(token)
  })
}
