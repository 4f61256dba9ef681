import { nextFramework } from '../next-framework.js'
import { createNextSuperTokensWith } from './create.js'
import type { NextSuperTokens, NextSuperTokensOptions } from './types.js'

export type { NextSuperTokens, NextSuperTokensOptions } from './types.js'

/**
 * Makes the sessions of a Next.js app with SuperTokens, in one module that the others import.
 * Options that are wrong are told at first use: each method then throws AuthError `invalid_argument`.
 * @example
 * ```ts
 * import { createNextSuperTokens } from 'holdfast/next/supertokens'
 * import { createSuperTokens, createSuperTokensSessions } from 'holdfast/server/supertokens'
 *
 * export const { getSession, withSession, handlers, proxy } = createNextSuperTokens({
 *   origin: 'https://app.example',
 *   signInPage: '/login',
 *   sessions: ({ coordinator }) =>
 *     createSuperTokensSessions({
 *       superTokens: createSuperTokens({ hosts: 'https://core.example', coordinator }),
 *     }),
 * })
 * ```
 */
export const createNextSuperTokens = (options: NextSuperTokensOptions): NextSuperTokens =>
  createNextSuperTokensWith(nextFramework(), options)
