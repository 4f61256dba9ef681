import type { OidcUser } from '../../providers/oidc/types.js'
import { nextFramework } from '../next-framework.js'
import type { NextSessions } from '../types.js'
import { createNextOidcWith } from './create.js'
import type { NextOidcOptions } from './options.js'

export { TokenRefreshError } from '../errors.js'
export type { NoUserInfo, UnknownUserInfo, UserInfo } from '../user-info.js'
export type { NextOidcOptions } from './options.js'

/**
 * Makes the sessions of a Next.js app with any OpenID Connect server, in one module that the others import.
 * Options that are left out or wrong are told at first use: each method then throws AuthError
 * `invalid_argument`.
 * @example
 * ```ts
 * import { createNextAuth } from 'holdfast/next/oidc'
 *
 * export const { withAuth, refreshSession, signOut, handlers, proxy } = createNextAuth()
 * ```
 */
export function createNextAuth(options: NextOidcOptions = {}): NextSessions<OidcUser> {
  return createNextOidcWith(nextFramework(), options)
}
