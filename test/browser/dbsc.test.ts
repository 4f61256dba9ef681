import type { Response as Answer, Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findExecutable } from '../support/executable.js'
import { findChromium, launchWhole } from './chromium.js'
import { startDeviceSite } from './dbsc-site.js'

const RENEWAL = '/auth/dbsc/refresh'
const BOUND = /^__Host-holdfast-bound-/
const ADA = 'ada@example.com'

const isMissing = !findChromium() || !findExecutable(['openssl'])

type Site = Awaited<ReturnType<typeof startDeviceSite>>

/**
 * Chromium signs six times in some ten minutes for one profile, and renews at once what ends within two
 * minutes: so each test has a profile of its own, and where a cookie's end is not the point it is taken away.
 */
describe.skipIf(isMissing)('a session bound to a device', () => {
  let browser: Browser
  let site: Site
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    site = await startDeviceSite()
    browser = await launchWhole(site.switches)
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })
  afterEach(async () => {
    Object.assign(site.state, { isDown: false, ahead: 0 })
    for (const context of contexts.splice(0)) await context.close()
    site.arrivals.length = 0
    site.events.length = 0
  })

  async function open() {
    const context = await browser.newContext()
    contexts.push(context)
    return { context, page: await context.newPage() }
  }

  const cookiesOf = (context: BrowserContext, host: string) => context.cookies(site.originOf(host))

  /** To the auth server of another site, and back. */
  async function goThrough(page: Page, host: string): Promise<void> {
    await page.goto(`${site.originOf(host)}/auth/sign-in`)
    await page.click(`text=${ADA}`)
    await page.waitForURL(`${site.originOf(host)}/`)
  }

  /** Signs in, and copies the session's cookie out of the answer that asks the browser to bind it. */
  async function beforeBinding(page: Page, host: string): Promise<string> {
    const isCallback = (answer: Answer): boolean => answer.url().includes('/auth/callback?')
    const [answer] = await Promise.all([page.waitForResponse(isCallback), goThrough(page, host)])
    const headers = await answer.headersArray()
    const set = headers.filter(({ name }) => name.toLowerCase() === 'set-cookie')
    const [, value] =
      set.map(({ value }) => /^__Host-holdfast=([^;]+)/.exec(value)).find(Boolean) ?? []
    if (value === undefined) throw new Error('Nobody is signed in.')
    return value
  }

  /** Signs in at the auth server of another site, and waits until the session is bound. */
  async function signIn(host = 'app.test') {
    const { context, page } = await open()
    const unbound = await beforeBinding(page, host)
    const isBound = async (): Promise<boolean> =>
      (await cookiesOf(context, host)).some(({ name }) => BOUND.test(name))
    await expect.poll(isBound).toBe(true)
    // With this request both cookies come.
    expect(await ask(page)).toContain(ADA)
    const [session] = (await cookiesOf(context, host)).filter(({ name }) => !BOUND.test(name))
    if (!session) throw new Error('Nobody is signed in.')
    return { context, page, session, unbound }
  }

  /** What the app says of who asks it. */
  const ask = (page: Page, path = '/who'): Promise<string> =>
    page.evaluate(async (address) => {
      const response = await fetch(address)
      return `${response.status} ${await response.text()}`
    }, path)

  /** The bound cookie comes to its end. */
  const end = async (context: BrowserContext): Promise<void> => {
    await context.clearCookies({ name: BOUND })
    site.arrivals.length = 0
  }

  const paths = (): readonly string[] => site.arrivals.map(({ path }) => path)

  it('registers by the sign-in at another site, to which the browser sends no cookie, and is served', async () => {
    const { page } = await signIn()
    const registration = site.arrivals.find(({ path }) => path === '/auth/dbsc/register')
    expect(registration).toMatchObject({ isSigned: true, isProven: false })
    expect(site.arrivals.at(-1)).toMatchObject({ path: '/who', isProven: true })
    expect(await ask(page)).toContain('200')
    expect(site.events).toEqual([])
  })

  it('registers by one of the answers after a sign-in that could set no header, and is served', async () => {
    const { context, page } = await open()
    await page.goto(site.originOf('app.test'))
    await page.evaluate(() => fetch('/action', { method: 'POST' }))
    const names = async () => (await cookiesOf(context, 'app.test')).map(({ name }) => name).sort()
    expect(await names()).toEqual(['__Host-holdfast', '__Host-holdfast-unbound'])
    expect(paths()).not.toContain('/auth/dbsc/register')
    const answers = await page.evaluate(() =>
      Promise.all(
        Array.from({ length: 10 }, async (_, index) => (await fetch(`/who?${index}`)).status),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 10 }, () => 200))
    await expect.poll(async () => (await names()).some((name) => BOUND.test(name))).toBe(true)
    expect(await names()).not.toContain('__Host-holdfast-unbound')
    expect(await ask(page)).toContain(ADA)
    await end(context)
    expect(await ask(page)).toContain(ADA)
    expect(site.arrivals.at(-1)).toMatchObject({ path: '/who', isProven: true })
    expect(site.events).toEqual([])
  })

  it('is proved once for ten requests at the end of its cookie, which are held back and all carry it', async () => {
    const { context, page } = await signIn('brief.test')
    const isOver = async (): Promise<boolean> =>
      !(await cookiesOf(context, 'brief.test')).some(({ name }) => BOUND.test(name))
    await expect.poll(isOver).toBe(true)
    site.arrivals.length = 0
    const answers = await page.evaluate(() =>
      Promise.all(
        Array.from({ length: 10 }, async (_, index) => (await fetch(`/who?${index}`)).status),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 10 }, () => 200))
    const first = site.arrivals.findIndex(({ path }) => path === '/who')
    const before = site.arrivals.slice(0, first)
    expect(before.filter(({ isSigned }) => isSigned)).toHaveLength(1)
    const asked = site.arrivals.filter(({ path }) => path === '/who')
    expect(asked.map(({ isProven }) => isProven)).toEqual(Array.from({ length: 10 }, () => true))
    expect(site.events).toEqual([])
  })

  it('is proved where a link of another site leads to it, and the browser sends no cookie there', async () => {
    const { context, page } = await signIn()
    await page.goto(`${site.authority}/links`)
    await end(context)
    await page.click('#app')
    await page.waitForURL(`${site.originOf('app.test')}/`)
    expect(await page.textContent('p')).toBe(ADA)
    expect(paths()).toEqual([RENEWAL, RENEWAL, '/'])
  })

  it('is neither served nor ended while renewals fail, and heals by itself', async () => {
    const { context, page, session } = await signIn()
    await end(context)
    site.state.isDown = true
    expect(await ask(page)).toContain('503')
    expect(site.arrivals.at(-1)?.skipped).toMatch(/^server_error;session_identifier="[\w.-]+"$/)
    const cookies = await cookiesOf(context, 'app.test')
    expect(cookies.map(({ name }) => name)).toEqual([session.name])
    site.state.isDown = false
    await expect.poll(() => ask(page)).toContain(ADA)
    expect(site.events).toEqual([])
  })

  it('is refused to the browser that its cookie was copied to, and told of', async () => {
    const { page, session } = await signIn()
    const thief = await open()
    await thief.context.addCookies([session])
    await thief.page.goto(site.originOf('app.test'))
    expect(await thief.page.textContent('p')).toBe('nobody (device_not_proven)')
    const statuses = await thief.page.evaluate(async () => {
      const headers = { 'X-Holdfast': '1' }
      const own = await fetch('/auth/session', { headers })
      const refreshed = await fetch('/auth/refresh', { method: 'POST', headers, body: '{}' })
      return [(await own.json()).session, refreshed.status]
    })
    expect(statuses).toEqual([null, 401])
    expect(site.events.map(({ type }) => type)).toEqual(Array(3).fill('device-missing'))
    expect(await ask(page)).toContain(ADA)
  })

  it('is served by no copy of its cookie from before the binding either, and refuses it two minutes later', async () => {
    const { page, session, unbound } = await signIn()
    expect(unbound).not.toBe(session.value)
    const thief = await open()
    await thief.context.addCookies([{ ...session, value: unbound }])
    const answer = await thief.page.goto(site.originOf('app.test'))
    expect(answer?.status()).toBe(503)
    expect(await thief.page.content()).not.toContain(ADA)
    expect(site.events).toEqual([])
    site.state.ahead = 120_000
    await thief.page.goto(site.originOf('app.test'))
    expect(await thief.page.textContent('p')).toBe('nobody (device_not_proven)')
    expect(site.events.map(({ type }) => type)).toEqual(['device-missing'])
    expect(await ask(page)).toContain(ADA)
  })

  it('is over for the browser when the person has signed out', async () => {
    const { context, page } = await signIn()
    await page.evaluate(() =>
      fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Holdfast': '1' }, body: '{}' }),
    )
    expect(await cookiesOf(context, 'app.test')).toEqual([])
    site.arrivals.length = 0
    expect(await ask(page)).toContain('nobody (no_session_cookie_provided)')
    // It asked once, was told, and asks no more.
    expect(await ask(page)).toContain('nobody')
    expect(paths()).toEqual([RENEWAL, '/who', '/who'])
    await goThrough(page, 'app.test')
    await expect.poll(async () => (await cookiesOf(context, 'app.test')).length).toBe(2)
    expect(await ask(page)).toContain(ADA)
  })
})
