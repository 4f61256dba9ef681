import { AuthClient, type SessionUser } from '../../src/index.js'
import { createFakeBrowser } from '../../src/testing/browser.js'
import { createAccountServer } from './account-server.js'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

type Options = Partial<
  ConstructorParameters<typeof AuthClient<{ readonly name: string }, SessionUser, object>>[0]
>
type TabOptions = NonNullable<Parameters<ReturnType<typeof createFakeBrowser>['tab']>[0]>

/** Moves time on, from one task to the next, until so many refreshes have been sent. */
export async function untilSent(
  { clock, server }: ReturnType<typeof createWorld>,
  count: number,
): Promise<void> {
  const end = clock.now() + count * HOUR
  while (server.sent.length < count && clock.now() < end) {
    await clock.advance(Math.min(clock.untilNext(), end - clock.now()))
  }
  if (server.sent.length !== count) throw new Error(`${server.sent.length} refreshes were sent.`)
}

/** A fake browser, a strict server, and tabs with a client and a record of its events. */
export function createWorld(options: { readonly lifetime?: number } = {}) {
  const server = createAccountServer(options)
  const browser = createFakeBrowser()

  function open(overrides: Options = {}, tabOptions: TabOptions = {}) {
    const tab = browser.tab(tabOptions)
    const { environment, ...rest } = overrides
    const auth = new AuthClient({
      provider: server.provider,
      storage: tab.storage,
      storageKey: 'app',
      environment: { ...tab.environment, ...environment },
      ...rest,
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session, detail) => {
      const reason = 'reason' in detail ? ` because ${detail.reason}` : ''
      const origin = detail.origin === 'other-context' ? ' elsewhere' : ''
      events.push(`${event} ${session?.accessToken ?? '-'}${reason}${origin}`)
    })
    return { tab, auth, events }
  }

  return {
    server,
    browser,
    clock: browser.clock,
    open,
    /** A tab in which `name` is signed in. */
    async signedIn(name = 'ada', overrides: Options = {}) {
      const opened = open(overrides)
      await opened.auth.signIn({ name })
      await browser.clock.settle()
      return opened
    },
    /** The text of everything in storage. */
    stored: (): string => JSON.stringify([...browser.storage.entries]),
  }
}
