import { createNextAuthWith } from '../../src/next/create.js'
import type { NextAuthOptions } from '../../src/next/options.js'
import type { ProxyOptions } from '../../src/next/types.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createScriptedWorkOS, type ScriptedWorkOSOptions } from '../../src/testing/workos/index.js'
import { createFakeNext, type Phase } from './fake-next.js'

export const ORIGIN = 'https://app.example'
/** The address that Next gives requests, whatever the browser asked for. */
const INSIDE = 'http://localhost:3000'
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

/** How a request is made. */
export interface VisitOptions {
  readonly phase?: Phase
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the `matcher` leaves this path out. */
  readonly unproxied?: boolean
}

/** What a browser does with `Set-Cookie`. It drops what is larger than 4096 bytes. */
function keep(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [pair = ''] = line.split(';')
    const end = pair.indexOf('=')
    const name = pair.slice(0, end)
    if (/; Max-Age=0(;|$)/.test(line)) jar.delete(name)
    else if (`Set-Cookie: ${line}`.length <= 4096) jar.set(name, pair.slice(end + 1))
  }
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
    ...options,
  })
  const runProxy = auth.proxy(proxy)

  /** A browser of its own. */
  function browser(jar = new Map<string, string>()) {
    const requestTo = (href: string, method: string, headers: VisitOptions['headers']): Request => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const sent = {
        'sec-fetch-mode': 'navigate',
        'sec-fetch-site': 'same-origin',
        ...(cookie && { cookie }),
        ...headers,
      }
      const { pathname, search } = new URL(href)
      return new Request(INSIDE + pathname + search, { method, headers: sent })
    }

    /** Asks for a page, or sends an action to it. */
    async function visit<T>(path: string, work: () => Promise<T>, wanted: VisitOptions = {}) {
      const { phase = 'render', headers, unproxied } = wanted
      const request = requestTo(ORIGIN + path, phase === 'action' ? 'POST' : 'GET', headers)
      const response = unproxied
        ? next.framework.NextResponse.next({ request })
        : await runProxy(request)
      const passed = next.passedOn(response)
      const none = { result: undefined, redirected: '', error: null, setCookies: [] }
      const served = passed ? await next.serve(passed, phase, work) : none
      keep(jar, [...response.headers.getSetCookie(), ...served.setCookies])
      return { response, passed, ...served }
    }

    /** Navigates, wherever it is sent. */
    async function follow(href: string): Promise<{ url: string; response: Response }> {
      let url = new URL(href, ORIGIN)
      for (let hop = 0; hop < 10; hop += 1) {
        const ours = url.origin === ORIGIN
        const request = requestTo(url.href, 'GET', {})
        const answered = ours ? await runProxy(request) : await server.fetch(url)
        const passed = ours && next.passedOn(answered)
        const response = passed
          ? await auth.handlers.GET(new Request(request, { headers: passed }))
          : answered
        if (ours) keep(jar, response.headers.getSetCookie())
        const location = response.headers.get('location')
        if (!location) return { url: url.href, response }
        url = new URL(location, url)
      }
      throw new Error('There is no end to these redirects.')
    }

    return {
      jar,
      visit,
      follow,
      page: <T>(work: () => Promise<T>, wanted?: VisitOptions) => visit('/', work, wanted),
      act: <T>(work: () => Promise<T>, wanted?: VisitOptions) =>
        visit('/', work, { ...wanted, phase: 'action' }),
      who: async () => (await visit('/', () => auth.withAuth())).result,
    }
  }

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
