import { type ClientOptions, GoTrueClient } from '../../src/compat/auth-js/index.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type FakeTab,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'
import { ADA } from './stage.js'

/** Where the app is. */
export const APP = 'https://app.example/back'

type Options = Partial<ClientOptions>

/** A tab's storage, as auth-js is given one. */
export const storageOf = ({ storage }: FakeTab) => ({
  getItem: async (key: string) => (await storage.get(key)) ?? null,
  setItem: async (key: string, value: string) => storage.set(key, value),
  removeItem: async (key: string) => storage.remove(key),
})

/** A browser and a server; its tabs have auth-js's face. */
export function createTabs(settings: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({
    clock: browser.clock,
    users: [ADA],
    redirectUrls: ['https://app.example/**'],
    ...settings,
  })

  function open(options: Options = {}, href = APP) {
    const tab = browser.tab({ href })
    const auth = new GoTrueClient({
      url: 'http://localhost/auth/v1',
      storageKey: 'app',
      storage: storageOf(tab),
      fetch: tab.fetch(server.fetch),
      environment: tab.environment,
      ...options,
      client: undefined,
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session) => {
      events.push(session ? `${event} ${session.user.email}` : event)
    })
    return { auth, tab, events, here: () => tab.environment.page.href() }
  }

  /** Where a link of the server leads. */
  async function follow(href: string): Promise<string> {
    const answer = await server.fetch(href, { redirect: 'manual' })
    return answer.headers.get('location') ?? ''
  }

  /** The link in the last message. */
  const link = (): string => server.messages.at(-1)?.link ?? ''

  return { browser, server, open, follow, link }
}
