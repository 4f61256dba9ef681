import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { signInContext } from '../../src/testing/playwright.js'
import { findChromium, launch } from './chromium.js'
import { AUTH, startSite } from './signed-in-site.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }
/** What the page of the app has for its test. */
declare const auth: AuthClient

describe.skipIf(!findChromium())('an app in a Playwright context that starts signed in', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof startSite>>
  let server: ScriptedGoTrue
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    site = await startSite()
    browser = await launch()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  beforeEach(async () => {
    server = createScriptedGoTrue({ users: [ADA], redirectUrls: ['**'] })
    context = await browser.newContext()
    await signInContext(context, {
      server,
      url: AUTH,
      appOrigin: site.origin,
      async signIn({ fetch, storage }) {
        const auth = new AuthClient({ provider: gotrue({ url: AUTH, fetch }), storage })
        await auth.signIn(ADA)
        auth.dispose()
      },
    })
    page = await context.newPage()
    await page.goto(site.origin)
  })

  afterEach(() => context.close())

  const says = (): Promise<string | null> => page.textContent('body:not(:empty)')

  it('knows the person, and refreshes at the scripted server', async () => {
    expect(await says()).toBe(ADA.email)
    const token = await page.evaluate(async () => (await auth.refreshSession()).session.accessToken)
    expect(token).toMatch(/^ey/)
    expect(server.requests.filter(({ grant }) => grant === 'refresh_token')).toHaveLength(1)
  })

  it('stays signed out after a sign-out, in the next page too', async () => {
    await says()
    await page.evaluate(() => auth.signOut())
    await page.reload()
    expect(await says()).toBe('nobody')
  })
})
