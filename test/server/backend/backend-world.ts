import { createBackend } from '../../../src/server/backend/index.js'
import type { BackendOptions } from '../../../src/server/backend/types.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import {
  type CookieSettings,
  createRequestSessions,
} from '../../../src/server/requests/request-sessions.js'
import {
  createWorkOSSessions,
  type WorkOSSessionsOptions,
  workosServer,
} from '../../../src/server/workos/index.js'
import { createManualClock, type ManualClock } from '../../../src/testing/index.js'
import {
  createScriptedWorkOS,
  type ScriptedWorkOSOptions,
} from '../../../src/testing/workos/index.js'

export const APP = 'https://app.example'
export const PASSWORD = 'a password of more than 32 characters'
export const COOKIE = '__Host-holdfast'
export const MINUTE = 60_000
export const ADA = 'ada@example.com'
export const BOB = 'bob@example.com'

const USERS = [
  {
    email: ADA,
    firstName: 'Ada',
    memberships: [
      { organizationId: 'org_1', role: 'admin', permissions: ['posts:write'] },
      { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] },
    ],
  },
  { email: BOB, memberships: [{ organizationId: 'org_1' }] },
]

/** A request to an upstream, as it arrived there. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  readonly redirect: RequestRedirect
}

/** What an upstream answers. */
export type Upstream = (arrived: Arrived) => Response | Promise<Response>

/** Options of {@link createBackendWorld}. */
export interface WorldOptions {
  readonly clock?: ManualClock
  readonly workos?: ScriptedWorkOSOptions
  readonly cookie?: Partial<CookieSettings>
  readonly backend?: Partial<BackendOptions>
  readonly coordinator?: Coordinator
  readonly sealed?: Partial<WorkOSSessionsOptions>
}

/** The cookies of one browser. */
export interface Jar {
  readonly cookies: Map<string, string>
  /** The header `Cookie`; `null` without any. */
  header(): string | null
  /** Keeps what an answer sets; returns it. */
  take(response: Response): Response
}

/** A browser's cookie jar: names, values and their end are all that it knows. */
export function createJar(now: () => number): Jar {
  const cookies = new Map<string, string>()
  const ends = new Map<string, number>()
  return {
    cookies,
    header() {
      for (const [name, end] of ends) if (end <= now()) cookies.delete(name)
      return cookies.size === 0
        ? null
        : [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    take(response) {
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
        const seconds = Number(/; Max-Age=(\d+)/.exec(line)?.[1] ?? Number.NaN)
        cookies.delete(name)
        if (seconds > 0) cookies.set(name, value)
        ends.set(name, now() + seconds * 1000)
      }
      return response
    },
  }
}

/** The whole of it on the server's side: a scripted WorkOS, sessions, a backend, an upstream. */
export function createBackendWorld(options: WorldOptions = {}) {
  const clock = options.clock ?? createManualClock()
  const now = (): number => clock.now()
  const workos = createScriptedWorkOS({
    clock,
    users: USERS,
    clients: [
      {
        id: 'client_1',
        redirectUris: [`${APP}/auth/callback`],
        logoutUris: [`${APP}/`, `${APP}/bye`],
      },
    ],
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    ...options.workos,
  })
  const client = {
    clientId: 'client_1',
    apiKey: 'sk_test_scripted',
    fetch: workos.fetch,
    // By a real clock, which a busy machine must not let run out.
    requestTimeout: 3_600_000,
  }
  const coordinator = options.coordinator ?? memoryCoordinator({ now })
  const sealed = createWorkOSSessions({ ...client, coordinator, now, ...options.sealed })
  const sessions = createRequestSessions({
    sessions: sealed,
    cookie: { password: PASSWORD, ...options.cookie },
    now,
  })
  const reports: unknown[] = []
  const arrivals: Arrived[] = []
  const upstream: { answer: Upstream } = { answer: () => Response.json({ fine: true }) }
  const backend = createBackend({
    sessions,
    signIn: workosServer(client),
    password: PASSWORD,
    upstreams: { api: { target: 'https://api.example/v1' } },
    report: (error) => reports.push(error),
    now,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { method, url, headers, redirect } = request
      const arrived = { method, url, headers, redirect, body: await request.text() }
      arrivals.push(arrived)
      return upstream.answer(arrived)
    },
    ...options.backend,
  })
  const jar = createJar(now)

  /** Sends a request with this browser's cookies, and keeps what comes back. */
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const request = new Request(new URL(path, APP), { redirect: 'manual', ...init })
    const cookie = jar.header()
    if (cookie !== null && !request.headers.has('Cookie')) request.headers.set('Cookie', cookie)
    // From a page of the app, unless somebody says otherwise.
    const begins = /^\/auth\/sign-(in|up)$/.test(new URL(request.url).pathname)
    if (begins && !request.headers.has('Sec-Fetch-Site')) {
      request.headers.set('Sec-Fetch-Site', 'same-origin')
    }
    return jar.take((await backend.handle(request)) ?? new Response('Not ours.', { status: 404 }))
  }

  /** Calls as a page of the app does. */
  async function call(
    path: string,
    init: RequestInit & { json?: unknown } = {},
  ): Promise<Response> {
    const { json, ...rest } = init
    const headers = new Headers({ 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' })
    for (const [name, value] of new Headers(rest.headers)) headers.set(name, value)
    return send(path, {
      ...rest,
      ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
      headers,
    })
  }

  /** Navigates as a browser does, through all redirects, up to a page of the app. */
  async function navigate(path: string): Promise<{ href: string; response: Response }> {
    let href = new URL(path, APP).href
    for (let hop = 0; hop < 10; hop++) {
      const ours = href.startsWith(`${APP}/auth/`)
      const headers = { 'Sec-Fetch-Mode': 'navigate' }
      const response = ours ? await send(href, { headers }) : await workos.fetch(href)
      const location = response.headers.get('Location')
      if (location === null) return { href, response }
      href = new URL(location, href).href
      if (href.startsWith(APP) && !href.startsWith(`${APP}/auth/`)) return { href, response }
    }
    throw new Error('The redirects have no end.')
  }

  return {
    clock,
    now,
    workos,
    sealed,
    sessions,
    coordinator,
    backend,
    reports,
    upstream,
    arrivals,
    jar,
    send,
    call,
    navigate,
    /** Signs somebody in in this browser; Ada to `org_1`. */
    async signIn(loginHint = ADA, organizationId = 'org_1'): Promise<string> {
      const query = new URLSearchParams({ loginHint, organizationId, returnTo: '/home' })
      return (await navigate(`/auth/sign-in?${query}`)).href
    },
  }
}
