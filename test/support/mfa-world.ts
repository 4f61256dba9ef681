import { AuthClient, type Session } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa, recoveryCodes, webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type MfaOptions,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'
import { createDevice } from './device.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** Where the pages of this world are. */
export const SITE = { rpId: 'app.example', rpName: 'App', origins: ['https://app.example'] }

const ALL: MfaOptions = { phone: true, webauthn: SITE, recoveryCodes: true }

/** The servers that differ in what they make of the refresh token from before a second factor. */
export const ROTATIONS = [
  { rotation: 'v1', reuseInterval: 10_000 },
  { rotation: 'v1', reuseInterval: 0 },
  { rotation: 'v2', reuseInterval: 10_000 },
  { rotation: 'v2', reuseInterval: 0 },
  // Servers before v2.164.0 refuse without a code.
  { rotation: 'v1', reuseInterval: 10_000, errors: 'oauth' },
  { rotation: 'v1', reuseInterval: 0, errors: 'oauth' },
] as const satisfies readonly ScriptedGoTrueOptions[]

/** Tabs of one browser, a scripted GoTrue with all second factors, and an authenticator. */
export function createMfaWorld(options: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const { clock } = browser
  const server = createScriptedGoTrue({ clock, users: [ADA], mfa: ALL, ...options })
  let origin = 'https://app.example'
  const authenticator = createDevice({ origin: () => origin })

  function open(overrides = {}) {
    const tab = browser.tab({ href: 'https://app.example/settings', cors: true })
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: tab.fetch(server.fetch),
        now: clock.now,
      }),
      storage: tab.storage,
      environment: tab.environment,
      autoRefresh: false,
      ...overrides,
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session) => events.push(`${event} ${session?.aal ?? '-'}`))
    const kit = {
      factors: mfa(auth),
      keys: webauthnFactors(auth, { authenticator }),
      codes: recoveryCodes(auth),
    }
    return { tab, auth, events, ...kit }
  }
  type Opened = ReturnType<typeof open>

  return {
    browser,
    clock,
    server,
    authenticator,
    open,
    /** The pages are on another site from now on. */
    moveTo(site: string): void {
      origin = site
    },
    /** A tab in which Ada is signed in with her password. */
    async signedIn(): Promise<Opened & { readonly session: Session | null }> {
      const opened = open()
      const { session } = await opened.auth.signIn(ADA)
      await clock.settle()
      return { ...opened, session }
    },
    /** A tab of hers with a factor that waits for its code. */
    async enrolled() {
      const opened = open()
      const { session } = await opened.auth.signIn(ADA)
      const { id: factorId } = await opened.factors.enroll({ type: 'totp', friendlyName: 'app' })
      await clock.settle()
      return { ...opened, session, factorId, code: await server.totpCode(factorId) }
    },
    /** Which refresh tokens were presented. */
    presented: () => server.requests.flatMap(({ presented }) => presented ?? []),
  }
}
