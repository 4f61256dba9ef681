import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { bundle, type Site, startSite } from './site.js'

describe.skipIf(!findChromium())('a real browser with an authenticator:', () => {
  let browser: Browser
  let site: Site
  let page: Page
  let device: CDPSession
  let authenticatorId: string
  let script: string

  beforeAll(async () => {
    browser = await launch()
    script = await bundle('areas-page')
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    const origins: string[] = []
    site = await startSite({
      accessTokenLifetime: 3_600_000,
      passkeys: { rpId: 'localhost', rpName: 'Holdfast', origins },
    })
    const { port } = new URL(site.url)
    // An address of digits is no site that passkeys can be for.
    origins.push(`http://localhost:${port}`)
    page = await browser.newPage()
    await page.goto(`http://localhost:${port}/`)
    await page.addScriptTag({ content: script })
    device = await page.context().newCDPSession(page)
    await device.send('WebAuthn.enable')
    const added = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    authenticatorId = added.authenticatorId
    await page.evaluate(() =>
      window.ownAreas.auth.signIn({ email: 'ada@example.com', password: 'correct horse' }),
    )
  })
  afterEach(async () => {
    await page.context().close()
    await site.close()
  })

  /** What a call of the page rejects with. */
  const codeOf = (name: 'signIn' | 'register'): Promise<string> =>
    page.evaluate(
      (method) =>
        window.ownAreas.passkeys[method]().then(
          () => 'no error',
          (error) => error.code,
        ),
      name,
    )

  it('a passkey is made, listed, renamed, signs in and is removed', async () => {
    const made = await page.evaluate(() =>
      window.ownAreas.passkeys.register({ friendlyName: 'Mine' }),
    )
    expect(made).toEqual({
      id: expect.any(String),
      friendlyName: 'Mine',
      createdAt: expect.any(Number),
      lastUsedAt: null,
    })
    expect(await page.evaluate(() => window.ownAreas.passkeys.list())).toEqual([made])
    const renamed = await page.evaluate(
      (id) => window.ownAreas.passkeys.rename({ id, friendlyName: 'Laptop' }),
      made.id,
    )
    expect(renamed).toEqual({ ...made, friendlyName: 'Laptop' })
    await page.evaluate(() => window.ownAreas.auth.signOut())
    const signedIn = await page.evaluate(() => window.ownAreas.passkeys.signIn())
    expect(signedIn.user?.email).toBe('ada@example.com')
    expect(signedIn.session?.amr?.[0]?.method).toBe('passkey')
    const used = await page.evaluate(() => window.ownAreas.passkeys.list())
    expect(used).toEqual([{ ...renamed, lastUsedAt: expect.any(Number) }])
    await page.evaluate((id) => window.ownAreas.passkeys.remove({ id }), made.id)
    expect(await page.evaluate(() => window.ownAreas.passkeys.list())).toEqual([])
    expect(await codeOf('signIn')).toBe('rejected')
    expect(await page.evaluate(() => window.ownAreas.events)).toEqual([
      'INITIAL_SESSION',
      'SIGNED_IN',
      'SIGNED_OUT',
      'SIGNED_IN',
    ])
  })

  it('a prompt that the caller gives up ends as `aborted`, and nobody is signed out', async () => {
    // Without a device Chromium goes on asking for one.
    await device.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    const ended = page.evaluate(() => {
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 500)
      return window.ownAreas.passkeys.signIn({}, { signal: abort.signal }).then(
        () => 'no error',
        (error) => error.code,
      )
    })
    expect(await ended).toBe('aborted')
    expect(await page.evaluate(() => window.ownAreas.auth.getSnapshot().status)).toBe('signed-in')
  })

  it('a second passkey on one device is refused by the device', async () => {
    await page.evaluate(() => window.ownAreas.passkeys.register())
    expect(await codeOf('register')).toBe('aborted')
    expect(await page.evaluate(() => window.ownAreas.passkeys.list())).toHaveLength(1)
  })

  it('a browser whose WebAuthn speaks no JSON is told apart before anything is sent', async () => {
    await page.evaluate(() => {
      // As Safari was before 18.4.
      Reflect.deleteProperty(PublicKeyCredential, 'parseRequestOptionsFromJSON')
      Reflect.deleteProperty(PublicKeyCredential, 'parseCreationOptionsFromJSON')
      Reflect.deleteProperty(PublicKeyCredential.prototype, 'toJSON')
    })
    site.server.clearLog()
    expect(await codeOf('signIn')).toBe('invalid_argument')
    expect(site.server.requests).toEqual([])
  })

  it('a page of another host is told that the passkeys are not for it', async () => {
    await page.goto(site.url)
    await page.addScriptTag({ content: script })
    expect(await codeOf('signIn')).toBe('invalid_argument')
  })
})
