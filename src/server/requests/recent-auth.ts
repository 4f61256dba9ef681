import { AuthError } from '../../core/errors.js'
import type { SessionFacts } from '../../providers/shared/claims.js'
import { CLOCKS_APART } from '../sealed/receipt.js'

/** How recently somebody must have proved who they are. */
export interface RecentAuthOptions {
  /** Milliseconds; 0 or more. */
  readonly maxAge: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/**
 * Whether the person of a session proved who they are at most `maxAge` ms ago: ask before what a stolen session
 * must not do. `false` for nobody, where the auth server does not say, and for who impersonates somebody: they
 * have not proved that they are that person. A sign-in with that `maxAge`
 * (`/auth/sign-in?maxAge=…`) has it proved anew.
 * @example
 * ```ts
 * import { isRecentlyAuthenticated } from 'holdfast/server'
 *
 * const { session } = await sessions.getSession(request.headers.get('Cookie'))
 * const isRecent = isRecentlyAuthenticated(session, { maxAge: 5 * 60_000 })
 * ```
 * @throws AuthError `invalid_argument` for a `maxAge` that is no number of milliseconds.
 */
export function isRecentlyAuthenticated(
  session: SessionFacts | null,
  { maxAge, now = () => Date.now() }: RecentAuthOptions,
): boolean {
  if (!(maxAge >= 0)) {
    throw new AuthError('invalid_argument', '`maxAge` must be a number of milliseconds.')
  }
  const { authenticatedAt, impersonator } = session ?? {}
  if (authenticatedAt === undefined || impersonator) return false
  const age = now() - authenticatedAt
  // Auth servers count in seconds, by clocks of their own; a date far ahead was made by nobody's.
  return age <= maxAge && age >= -CLOCKS_APART
}
