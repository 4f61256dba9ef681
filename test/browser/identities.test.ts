import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { bundle, type Site, startSite } from './site.js'

describe.skipIf(!findChromium())('in a real browser', () => {
  let browser: Browser
  let site: Site
  let page: Page
  let script: string

  beforeAll(async () => {
    browser = await launch()
    script = await bundle('areas-page')
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    site = await startSite({ accessTokenLifetime: 3_600_000, manualLinking: true })
    page = await browser.newPage()
    await page.goto(site.url)
    await page.addScriptTag({ content: script })
    await page.evaluate(() =>
      window.ownAreas.auth.signIn({ email: 'ada@example.com', password: 'correct horse' }),
    )
  })
  afterEach(async () => {
    await page.context().close()
    await site.close()
  })

  /** The way to the provider and back, as the browser goes it. */
  async function link(): Promise<void> {
    const url = await page.evaluate(() =>
      window.ownAreas.identities.linkUrl({
        provider: 'github',
        redirectTo: `${location.origin}/back`,
      }),
    )
    await page.goto(url)
    await page.addScriptTag({ content: script })
  }

  it('a link goes to the provider and back: one event, and one session at the server', async () => {
    const before = await page.evaluate(() => window.ownAreas.auth.getSession())
    await link()
    expect(page.url()).toMatch(/\/back\?code=/)
    const result = await page.evaluate(() => window.ownAreas.auth.actions.handleRedirect())
    expect(page.url()).toBe(`${site.url}back`)
    expect(result?.user?.id).toBe(before?.user?.id)
    expect(result?.session?.sessionId).not.toBe(before?.sessionId)
    expect(await page.evaluate(() => window.ownAreas.events)).toEqual([
      'INITIAL_SESSION',
      'USER_UPDATED',
    ])
    const providers = await page.evaluate(async () =>
      (await window.ownAreas.identities.list()).map(({ provider }) => provider),
    )
    expect(providers).toEqual(['email', 'github'])
    await expect
      .poll(() => site.server.sessions().map(({ id }) => id))
      .toEqual([result?.session?.sessionId])
  })

  it('a link is undone, and one that is refused says why', async () => {
    await link()
    await page.evaluate(() => window.ownAreas.auth.actions.handleRedirect())
    await link()
    const refused = await page.evaluate(() =>
      window.ownAreas.auth.actions.handleRedirect().then(
        () => 'no error',
        (error) => error.serverCode,
      ),
    )
    expect(refused).toBe('identity_already_exists')
    const left = await page.evaluate(async () => {
      const { identities } = window.ownAreas
      const identityId = (await identities.list())[1]?.identityId ?? ''
      await identities.unlink({ identityId })
      return (await identities.list()).map(({ provider }) => provider)
    })
    expect(left).toEqual(['email'])
  })
})
