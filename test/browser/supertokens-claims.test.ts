import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { rolesBackend, sdkRolesBackend } from './supertokens-backends.js'
import { type SuperTokensSite, startSuperTokensSite } from './supertokens-site.js'
import { openPage, openTab, signIn, standing, statusesOf } from './supertokens-tabs.js'

/** Where the page is, beside its API. */
const PLACES = {
  'the same origin': (site: SuperTokensSite) => site.origin,
  'another port': (site: SuperTokensSite) => site.elsewhere.port,
  'another host': (site: SuperTokensSite) => site.elsewhere.host,
} as const

const CASES = [
  ['the same origin', 'cookie'],
  ['another port', 'cookie'],
  // Browsers send cookies to another site only where they are secure, and this one is not.
  ['another host', 'header'],
] as const

let browser: Browser
let site: SuperTokensSite
let ofSdk: SuperTokensSite
const roles = new Map<string, readonly string[]>()

beforeAll(async () => {
  if (!findChromium()) return
  browser = await launch()
  site = await startSuperTokensSite({ backend: rolesBackend(roles) })
  ofSdk = await startSuperTokensSite({ backend: sdkRolesBackend(roles) })
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
  await ofSdk?.close()
})

describe.skipIf(!findChromium()).each(CASES)('from %s, with tokens in %ss,', (place, transfer) => {
  let context: BrowserContext
  const complaints: string[] = []

  beforeEach(async () => {
    context = await browser.newContext()
    roles.clear()
  })
  afterEach(async () => {
    for (const { handle } of site.core.sessions()) site.core.endSession(handle)
    site.core.clearLog()
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })

  const page = (): Promise<Page> => openPage(context, { origin: PLACES[place](site) }, complaints)
  const refreshes = () => site.core.count('/session/refresh')

  describe('the front end of SuperTokens', () => {
    const status = (at: Page, path: string, method = 'GET'): Promise<number> =>
      at.evaluate(
        async ([url, how]) => (await fetch(url ?? '', { method: how ?? 'GET' })).status,
        [`${site.origin}${path}`, method],
      )
    const lacks = (at: Page, role: string) =>
      at.evaluate((name) => window.website.lacks(name), role)
    const events = (at: Page) => at.evaluate(() => window.website.events)

    async function signedIn(): Promise<Page> {
      const opened = await page()
      await opened.evaluate(
        ([mode, api]) => {
          window.website = window.superTokensKit.openWebsite(
            mode === 'header' ? 'header' : 'cookie',
            api,
          )
        },
        [transfer, site.origin],
      )
      expect(await status(opened, '/signin/ada', 'POST')).toBe(200)
      return opened
    }

    it('reads the 403 of a claim, learns and loses the role without a new sign-in, also by a refresh', async () => {
      const ada = await signedIn()
      expect(await status(ada, '/api/admin')).toBe(403)
      expect(await events(ada)).toEqual(['SESSION_CREATED', 'API_INVALID_CLAIM'])
      expect(await lacks(ada, 'admin')).toEqual(['st-role'])
      expect(await status(ada, '/api/roles/admin', 'POST')).toBe(200)
      expect((await events(ada)).at(-1)).toBe('ACCESS_TOKEN_PAYLOAD_UPDATED')
      expect(await ada.evaluate(() => window.website.roles())).toEqual(['admin'])
      expect(await lacks(ada, 'admin')).toEqual([])
      expect(await status(ada, '/api/admin')).toBe(200)
      expect(await status(ada, '/api/roles/user', 'POST')).toBe(200)
      expect(await status(ada, '/api/admin')).toBe(403)
      expect(await lacks(ada, 'admin')).toEqual(['st-role'])
      expect(refreshes()).toBe(0)
      await status(ada, '/api/roles/admin', 'POST')
      expect(await ada.evaluate(() => window.website.attemptRefreshingSession())).toBe(true)
      expect(await lacks(ada, 'admin')).toEqual([])
      expect(await status(ada, '/api/admin')).toBe(200)
      expect(refreshes()).toBe(1)
      await ada.evaluate(() => window.website.signOut())
      expect(site.core.sessions()).toEqual([])
      expect(await status(ada, '/api/admin')).toBe(401)
    })
  })
})

describe
  .skipIf(!findChromium())
  .each([
    ...CASES.map(([place, transfer]) => ['the helpers', place, transfer] as const),
    ['supertokens-node', 'the same origin', 'cookie'],
    ['supertokens-node', 'the same origin', 'header'],
  ] as const)(
  'in front of %s, from %s, with tokens in %ss, the client',
  (backend, place, transfer) => {
    let context: BrowserContext
    const complaints: string[] = []
    const here = () => (backend === 'the helpers' ? site : ofSdk)

    beforeEach(async () => {
      context = await browser.newContext()
      roles.clear()
      here().core.clearLog()
    })
    afterEach(async () => {
      await context.close()
      expect(complaints.splice(0)).toEqual([])
    })

    const api = () => (place === 'the same origin' ? {} : { url: here().origin })
    const tab = async (): Promise<Page> => {
      const page = await openPage(context, { origin: PLACES[place](here()) }, complaints)
      return openTab(page, { transfer, ...api() })
    }
    const ask = (at: Page, path: string, method = 'GET') =>
      at.evaluate(
        async ([url, how]) => {
          try {
            const init = { method: how ?? 'GET', credentials: 'include' } as const
            return (await window.tab.auth.fetch(url ?? '', init)).status
          } catch (error) {
            const { code, status, details } = Object(error)
            return { code, status, details }
          }
        },
        [`${here().origin}${path}`, method],
      )
    const payload = (at: Page) =>
      at.evaluate(() => window.tab.auth.getSnapshot().session?.user?.payload['st-role'])

    it('asks for the step, and learns in both tabs by one event what changes', async () => {
      const [ada, other] = [await tab(), await tab()]
      await signIn(ada)
      await expect.poll(async () => (await standing(other)).userId).toBe('ada')
      const sent = [ada, other].map((each) => statusesOf(each, '/session/refresh'))
      expect(await ask(ada, '/api/admin')).toMatchObject({
        code: 'step_required',
        status: 403,
        details: { step: 'invalid claim', claimValidationErrors: [{ id: 'st-role' }] },
      })
      expect(await ask(ada, '/api/roles/admin', 'POST')).toBe(200)
      for (const each of [ada, other]) {
        await expect.poll(() => payload(each)).toMatchObject({ v: ['admin'] })
      }
      expect(await ask(other, '/api/admin')).toBe(200)
      expect(await ask(ada, '/api/admin')).toBe(200)
      for (const { events } of [await standing(ada), await standing(other)]) {
        expect(events.filter((event) => event === 'TOKEN_REFRESHED')).toHaveLength(1)
      }
      expect([sent.flat(), here().core.count('/session/refresh')]).toEqual([[], 0])
    })
  },
)
