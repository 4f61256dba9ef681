import type { SignInUrlOptions } from '../providers/backend/types.js'
import type { WorkOSUser } from '../providers/workos/types.js'
import { type Backend, createBackend } from '../server/backend/index.js'
import { type Coordinator, memoryCoordinator } from '../server/coordination/coordinator.js'
import { createRequestSessions, type RequestSessions } from '../server/requests/request-sessions.js'
import { createSignOutReport, type ReportableEnd } from '../server/requests/sign-out-report.js'
import { createWorkOSSessions, workosServer } from '../server/workos/index.js'
import type { NextAuthSettings } from './options.js'

/** What an app's settings come to. */
export interface World {
  readonly settings: NextAuthSettings
  readonly sessions: RequestSessions<WorkOSUser>
  readonly backend: Backend
  /** Writes into the app's log what came of a sign-out, if that has to be known. */
  tellLog(ended: ReportableEnd): void
}

/** Where the parts of a process find the coordinator that they share. */
const SHARED = Symbol.for('holdfast.next.coordinator.1')

function isCoordinator(value: unknown): value is Coordinator {
  return typeof value === 'object' && value !== null && 'once' in value && 'pauses' in value
}

/**
 * The coordinator of this process. Next bundles the proxy and each route by themselves, so that
 * what a module holds is there several times; each would refresh the same session.
 */
function sharedCoordinator(): Coordinator {
  const known: unknown = Reflect.get(globalThis, SHARED)
  if (isCoordinator(known)) return known
  const made = memoryCoordinator()
  Reflect.set(globalThis, SHARED, made)
  return made
}

/** Makes what an app's settings come to. @throws AuthError `invalid_argument` for wrong ones. */
export function createWorld(settings: NextAuthSettings): World {
  const { clientId, apiKey, apiUrl: url, issuer, now, cookie, redirectUri, ...rest } = settings
  const { fetch, dangerouslyAllowInsecureHttp } = rest
  const client = { clientId, apiKey, url, fetch, dangerouslyAllowInsecureHttp }
  const workos = workosServer(client)
  const coordinator = settings.coordinator ?? sharedCoordinator()
  const sealed = createWorkOSSessions({
    ...client,
    issuer,
    coordinator,
    now,
    onReuse: settings.onReuse,
    onSecurityEvent: settings.onSecurityEvent,
  })
  const sessions = createRequestSessions({ sessions: sealed, cookie, now })
  const backend = createBackend({
    ...rest,
    sessions,
    signIn: {
      exchangeCode: workos.exchangeCode,
      // WorkOS compares it exactly, and not every app has its callback beneath the base path.
      authorizeUrl: (wanted) => workos.authorizeUrl({ ...wanted, redirectUri: redirectUri.href }),
    },
    password: cookie.password,
    // Next gives requests an address of its own, whatever the browser asked for.
    origin: redirectUri.origin,
    now,
  })
  const tellLog = createSignOutReport({
    report: (error) => settings.report?.(error),
    now: now ?? (() => Date.now()),
  })
  return { settings, sessions, backend, tellLog }
}

const ROUTES = ['session', 'refresh', 'sign-out', 'sign-in', 'sign-up', 'callback']

/**
 * Whether a request is for one of the sign-in's own routes. What else the app has beneath the same
 * path is a page like any other.
 */
export function isOwnPath({ settings }: World, request: Request): boolean {
  const { pathname: path } = new URL(request.url)
  const { basePath, redirectUri, upstreams = {} } = settings
  return (
    path === redirectUri.pathname ||
    ROUTES.some((route) => path === `${basePath}/${route}`) ||
    Object.keys(upstreams).some((name) => {
      const mount = `${basePath}/proxy/${name}`
      return path === mount || path.startsWith(`${mount}/`)
    })
  )
}

/** The path of a page of the sign-in. */
export function signInPath(
  { settings }: World,
  page: 'sign-in' | 'sign-up',
  { returnTo, ...hints }: SignInUrlOptions,
): string {
  const given = Object.entries({ returnTo, ...hints })
  const pairs = given.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  const query = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''
  return `${settings.basePath}/${page}${query}`
}
