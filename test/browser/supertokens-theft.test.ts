import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { memoryCoordinator } from '../../src/server/index.js'
import type { SuperTokensOptions } from '../../src/server/supertokens/index.js'
import { findChromium, launch } from './chromium.js'
import { holdfastBackend } from './supertokens-backends.js'
import { type SuperTokensSite, startSuperTokensSite } from './supertokens-site.js'
import {
  call,
  openPage,
  openTab,
  refresh,
  signIn,
  standing,
  type TabOptions,
  tokenCookieNames,
  tokenCookies,
} from './supertokens-tabs.js'

/** With 5.6 the core forgives a token that was replaced for one ms. */
type Settings = Pick<SuperTokensOptions, 'onTheft' | 'antiCsrf' | 'interface'>

/** How long an answer is replayed, in ms of a clock that only the test moves on. */
const REPLAY = 1_000

describe.skipIf(!findChromium())('one cookie jar, and its copy', () => {
  let browser: Browser
  let site: SuperTokensSite
  let ahead = 0
  const contexts: BrowserContext[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    await site.close()
    expect(complaints.splice(0)).toEqual([])
  })

  /** Starts the site of one test. */
  async function start(options: Settings): Promise<void> {
    ahead = 0
    const now = () => Date.now() + ahead
    const coordinator = memoryCoordinator({ now })
    site = await startSuperTokensSite({
      backend: holdfastBackend({ ...options, coordinator, reuseWindow: REPLAY, now }),
      core: { rotation: { grace: 1 } },
    })
  }

  /** Time passes, for the app and for the core, until nothing is replayed or forgiven any more. */
  function later(): void {
    ahead += REPLAY + 1
    site.setBehind(-ahead)
  }

  async function person(): Promise<BrowserContext> {
    const context = await browser.newContext()
    contexts.push(context)
    return context
  }

  const open = async (context: BrowserContext, options: TabOptions = {}): Promise<Page> =>
    openTab(await openPage(context, site, complaints), options)

  /** Somebody who has signed in, and a browser with a copy of what the cookies hold. */
  async function ownerAndThief() {
    const [mine, theirs] = [await person(), await person()]
    const owner = await open(mine)
    await signIn(owner)
    await theirs.addCookies(await mine.cookies())
    return { mine, theirs, owner, thief: await openPage(theirs, site, complaints) }
  }

  /** A refresh by the page itself, without a client. */
  const plainRefresh = (page: Page): Promise<string> =>
    page.evaluate(async () => {
      const answer = await fetch('/auth/session/refresh', { method: 'POST' })
      return `${answer.status} ${await answer.text()}`
    })

  const THEFT = '401 {"message":"token theft detected"}'
  const OVER = '401 {"message":"unauthorised"}'
  const TOKENS = ['sAccessToken /', 'sRefreshToken /auth/session/refresh']

  it('revoke: the thief is caught, and the owner is signed out at the next refresh', async () => {
    await start({ onTheft: 'revoke' })
    const { mine, theirs, owner, thief } = await ownerAndThief()
    expect(await refresh(owner)).toBe('refreshed')
    expect(await call(owner)).toBe(200)
    later()
    expect(await tokenCookieNames(theirs)).toEqual(TOKENS)
    expect(await plainRefresh(thief)).toBe(THEFT)
    expect(await tokenCookies(theirs)).toEqual([])
    expect(site.core.sessions()).toEqual([])

    expect(await tokenCookieNames(mine)).toEqual(TOKENS)
    expect(await refresh(owner)).toBe('refresh_rejected')
    expect(await standing(owner)).toMatchObject({
      status: 'signed-out',
      events: ['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED', 'SIGNED_OUT refresh-rejected'],
    })
    expect(await tokenCookies(mine)).toEqual([])
  })

  it('report: the thief is caught, and the owner goes on', async () => {
    await start({ onTheft: 'report' })
    const { mine, theirs, owner, thief } = await ownerAndThief()
    expect(await refresh(owner)).toBe('refreshed')
    expect(await call(owner)).toBe(200)
    later()
    expect(await plainRefresh(thief)).toBe(THEFT)
    expect(await tokenCookies(theirs)).toEqual([])
    for (let turn = 0; turn < 2; turn++) {
      expect(await refresh(owner)).toBe('refreshed')
      expect(await call(owner)).toBe(200)
      later()
    }
    expect(await standing(owner)).toMatchObject({ status: 'signed-in', userId: 'ada' })
    expect(await tokenCookieNames(mine)).toEqual(TOKENS)
  })

  it('a thief who came first is thrown out together with the owner', async () => {
    await start({ onTheft: 'revoke' })
    const { mine, theirs, owner, thief } = await ownerAndThief()
    expect(await plainRefresh(thief)).toBe('200 {}')
    expect(await thief.evaluate(async () => (await fetch('/api/me')).status)).toBe(200)
    later()
    expect(await refresh(owner)).toBe('refresh_rejected')
    expect(await standing(owner)).toMatchObject({ status: 'signed-out' })
    expect(await tokenCookies(mine)).toEqual([])
    expect(await plainRefresh(thief)).toBe(OVER)
    expect(await tokenCookies(theirs)).toEqual([])
  })

  /** Two clients of one browser that know nothing of each other: they have no lock in common. */
  async function twoClients(): Promise<readonly [Page, Page]> {
    const context = await person()
    const one = await open(context)
    await signIn(one)
    const two = await open(context, { storageKey: 'other' })
    later()
    site.core.clearLog()
    return [one, two]
  }

  async function goOn(pages: readonly Page[]): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      for (const page of pages) {
        expect(await refresh(page)).toBe('refreshed')
        expect(await call(page)).toBe(200)
      }
      later()
    }
    for (const page of pages) {
      const { status, events } = await standing(page)
      expect(status).toBe('signed-in')
      expect(events.join()).not.toContain('SIGNED_OUT')
    }
  }

  it.each<['revoke' | 'report', string, string, string, readonly number[]]>([
    ['revoke', 'in their order', 'when it is used', '5.4', [0, 1]],
    ['report', 'the other way round', 'when it is used', '5.4', [1, 0]],
    ['revoke', 'the other way round', 'at once', '5.6', [1, 0]],
    ['report', 'in their order', 'at once', '5.6', [0, 1]],
  ])(
    '%s: the answers to two refreshes at once come %s, where a new token counts %s: both go on',
    async (onTheft, _order, _rotation, version, order) => {
      await start({ onTheft, interface: version })
      const pages = await twoClients()
      const held = site.hold()
      const refreshes = Promise.all(pages.map(refresh))
      await expect.poll(held.count).toBe(2)
      for (const index of order) held.letGo(index)
      expect(await refreshes).toEqual(['refreshed', 'refreshed'])
      held.stop()
      expect(site.core.count('/session/refresh')).toBe(1)
      await goOn(pages)
    },
  )

  it.each<[string, string]>([
    ['when it is used', '5.4'],
    ['at once', '5.6'],
  ])(
    'an answer that comes after the next refresh harms nobody, where a new token counts %s',
    async (_, version) => {
      await start({ interface: version })
      const [one, two] = await twoClients()
      const held = site.hold()
      const late = refresh(two)
      await expect.poll(held.count).toBe(1)
      for (const index of [1, 2]) {
        const next = refresh(one)
        await expect.poll(held.count).toBe(index + 1)
        held.letGo(index)
        expect(await next).toBe('refreshed')
        expect(await call(one)).toBe(200)
      }
      const fresh = await tokenCookies(one.context())
      held.letGo(0)
      expect(await late).toBe('refreshed')
      // What the browser has now is what was replaced since.
      expect(await tokenCookies(one.context())).not.toEqual(fresh)
      held.stop()
      await goOn([two, one])
    },
  )

  it('anti-CSRF: a page without the token can neither act nor sign anybody out', async () => {
    await start({ antiCsrf: 'VIA_TOKEN' })
    const context = await person()
    const one = await open(context, { lookForSession: false })
    await signIn(one)
    const two = await open(context, { lookForSession: false })
    for (const page of [one, two, one]) {
      expect(await refresh(page)).toBe('refreshed')
      expect(await call(one)).toBe(200)
      expect(await call(two)).toBe(200)
    }
    const before = await tokenCookies(context)
    const other = await openPage(context, site, complaints)
    expect(await plainRefresh(other)).toBe(OVER)
    const act = () => fetch('/api/me', { method: 'POST' }).then(({ status }) => status)
    expect(await other.evaluate(act)).toBe(401)
    expect(await tokenCookies(context)).toEqual(before)
    expect(await refresh(two)).toBe('refreshed')
  })
})
