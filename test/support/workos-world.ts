import { AuthClient } from '../../src/index.js'
import { type WorkOSOptions, workos } from '../../src/providers/workos/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { createScriptedWorkOS, type ScriptedWorkOSOptions } from '../../src/testing/workos/index.js'

/** Where the app lives, and where WorkOS sends people back to. */
export const HOME = 'http://localhost:3000/'
export const CALLBACK = 'http://localhost:3000/callback'

const ADA = {
  email: 'ada@example.com',
  firstName: 'Ada',
  memberships: [
    { organizationId: 'org_1', role: 'admin', permissions: ['posts:write'] },
    { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] },
  ],
}
const BOB = { email: 'bob@example.com', memberships: [{ organizationId: 'org_1' }] }

/** The whole of it: clients, providers, a fake browser and a scripted WorkOS. */
export function createWorkOSWorld(options: ScriptedWorkOSOptions = {}) {
  const browser = createFakeBrowser()
  const server = createScriptedWorkOS({
    clock: browser.clock,
    users: [ADA, BOB],
    signing: 'digest',
    wait: (ms) => new Promise((resolve) => browser.clock.schedule(ms, resolve)),
    ...options,
  })
  const jar = server.browser()

  /** A tab with a client in it, and the names of its events. */
  function open(provider: Partial<WorkOSOptions> = {}, storageKey?: string) {
    const tab = browser.tab({ href: HOME })
    const auth = new AuthClient({
      provider: workos({
        clientId: 'client_scripted',
        redirectUri: CALLBACK,
        fetch: tab.fetch(jar.fetch),
        ...provider,
      }),
      storage: tab.storage,
      environment: tab.environment,
      ...(storageKey && { storageKey }),
    })
    const events: string[] = []
    auth.onAuthStateChange((event, _session, detail) => {
      events.push('reason' in detail ? `${event} ${detail.reason}` : event)
    })
    return { tab, auth, events }
  }

  /** Follows an address as a browser would, up to the app's own page. */
  async function follow(href: string): Promise<string> {
    const response = await jar.fetch(href, { credentials: 'include', redirect: 'manual' })
    return response.headers.get('location') ?? ''
  }

  /** Signs somebody in by redirect, in this tab. */
  async function signIn(opened: ReturnType<typeof open>, loginHint = ADA.email) {
    const url = await opened.auth.actions.signInUrl({ loginHint, organizationId: 'org_1' })
    opened.tab.navigate(await follow(url))
    const result = await opened.auth.actions.handleRedirect()
    if (!result?.session) throw new Error('There is no session.')
    return result.session
  }

  /** A tab in which Ada is signed in, to `org_1`. */
  async function signedIn(provider: Partial<WorkOSOptions> = {}) {
    const opened = open(provider)
    return { ...opened, session: await signIn(opened) }
  }

  return {
    browser,
    clock: browser.clock,
    server,
    jar,
    open,
    follow,
    signIn,
    signedIn,
    /** The text of everything in storage. */
    stored: (): string => JSON.stringify([...browser.storage.entries]),
  }
}
