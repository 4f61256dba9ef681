import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { bundle, type Site, startSite } from './site.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
const EVE = { email: 'eve@example.com', password: 'correct horse' }
const DAY = 86_400_000

describe.skipIf(!findChromium())('in a real browser', () => {
  let browser: Browser
  let site: Site
  let page: Page
  let script: string
  /** How far the server's clock is behind this device's, in ms. */
  let behind = 0

  beforeAll(async () => {
    browser = await launch()
    script = await bundle('flows-page')
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    behind = 0
    site = await startSite({
      accessTokenLifetime: 3_600_000,
      autoconfirm: false,
      manualLinking: true,
      reauthentication: true,
      clock: { now: () => Date.now() - behind },
      mfa: { phone: true, recoveryCodes: true },
    })
    page = await browser.newPage()
    await visit(page, site.url)
  })
  afterEach(async () => {
    await page.context().close()
    await site.close()
  })

  async function visit(where: Page, address: string): Promise<void> {
    await where.goto(address)
    await where.addScriptTag({ content: script })
  }

  const message = () => {
    const last = site.server.messages.at(-1)
    if (!last) throw new Error('Nothing was sent.')
    return last
  }

  /** Opens the link of the last message, and tells what became of it. */
  async function follow(where = page) {
    await visit(where, message().link)
    return where.evaluate(() =>
      window.flows.auth.actions.handleRedirect().then(
        (result) => ({ email: result?.user?.email, message: result?.message }),
        (error) => ({ code: error.code, serverCode: error.serverCode }),
      ),
    )
  }

  const events = () => page.evaluate(() => window.flows.events)
  const signIn = (who: { readonly email: string; readonly password: string }) =>
    page.evaluate(async (given) => (await window.flows.auth.signIn(given)).user?.email, who)

  it('somebody registers, has the mail sent again, and its link signs in', async () => {
    await page.evaluate(async (eve) => {
      const { actions } = window.flows.auth
      const redirectTo = `${location.origin}/welcome?tab=1`
      await actions.signUp({ ...eve, redirectTo, data: { name: 'Eve 🦊' } })
      await actions.resend({ type: 'signup', email: eve.email, redirectTo })
    }, EVE)
    expect(site.server.messages.map(({ type }) => type)).toEqual(['signup', 'signup'])
    expect(await follow()).toMatchObject({ email: EVE.email })
    expect(page.url()).toBe(`${site.url}welcome?tab=1`)
    expect(await events()).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
  })

  it('a link and a code by mail sign in, the hash of a link on any device', async () => {
    const send = () =>
      page.evaluate((email) => {
        const redirectTo = `${location.origin}/back`
        return window.flows.auth.actions.sendOtp({ email, redirectTo })
      }, ADA.email)
    await send()
    expect(await follow()).toMatchObject({ email: ADA.email })
    await page.evaluate(async (email) => {
      await window.flows.auth.signOut()
      await window.flows.auth.actions.sendOtp({ email })
    }, ADA.email)
    const { code, to: email } = message()
    expect(
      await page.evaluate((given) => window.flows.auth.signIn(given), { email, code }),
    ).toMatchObject({ user: { email: ADA.email } })
    await page.evaluate((to) => window.flows.auth.actions.sendOtp({ email: to }), ADA.email)
    const { tokenHash } = message()
    const phone = await browser.newPage()
    await visit(phone, site.url)
    const elsewhere = await phone.evaluate(
      (hash) => window.flows.auth.signIn({ tokenHash: hash, type: 'email' }),
      tokenHash,
    )
    expect(elsewhere.user?.email).toBe(ADA.email)
    await phone.context().close()
  })

  it('a new password is set by a link, which another device cannot open', async () => {
    await page.evaluate((email) => {
      const redirectTo = `${location.origin}/password`
      return window.flows.auth.actions.sendPasswordRecovery({ email, redirectTo })
    }, ADA.email)
    expect(await follow()).toMatchObject({ email: ADA.email })
    expect(await events()).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'PASSWORD_RECOVERY'])
    await page.evaluate(async () => {
      await window.flows.auth.actions.updateUser({ password: 'battery staple' })
      await window.flows.auth.signOut()
    })
    expect(await signIn({ ...ADA, password: 'battery staple' })).toBe(ADA.email)

    await page.evaluate((email) => {
      const redirectTo = `${location.origin}/password`
      return window.flows.auth.actions.sendPasswordRecovery({ email, redirectTo })
    }, ADA.email)
    const phone = await browser.newPage()
    await visit(phone, site.url)
    expect(await follow(phone)).toMatchObject({ code: 'invalid_credentials' })
    expect(phone.url()).toBe(`${site.url}password`)
    await phone.context().close()
  })

  it('a link of the implicit flow signs in on another device, never over somebody else', async () => {
    const send = (email: string) =>
      page.evaluate((to) => {
        const redirectTo = `${location.origin}/back`
        return window.flows.auth.actions.sendOtp({ email: to, redirectTo, flow: 'implicit' })
      }, email)
    await send(ADA.email)
    const phone = await browser.newPage()
    await visit(phone, site.url)
    expect(await follow(phone)).toMatchObject({ email: ADA.email })
    expect(phone.url()).toBe(`${site.url}back`)
    await send('bob@example.com')
    expect(await follow(phone)).toMatchObject({ code: 'invalid_argument' })
    const still = await phone.evaluate(() => window.flows.auth.getSession())
    expect(still?.user?.email).toBe(ADA.email)
    await phone.context().close()
  })

  it('another provider signs in by redirect, and its refusal is told', async () => {
    const leave = async () => {
      const url = await page.evaluate(() =>
        window.flows.auth.actions.authorizeUrl({
          provider: 'github',
          redirectTo: `${location.origin}/back`,
        }),
      )
      await visit(page, url)
      return page.evaluate(() =>
        window.flows.auth.actions.handleRedirect().then(
          (result) => result?.session !== null,
          (error) => error.serverCode,
        ),
      )
    }
    site.server.denyNextAuthorize()
    expect(await leave()).toBe('access_denied')
    expect(page.url()).toBe(`${site.url}back`)
    expect(await leave()).toBe(true)
    expect(page.url()).toBe(`${site.url}back`)
  })

  it('an id token signs in, and another one links an account', async () => {
    const first = await site.server.issueIdToken({ email: EVE.email })
    const second = await site.server.issueIdToken({ email: 'eve@other.example' })
    const who = await page.evaluate(
      (idToken) => window.flows.auth.signIn({ provider: 'google', idToken }),
      first,
    )
    expect(who.user?.email).toBe(EVE.email)
    await page.evaluate(
      (idToken) => window.flows.identities.link({ provider: 'google', idToken }),
      second,
    )
    expect(await page.evaluate(() => window.flows.identities.list())).toHaveLength(2)
    expect(await events()).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'USER_UPDATED'])
  })

  it('somebody without an account gets an address, which two links change', async () => {
    const anonymous = await page.evaluate(() => window.flows.auth.signIn({ anonymous: true }))
    expect(anonymous.user?.isAnonymous).toBe(true)
    await signIn(ADA)
    const before = site.server.messages.length
    await page.evaluate(() => {
      const redirectTo = `${location.origin}/changed`
      return window.flows.auth.actions.updateUser({ email: 'ada@new.example', redirectTo })
    })
    const [one, two] = site.server.messages.slice(before)
    expect([one?.type, two?.type]).toEqual(['email_change', 'email_change'])
    await visit(page, one?.link ?? '')
    const half = await page.evaluate(() => window.flows.auth.actions.handleRedirect())
    expect(half).toMatchObject({ session: null, message: expect.stringContaining('other email') })
    expect(page.url()).toBe(`${site.url}changed`)
    await visit(page, two?.link ?? '')
    const whole = await page.evaluate(() => window.flows.auth.actions.handleRedirect())
    expect(whole?.user?.email).toBe('ada@new.example')
  })

  it('an old session sets a new password by a code', async () => {
    behind = DAY + 60_000
    await signIn(ADA)
    behind = 0
    const change = (nonce?: string) =>
      page.evaluate(
        (code) =>
          window.flows.auth.actions
            .updateUser({ password: 'battery staple', ...(code && { nonce: code }) })
            .then(
              () => 'done',
              (error) => error.serverCode,
            ),
        nonce,
      )
    expect(await change()).toBe('reauthentication_needed')
    await page.evaluate(() => window.flows.auth.actions.reauthenticate())
    expect(await change(message().code)).toBe('done')
    expect(await events()).toContain('USER_UPDATED')
  })

  it('a code to a phone signs in and raises a session, and so does a recovery code', async () => {
    const phone = '+15550100'
    await page.evaluate((to) => window.flows.auth.actions.sendOtp({ phone: to }), phone)
    const { code } = message()
    await page.evaluate((given) => window.flows.auth.signIn(given), { phone, code })
    const factorId = await page.evaluate(
      async (to) => (await window.flows.mfa.enroll({ type: 'phone', phone: to })).id,
      phone,
    )
    const challenge = await page.evaluate(
      (id) => window.flows.mfa.challenge({ factorId: id }),
      factorId,
    )
    const raised = await page.evaluate((given) => window.flows.mfa.verify(given), {
      ...{ factorId, challengeId: challenge.id, code: message().code },
    })
    expect(raised.aal).toBe('aal2')
    const { codes } = await page.evaluate(() => window.flows.codes.generate())
    const status = await page.evaluate(async (given) => {
      await window.flows.codes.verify({ code: given ?? '' })
      return window.flows.codes.status()
    }, codes[0])
    expect(status).toMatchObject({ total: codes.length, remaining: codes.length - 1 })
    expect(await events()).toEqual([
      ...['INITIAL_SESSION', 'SIGNED_IN', 'MFA_CHALLENGE_VERIFIED', 'MFA_CHALLENGE_VERIFIED'],
    ])
  })

  it('a sign-out ends the others only, or all of them', async () => {
    await signIn(ADA)
    const phone = await browser.newPage()
    await visit(phone, site.url)
    await phone.evaluate((ada) => window.flows.auth.signIn(ada), ADA)
    expect(site.server.sessions()).toHaveLength(2)
    await page.evaluate(() => window.flows.auth.signOut({ scope: 'others' }))
    expect(site.server.sessions()).toHaveLength(1)
    expect(await page.evaluate(() => window.flows.auth.getSnapshot().status)).toBe('signed-in')
    await page.evaluate(() => window.flows.auth.signOut({ scope: 'global' }))
    expect(site.server.sessions()).toEqual([])
    await phone.context().close()
  })
})
