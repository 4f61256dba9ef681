import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type Site, startSite } from './site.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }

describe.skipIf(!findChromium())('second factors in a real browser', () => {
  let browser: Browser
  let context: BrowserContext
  let site: Site
  /** WebAuthn is for names, not for addresses in digits. */
  let home: string

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    const origins: string[] = []
    site = await startSite({
      accessTokenLifetime: 3_600_000,
      rotation: 'v2',
      reuseInterval: 0,
      mfa: { webauthn: { rpId: 'localhost', rpName: 'Lab', origins } },
    })
    home = `http://localhost:${new URL(site.url).port}`
    origins.push(home)
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context.close()
    await site.close()
  })

  async function tab(): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${home}/mfa`)
    return page
  }
  const signIn = (page: Page) => page.evaluate((ada) => window.second.auth.signIn(ada), ADA)
  const events = (page: Page) => page.evaluate(() => window.second.events)
  const level = (page: Page) => page.evaluate(() => window.second.level())

  /** Gives a page an authenticator of the platform, at which somebody always is. */
  async function withAuthenticator(page: Page, present = true): Promise<() => Promise<number>> {
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasUserVerification: true,
        isUserVerified: present,
        automaticPresenceSimulation: present,
      },
    })
    return async () =>
      (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length
  }

  it('a code of an app: the picture shows, the code raises all tabs, and the next token works', async () => {
    const page = await tab()
    const sibling = await tab()
    await signIn(page)
    const factor = await page.evaluate(() => window.second.factors.enroll({ type: 'totp' }))
    const picture = await page.evaluate((src) => window.second.show(src), factor.totp.qrCode)
    expect(picture.width).toBe(207)
    expect(picture.dark).toBeGreaterThan(1_000)
    const code = await site.server.totpCode(factor.totp.secret)
    await page.evaluate((answer) => window.second.factors.challengeAndVerify(answer), {
      factorId: factor.id,
      code,
    })
    expect(await level(page)).toMatchObject({ current: 'aal2', next: 'aal2' })
    expect(await events(page)).toContain('MFA_CHALLENGE_VERIFIED aal2')
    await expect.poll(() => events(sibling)).toContain('TOKEN_REFRESHED aal2')
    // This server ends the session of whoever sends a token from before the code.
    await sibling.evaluate(() => window.second.auth.refreshSession())
    await page.evaluate(() => window.second.auth.refreshSession())
    expect(await level(sibling)).toMatchObject({ current: 'aal2' })
  })

  it('a wrong code leaves everybody as they are', async () => {
    const page = await tab()
    await signIn(page)
    const { id } = await page.evaluate(() => window.second.factors.enroll({ type: 'totp' }))
    const error = await page.evaluate(
      (factorId) =>
        window.second.factors
          .challengeAndVerify({ factorId, code: '0' })
          .catch(({ code, serverCode }) => ({ code, serverCode })),
      id,
    )
    expect(error).toEqual({ code: 'invalid_credentials', serverCode: 'mfa_verification_failed' })
    expect(await level(page)).toMatchObject({ current: 'aal1', next: 'aal1' })
  })

  it('a security key: registered, then proved after another sign-in', async () => {
    const page = await tab()
    const credentials = await withAuthenticator(page)
    await signIn(page)
    const { factorId, session } = await page.evaluate(() =>
      window.second.keys.register({ friendlyName: 'key' }),
    )
    expect(session.aal).toBe('aal2')
    expect(await credentials()).toBe(1)
    await page.evaluate(() => window.second.auth.signOut())
    await signIn(page)
    expect(await level(page)).toMatchObject({ current: 'aal1', next: 'aal2' })
    const raised = await page.evaluate(
      (id) => window.second.keys.authenticate({ factorId: id }),
      factorId,
    )
    expect(raised.amr?.map(({ method }) => method).sort()).toEqual(['mfa/webauthn', 'password'])
  })

  it('a security key that nobody touches is given up by the caller, and leaves no factor', async () => {
    const page = await tab()
    await withAuthenticator(page, false)
    await signIn(page)
    const code = await page.evaluate(async () => {
      const caller = new AbortController()
      const registered = window.second.keys.register({}, { signal: caller.signal })
      setTimeout(() => caller.abort(), 500)
      return registered.then(String, (error) => error.code)
    })
    expect(code).toBe('aborted')
    expect(await page.evaluate(() => window.second.factors.list())).toEqual([])
  })
})
