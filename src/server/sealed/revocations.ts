import { type AuthError, isAuthError } from '../../core/errors.js'
import type { Provider, SignOutScope } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import { createExpiring } from '../coordination/expiring.js'
import { withinTime } from '../shared/time-limit.js'
import { type Opened, toSession } from './opened.js'

/** What revocations work with. Times in ms. */
export interface RevocationDeps<User extends SessionUser> {
  readonly provider: Pick<Provider<never, User>, 'signOut'>
  readonly timeout: number
  now(): number
}

/** Tells the auth server that sessions are over. */
export interface Revocations<User extends SessionUser> {
  /**
   * Ends a session there; with `others` all others of the person, with `global` both.
   * @returns why that is not known to be over; `null` when it is.
   */
  revoke(opened: Opened<User>, scope?: SignOutScope): Promise<AuthError | null>
  /**
   * Whether to ask again now, for a session that was ended here: not for every request. Each of its refresh tokens
   * counts, as the server may have heard of another one than the one that works.
   */
  isDue(refreshToken: string): boolean
  /** Leaves a token alone for so long: by default as long as between two attempts. */
  rest(refreshToken: string, ms?: number): void
}

/** How long a token is left alone between two attempts that requests bring about, in ms. */
const REST = 60_000
/** The most tokens that rest at once. */
const LIMIT = 10_000

/** Makes the revocations of one process. */
export function createRevocations<User extends SessionUser>(
  deps: RevocationDeps<User>,
): Revocations<User> {
  const { provider, timeout, now } = deps
  const resting = createExpiring<true>({ limit: LIMIT, now })
  const rest = (refreshToken: string, ms = REST): void =>
    resting.set(refreshToken, true, now() + ms)

  async function attempt(opened: Opened<User>, scope: SignOutScope): Promise<AuthError | null> {
    const session = toSession(opened)
    try {
      await withinTime(timeout, async (signal) => provider.signOut?.(session, scope, { signal }))
      return null
    } catch (error) {
      if (isAuthError(error)) return error
      throw error
    }
  }

  return {
    rest,
    async revoke(opened, scope = 'local') {
      const error = await attempt(opened, scope)
      // A server that knows of no more than one session is told of that one, at least.
      const one = scope === 'global' && error?.code === 'invalid_argument'
      return (one && (await attempt(opened, 'local'))) || error
    },
    isDue(refreshToken) {
      if (!provider.signOut || resting.get(refreshToken)) return false
      rest(refreshToken)
      return true
    },
  }
}
