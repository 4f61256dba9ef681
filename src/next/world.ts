import { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import { asObject } from '../providers/shared/json.js'
import { type Backend, createBackend, type SignInServer } from '../server/backend/index.js'
import { memoryCoordinator } from '../server/coordination/coordinator.js'
import type { Coordinator } from '../server/coordination/coordinator-types.js'
import { createRequestSessions, type RequestSessions } from '../server/requests/request-sessions.js'
import { createSignOutReport, type ReportableEnd } from '../server/requests/sign-out-report.js'
import {
  type NextSessionsSource,
  type NextSettings,
  type NextShared,
  readSettings,
} from './options.js'
import { needOrigin, type ReadHeader } from './places.js'

/** What an app's settings come to. */
export interface World<User extends SessionUser> {
  readonly settings: NextSettings<User>
  readonly sessions: RequestSessions<User>
  readonly backend: Backend
  /** Writes into the app's log what came of a sign-out, if that has to be known. */
  tellLog(ended: ReportableEnd): void
}

/** Where the parts of a process find the coordinator that they share. */
const SHARED = Symbol.for('holdfast.next.coordinator.2')

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

/** What all parts of a process have together. */
export const shared: NextShared = {
  get coordinator() {
    return sharedCoordinator()
  },
}

function refuse(): never {
  throw new AuthError(
    'invalid_argument',
    'This app has no `signIn`: people sign in at its `signInPage`.',
  )
}

/** The auth server of an app in which nobody signs in by a redirect. */
const NOWHERE: SignInServer<never> = { authorizeUrl: refuse, exchangeCode: refuse }

/** Makes what an app's settings come to. @throws AuthError `invalid_argument` for wrong ones. */
export function createWorld<User extends SessionUser>(
  source: NextSessionsSource<User>,
): World<User> {
  const settings = readSettings(typeof source === 'function' ? source(shared) : source)
  const { cookie, takeOver, deviceBound, now, report, ...others } = settings
  const { signIn = NOWHERE, signInPage: _, ...rest } = others
  const binding = cookie.secure === false ? undefined : deviceBound
  const from = { sessions: settings.sessions, cookie, takeOver, deviceBound: binding, now }
  const sessions = createRequestSessions<User>(from)
  const { password } = cookie
  const backend = createBackend<User>({ ...rest, report, now, sessions, signIn, password })
  const tellLog = createSignOutReport({
    report: (error) => report?.(error),
    now: now ?? (() => Date.now()),
  })
  return { settings, sessions, backend, tellLog }
}

/** Which page of the sign-in, and a request of the browser that is to go there. */
export interface SignInPlace {
  readonly page: 'sign-in' | 'sign-up'
  readonly header: ReadHeader
}

/**
 * The address of a page of the sign-in. It is a whole one: Next puts the app's `basePath` in front of every path
 * that it redirects to, and of none that is in an `<a href>`.
 */
export function signInUrl<User extends SessionUser>(
  { settings }: World<User>,
  { page, header }: SignInPlace,
  wishes: SignInUrlOptions,
): string {
  const { places, basePath, signInPage = `${basePath}/${page}` } = settings
  const given = Object.entries(wishes)
  const pairs = given.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, asObject(value) ? JSON.stringify(value) : String(value)]],
  )
  const query = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''
  return `${needOrigin(places, header)}${signInPage}${query}`
}
