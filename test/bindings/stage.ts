import { vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createFakeBrowser, createScriptedGoTrue } from '../../src/testing/index.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }
export const BOB = { email: 'bob@example.com', password: 'secret-2' }
export const HOUR = 3_600_000

/** A fake browser and a scripted server, with clients in its pages. */
export function createClients() {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA, BOB] })

  function open(storageKey = 'app', tab = browser.tab()) {
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: tab.fetch(server.fetch),
        now: browser.clock.now,
      }),
      storage: tab.storage,
      storageKey,
      environment: tab.environment,
    })
    return { auth, tab }
  }

  /** Frameworks work in turns of the event loop, as everything here: none of it takes time. */
  const settle = async (): Promise<void> => {
    await browser.clock.settle()
    await browser.clock.settle()
  }

  return {
    browser,
    server,
    open,
    settle,
    refreshes: (): number => server.count('refresh_token'),
    async advance(ms: number): Promise<void> {
      await browser.clock.advance(ms)
      await settle()
    },
    /** A client with somebody signed in, and its tab. */
    async signedIn(storageKey?: string) {
      const opened = open(storageKey)
      const { session } = await opened.auth.signIn(ADA)
      if (!session) throw new Error('Nobody was signed in.')
      await settle()
      return { ...opened, session }
    },
  }
}

/** Counts how many listen to the snapshot of a client. */
export function countListeners(auth: AuthClient<never>): () => number {
  const { subscribe } = auth
  let count = 0
  vi.spyOn(auth, 'subscribe').mockImplementation((listener) => {
    const stop = subscribe(listener)
    count++
    return () => {
      count--
      stop()
    }
  })
  return () => count
}
