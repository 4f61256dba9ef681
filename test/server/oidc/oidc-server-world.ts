import { createPkce } from '../../../src/providers/shared/pkce.js'
import { type BackendOptions, createBackend } from '../../../src/server/backend/index.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import {
  createOidc,
  createOidcSessions,
  type OidcServerOptions,
  type OidcSessionsOptions,
} from '../../../src/server/oidc/index.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import {
  createManualClock,
  createScriptedOidc,
  type ManualClock,
  type ScriptedOidcOptions,
} from '../../../src/testing/index.js'
import { createJar } from '../backend/backend-world.js'

export const APP = 'https://app.example'
export const CALLBACK = `${APP}/auth/callback`
export const ISSUER = 'https://id.example'
export const PASSWORD = 'a password of more than 32 characters'
export const SECRET = 'the secret of the client: 50% + more'
export const MINUTE = 60_000
/** As long as a busy machine may take for what waits by the platform’s own timers, in ms. */
const PATIENCE = 3_600_000
export const ADA = { sub: 'ada', name: 'Ada', email: 'ada@example.com' }

/** How the world is to be; what is left out is as most have it. */
export interface OidcServerWorldOptions {
  readonly clock?: ManualClock
  readonly scripted?: ScriptedOidcOptions
  readonly oidc?: Partial<OidcServerOptions>
  readonly sessions?: Partial<OidcSessionsOptions>
  readonly backend?: Partial<BackendOptions>
}

/** The whole of it on the server's side: a scripted OpenID Connect server, an app with a backend, a browser. */
export function createOidcServerWorld(options: OidcServerWorldOptions = {}) {
  const { clock = createManualClock() } = options
  const now = (): number => clock.now()
  const server = createScriptedOidc({
    clock,
    signing: 'digest',
    clients: [
      { id: 'web', secret: SECRET, redirectUris: [CALLBACK] },
      { id: 'spa', redirectUris: [CALLBACK] },
    ],
    people: [ADA],
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    ...options.scripted,
  })
  const settings: OidcServerOptions = {
    issuer: ISSUER,
    clientId: 'web',
    clientSecret: SECRET,
    fetch: server.fetch,
    now,
    requestTimeout: PATIENCE,
    ...options.oidc,
  }
  const oidc = createOidc(settings)
  const coordinator = memoryCoordinator({ now })
  const heard: unknown[] = []
  const sealedOptions: OidcSessionsOptions = {
    server: oidc,
    coordinator,
    now,
    requestTimeout: PATIENCE,
    onSecurityEvent: (event) => heard.push(event.type),
    ...options.sessions,
  }
  const sealed = createOidcSessions(sealedOptions)
  const cookie = { password: PASSWORD }
  const sessions = createRequestSessions({ sessions: sealed, cookie, now })
  const reports: unknown[] = []
  const backend = createBackend({
    sessions,
    signIn: oidc,
    password: PASSWORD,
    report: (error) => reports.push(error),
    now,
    ...options.backend,
  })
  const jar = createJar(now)

  /** A grant as a sign-in brings it. */
  async function grant() {
    const { verifier, challenge } = await createPkce()
    const request = { redirectUri: CALLBACK, state: 'state', codeChallenge: challenge }
    const page = await server.fetch(await oidc.authorizeUrl(request), { redirect: 'manual' })
    const query = new URL(page.headers.get('location') ?? '').searchParams
    const issuer = query.get('iss') ?? undefined
    const code = query.get('code') ?? ''
    return oidc.exchangeCode({ code, codeVerifier: verifier, redirectUri: CALLBACK, issuer })
  }

  /** A sealed session of Ada's. */
  async function seal(): Promise<string> {
    return sealed.sealSession(await grant(), { password: PASSWORD })
  }

  const load = (value: string) => sealed.openSession({ value, password: PASSWORD })

  /** Sends a request with this browser's cookies, and keeps what comes back. */
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const request = new Request(new URL(path, APP), { redirect: 'manual', ...init })
    const header = jar.header()
    if (header !== null) request.headers.set('Cookie', header)
    if (!request.headers.has('Sec-Fetch-Site')) request.headers.set('Sec-Fetch-Site', 'same-origin')
    return jar.take((await backend.handle(request)) ?? new Response('Not ours.', { status: 404 }))
  }

  /** Calls as a page of the app does. */
  const call = (path: string, method = 'GET'): Promise<Response> =>
    send(path, { method, headers: { 'X-Holdfast': '1' } })

  /** Begins a sign-in; where the browser is sent, and where it comes back to. */
  async function begin(query = ''): Promise<{ readonly asked: URL; readonly back: URL }> {
    const asked = new URL((await send(`/auth/sign-in${query}`)).headers.get('location') ?? '')
    const page = await server.fetch(asked, { redirect: 'manual' })
    return { asked, back: new URL(page.headers.get('location') ?? 'about:blank') }
  }

  /** Comes back to the app, with fields of the address changed; those that are `null` are taken off. */
  function comeBack(back: URL, fields: Readonly<Record<string, string | null>> = {}) {
    const url = new URL(back)
    for (const [name, value] of Object.entries(fields)) {
      if (value === null) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    return send(`${url.pathname}${url.search}`, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
  }

  /** Signs Ada in in this browser. */
  async function signIn(query?: string): Promise<Response> {
    return comeBack((await begin(query)).back)
  }

  return {
    ...{ clock, now, server, settings, oidc, sealed, sealedOptions, sessions, backend, jar },
    ...{ heard, reports, coordinator, grant, seal, load, send, call, begin, comeBack, signIn },
  }
}

/** What something is refused with. */
export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  )
