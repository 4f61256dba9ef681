import type { SessionUser } from '../core/session.js'
import type { BackendOptions, SignInServer } from '../server/backend/index.js'
import type { Coordinator } from '../server/coordination/coordinator-types.js'
import type { DeviceBinding } from '../server/requests/device-binding.js'
import type { CookieSettings, TakeOver } from '../server/requests/request-sessions.js'
import type { SealedSessions } from '../server/sealed/sealed-sessions.js'
import { checkMethods, checkObject } from '../server/shared/arguments.js'
import { fail } from './environment.js'
import { type NextPlaces, readPlaces } from './places.js'

/** How apps of Next bind sessions. */
export interface NextDeviceOptions {
  /**
   * Binds sessions to the devices of their browsers: `createDeviceBinding()` of `holdfast/server/dbsc`, with a `path`
   * beneath `basePath`. By `http:`, as in development, it does nothing. @default they are bound to none
   */
  readonly deviceBound?: DeviceBinding | undefined
}

/** What of the routes of a backend apps of Next choose too. */
export type NextBackendOptions<User extends SessionUser> = Pick<
  BackendOptions<User>,
  | 'redirectUris'
  | 'exposeAccessToken'
  | 'upstreams'
  | 'crossSiteHints'
  | 'signOutParameters'
  | 'onSignIn'
  | 'onSignInError'
  | 'events'
  | 'globalRevocation'
  | 'frontChannelLogout'
  | 'report'
  | 'fetch'
  | 'now'
> &
  NextDeviceOptions

/** What is the same for every auth server. */
export interface NextAppOptions {
  /**
   * The path of the route that exports `handlers`, as browsers see it: behind the `basePath` of
   * Next, where there is one. @default '/auth'
   */
  readonly basePath?: string | undefined
  /**
   * The page of the app where people sign in, as browsers see its path. It is open to all, whatever is protected, and
   * gets the wishes of `getSignInUrl` as its query. @default that of the auth server, by way of `<basePath>/sign-in`
   */
  readonly signInPage?: string | undefined
}

/** Options of `createNextSessions`. */
export interface NextSessionsOptions<User extends SessionUser = SessionUser>
  extends NextBackendOptions<User>,
    Pick<BackendOptions<User>, 'organizationPage'>,
    NextAppOptions {
  /** Made by `createOidcSessions`, `createSealedSessions` or the like, with the `coordinator` of {@link NextShared}. */
  readonly sessions: SealedSessions<User>
  /** The sessions of another library that go on here, such as `supabaseSsr`. @default nobody’s */
  readonly takeOver?: TakeOver<User> | undefined
  /** The session's cookie, and what seals it and the sign-ins that are under way. It is secure where the app is. */
  readonly cookie: CookieSettings
  /** Where people sign in by a redirect: made by `createOidc` or the like. @default nowhere: there is a `signInPage` */
  readonly signIn?: SignInServer<User> | undefined
  /**
   * The origin under which browsers know the app, such as `https://app.example`. Next gives requests an address of
   * its own. @default that of `redirectUri`
   */
  readonly origin?: string | undefined
  /** Where the auth server sends people back to. @default `<origin><basePath>/callback` */
  readonly redirectUri?: string | undefined
}

/** What the parts of an app share, which Next bundles one by one. */
export interface NextShared {
  /** Of this process: with another one in each bundle, each would refresh the same session. */
  readonly coordinator: Coordinator
}

/** The options of an app, or what makes them at first use: builds import the app without its environment. */
export type NextSessionsSource<User extends SessionUser = SessionUser> =
  | NextSessionsOptions<User>
  | ((shared: NextShared) => NextSessionsOptions<User>)

/** Options with nothing left to look up. */
export interface NextSettings<User extends SessionUser> extends NextSessionsOptions<User> {
  readonly basePath: string
  readonly places: NextPlaces
}

const PATH = /^(\/[\w.~-]+)+$/
/** A page may have the slash that Next puts at the end of all paths, where an app wants that. */
const PAGE = /^(\/[\w.~-]+)+\/?$/

/** @throws AuthError `invalid_argument` that names what is missing or wrong. */
export function readSettings<User extends SessionUser>(
  options: NextSessionsOptions<User>,
): NextSettings<User> {
  checkObject('options', options)
  checkObject('cookie', options.cookie)
  const { sessions, basePath = '/auth', signIn, signInPage } = options
  const message = '`sessions` are none; use createSealedSessions() or the like.'
  checkMethods(sessions, ['openSession', 'sealSession', 'signOut'], message)
  if (!PATH.test(basePath)) fail('`basePath` is a path such as `/auth`.')
  if (signInPage !== undefined && !PAGE.test(signInPage)) {
    fail('`signInPage` is the path of a page, such as `/login`.')
  }
  if (!signIn && !signInPage) fail('Pass `signIn`, or the `signInPage` of the app.')
  const places = readPlaces(options)
  const cookie = { secure: places.secure, ...options.cookie }
  return { ...options, basePath, places, cookie }
}
