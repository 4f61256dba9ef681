import { AuthError } from '../core/errors.js'
import type { Grant, SessionUser } from '../core/session.js'
import type { SignInUrlOptions } from '../providers/backend/types.js'
import { safeReturnTo } from '../server/backend/paths.js'
import type { SignOutPageOptions } from '../server/sealed/sealed-sessions.js'
import { TokenRefreshError } from './errors.js'
import { needOrigin } from './places.js'
import { NO_USER, type NoUserInfo, toUserInfo, type UserInfo, type Who } from './user-info.js'
import { PATH_HEADER, readVerdict, toAuthError, VERDICT_HEADER } from './verdict.js'
import type { Visit } from './visit.js'
import { signInUrl, type World } from './world.js'

/** Reasons that say that there is no session, rather than that one could not be refreshed. */
const NOBODY: readonly string[] = [
  'no_session_cookie_provided',
  'invalid_session_cookie',
  'invalid_jwt',
  'device_not_proven',
]

interface VisitedRequest {
  readonly headers: { get(name: string): string | null }
  readonly url: string | undefined
}

/**
 * The request of a visit, as far as looking at its session asks for it. Next tells readers no path; the proxy does, in
 * place of whatever somebody outside has told.
 */
export const requestOf = ({ header }: Pick<Visit, 'header'>): VisitedRequest => ({
  headers: { get: header },
  url: header(PATH_HEADER) ?? undefined,
})

/** The error that names whose session it is, alive or not. */
export async function refreshError<User extends SessionUser>(
  cause: AuthError,
  { sessions }: World<User>,
  cookie: string | null,
): Promise<TokenRefreshError> {
  const held = await sessions.describeSession(cookie)
  return new TokenRefreshError(
    cause,
    held ? { userId: held.user.id, sessionId: held.sessionId } : {},
  )
}

/** Who is signed in. @throws AuthError `invalid_argument` when the proxy has not looked at this request. */
export async function look<User extends SessionUser>(
  world: World<User>,
  visit: Visit,
): Promise<Who<User>> {
  const cookie = visit.cookie()
  const request = requestOf(visit)
  const wanted = { refresh: 'never', request } as const
  const { session, sealed, failure } = await world.sessions.getSession(cookie, wanted)
  if (session) return toUserInfo(session)
  const verdict = readVerdict(visit.header(VERDICT_HEADER))
  const outage = failure?.retryable ? toAuthError(failure) : sealed !== null && verdict
  if (outage) return { user: undefined, outage: await refreshError(outage, world, cookie) }
  if (sealed === null || verdict === null) return NO_USER
  throw new AuthError(
    'invalid_argument',
    'The session is due and nobody has refreshed it: let the `matcher` of proxy.ts cover this path.',
  )
}

/** Gets the session anew. @throws as `refreshSession` of {@link SessionReaders} does. */
export async function renew<User extends SessionUser>(
  world: World<User>,
  visit: Visit,
  organizationId: string | undefined,
): Promise<UserInfo<User> | NoUserInfo> {
  visit.requireWritable()
  const cookie = visit.cookie()
  const request = requestOf(visit)
  const wanted = { fresh: true, organizationId, request }
  const { session, failure, setCookies } = await world.sessions.refreshSession(cookie, wanted)
  visit.setCookies(setCookies)
  if (session && !failure) return toUserInfo(session)
  if (!failure || NOBODY.includes(failure.reason)) return NO_USER
  throw await refreshError(toAuthError(failure), world, cookie)
}

/** Signs somebody in. @throws as `setSession` of {@link SessionReaders} does. */
export async function begin<User extends SessionUser>(
  { sessions }: World<User>,
  visit: Visit,
  grant: Grant<User>,
): Promise<void> {
  visit.requireWritable()
  const wanted = { withoutHeaders: visit.setHeader === undefined }
  const { setCookies, headers } = await sessions.setSession(grant, visit.cookie(), wanted)
  visit.setCookies(setCookies)
  for (const [name, value] of Object.entries(headers)) visit.setHeader?.(name, value)
}

/** Where a page of the app is, as an absolute URL. */
export const addressOf = <User extends SessionUser>(
  { settings }: World<User>,
  { header }: Pick<Visit, 'header'>,
  path: string,
): string => `${needOrigin(settings.places, header)}${safeReturnTo(path)}`

/** Signs out, and tells where to go. @throws AuthError `invalid_argument` for a bad `returnTo`. */
export async function end<User extends SessionUser>(
  world: World<User>,
  visit: Visit,
  { returnTo, parameters }: SignOutPageOptions = {},
): Promise<string> {
  visit.requireWritable()
  const target = returnTo?.startsWith('/') ? addressOf(world, visit, returnTo) : returnTo
  const ended = await world.sessions.signOut(visit.cookie(), { returnTo: target, parameters })
  visit.setCookies(ended.setCookies)
  world.tellLog(ended)
  // Where no page of the auth server checks the address, nobody does.
  const home = addressOf(world, visit, '/')
  const own = target?.startsWith(home) ? target : '/'
  return ended.signOutUrl ?? own
}

/** Where to navigate for signing in, and back to the page that was asked for. */
export function urlFor<User extends SessionUser>(
  world: World<User>,
  visit: Pick<Visit, 'header'>,
  options: SignInUrlOptions & { readonly page: 'sign-in' | 'sign-up' },
): string {
  const { page, returnTo = visit.header(PATH_HEADER) ?? undefined, ...hints } = options
  return signInUrl(world, { page, header: visit.header }, { returnTo, ...hints })
}
