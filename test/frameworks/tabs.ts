import type { Browser, ConsoleMessage, Page, Route } from 'playwright-core'

/** A page that is on its way to a tab. */
export interface LatePage {
  readonly tab: Page
  /** What the server has rendered. */
  readonly text: string
  letGo(): void
}

/** The tabs of one real browser, which has no cookies yet. */
export interface Tabs {
  /** Opens a tab on a page. With `until` it is there when this path was asked for, too. */
  open(url: string, until?: string): Promise<Page>
  /** Opens a tab on a page that the server renders now, and that arrives when it is let go. */
  openLate(url: string): Promise<LatePage>
  /** Nothing answers under this path from now on. Returns the way to undo it. */
  takeDown(path: string): Promise<() => Promise<void>>
  /** The cookies that the browser has, by their names. */
  cookies(): Promise<readonly (readonly [string, string])[]>
  /** What its user should never have to see: errors of scripts, and in the console. */
  problems(): readonly string[]
  close(): Promise<void>
}

/** What is awaited takes longer only where it never comes, in ms. */
const PATIENCE = 90_000

/** No page of the apps has a picture for its tab, which browsers ask for by themselves. */
const isOfPicture = (message: ConsoleMessage): boolean =>
  message.location().url.endsWith('/favicon.ico')

async function holdBack(tab: Page, url: string): Promise<LatePage> {
  let letGo = (): void => {}
  const arrival = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const rendered = new Promise<string>((resolve, reject) => {
    const hold = async (route: Route): Promise<void> => {
      const response = await route.fetch()
      resolve(await response.text())
      await arrival
      await route.fulfill({ response })
    }
    const held = tab.route(url, (route) => hold(route).catch(reject), { times: 1 })
    // A page that leaves before it is there has not failed.
    held.then(() => tab.goto(url)).catch(() => {})
  })
  return { tab, text: await rendered, letGo }
}

/** Opens a browser of somebody. */
export async function createTabs(browser: Browser): Promise<Tabs> {
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE)
  const problems: string[] = []
  context.on('weberror', (error) => problems.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() !== 'error' || isOfPicture(message)) return
    problems.push(`${message.text()} (${message.location().url})`)
  })
  return {
    async open(url, until) {
      const page = await context.newPage()
      const isIt = (asked: string): boolean => new URL(asked).pathname === until
      const awaited = until && page.waitForResponse((response) => isIt(response.url()))
      await Promise.all([page.goto(url), awaited]).catch((cause: unknown) => {
        const found = problems.join('\n') || 'Its console has no errors.'
        throw new Error(`The page ${url} does not wake up: ${cause}\n${found}`, { cause })
      })
      return page
    },
    async openLate(url) {
      return holdBack(await context.newPage(), url)
    },
    async takeDown(path) {
      const isIt = ({ pathname }: URL): boolean => pathname === path
      await context.route(isIt, (route) => route.fulfill({ status: 503 }))
      return () => context.unroute(isIt)
    },
    async cookies() {
      return (await context.cookies()).map(({ name, value }) => [name, value] as const)
    },
    problems: () => [...problems],
    close: () => context.close(),
  }
}
