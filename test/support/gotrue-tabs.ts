import { AuthClient, type Environment, isAuthError, type Storage } from '../../src/index.js'
import { type GoTrueOptions, gotrue } from '../../src/providers/gotrue/index.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }
export const BOB = { email: 'bob@example.com', password: 'secret-2' }
export const APP = 'https://app.example/back'

/** What a promise failed with. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: unknown) => (isAuthError(error) ? error : `no AuthError: ${error}`),
  )

/** A scripted GoTrue with all that the areas need, in a browser whose answers can be held back. */
export function createGoTrueWorld(options: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({
    clock: browser.clock,
    users: [ADA, BOB],
    redirectUrls: ['https://app.example/**'],
    manualLinking: true,
    ...options,
  })
  let gate: Promise<void> | null = null
  let gated: string | undefined
  let down: string | null = null
  const held: typeof fetch = async (input, init) => {
    if (init?.method === down) return Response.json({}, { status: 503 })
    const response = await server.fetch(input, init)
    if (!gated || init?.method === gated) await gate
    return response
  }

  function open(
    href = APP,
    wrap = (storage: Storage): Storage => storage,
    own: Partial<GoTrueOptions> = {},
    heard: Partial<Environment> = {},
  ) {
    const tab = browser.tab({ href })
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: tab.fetch(held),
        now: browser.clock.now,
        ...own,
      }),
      storage: wrap(tab.storage),
      environment: { ...tab.environment, ...heard },
      autoRefresh: false,
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => events.push(event))
    return { tab, auth, events }
  }

  return {
    browser,
    server,
    open,
    /** Follows redirects of the server as a browser would, up to a page of the app. */
    async follow(href: string): Promise<string> {
      const response = await server.fetch(href, { redirect: 'manual' })
      return response.headers.get('location') ?? ''
    },
    /** Requests of this method meet a server in trouble. */
    takeDown(method: string): void {
      down = method
    },
    /** Answers, to this method or all, wait, once the server has done its work, until the returned call. */
    hold(method?: string): () => void {
      gated = method
      let release = (): void => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        gate = null
        release()
      }
    },
    /** The paths of all that was sent since the log was cleared. */
    sent: (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`),
    sessionIds: (): string[] => server.sessions().map(({ id }) => id),
  }
}

/** A storage whose writes can be held back. */
export function holdable() {
  let gate: Promise<void> | null = null
  const written: string[] = []
  return {
    /** What was written, by the names of the entries. */
    written,
    wrap: (storage: Storage): Storage => ({
      ...storage,
      async set(key, text) {
        written.push(key)
        await gate
        await storage.set(key, text)
      },
    }),
    hold(): () => void {
      let release = (): void => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        gate = null
        release()
      }
    },
  }
}
