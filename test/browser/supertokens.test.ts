import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { holdfastBackend, sdkBackend } from './supertokens-backends.js'
import { type SuperTokensSite, startSuperTokensSite } from './supertokens-site.js'
import {
  call,
  openPage,
  openTab,
  refresh,
  signIn,
  signOut,
  standing,
  statusesOf,
  token,
  tokenCookieNames,
} from './supertokens-tabs.js'

/** Longer than an access token lives, in ms: what was signed then is dead. */
const LONG_AGO = 7_200_000

const COOKIES = {
  cookie: ['sAccessToken /', 'sRefreshToken /auth/session/refresh'],
  header: [],
}

let browser: Browser

beforeAll(async () => {
  if (findChromium()) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!findChromium()).each([
  ['the helpers', holdfastBackend()],
  ['supertokens-node', sdkBackend],
])('tabs with the client, in front of %s', (_, backend) => {
  let context: BrowserContext
  let site: SuperTokensSite
  const complaints: string[] = []

  beforeAll(async () => {
    site = await startSuperTokensSite({ backend })
  })
  afterAll(() => site?.close())
  beforeEach(async () => {
    context = await browser.newContext()
    site.setBehind(0)
  })
  afterEach(async () => {
    for (const { handle } of site.core.sessions()) site.core.endSession(handle)
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })

  const refreshes = () => site.core.count('/session/refresh')

  describe.each(['cookie', 'header'] as const)('with tokens in %ss', (transfer) => {
    const tab = async (): Promise<Page> =>
      openTab(await openPage(context, site, complaints), { transfer })

    /** The tab of somebody whose access token was signed some ms ago. */
    async function signedIn(ago = 0): Promise<Page> {
      const page = await tab()
      site.setBehind(ago)
      await signIn(page)
      site.setBehind(0)
      site.core.clearLog()
      return page
    }

    it('sign-in makes a session that a protected route knows, and a reload keeps it', async () => {
      const page = await signedIn()
      expect(await standing(page)).toMatchObject({ status: 'signed-in', userId: 'ada' })
      expect(await call(page)).toBe(200)
      expect(await tokenCookieNames(context)).toEqual(COOKIES[transfer])
      await page.reload()
      await openTab(page, { transfer })
      expect(await standing(page)).toEqual({
        status: 'signed-in',
        userId: 'ada',
        events: ['INITIAL_SESSION'],
      })
      expect(await call(page)).toBe(200)
      expect(refreshes()).toBe(0)
    })

    it('a call that is refused is tried once more, after a refresh, whatever comes of it', async () => {
      const page = await signedIn(LONG_AGO)
      const statuses = statusesOf(page, '/api/me')
      site.setBehind(LONG_AGO)
      expect(await call(page)).toBe(401)
      expect(statuses.splice(0)).toEqual([401, 401])
      expect(refreshes()).toBe(1)
      expect(await standing(page)).toMatchObject({ status: 'signed-in' })
      site.setBehind(0)
      expect(await call(page)).toBe(200)
      expect(await call(page)).toBe(200)
      expect(statuses).toEqual([401, 200, 200])
      expect(refreshes()).toBe(2)
    })

    it('two tabs whose calls are refused together make one refresh', async () => {
      const tabs = [await signedIn(LONG_AGO), await tab()]
      const sent = tabs.map((page) => statusesOf(page, '/session/refresh'))
      const calls = await Promise.all(tabs.flatMap((page) => [call(page), call(page)]))
      expect(calls).toEqual([200, 200, 200, 200])
      expect(sent.flat()).toEqual([200])
      expect(refreshes()).toBe(1)
      // The first use of a refresh's token brings another one to one tab, which tells the other.
      await expect.poll(async () => new Set(await Promise.all(tabs.map(token))).size).toBe(1)
    })

    it('a refresh changes the token in all tabs, again and again', async () => {
      const [one, two] = [await signedIn(), await tab()]
      const tokens = new Set([await token(one)])
      for (const page of [one, two, one, two]) {
        expect(await refresh(page)).toBe('refreshed')
        const fresh = await token(page)
        tokens.add(fresh)
        await expect.poll(() => token(page === one ? two : one)).toBe(fresh)
        expect(await call(one)).toBe(200)
      }
      expect(refreshes()).toBe(4)
      expect(tokens.size).toBe(5)
    })

    it.each([
      ['good', 0],
      ['dead', LONG_AGO],
    ])('sign-out with a %s access token ends the session, in all tabs', async (_, ago) => {
      const [one, two] = [await signedIn(ago), await tab()]
      await signOut(one)
      await expect
        .poll(() => standing(two))
        .toMatchObject({
          status: 'signed-out',
          events: ['INITIAL_SESSION', 'SIGNED_OUT other-context'],
        })
      await expect.poll(() => site.core.sessions()).toEqual([])
      await expect.poll(() => tokenCookieNames(context)).toEqual([])
      expect(await call(one)).toBe(401)
      expect(await call(two)).toBe(401)
    })

    it('a session that was ended elsewhere is over at the next refresh', async () => {
      const [one, two] = [await signedIn(), await tab()]
      for (const { handle } of site.core.sessions()) site.core.endSession(handle)
      expect(await refresh(one)).toBe('refresh_rejected')
      expect(await standing(one)).toMatchObject({ status: 'signed-out' })
      await expect.poll(() => standing(two)).toMatchObject({ status: 'signed-out' })
      expect(await tokenCookieNames(context)).toEqual([])
    })
  })

  it('a page that has lost its storage finds the session that its cookies hold', async () => {
    const page = await openPage(context, site, complaints)
    await signIn(await openTab(page))
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    await openTab(page)
    expect(await standing(page)).toMatchObject({ status: 'signed-in', userId: 'ada' })
    expect(await call(page)).toBe(200)
  })
})
