import type { GoTrueUser } from '../../providers/gotrue/index.js'
import { nextFramework } from '../next-framework.js'
import type { NextSessions } from '../types.js'
import { createNextGotrueWith } from './create.js'
import type { NextGoTrueOptions } from './options.js'

export { TokenRefreshError } from '../errors.js'
export type { NoUserInfo, UnknownUserInfo, UserInfo } from '../user-info.js'
export type { NextGoTrueOptions } from './options.js'

/**
 * Makes the sessions of a Next.js app with GoTrue (Supabase Auth), in one module that the others import.
 * Options that are left out or wrong are told at first use: each method then throws AuthError
 * `invalid_argument`.
 * @example
 * ```ts
 * import { createNextAuth } from 'holdfast/next/gotrue'
 *
 * export const { withAuth, signOut, handlers, proxy } = createNextAuth({ signInPage: '/login' })
 * ```
 */
export function createNextAuth(options: NextGoTrueOptions = {}): NextSessions<GoTrueUser> {
  return createNextGotrueWith(nextFramework(), options)
}
