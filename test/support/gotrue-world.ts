import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** A fake browser with a client in one tab, and a scripted GoTrue. */
export function gotrueWorld(options: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const { clock } = browser
  const server = createScriptedGoTrue({
    clock,
    users: [ADA],
    redirectUrls: ['https://app.example/**'],
    ...options,
  })
  const tab = browser.tab({ cors: true })
  const fetch = tab.fetch(server.fetch)
  const auth = new AuthClient({
    provider: gotrue({ url: 'http://localhost/auth/v1', fetch, now: clock.now }),
    storage: tab.storage,
    environment: tab.environment,
  })
  const events: string[] = []
  auth.onAuthStateChange((event) => events.push(event))
  return { browser, clock, server, tab, auth, events }
}

/** Follows a redirect of the server as a browser would, up to the app's own page. */
export async function follow(
  { server }: Pick<ReturnType<typeof gotrueWorld>, 'server'>,
  href: string,
): Promise<string> {
  const response = await server.fetch(href, { redirect: 'manual' })
  return response.headers.get('location') ?? ''
}
