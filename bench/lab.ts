import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { ClientName, PerClient } from './bundles.js'
import { installQuota, installSkew, installVisibility } from './clients/conditions.js'
import { ADA, type Site, startSite } from './site.js'

/** What all scenarios share. */
export interface Lab {
  readonly browser: Browser
  readonly scripts: PerClient<string>
  /** Bytes of the smallest bundle. */
  readonly sizes: PerClient<number>
  /** Few repetitions: the scenarios run, the figures mean little. */
  readonly quick: boolean
}

/** Which conditions the pages of a stage can be put under. */
export interface Conditions {
  /** Both clocks can be moved; the wall clock starts this far ahead, in ms. */
  readonly clockAhead?: number
  readonly quota?: boolean
  readonly visibility?: boolean
}

/** One client, one server and one browser profile, all fresh. */
export interface Stage {
  readonly site: Site
  readonly context: BrowserContext
  /** A tab with the client on its page, made at once. */
  tab(): Promise<Page>
  /** The same, signed in. */
  signedIn(): Promise<Page>
  /** Refresh requests since the log was cleared. */
  refreshes(): number
  /** Whether the newest refresh token lies in this page's localStorage. */
  isSaved(page: Page): Promise<boolean>
}

/** Time passes in this page: both of its clocks go on, timers do not. Needs `clockAhead`. */
export const pass = (page: Page, ms: number): Promise<void> =>
  page.evaluate((by) => {
    window.skew.date += by
    window.skew.monotonic += by
  }, ms)

async function prepare(context: BrowserContext, conditions: Conditions): Promise<void> {
  const { clockAhead, quota, visibility } = conditions
  if (clockAhead !== undefined) {
    await context.addInitScript(installSkew, { date: clockAhead, monotonic: 0 })
  }
  if (quota) await context.addInitScript(installQuota)
  if (visibility) await context.addInitScript(installVisibility)
}

function createStage(site: Site, context: BrowserContext): Stage {
  const tab = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(site.url)
    await page.evaluate(async () => {
      window.peer = window.create()
      await window.peer.getSession()
    })
    return page
  }
  return {
    site,
    context,
    tab,
    async signedIn() {
      const page = await tab()
      await page.evaluate(({ email, password }) => window.peer.signIn(email, password), ADA)
      return page
    },
    refreshes: () => site.server.count('refresh_token'),
    isSaved(page) {
      const newest = site.server.requests.filter(({ returned }) => returned).at(-1)?.returned
      if (!newest) throw new Error('The server has issued no refresh token.')
      return page.evaluate(
        (token) => Object.values(localStorage).some((text) => String(text).includes(token)),
        newest,
      )
    },
  }
}

/** Sets a stage for one client, plays on it, and clears it away. */
export async function onStage<T>(
  { lab, client, ...conditions }: Conditions & { readonly lab: Lab; readonly client: ClientName },
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const context = await lab.browser.newContext()
  const site = await startSite(lab.scripts[client])
  try {
    await prepare(context, conditions)
    return await play(createStage(site, context))
  } finally {
    await site.close()
    await context.close()
  }
}

/** Asks until the answer is yes, for at most this long; resolves to the ms it took, or `null`. */
export async function until(
  ms: number,
  question: () => boolean | Promise<boolean>,
): Promise<number | null> {
  const from = performance.now()
  for (;;) {
    if (await question()) return performance.now() - from
    if (performance.now() - from > ms) return null
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
