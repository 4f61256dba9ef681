import { nextFramework } from '../next-framework.js'
import { createNextSuperTokensWith } from './create.js'
import type { NextSuperTokens, NextSuperTokensOptions } from './types.js'

export type { NextSuperTokens, NextSuperTokensOptions } from './types.js'

/**
 * Makes the sessions of a Next.js app with SuperTokens, in one module that the others import:
 *
 * ```ts
 * export const { getSession, withSession, handlers, proxy } = createNextSuperTokens({
 *   origin: 'https://app.example',
 *   signInPage: '/login',
 *   sessions: ({ coordinator }) => createSuperTokensSessions({
 *     superTokens: createSuperTokens({ hosts: process.env.SUPERTOKENS_URI, coordinator }),
 *   }),
 * })
 * ```
 *
 * Options that are wrong are told at first use: each method then throws AuthError `invalid_argument`.
 */
export const createNextSuperTokens = (options: NextSuperTokensOptions): NextSuperTokens =>
  createNextSuperTokensWith(nextFramework(), options)
