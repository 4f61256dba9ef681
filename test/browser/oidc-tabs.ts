import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { ExpectStatic } from 'vitest'
import type { OidcSignInOptions } from '../../src/providers/oidc/index.js'
import type { RealOidcOptions } from '../oidc/server.js'
import { type OidcSite, startOidcSite } from './oidc-site.js'
import type { Passing } from './oidc-way.js'

/** A way in which a real server is set up. */
export interface ServerMode {
  /** What it is called in the names of tests. */
  readonly name: string
  readonly options: RealOidcOptions
  /** Whether a refresh token may be sent twice. */
  readonly forgives: boolean
  /** How wrong the clock of a device is that must not matter, in ms. */
  readonly skew: number
}

const DAY = 86_400_000

/** The servers that every promise is kept on. */
export const SERVERS: readonly ServerMode[] = [
  {
    name: 'that rotates and detects reuse',
    options: { rotating: true },
    forgives: false,
    skew: DAY,
  },
  { name: 'that does not rotate', options: { rotating: false }, forgives: true, skew: -DAY },
  {
    name: 'that wants pushed sign-ins and makes JWTs for an API',
    options: { rotating: true, pushed: true, api: 'https://api.example' },
    forgives: false,
    skew: DAY,
  },
  {
    name: 'that wants proofs with its nonces (DPoP)',
    // oidc-provider does not rotate what is bound to a key, unless it is told to.
    options: { rotating: false, nonces: 'required', api: 'https://api.example' },
    forgives: true,
    skew: -DAY,
  },
]

/** How the client of a tab is opened. */
export interface TabOptions {
  readonly renewsInFrame?: boolean
  readonly autoRefresh?: boolean
  readonly requestTimeout?: number
}

/** What a call in a tab came to: the person, or the code of the error. */
export type Outcome = string

/** Tabs of one browser on one site, and its server. */
export interface Tabs extends OidcSite {
  readonly context: BrowserContext
  /** That of the test, since several run at the same time. */
  readonly expect: ExpectStatic
  /** Opens so many tabs, each with a client that is `window.login`. */
  tabs(count: number, options?: TabOptions): Promise<[Page, ...Page[]]>
  tab(options?: TabOptions): Promise<Page>
  /** Signs Ada in by a redirect there and back. */
  signIn(page: Page, opening?: TabOptions): Promise<void>
  /** Goes where a sign-in leads, and opens the client on the page where that ends. */
  leave(page: Page, options?: OidcSignInOptions, opening?: TabOptions): Promise<void>
  /** The requests for the next tokens since `forget`; what only asks for a nonce is none. */
  exchanges(): readonly Passing[]
  /** Refreshes; resolves to who is signed in then, or to the code of the error. */
  refresh(page: Page): Promise<Outcome>
}

/** Opens the client of a page that has just been loaded. */
export const start = (page: Page, site: OidcSite, options: TabOptions = {}): Promise<void> =>
  page.evaluate(
    ([settings, rest]) => {
      window.login = window.openLogin(settings, rest)
    },
    [site.settings, options] as const,
  )

/** The access token of a tab, or the code of the error. */
export const token = (page: Page): Promise<string | null> =>
  page.evaluate(() => window.login.auth.getAccessToken().catch(({ code }) => String(code)))

/** The access token that a tab holds, dead or not: nobody is asked. */
export const held = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => window.login.auth.getSnapshot().session?.accessToken)

/** The events of a tab, with the reasons of ends. */
export const events = (page: Page): Promise<string[]> => page.evaluate(() => window.login.events)

/** Who is signed in, as a tab shows it: nobody is asked. */
export const shown = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { status, session } = window.login.auth.getSnapshot()
    return session?.user?.id ?? status
  })

function createTabs(site: OidcSite, context: BrowserContext, expect: ExpectStatic): Tabs {
  async function tab(options?: TabOptions): Promise<Page> {
    const page = await context.newPage()
    await page.goto(site.app)
    await start(page, site, options)
    return page
  }

  async function leave(
    page: Page,
    options: OidcSignInOptions = {},
    opening: TabOptions = { autoRefresh: false },
  ): Promise<void> {
    const address = await page.evaluate(
      (given) => window.login.auth.actions.signInUrl(given),
      options,
    )
    await page.goto(address)
    await start(page, site, opening)
  }

  return {
    ...site,
    context,
    expect,
    tab,
    async tabs(count, options) {
      const pages: [Page, ...Page[]] = [await tab(options)]
      while (pages.length < count) pages.push(await tab(options))
      return pages
    },
    leave,
    async signIn(page, opening) {
      await leave(page, {}, opening)
      await page.evaluate(() => window.login.auth.actions.handleRedirect())
      expect(await shown(page)).toBe('ada')
    },
    exchanges: () => site.way.refreshes.filter(({ error }) => error !== 'use_dpop_nonce'),
    refresh: (page) =>
      page.evaluate(() =>
        window.login.auth.refreshSession().then(
          ({ user }) => user?.id ?? 'somebody',
          ({ code }) => String(code),
        ),
      ),
  }
}

/** What a story is played with. */
export interface Stage {
  readonly browser: Browser
  readonly mode: ServerMode
  readonly expect: ExpectStatic
}

/** Plays a story in a fresh browser, with a fresh server. */
export async function play(
  { browser, mode, expect }: Stage,
  story: (tabs: Tabs) => Promise<void>,
): Promise<void> {
  const site = await startOidcSite(mode.options)
  const context = await browser.newContext()
  try {
    await story(createTabs(site, context, expect))
  } finally {
    await context.close()
    await site.close()
  }
}
