import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { NextResponse } from 'next/server'
import { createNextAuthWith } from './create.js'
import type { NextAuthOptions } from './options.js'
import type { NextAuth } from './types.js'

export type { SignInUrlOptions } from '../providers/backend/types.js'
export { TokenRefreshError } from './errors.js'
export type { NextAuthOptions } from './options.js'
export type { PathPattern } from './paths.js'
export type {
  EnsureSignedIn,
  NextAuth,
  NextHandler,
  ProxyOptions,
  RefreshSessionOptions,
  WithAuthOptions,
} from './types.js'
export type { NoUserInfo, UserInfo } from './user-info.js'

// Every runtime of Next has it, also the edge.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> }

/**
 * Makes the sessions of a Next.js app, in one module that the others import:
 *
 * ```ts
 * export const { withAuth, refreshSession, signOut, handlers, proxy } = createNextAuth()
 * ```
 *
 * Options that are left out or wrong are told at first use: each method then throws AuthError
 * `invalid_argument`.
 */
export function createNextAuth(options: NextAuthOptions = {}): NextAuth {
  return createNextAuthWith({ cookies, headers, redirect, NextResponse, env: process.env }, options)
}
