import type {
  GetSessionOptions,
  SessionForRendering,
  SuperTokensSessions,
} from '../../server/supertokens/web/index.js'
import type { NextShared } from '../options.js'
import type { ProxyOptions } from '../proxy-types.js'
import type { NextHandler } from '../types.js'

/** Options of `createNextSuperTokens`. */
export interface NextSuperTokensOptions {
  /**
   * Makes the app's sessions, at first use: builds import the app without its environment. It gets the
   * coordinator that all parts of the process share, which Next bundles by themselves.
   */
  readonly sessions: (shared: NextShared) => SuperTokensSessions
  /** The app's origin, as browsers know it, such as `https://app.example`: Next gives requests another. */
  readonly origin: string
  /** The page where people sign in, as browsers see it: behind the `basePath` of Next, where there is one. */
  readonly signInPage: string
  /** The page for those whose session lacks something, such as another factor. @default the `signInPage` */
  readonly claimsPage?: string | undefined
}

/** Sessions of SuperTokens in an app on Next.js. */
export interface NextSuperTokens extends Pick<SuperTokensSessions, 'withSession'> {
  /**
   * The sessions that the settings made, for all that is not here, such as `createNewSession` in the route of a
   * sign-in. They are made at the first call: call it where a request is answered, not where a module begins.
   */
  sessions(): SuperTokensSessions
  /**
   * Makes the sessions now, and not at first use: for `register()` in `instrumentation.ts`, which Next calls when a
   * server starts and not in a build: the error is in its log from the start, and it serves nobody (16.4, seen).
   * @throws AuthError `invalid_argument` that says what is missing or wrong, and what your function throws.
   */
  assertConfigured(): void
  /**
   * Who is signed in, for Server Components and Server Actions. It refreshes nothing and sets no cookie.
   * @throws SuperTokensError `GENERAL_ERROR` when nobody can tell.
   */
  getSession(
    options?: Pick<GetSessionOptions, 'overrideGlobalClaimValidators'>,
  ): Promise<SessionForRendering>
  /**
   * The routes that front ends call, and the one where a browser refreshes on its way to a page: of
   * `app/auth/[...path]/route.ts`, or where the refresh and sign-out paths are.
   */
  readonly handlers: Readonly<Record<'GET' | 'POST', NextHandler>>
  /** Makes the proxy of the app, which keeps strangers from the pages that it protects. */
  proxy(options?: ProxyOptions): NextHandler
}
