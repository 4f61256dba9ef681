import type { ProxyOptions } from '../../src/next/proxy-types.js'
import { createNextAuthWith } from '../../src/next/workos/create.js'
import type { NextAuthOptions } from '../../src/next/workos/options.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createScriptedWorkOS, type ScriptedWorkOSOptions } from '../../src/testing/workos/index.js'
import { createBrowsers, ORIGIN, PATIENCE } from './browsers.js'
import { createFakeNext } from './fake-next.js'

export { ORIGIN } from './browsers.js'
export const PASSWORD = 'a cookie password that is long enough'
export const START = 1_700_000_000_000
/** The life of an access token, in ms. */
export const LIFE = 300_000

export const ADA = {
  id: 'user_ada',
  email: 'ada@example.test',
  firstName: 'Ada',
  memberships: [
    {
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['posts:read', 'posts:write'],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
    },
    { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] },
    { organizationId: 'org_sso', role: 'member' },
    { organizationId: 'org_mfa', role: 'member' },
    { organizationId: 'org_elsewhere', role: 'member' },
  ],
}

const ENV = {
  WORKOS_CLIENT_ID: 'client_scripted',
  WORKOS_API_KEY: 'sk_test_scripted',
  WORKOS_COOKIE_PASSWORD: PASSWORD,
  NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${ORIGIN}/auth/callback`,
}

export interface AppOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly auth?: NextAuthOptions
  readonly proxy?: ProxyOptions
  readonly workos?: ScriptedWorkOSOptions
}

/** A Next.js app with its people, its WorkOS and its time. */
export function createApp({ env, auth: options, proxy, workos }: AppOptions = {}) {
  const clock = { time: START, now: () => clock.time }
  const settings = { ...ENV, ...env }
  const server = createScriptedWorkOS({
    clock,
    users: [ADA],
    organizations: [
      { id: 'org_sso', requires: 'sso' },
      { id: 'org_mfa', requires: 'mfa_enrollment' },
      { id: 'org_elsewhere', requires: 'sso', redirectUrl: 'https://sso.example/begin' },
    ],
    clients: [
      {
        id: 'client_scripted',
        redirectUris: [settings.NEXT_PUBLIC_WORKOS_REDIRECT_URI],
        logoutUris: [`${ORIGIN}/`, `${ORIGIN}/bye`],
      },
    ],
    ...workos,
  })
  const next = createFakeNext(settings)
  const auth = createNextAuthWith(next.framework, {
    fetch: server.fetch,
    now: clock.now,
    coordinator: memoryCoordinator({ now: clock.now }),
    requestTimeout: PATIENCE,
    ...options,
  })
  const browser = createBrowsers({
    auth,
    next,
    fetch: server.fetch,
    runProxy: auth.proxy(proxy),
    withAuth: () => auth.withAuth(),
  })

  /** A browser in which Ada is signed in, to `org_1`. */
  async function signedIn(organizationId = 'org_1') {
    const opened = browser()
    const hints = new URLSearchParams({ loginHint: ADA.email, organizationId })
    await opened.follow(`/auth/sign-in?${hints}`)
    server.clearLog()
    return opened
  }

  return {
    auth,
    clock,
    server,
    next,
    browser,
    signedIn,
    exchanges: (): number => server.count('refresh_token'),
    outage: () => server.fail({ type: 'status', status: 503 }, { times: Infinity }),
  }
}
