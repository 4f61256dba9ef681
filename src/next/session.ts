import { AuthError, isAuthError } from '../core/errors.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import { safeReturnTo } from '../server/backend/paths.js'
import { TokenRefreshError } from './errors.js'
import type { NextCookies, NextFramework } from './framework.js'
import { cookieHeaderOf, setCookies } from './set-cookie.js'
import type {
  EnsureSignedIn,
  RefreshSessionOptions,
  SessionReaders,
  WithAuthOptions,
} from './types.js'
import { NO_USER, type NoUserInfo, toUserInfo, type UserInfo } from './user-info.js'
import { PATH_HEADER, readVerdict, toAuthError, VERDICT_HEADER } from './verdict.js'
import { signInPath, type World } from './world.js'

/** What readers work with. */
export interface ReaderDeps {
  readonly framework: NextFramework
  /** @throws AuthError `invalid_argument` for settings that are missing or wrong. */
  world(): World
}

/** Reasons that say that there is no session, rather than that one could not be refreshed. */
const NOBODY: readonly string[] = [
  'no_session_cookie_provided',
  'invalid_session_cookie',
  'invalid_jwt',
  'session_expired',
]

/** A cookie that nobody has: to erase it tells whether cookies can be set, and changes nothing. */
const PROBE = 'holdfast-probe'

function requireWritable(store: NextCookies): void {
  try {
    store.delete(PROBE)
  } catch (cause) {
    throw new AuthError(
      'invalid_argument',
      'Call this in a Server Action or Route Handler: while a page renders no cookie can be set, and the new tokens would be lost.',
      { cause },
    )
  }
}

/** The error that names whose session it is, alive or not. */
async function refreshError(
  cause: AuthError,
  { sessions }: World,
  header: string,
): Promise<TokenRefreshError> {
  const held = await sessions.describeSession(header)
  return new TokenRefreshError(
    cause,
    held ? { userId: held.user.id, sessionId: held.sessionId } : {},
  )
}

/** Where a sign-out leads, as an absolute URL. */
const absolute = (returnTo: string | undefined, { settings }: World): string | undefined =>
  returnTo?.startsWith('/') ? new URL(safeReturnTo(returnTo), settings.redirectUri).href : returnTo

/** Makes the functions that say who is signed in. */
export function createReaders({ framework, world }: ReaderDeps): SessionReaders {
  async function urlOf(page: 'sign-in' | 'sign-up', options: SignInUrlOptions = {}) {
    const headers = await framework.headers()
    const returnTo = options.returnTo ?? headers.get(PATH_HEADER) ?? undefined
    return signInPath(world(), page, { ...options, returnTo })
  }

  /** Whole: Next puts the app's `basePath` in front of every path that it redirects to. */
  async function signInAddress(options?: SignInUrlOptions): Promise<string> {
    return new URL(await urlOf('sign-in', options), world().settings.redirectUri).href
  }

  async function nobody(ensureSignedIn: boolean | undefined): Promise<NoUserInfo> {
    return ensureSignedIn ? framework.redirect(await signInAddress()) : NO_USER
  }

  function withAuth(options: WithAuthOptions & EnsureSignedIn): Promise<UserInfo>
  function withAuth(options?: WithAuthOptions): Promise<UserInfo | NoUserInfo>
  async function withAuth({ ensureSignedIn }: WithAuthOptions = {}) {
    // First, for it tells a build that this page is nobody's in particular.
    const header = cookieHeaderOf(await framework.cookies())
    const here = world()
    const { session, sealed, failure } = await here.sessions.getSession(header, {
      refresh: 'never',
    })
    if (session) return toUserInfo(session)
    const verdict = readVerdict((await framework.headers()).get(VERDICT_HEADER))
    if (failure?.retryable) throw await refreshError(toAuthError(failure), here, header)
    if (sealed === null) return nobody(ensureSignedIn)
    if (verdict) throw await refreshError(verdict, here, header)
    if (verdict === null) return nobody(ensureSignedIn)
    throw new AuthError(
      'invalid_argument',
      'The session is due and nobody has refreshed it: let the `matcher` of proxy.ts cover this path.',
    )
  }

  function refreshSession(options: RefreshSessionOptions & EnsureSignedIn): Promise<UserInfo>
  function refreshSession(options?: RefreshSessionOptions): Promise<UserInfo | NoUserInfo>
  async function refreshSession({ organizationId, ensureSignedIn }: RefreshSessionOptions = {}) {
    const store = await framework.cookies()
    const here = world()
    const header = cookieHeaderOf(store)
    requireWritable(store)
    const wanted = { fresh: true, organizationId }
    const refreshed = await here.sessions.refreshSession(header, wanted)
    const { session, failure, setCookies: values } = refreshed
    setCookies(store, values)
    if (session && !failure) return toUserInfo(session)
    const ended = failure?.reason === 'invalid_grant' && ensureSignedIn
    if (!failure || ended || NOBODY.includes(failure.reason)) return nobody(ensureSignedIn)
    throw await refreshError(toAuthError(failure), here, header)
  }

  async function switchToOrganization(
    organizationId: string,
    { returnTo }: { readonly returnTo?: string | undefined } = {},
  ): Promise<UserInfo> {
    const info = await refreshSession({ organizationId, ensureSignedIn: true }).catch(
      async (error: unknown) => {
        if (!isAuthError(error, 'step_required')) throw error
        const { redirectUrl, email: loginHint } = error.details ?? {}
        const hints = { organizationId, returnTo, loginHint }
        return framework.redirect(redirectUrl ?? (await signInAddress(hints)))
      },
    )
    return returnTo === undefined ? info : framework.redirect(safeReturnTo(returnTo))
  }

  return {
    withAuth,
    refreshSession,
    switchToOrganization,
    async signOut({ returnTo } = {}) {
      const store = await framework.cookies()
      const here = world()
      requireWritable(store)
      const target = absolute(returnTo, here)
      const ended = await here.sessions.signOut(cookieHeaderOf(store), { returnTo: target })
      setCookies(store, ended.setCookies)
      here.tellLog(ended)
      // Where there is no session WorkOS does not check the address.
      const own = target?.startsWith(`${here.settings.redirectUri.origin}/`) ? target : '/'
      return framework.redirect(ended.signOutUrl ?? own)
    },
    getSignInUrl: (options) => urlOf('sign-in', options),
    getSignUpUrl: (options) => urlOf('sign-up', options),
  }
}
