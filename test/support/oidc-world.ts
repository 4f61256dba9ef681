import { AuthClient } from '../../src/index.js'
import {
  type OidcOptions,
  type OidcProvider,
  type OidcSignInOptions,
  oidc,
} from '../../src/providers/oidc/index.js'
import {
  createFakeBrowser,
  createScriptedOidc,
  type ScriptedOidcOptions,
} from '../../src/testing/index.js'

/** The whole of it: clients, providers, a fake browser and a scripted OpenID Connect server. */
export function createOidcWorld(options: ScriptedOidcOptions = {}) {
  const browser = createFakeBrowser()
  const { clock } = browser
  const server = createScriptedOidc({
    clock,
    signing: 'digest',
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    ...options,
  })

  /** A tab with a client in it, and the names of its events. */
  function open(
    options: Partial<OidcOptions> = {},
    wrap: (provider: OidcProvider) => OidcProvider = (provider) => provider,
  ) {
    const tab = browser.tab({ href: 'http://localhost:3000/' })
    const provider = oidc({
      issuer: 'https://id.example',
      clientId: 'app',
      redirectUri: 'http://localhost:3000/callback',
      fetch: tab.fetch(server.fetch),
      // Without it oidc-provider gives no refresh token.
      parameters: { prompt: 'consent' },
      ...options,
    })
    const auth = new AuthClient({
      provider: wrap(provider),
      storage: tab.storage,
      environment: tab.environment,
    })
    const events: string[] = []
    auth.onAuthStateChange((event, _session, detail) => {
      events.push('reason' in detail ? `${event} ${detail.reason}` : event)
    })
    return { tab, auth, events }
  }

  /** Signs somebody in by redirect, in this tab. */
  async function signIn({ tab, auth }: ReturnType<typeof open>, wish: OidcSignInOptions = {}) {
    const page = await server.fetch(await auth.actions.signInUrl(wish), { redirect: 'manual' })
    tab.navigate(page.headers.get('location') ?? '')
    const result = await auth.actions.handleRedirect()
    if (!result?.session) throw new Error('There is no session.')
    return result.session
  }

  return { browser, clock, server, open, signIn }
}
