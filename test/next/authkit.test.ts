import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from '../browser/chromium.js'
import {
  ADA,
  AUTHKIT,
  BEA,
  freePlace,
  GRACE,
  type Library,
  LONG,
  NEWER,
  PASSWORD,
  prepare,
  SHORT,
  type Shown,
  startWorkOS,
  type WorkOSBeside,
} from './authkit-apps.js'

const COOKIE = 'wos-session'

const title = `an app with authkit-nextjs ${AUTHKIT} and one with Holdfast, with one cookie and password`

describe.skipIf(!findChromium())(title, () => {
  /** Where the apps are: their ports differ, so that a browser has one jar of cookies for them. */
  const places = new Map<Library | 'Holdfast with a newer password', string>()
  const ends: (() => unknown)[] = []
  let complaintsOfHoldfast: () => readonly string[]
  let workos: WorkOSBeside
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    const [authkit, holdfast, newer] = await Promise.all([freePlace(), freePlace(), freePlace()])
    workos = await startWorkOS([authkit.origin, holdfast.origin, newer.origin])
    ends.push(() => workos.close())
    for (const [library, place] of [
      ['authkit-nextjs', authkit],
      ['Holdfast', holdfast],
    ] as const) {
      const app = await prepare(library)
      ends.push(app.close)
      const running = await app.run(place.port, workos.settingsFor(place.origin))
      ends.push(running.stop)
      places.set(library, place.origin)
      if (library !== 'Holdfast') continue
      complaintsOfHoldfast = app.complaints
      const settings = { ...workos.settingsFor(newer.origin), PASSWORDS: `${NEWER};${PASSWORD}` }
      const beside = await app.run(newer.port, settings)
      ends.push(beside.stop)
      places.set('Holdfast with a newer password', newer.origin)
    }
    browser = await launch()
    ends.push(() => browser.close())
  })
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(60_000)
    page = await context.newPage()
    workos.server.clearLog()
    workos.hurry(0)
  })
  afterEach(async () => {
    await context.close()
    // Of authkit-nextjs, which unseals by the clock, Next says "unstable value" at each page.
    expect(complaintsOfHoldfast()).toEqual([])
  })

  type Name = Parameters<typeof places.set>[0]
  const originOf = (name: Name): string => places.get(name) ?? ''
  const exchanges = (): number => workos.server.count('refresh_token')
  const sealed = async (jar = context): Promise<readonly string[]> =>
    (await jar.cookies(originOf('Holdfast')))
      .map(({ name }) => name)
      .filter((name) => name.startsWith(COOKIE))

  /** What the open page says of who is signed in. */
  const shown = async (tab = page): Promise<Shown> =>
    JSON.parse((await tab.locator('pre').textContent()) ?? '')

  /** What an app says of who is signed in. */
  async function look(name: Name, { tab = page, query = '' } = {}): Promise<Shown> {
    await tab.goto(`${originOf(name)}/account${query}`)
    return shown(tab)
  }

  /** Who the page of an app greets that is for everybody. */
  async function greeted(name: Name): Promise<string | null> {
    await page.goto(originOf(name))
    return page.locator('p').textContent()
  }

  /** Goes to the page of an app that is not for strangers, and from there to where people sign in. */
  async function knock(name: Name, tab = page): Promise<void> {
    await tab.goto(`${originOf(name)}/account`)
    expect(new URL(tab.url()).origin).toBe(workos.origin)
  }

  async function signIn(name: Name, email = ADA): Promise<Shown> {
    await knock(name)
    await page.getByRole('link', { name: email }).click()
    await page.waitForURL(`${originOf(name)}/account`)
    return shown()
  }

  /** Has an app refresh its session, and waits until the token that this brought has ended. */
  async function letEnd(name: Name): Promise<void> {
    workos.server.setAccessTokenLifetime(SHORT)
    await page.goto(originOf(name))
    const status = await page.evaluate(
      async () => (await fetch('/refresh', { method: 'POST' })).status,
    )
    const over = Date.now() + SHORT
    workos.server.setAccessTokenLifetime(LONG)
    expect(status).toBe(204)
    await expect.poll(() => Date.now()).toBeGreaterThan(over)
    workos.server.clearLog()
  }

  describe.each([
    ['authkit-nextjs', 'Holdfast'],
    ['Holdfast', 'authkit-nextjs'],
  ] as const)('a session that begins with %s', (one, other) => {
    let first: Shown

    beforeEach(async () => {
      first = await signIn(one)
    })

    it(`is one with ${other}, of the same person, organization and role, without an exchange`, async () => {
      const { accessToken, sessionId, ...who } = await look(other)
      expect({ accessToken, sessionId, ...who }).toEqual(first)
      expect(who).toEqual({
        email: ADA,
        firstName: 'Ada',
        organizationId: 'org_1',
        role: 'admin',
      })
      expect(workos.server.count('authorization_code')).toBe(1)
      expect(exchanges()).toBe(0)
    })

    it(`is refreshed by ${other} once its token has ended, and ${one} reads what came of that: one exchange`, async () => {
      await letEnd(one)
      const refreshed = await look(other)
      expect(refreshed).toEqual({ ...first, accessToken: refreshed.accessToken })
      expect(refreshed.accessToken).not.toBe(first.accessToken)
      expect(await look(one)).toEqual(refreshed)
      expect(exchanges()).toBe(1)
    })

    it(`ends for a browser that shows ${other} a spent token later than WorkOS forgives, and for no other`, async () => {
      await letEnd(other)
      const late = await browser.newContext()
      await late.addCookies(await context.cookies(originOf(one)))
      const newest = await look(one)
      workos.hurry(GRACE + 1_000)
      await knock(other, await late.newPage())
      workos.hurry(0)
      expect(await sealed(late)).toEqual([])
      await late.close()
      expect(await look(other)).toEqual(newest)
      expect(workos.server.requests.filter(({ code }) => code === 'invalid_grant')).toHaveLength(1)
      expect(exchanges()).toBe(2)
    })

    it(`is in the organization that somebody switches to with ${other}, and stays there when ${one} refreshes it`, async () => {
      await look(other)
      await page.getByRole('button', { name: 'The other organization' }).click()
      await expect.poll(async () => (await shown()).organizationId).toBe('org_2')
      const there = await look(one)
      expect(there).toMatchObject({ email: ADA, organizationId: 'org_2', role: 'member' })
      expect(exchanges()).toBe(1)
      await letEnd(other)
      const later = await look(one)
      expect(later).toEqual({ ...there, accessToken: later.accessToken })
      expect(await look(other)).toEqual(later)
      expect(exchanges()).toBe(1)
    })

    it(`ends with both, and at WorkOS, when somebody signs out with ${other}`, async () => {
      const tab = await context.newPage()
      await look(other, { tab })
      await tab.getByRole('button', { name: 'Sign out' }).click()
      await tab.waitForURL(`${originOf(other)}/`)
      expect(await tab.locator('p').textContent()).toBe('nobody')
      expect(workos.server.sessions().map(({ id }) => id)).not.toContain(first.sessionId)
      expect(await sealed()).toEqual([])
      await knock(one)
    })
  })

  it('a token that has ended is exchanged at once by both, by Holdfast once for its tabs, and nobody is signed out: WorkOS gives them one pair', async () => {
    const { sessionId } = await signIn('authkit-nextjs')
    const looks: (() => Promise<Shown>)[] = []
    for (const name of ['authkit-nextjs', 'Holdfast'] as const) {
      // A browser asks for one address once at a time.
      for (const query of ['?1', '?2']) {
        const tab = await context.newPage()
        // Nobody waits long for the others, then.
        await look(name, { tab, query })
        looks.push(() => look(name, { tab, query }))
      }
    }
    await letEnd('Holdfast')
    // authkit-nextjs exchanges it for each request.
    workos.holdBack(3)
    const [newest, ...others] = await Promise.all(looks.map((again) => again()))
    expect(newest?.sessionId).toBe(sessionId)
    expect(others).toEqual([newest, newest, newest])
    expect(exchanges()).toBe(3)
    workos.server.clearLog()
    expect(await look('authkit-nextjs')).toEqual(newest)
    expect(await look('Holdfast')).toEqual(newest)
    expect(exchanges()).toBe(0)
  })

  it('authkit-nextjs has one password: a session that Holdfast has sealed anew by the newest of several ends there, for both', async () => {
    const first = await signIn('authkit-nextjs')
    expect(await look('Holdfast with a newer password')).toEqual(first)
    expect(await look('authkit-nextjs')).toEqual(first)
    await letEnd('authkit-nextjs')
    await look('Holdfast with a newer password')
    await knock('authkit-nextjs')
    expect(await greeted('Holdfast with a newer password')).toBe('nobody')
  })

  it('authkit-nextjs has one cookie: a session that is too large for it cannot begin there, and one of Holdfast ends there, for both', async () => {
    await page.goto(`${originOf('authkit-nextjs')}/sign-in`)
    const asked = page.url()
    await page.getByRole('link', { name: BEA }).click()
    // Back from the callback, whose cookie the browser has dropped, it asks again.
    await page.waitForURL((url) => url.origin === workos.origin && url.href !== asked)
    expect(workos.server.count('authorization_code')).toBe(1)
    expect(await sealed()).toEqual([])
    await signIn('Holdfast', BEA)
    expect((await sealed()).length).toBeGreaterThan(1)
    expect(await greeted('Holdfast')).toBe(BEA)
    expect(await greeted('authkit-nextjs')).toBe('nobody')
    expect(await greeted('Holdfast')).toBe('nobody')
  })
})
