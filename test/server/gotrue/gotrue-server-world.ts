import type { GoTrueUser } from '../../../src/providers/gotrue/index.js'
import { type BackendOptions, createBackend } from '../../../src/server/backend/index.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import {
  createGotrue,
  createGotrueSessions,
  type GoTrueServer,
  type GoTrueServerOptions,
  type GoTrueSessionsOptions,
} from '../../../src/server/gotrue/index.js'
import {
  createRequestSessions,
  type RequestSessionsOptions,
} from '../../../src/server/requests/request-sessions.js'
import {
  createManualClock,
  createScriptedGoTrue,
  type ManualClock,
  type ScriptedGoTrueOptions,
} from '../../../src/testing/index.js'
import { createJar, type Jar } from '../backend/backend-world.js'

export const APP = 'https://app.example'
export const CALLBACK = `${APP}/auth/callback`
export const URL_OF_GOTRUE = 'https://project.example/auth/v1'
export const PASSWORD = 'a password of more than 32 characters'
export const MINUTE = 60_000
export const ADA = { email: 'ada@example.com', password: 'secret-1' }
export const BOB = { email: 'bob@example.com', password: 'secret-2' }
/** As long as a busy machine may take for what waits by the platform’s own timers, in ms. */
const PATIENCE = 3_600_000

/** How the world is to be; what is left out is as most have it. */
export interface GotrueServerWorldOptions {
  readonly clock?: ManualClock
  readonly scripted?: ScriptedGoTrueOptions
  readonly gotrue?: Partial<GoTrueServerOptions>
  readonly sessions?: Partial<GoTrueSessionsOptions>
  /** Told the server, for what reads its sessions. */
  readonly takeOver?: (server: GoTrueServer) => RequestSessionsOptions<GoTrueUser>['takeOver']
  readonly backend?: Partial<BackendOptions>
}

/** The whole of it on the server's side: a scripted GoTrue, an app with a backend, a browser. */
export function createGotrueServerWorld(options: GotrueServerWorldOptions = {}) {
  const { clock = createManualClock() } = options
  const now = (): number => clock.now()
  const scripted = createScriptedGoTrue({
    clock,
    users: [ADA, BOB],
    redirectUrls: [`${APP}/**`],
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    ...options.scripted,
  })
  const server = createGotrue({
    url: URL_OF_GOTRUE,
    apiKey: 'public-key',
    fetch: scripted.fetch,
    now,
    requestTimeout: PATIENCE,
    ...options.gotrue,
  })
  const coordinator = memoryCoordinator({ now })
  const heard: unknown[] = []
  const sealed = createGotrueSessions({
    server,
    coordinator,
    now,
    requestTimeout: PATIENCE,
    onSecurityEvent: (event) => heard.push(event.type),
    ...options.sessions,
  })
  const sessions = createRequestSessions({
    sessions: sealed,
    cookie: { password: PASSWORD },
    takeOver: options.takeOver?.(server),
    now,
  })
  const reports: unknown[] = []
  const backend = createBackend({
    sessions,
    signIn: server,
    password: PASSWORD,
    report: (error) => reports.push(error),
    now,
    ...options.backend,
  })
  const jar = createJar(now)

  /** Sends a request with the cookies of a browser, and keeps what comes back. */
  async function send(path: string, init: RequestInit = {}, browser: Jar = jar): Promise<Response> {
    const request = new Request(new URL(path, APP), { redirect: 'manual', ...init })
    const header = browser.header()
    if (header !== null) request.headers.set('Cookie', header)
    if (!request.headers.has('Sec-Fetch-Site')) request.headers.set('Sec-Fetch-Site', 'same-origin')
    const answer = (await backend.handle(request)) ?? new Response('Not ours.', { status: 404 })
    return browser.take(answer)
  }

  /** Calls as a page of the app does; with `json`, by POST. */
  const call = (path: string, json?: unknown, browser?: Jar): Promise<Response> =>
    send(
      path,
      {
        headers: { 'X-Holdfast': '1' },
        ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
      },
      browser,
    )

  /** Begins a sign-in; where the browser is sent, and where it comes back to. */
  async function begin(query = '?provider=github') {
    const answer = await send(`/auth/sign-in${query}`)
    const asked = new URL(answer.headers.get('location') ?? 'about:blank')
    const page = await scripted.fetch(asked)
    return { asked, back: new URL(page.headers.get('location') ?? 'about:blank') }
  }

  /** Follows a link from elsewhere, such as out of a mail, with fields of its address changed. */
  function follow(
    link: URL | string,
    fields: Readonly<Record<string, string | null>> = {},
    browser?: Jar,
  ): Promise<Response> {
    const url = new URL(link)
    for (const [name, value] of Object.entries(fields)) {
      if (value === null) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    return send(`${url.pathname}${url.search}`, { headers }, browser)
  }

  /** Who is signed in in a browser, by the word of the backend. */
  async function whoIs(browser?: Jar): Promise<string | null> {
    const { session } = await (await call('/auth/session', undefined, browser)).json()
    return session?.user.email ?? null
  }

  /** A grant as a sign-in by password brings it. */
  async function grant(person = ADA) {
    const granted = await server.signIn(person)
    if (!granted) throw new Error('There is no session.')
    return granted
  }

  /** Signs somebody in in this browser, without a route. */
  async function signIn(person = ADA): Promise<void> {
    const { setCookies } = await sessions.setSession(await grant(person), jar.header())
    const headers = new Headers()
    for (const line of setCookies) headers.append('Set-Cookie', line)
    jar.take(new Response(null, { headers }))
  }

  return {
    ...{ clock, now, scripted, server, sealed, sessions, backend, jar, heard, reports },
    ...{ coordinator, send, call, begin, follow, whoIs, grant, signIn },
  }
}
