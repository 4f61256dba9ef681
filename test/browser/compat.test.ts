import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type CompatSite, startCompatSite } from './compat-site.js'

const EVE = { email: 'eve@example.com', password: 'secret-9' }

describe.skipIf(!findChromium())('an app of auth-js whose import was swapped', () => {
  let browser: Browser
  let site: CompatSite
  let context: BrowserContext
  let page: Page
  const errors: string[] = []

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    errors.length = 0
    site = await startCompatSite()
    context = await browser.newContext()
    page = await open()
  })
  afterEach(async () => {
    await context.close()
    await site.close()
    expect(errors).toEqual([])
  })

  /** A tab at a path, once its app has heard who is signed in. */
  async function open(path = ''): Promise<Page> {
    const tab = await context.newPage()
    tab.on('pageerror', (error) => errors.push(String(error)))
    await tab.goto(site.url + path)
    await ready(tab)
    return tab
  }
  const ready = (tab: Page) => tab.waitForFunction(() => window.app?.events.length > 0)
  const who = (tab: Page) => tab.evaluate(() => window.app.who())
  const eventsOf = (tab: Page) => tab.evaluate(() => [...window.app.events])
  /** Gives the browser a device of this kind, in place of what it had, and goes where it is good. */
  async function plugIn(transport: 'internal' | 'usb'): Promise<void> {
    await page.goto(site.url.replace('127.0.0.1', 'localhost'))
    await ready(page)
    const device = await context.newCDPSession(page)
    await device.send('WebAuthn.enable')
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
  }
  const signUp = (tab: Page) =>
    tab.evaluate(({ email, password }) => window.app.signUp(email, password), EVE)

  it('signs up, stays signed in over a reload, and signs out in all tabs', async () => {
    expect(await signUp(page)).toBe(EVE.email)
    expect(await signUp(page)).toBe('422 user_already_exists')
    await page.reload()
    await ready(page)
    expect(await who(page)).toBe(EVE.email)
    expect(await eventsOf(page)).toEqual(['INITIAL_SESSION'])
    const other = await open()
    expect(await who(other)).toBe(EVE.email)
    expect(await other.evaluate(() => window.app.auth.signOut())).toEqual({ error: null })
    await expect.poll(() => eventsOf(page)).toEqual(['INITIAL_SESSION', 'SIGNED_OUT'])
    expect(site.server.sessions()).toEqual([])
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(EVE.email)
  })

  it('loads what signs people in when somebody signs in', async () => {
    const before = new Set(site.asked)
    await signUp(page)
    const later = site.asked.filter((path) => !before.has(path))
    expect(later.some((path) => path.includes('sign-in'))).toBe(true)
    expect(site.asked.some((path) => path.includes('mfa'))).toBe(false)
  })

  it('takes over the session that auth-js has stored, which auth-js then no longer has', async () => {
    const old = await open('auth-js')
    expect(await signUp(old)).toBe(EVE.email)
    expect(await old.evaluate(() => Object.keys(localStorage))).toContain('sb-app-auth-token')
    await page.reload()
    await ready(page)
    expect(await who(page)).toBe(EVE.email)
    const keys = await page.evaluate(() => Object.keys(localStorage))
    expect(keys.filter((key) => key.startsWith('sb-'))).toEqual([])
    await old.reload()
    await ready(old)
    expect(await who(old)).toBeNull()
    expect(site.server.count('refresh_token')).toBe(0)
    const { error } = await page.evaluate(() => window.app.auth.refreshSession())
    expect(error).toBeNull()
  })

  it.each(['implicit', 'pkce'])(
    'goes to another provider and comes back signed in: %s',
    async (flow) => {
      const start = `${site.url}?flow=${flow}`
      await page.goto(start)
      await ready(page)
      await page.evaluate((redirectTo) => {
        window.app.auth.signInWithOAuth({ provider: 'github', options: { redirectTo } })
      }, start)
      await page.waitForFunction(() => window.app?.events.includes('SIGNED_IN'))
      expect(await eventsOf(page)).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
      expect(page.url()).toBe(start)
      const { data } = await page.evaluate(() => window.app.auth.getUser())
      expect(data.user?.app_metadata.provider).toBe('github')
    },
  )

  it('makes a passkey, signs in with it, and proves a security key as a second factor', async () => {
    await plugIn('internal')
    await signUp(page)
    const made = await page.evaluate(() => window.app.auth.registerPasskey())
    expect(made).toMatchObject({ data: { created_at: expect.any(String) }, error: null })
    await page.evaluate(() => window.app.auth.signOut())
    const { data } = await page.evaluate(() => window.app.auth.signInWithPasskey())
    expect(data?.user?.email).toBe(EVE.email)
    await plugIn('usb')
    await page.evaluate(
      ({ email, password }) => window.app.auth.signInWithPassword({ email, password }),
      EVE,
    )
    const { error } = await page.evaluate(() =>
      window.app.auth.mfa.webauthn.register({ friendlyName: 'key' }),
    )
    expect(error).toBeNull()
    const level = () => page.evaluate(() => window.app.auth.mfa.getAuthenticatorAssuranceLevel())
    expect(await level()).toMatchObject({ data: { currentLevel: 'aal2' } })
    expect(await eventsOf(page)).toContain('MFA_CHALLENGE_VERIFIED')
  })

  it('enrols a security key step by step, and proves it', async () => {
    await plugIn('usb')
    await signUp(page)
    const level = () => page.evaluate(() => window.app.auth.mfa.getAuthenticatorAssuranceLevel())
    const step = await page.evaluate(async () => {
      const { mfa } = window.app.auth
      const site = { rpId: location.hostname, rpOrigins: [location.origin] }
      const { data: factor } = await mfa.webauthn.enroll({ friendlyName: 'key' })
      const asked = { factorId: factor?.id ?? '', webauthn: site }
      const { data, error } = await mfa.webauthn.challenge(asked)
      if (!data || error) return String(error)
      const { type, credential_response } = data.webauthn
      if (type !== 'create' || !('attestationObject' in credential_response.response)) return type
      const webauthn = { ...site, type, credential_response }
      const verified = await mfa.verify({ ...data, webauthn: { ...site, ...Object(webauthn) } })
      return verified.error?.message ?? factor?.id
    })
    expect(step).toMatch(/^[\da-f-]{36}$/)
    expect(await level()).toMatchObject({ data: { currentLevel: 'aal2' } })
    await page.evaluate((credentials) => window.app.auth.signInWithPassword(credentials), EVE)
    expect(await level()).toMatchObject({ data: { currentLevel: 'aal1', nextLevel: 'aal2' } })
    const proved = (factorId: string) =>
      page.evaluate((id) => window.app.auth.mfa.webauthn.authenticate({ factorId: id }), factorId)
    expect(await proved(String(step))).toMatchObject({ error: null })
    expect(await level()).toMatchObject({ data: { currentLevel: 'aal2' } })
  })
})
