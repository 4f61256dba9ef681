import type { SessionUser } from '../core/session.js'
import { createNextSessionsWith } from './create.js'
import { nextFramework } from './next-framework.js'
import type { NextSessionsSource } from './options.js'
import type { NextSessions } from './types.js'

export type { SignInUrlOptions } from '../providers/backend/types.js'
export type {
  EnsureSignedIn,
  NextRefreshOptions,
  ReturnOutage,
  ThrowOutage,
  WithAuthOptions,
} from './call-options.js'
export { TokenRefreshError } from './errors.js'
export type { NextCookie, NextCookies } from './framework.js'
export type { NextSessionsOptions, NextSessionsSource, NextShared } from './options.js'
export type { PagesRequest, PagesResponse, PagesSession } from './pages-types.js'
export type { PathPattern } from './paths.js'
export type { ProxyOptions, ProxySession } from './proxy-types.js'
export { applyToRequest, cookieHeaderOf, setCookies } from './set-cookie.js'
export type { NextHandler, NextSessions } from './types.js'
export type { NoUserInfo, UnknownUserInfo, UserInfo, Who } from './user-info.js'

/**
 * Makes the sessions of a Next.js app with any auth server, in one module that the others import.
 * Options that are left out or wrong are told at first use: each method then throws AuthError
 * `invalid_argument`.
 * @example
 * ```ts
 * import { createNextSessions } from 'holdfast/next'
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 *
 * export const auth = createNextSessions(({ coordinator }) => {
 *   const server = createOidc({ issuer: 'https://id.example', clientId: 'my-app', clientSecret: 'secret' })
 *   return {
 *     sessions: createOidcSessions({ server, coordinator }),
 *     signIn: server,
 *     cookie: { password: 'at least 32 characters, which only your servers know' },
 *     redirectUri: 'https://app.example/auth/callback',
 *   }
 * })
 * ```
 */
export function createNextSessions<User extends SessionUser>(
  source: NextSessionsSource<User>,
): NextSessions<User> {
  const { world: _, ...sessions } = createNextSessionsWith(nextFramework(), source)
  return sessions
}
