import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { type Release, type Site, startSite } from './site.js'

type Kind = 'local' | 'indexed-db'

const kinds: readonly Kind[] = ['local', 'indexed-db']
const ways: readonly (readonly [Release, Release])[] = [
  ['built', '0.1.0'],
  ['0.1.0', 'built'],
]
const both = kinds.flatMap((kind) => ways.map(([one, two]) => [kind, one, two] as const))

/** The tabs' clients may be of two releases: of these, all can say what is asked here. */
describe.skipIf(!findChromium())('a deploy leaves tabs of 0.1.0 open beside new ones:', () => {
  let browser: Browser
  let context: BrowserContext
  let site: Site

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    // Tokens of HS256 are equal within a second: here they tell exchanges apart.
    site = await startSite({ signing: 'es256', accessTokenLifetime: 3_600_000 })
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context.close()
    await site.close()
  })

  async function start(page: Page, kind: Kind, options: object = {}): Promise<void> {
    await page.evaluate(
      ([which, rest]) => {
        window.opened = window.kit.open(which, { ...rest })
      },
      [kind, options] as const,
    )
    await expect.poll(() => status(page)).not.toBe('loading')
  }
  async function tab(release: Release, kind: Kind, options?: object): Promise<Page> {
    const page = await context.newPage()
    await page.goto(site.pageOf(release))
    await start(page, kind, options)
    return page
  }
  async function reload(page: Page, kind: Kind): Promise<void> {
    await page.reload()
    await start(page, kind)
  }

  const signIn = (page: Page, email = 'ada@example.com') =>
    page.evaluate(
      (address) => window.opened.auth.signIn({ email: address, password: 'correct horse' }),
      email,
    )
  const refresh = (page: Page) =>
    page.evaluate(async () => (await window.opened.auth.refreshSession()).session.accessToken)
  const signOut = (page: Page) => page.evaluate(() => window.opened.auth.signOut())
  const token = (page: Page) => page.evaluate(() => window.opened.auth.getAccessToken())
  const status = (page: Page) => page.evaluate(() => window.opened.auth.getSnapshot().status)
  const events = (page: Page) => page.evaluate(() => window.opened.events)
  /** What a tab knows without being asked for it. */
  const held = (page: Page) =>
    page.evaluate(() => window.opened.auth.getSnapshot().session?.accessToken ?? null)
  const stored = (page: Page) => page.evaluate(() => ({ ...localStorage }))
  const refreshes = () => site.server.count('refresh_token')
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  it('the old tab is one: it keeps nothing of what came later', async () => {
    const [old, next] = [await tab('0.1.0', 'local'), await tab('built', 'local')]
    await signIn(old)
    expect(JSON.stringify(await stored(old))).not.toContain('savedAt')
    await signIn(next)
    expect(JSON.stringify(await stored(next))).toContain('savedAt')
  })

  it.each(both)(
    'on %s, whoever signs in, refreshes or signs out in a tab of %s is followed by one of %s',
    async (kind, one, two) => {
      const [here, there] = [await tab(one, kind), await tab(two, kind)]
      await signIn(here)
      await expect.poll(() => held(there)).toBe(await held(here))
      const fresh = await refresh(here)
      await expect.poll(() => held(there)).toBe(fresh)
      // What it got by adoption it can go on with.
      const next = await refresh(there)
      await expect.poll(() => held(here)).toBe(next)
      expect(refreshes()).toBe(2)
      await signOut(here)
      await expect.poll(() => events(there)).toContain('SIGNED_OUT')
      expect(await token(there)).toBeNull()
      await signIn(there, 'bob@example.com')
      await expect.poll(() => held(here)).toBe(await held(there))
    },
  )

  it.each(kinds)(
    'on %s, an expiry costs three old and three new tabs one request',
    async (kind) => {
      const quiet = { autoRefresh: false }
      const pages: Page[] = []
      for (const release of ['built', '0.1.0', 'built', '0.1.0', 'built', '0.1.0'] as const) {
        pages.push(await tab(release, kind, quiet))
      }
      site.server.setAccessTokenLifetime(4_000)
      const [first] = pages
      if (!first) throw new Error('There is no tab.')
      await signIn(first)
      const dying = await held(first)
      for (const page of pages) await expect.poll(() => held(page)).toBe(dying)
      site.server.setAccessTokenLifetime(3_600_000)
      await sleep(4_100)
      const tokens = new Set(await Promise.all(pages.map(token)))
      expect(tokens.size).toBe(1)
      expect(tokens).not.toContain(dying)
      expect(refreshes()).toBe(1)
    },
  )

  it.each(kinds)(
    'on %s, old and new tabs that refresh by themselves do so once for each token',
    async (kind) => {
      const pages = [await tab('built', kind), await tab('0.1.0', kind), await tab('built', kind)]
      const [first] = pages
      if (!first) throw new Error('There is no tab.')
      site.server.setAccessTokenLifetime(6_000)
      await signIn(first)
      const dying = await held(first)
      for (const page of pages) await expect.poll(() => held(page)).toBe(dying)
      site.server.setAccessTokenLifetime(3_600_000)
      await expect.poll(() => held(first)).not.toBe(dying)
      const fresh = await held(first)
      for (const page of pages) await expect.poll(() => held(page)).toBe(fresh)
      expect(refreshes()).toBe(1)
    },
  )

  it.each(kinds)(
    'on %s, the patience of a new tab does not disturb an old one, nor is it for ever',
    async (kind) => {
      const [next, old] = [await tab('built', kind), await tab('0.1.0', kind)]
      await signIn(next)
      await expect.poll(() => held(old)).toBe(await held(next))
      const before = await held(next)
      site.server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
      expect(await refresh(next).catch(() => 'failed')).toBe('failed')
      await reload(old, kind)
      expect(await token(old)).toBe(before)
      expect(await refresh(old).catch(() => 'failed')).toBe('failed')
      expect([await status(next), await status(old)]).toEqual(['signed-in', 'signed-in'])
      site.server.heal()
      const fresh = await refresh(old)
      await expect.poll(() => held(next)).toBe(fresh)
      const failure = (page: Page) =>
        page.evaluate(() => window.opened.auth.getSnapshot().error?.code ?? null)
      expect(await failure(next)).toBeNull()
      await reload(next, kind)
      expect([await token(next), await failure(next)]).toEqual([fresh, null])
    },
  )

  it.each(both)(
    'on %s, what tabs of %s have stored, those of %s read after a reload, and go on with',
    async (kind, one, two) => {
      let page = await tab(one, kind)
      await signIn(page)
      await refresh(page)
      const before = await held(page)
      await page.close()
      page = await tab(two, kind)
      expect(await token(page)).toBe(before)
      await page.evaluate(() => window.opened.auth.actions.updateUser({ data: { name: 'Ada' } }))
      const fresh = await refresh(page)
      await page.close()
      page = await tab(one, kind)
      expect(await token(page)).toBe(fresh)
      const name = await page.evaluate(
        () => window.opened.auth.getSnapshot().session?.user?.userMetadata?.name,
      )
      expect(name).toBe('Ada')
    },
  )

  it.each(both)(
    'on %s, a session that a tab of %s was refused is over for one of %s, where somebody signs in anew',
    async (kind, one, two) => {
      const [here, there] = [await tab(one, kind), await tab(two, kind)]
      await signIn(here)
      await expect.poll(() => held(there)).toBe(await held(here))
      for (const { userId } of site.server.sessions()) site.server.endSessionsOf(userId)
      expect(await refresh(here).catch(() => 'failed')).toBe('failed')
      await expect.poll(() => status(there)).toBe('signed-out')
      await reload(there, kind)
      expect(await token(there)).toBeNull()
      await signIn(there)
      await expect.poll(() => held(here)).toBe(await held(there))
      await signOut(here)
      await expect.poll(() => status(there)).toBe('signed-out')
    },
  )

  it.each(ways)(
    'whoever leaves from a page of %s for a redirect comes back to one of %s and is signed in',
    async (one, two) => {
      const page = await tab(one, 'local')
      const address = await page.evaluate(
        (redirectTo) => window.opened.auth.actions.authorizeUrl({ provider: 'github', redirectTo }),
        site.pageOf(two),
      )
      await page.goto(address)
      expect(page.url()).toContain('code=')
      await start(page, 'local')
      await page.evaluate(() => window.opened.auth.actions.handleRedirect())
      expect(await token(page)).toMatch(/^ey/)
    },
  )
})
