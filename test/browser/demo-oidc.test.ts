import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type RunningDemo, runDemo } from './running-demo.js'

/** What Chromium itself writes of what the demo is about: a step, and an auth server that is down. */
const EXPECTED =
  /^Failed to load resource: (.* status of (401|503)|net::ERR_FAILED)|blocked by CORS policy/

/** On a busy machine, in ms. */
const SOON = { timeout: 20_000 }

describe.skipIf(!findChromium())('the demo for OpenID Connect', () => {
  let browser: Browser
  let demo: RunningDemo
  const contexts: BrowserContext[] = []
  const problems: string[] = []

  // The first start builds the package.
  beforeAll(async () => {
    demo = await runDemo('oidc', 'OpenID Connect')
    browser = await launch()
  }, 400_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    await setDown(false)
    expect(problems.splice(0)).toEqual([])
  })

  const setDown = (down: boolean): Promise<unknown> =>
    fetch(`${demo.url}/demo`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ down }),
    })

  async function open(width = 1100): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width, height: 800 } })
    contexts.push(context)
    context.on('weberror', (error) => problems.push(String(error.error())))
    context.on('console', (message) => {
      const text = message.text()
      if (message.type() === 'error' && !EXPECTED.test(text)) problems.push(text)
    })
    const page = await context.newPage()
    await page.goto(demo.url)
    return { context, page }
  }

  const text = (page: Page, id: string) => expect.poll(() => page.textContent(`#${id}`), SOON)

  async function signIn(person: string, width?: number) {
    const opened = await open(width)
    await opened.page.click('[data-do=sign-in]')
    await opened.page.click(`[value=${person}]`)
    await text(opened.page, 'answer').toContain('answered')
    return opened
  }

  /** Gives the code that the phone shows. */
  async function giveCode(page: Page): Promise<void> {
    await page.fill('[name=code]', String(await page.textContent('#phone')))
    await page.click('.primary')
  }

  it('signs in at the other server, and shows what the API answers', async () => {
    const { page } = await signIn('ada')
    await text(page, 'who').toBe('Ada Lovelace')
    expect(page.url()).toBe(`${demo.url}/`)
    expect(await page.locator('#invoices tr').count()).toBe(3)
    expect(await page.textContent('#proof')).toBe('a name')
    await text(page, 'seconds').toMatch(/^[123]?\d$/)
  })

  it('refuses its API to strangers, to thieves of a token, and to tokens for somebody else', async () => {
    const { page } = await signIn('ada')
    await text(page, 'key').toMatch(/^…[\w-]{6}$/)
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }))
    const named = (name: string) => new RegExp(`${name}\\W+(ey[\\w.-]+)`).exec(stored)?.[1] ?? ''
    const [own, other] = [named('accessToken'), named('id_token')]
    expect([own, other].map((token) => token.slice(0, 2))).toEqual(['ey', 'ey'])
    for (const scheme of ['Bearer', 'DPoP']) {
      for (const token of ['', 'x', 'eyJhbGciOiJub25lIn0.e30.', other, own]) {
        const headers = { Authorization: `${scheme} ${token}` }
        expect((await fetch(`${demo.url}/api/me`, { headers })).status).toBe(401)
      }
    }
    // She herself is not kept out by what they did.
    await page.click('[data-do=ask]')
    await text(page, 'answer').toContain('answered')
  })

  it('pays when a fresh code was given, as the API wants, and for a minute asks no more', async () => {
    const { page } = await signIn('ada')
    await page.click('[data-pay="2026-118"]')
    await page.waitForSelector('#phone')
    await page.fill('[name=code]', 'another')
    await page.click('.primary')
    await page.waitForSelector('.problem')
    await giveCode(page)
    await text(page, 'notice').toBe('Paid: € 1,240.00 to Manila Rope Works.')
    await text(page, 'proof').toBe('a code')
    await page.click('[data-pay="2026-121"]')
    await text(page, 'notice').toBe('Paid: € 386.50 to Brass & Binnacle.')
    await expect.poll(() => page.locator('[data-pay]').count(), SOON).toBe(1)
    // A refresh is no fresh proof: the token says when the code was given.
    const age = async () => Number.parseInt((await page.textContent('#age')) ?? '', 10)
    await expect.poll(age, SOON).toBeGreaterThan(2)
    await page.click('[data-do=refresh]')
    await text(page, 'line').toContain('TOKEN_REFRESHED')
    await text(page, 'proof').toBe('a code')
    expect(await age()).toBeGreaterThan(2)
  })

  it('pays nothing for somebody who gives no code, and keeps them signed in', async () => {
    const { page } = await signIn('grace')
    await page.click('[data-pay="2026-119"]')
    await page.click('[name=no]')
    await text(page, 'notice').toBe('You said no. Nothing was paid. You are still signed in.')
    await text(page, 'who').toBe('Grace Hopper')
    await expect.poll(() => page.locator('[data-pay]').count(), SOON).toBe(2)
  })

  it('is followed by a second tab: in, to new tokens, and out, at the server too', async () => {
    const { context, page } = await open()
    const sibling = await context.newPage()
    await sibling.goto(demo.url)
    await page.click('[data-do=sign-in]')
    await page.click('[value=grace]')
    await text(sibling, 'who').toBe('Grace Hopper')
    await text(page, 'answer').toContain('answered')
    await page.click('[data-do=refresh]')
    await text(sibling, 'line').toContain('TOKEN_REFRESHED (in another tab)')
    await expect.poll(() => sibling.textContent('#token')).toBe(await page.textContent('#token'))
    await page.click('[data-do=sign-out]')
    await text(sibling, 'notice').toBe('You signed out in another tab.')
    await page.click('[value=yes]')
    await page.waitForSelector('[data-do=sign-in]')
    // Who signs in next is asked who they are.
    await page.click('[data-do=sign-in]')
    await page.waitForSelector('[value=ada]')
    expect(await sibling.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('eyJ')
  })

  it('keeps who is signed in while the auth server is down', async () => {
    const { page } = await signIn('ada')
    await page.click('[data-server=down]')
    await page.waitForSelector('[data-server=down][aria-pressed=true]')
    await page.click('[data-do=refresh]')
    await text(page, 'notice').toContain('You stay signed in')
    await page.reload()
    await text(page, 'who').toBe('Ada Lovelace')
    // The API goes on: it has the keys.
    await text(page, 'answer').toContain('answered')
    await page.click('[data-server=up]')
    await page.waitForSelector('[data-server=up][aria-pressed=true]')
    await page.click('[data-do=refresh]')
    await text(page, 'status').toBe('signed in')
  })

  it('says at the button why nobody can sign in, and goes on once the server is back', async () => {
    await setDown(true)
    const { page } = await open()
    await page.click('[data-do=sign-in]')
    await text(page, 'sign-in-problem').toContain('Harbour ID cannot be asked')
    const tied = await page.getAttribute('[data-do=sign-in]', 'aria-describedby')
    expect(tied).toBe('sign-in-problem')
    await setDown(false)
    await page.click('[data-do=sign-in]')
    await page.click('[value=ada]')
    await text(page, 'answer').toContain('answered')
  })

  it('brings the focus to the heading after each redirect, and takes it from nobody before', async () => {
    const { page } = await open()
    const focused = () => expect.poll(() => page.evaluate(() => document.activeElement?.id), SOON)
    await page.waitForSelector('[data-do=sign-in]')
    await focused().toBe('')
    await page.click('[data-do=sign-in]')
    await page.click('[name=no]')
    await text(page, 'notice').toContain('You are not signed in.')
    await focused().toBe('welcome-title')
    await page.click('[data-do=sign-in]')
    await page.click('[value=ada]')
    await text(page, 'answer').toContain('answered')
    await focused().toBe('invoices-title')
    await page.click('[data-do=sign-out]')
    await page.click('[value=yes]')
    await page.waitForSelector('[data-do=sign-in]')
    await focused().toBe('welcome-title')
  })

  it('fits a small screen, at both servers', async () => {
    const { page } = await signIn('ada', 360)
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    expect(await width()).toBe(360)
    const table = await page.locator('table').boundingBox()
    expect((table?.x ?? 0) + (table?.width ?? 0)).toBeLessThan(344)
    await page.click('[data-do=sign-out]')
    await page.waitForSelector('[value=yes]')
    expect(await width()).toBe(360)
  })
})
