import { nextFramework } from '../next-framework.js'
import { createNextAuthWith } from './create.js'
import type { NextAuthOptions } from './options.js'
import type { NextAuth } from './types.js'

export type { RefreshSessionOptions } from '../call-options.js'
export { TokenRefreshError } from '../errors.js'
export type { NoUserInfo, UnknownUserInfo, UserInfo } from '../user-info.js'
export type { NextAuthOptions } from './options.js'
export type { NextAuth } from './types.js'

/**
 * Makes the sessions of a Next.js app with WorkOS, in one module that the others import.
 * Options that are left out or wrong are told at first use: each method then throws AuthError
 * `invalid_argument`.
 * @example
 * ```ts
 * import { createNextAuth } from 'holdfast/next/workos'
 *
 * export const { withAuth, refreshSession, signOut, handlers, proxy } = createNextAuth()
 * ```
 */
export function createNextAuth(options: NextAuthOptions = {}): NextAuth {
  return createNextAuthWith(nextFramework(), options)
}
