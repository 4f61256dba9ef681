import type { BrowserContext, Page } from 'playwright-core'
import type { SuperTokensProviderOptions } from '../../src/providers/supertokens/index.js'
import type { SuperTokensSite } from './supertokens-site.js'

/** What the console may say: that the browser got an answer of an expected status. */
const EXPECTED = /^Failed to load resource: the server responded with a status of (401|403|503) /

/** Opens a page of a site whose complaints are kept, but for refusals and outages. */
export async function openPage(
  context: BrowserContext,
  { origin }: Pick<SuperTokensSite, 'origin'>,
  complaints: string[],
): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) {
      complaints.push(message.text())
    }
  })
  await page.goto(origin)
  return page
}

/** How a client of this package is set up. */
export interface TabOptions
  extends Pick<SuperTokensProviderOptions, 'url' | 'transfer' | 'lookForSession'> {
  /** Clients with another one share neither storage nor lock, only the cookies. @default 'app' */
  readonly storageKey?: string
}

/** Puts a client of this package into a page: `window.tab`. */
export async function openTab(page: Page, options: TabOptions = {}): Promise<Page> {
  await page.evaluate(async (given) => {
    window.tab = window.superTokensKit.openTab(given)
    await window.tab.auth.getSession()
  }, options)
  return page
}

/** Signs in by a route of the app. */
export const signIn = (page: Page, userId = 'ada') =>
  page.evaluate((path) => window.tab.auth.signIn({ path }), `/signin/${userId}`)

export const signOut = (page: Page) => page.evaluate(() => window.tab.auth.signOut())

export const token = (page: Page) => page.evaluate(() => window.tab.auth.getAccessToken())

/** The status of a protected route, as the client's own fetch gets it. */
export const call = (page: Page): Promise<number> =>
  page.evaluate(async () => (await window.tab.auth.fetch('/api/me', { method: 'POST' })).status)

/** Refreshes; the code of the error where that fails. */
export const refresh = (page: Page): Promise<string> =>
  page.evaluate(() =>
    window.tab.auth.refreshSession().then(
      () => 'refreshed',
      ({ code, retryable }) => `${code}${retryable ? ', for now' : ''}`,
    ),
  )

/** What happened to the client, and how it stands. */
export const standing = (page: Page) =>
  page.evaluate(() => {
    const { status, session } = window.tab.auth.getSnapshot()
    return { status, userId: session?.user?.id, events: window.tab.events }
  })

/** Statuses of the answers to requests for a path, as they come. */
export function statusesOf(page: Page, path: string): number[] {
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().endsWith(path)) statuses.push(response.status())
  })
  return statuses
}

/** The cookies of the tokens: name, path and value. */
export async function tokenCookies(context: BrowserContext): Promise<readonly string[]> {
  const cookies = await context.cookies()
  const ours = cookies.filter(({ name }) => /^s(Access|Refresh|IdRefresh)Token$/.test(name))
  return ours.map(({ name, path, value }) => `${name} ${path} ${value}`).sort()
}

/** The same without values. */
export const tokenCookieNames = async (context: BrowserContext): Promise<readonly string[]> =>
  (await tokenCookies(context)).map((line) => line.split(' ').slice(0, 2).join(' '))
