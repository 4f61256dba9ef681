import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../src/testing/index.js'
import { findChromium, launch } from './chromium.js'
import { holdfastBackend } from './supertokens-backends.js'
import { type SuperTokensSite, startSuperTokensSite } from './supertokens-site.js'
import {
  call,
  openPage,
  openTab,
  refresh,
  signIn,
  standing,
  statusesOf,
  tokenCookies,
} from './supertokens-tabs.js'

/** How long an access token lives, in ms. */
const LIFE = 60_000
/** How long the app waits for the core, in ms. */
const PATIENCE = 1_000

let browser: Browser

beforeAll(async () => {
  if (findChromium()) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!findChromium()).each<[string, Fault]>([
  ['hangs', { type: 'hang' }],
  ['breaks connections', { type: 'drop' }],
  ['answers 500', { type: 'status', status: 500, body: 'Internal Error' }],
  ['answers HTML', { type: 'html' }],
])('a core that %s, as a page sees it', (_, fault) => {
  let context: BrowserContext
  let site: SuperTokensSite
  let ahead = 0
  const complaints: string[] = []

  beforeAll(async () => {
    const now = () => Date.now() + ahead
    site = await startSuperTokensSite({
      backend: holdfastBackend({ requestTimeout: PATIENCE, now }),
      core: { accessTokenValidity: LIFE },
    })
    // To make its keys takes a core longer than anything else.
    await site.core.fetch('http://core/.well-known/jwks.json')
  })
  afterAll(() => site?.close())
  beforeEach(async () => {
    context = await browser.newContext()
  })
  afterEach(async () => {
    site.core.heal()
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })

  const breakDown = () => site.core.fail(fault, { times: Number.POSITIVE_INFINITY })
  const open = (): Promise<Page> => openPage(context, site, complaints)

  it('signs nobody out and clears no cookie, and the session goes on after it', async () => {
    const page = await openTab(await open())
    await signIn(page)
    expect(await call(page)).toBe(200)
    const before = await tokenCookies(context)
    const signedOut = () => page.evaluate(() => window.tab.events.join().includes('SIGNED_OUT'))

    breakDown()
    expect(await refresh(page)).toBe('server_error, for now')
    expect(await call(page)).toBe(200)
    // Now the access token is dead, too.
    ahead += LIFE
    expect(await call(page)).toBe(401)
    expect(await standing(page)).toMatchObject({ status: 'signed-in', userId: 'ada' })
    expect(await signedOut()).toBe(false)
    expect(await tokenCookies(context)).toEqual(before)

    site.core.heal()
    site.setBehind(-ahead)
    // The next refresh comes when the pause after the last failure is over.
    await expect.poll(() => call(page)).toBe(200)
    expect(await standing(page)).toMatchObject({ status: 'signed-in', userId: 'ada' })
    expect(await signedOut()).toBe(false)
    expect(await tokenCookies(context)).not.toEqual(before)
  })

  it('leaves the session of supertokens-website alone', async () => {
    const page = await open()
    await page.evaluate(async () => {
      window.website = window.superTokensKit.openWebsite('cookie')
      await fetch('/signin/ada', { method: 'POST' })
    })
    const status = () => page.evaluate(async () => (await fetch('/api/me')).status)
    const attempt = () =>
      page.evaluate(() => window.website.attemptRefreshingSession().catch(() => 'failed'))
    expect(await status()).toBe(200)
    const before = await tokenCookies(context)

    breakDown()
    expect(await attempt()).toBe('failed')
    expect(await status()).toBe(200)
    ahead += LIFE
    const statuses = statusesOf(page, '/api/me')
    // What it got for the refresh is what it passes on.
    expect(await status()).toBe(503)
    expect(statuses).toEqual([401])
    expect(await tokenCookies(context)).toEqual(before)

    site.core.heal()
    site.setBehind(-ahead)
    // The server leaves a core that has failed alone for a while.
    await expect.poll(status, { timeout: 60_000 }).toBe(200)
    expect(await page.evaluate(() => window.website.doesSessionExist())).toBe(true)
    expect(await page.evaluate(() => window.website.events)).not.toContain('UNAUTHORISED')
  })
})
