import type { JWTPayload } from 'jose'
import { type AuthError, isAuthError } from '../core/errors.js'
import type { Provider } from '../core/provider.js'
import type { SessionUser } from '../core/session.js'
import { positive } from '../providers/shared/jwt.js'
import type { Coordinator } from './coordinator.js'
import { describeOpened, type Opened } from './opened.js'
import { withinTime } from './time-limit.js'

/** What became of a sign-out. */
export interface EndResult {
  /** The session that is over here now; `null` when the cookie names none. */
  readonly sessionId: string | null
  /** Why the server could not be told: its refresh token may live on. */
  readonly error: AuthError | null
}

/** What sign-outs work with. Times in ms. */
export interface EndDeps<User extends SessionUser> {
  readonly provider: Pick<Provider<never, User>, 'signOut'>
  readonly coordinator: Coordinator
  readonly timeout: number
  now(): number
}

/** Longer than requests under way and replays of their results take, in ms. */
const MARGIN = 60_000

/** How long a token lives that a request under way may bring yet, in ms. */
function lifeOf({ exp, iat }: JWTPayload, now: number): number {
  const left = positive(Number(exp) * 1000 - now) ?? 0
  return Math.max(left, positive((Number(exp) - Number(iat)) * 1000) ?? 0)
}

/** Makes the function that ends a session: here at once, and at the server where that goes. */
export function createEnd<User extends SessionUser>(
  deps: EndDeps<User>,
): (opened: Opened<User>) => Promise<EndResult> {
  const { provider, coordinator, timeout, now } = deps

  /** @returns why it failed. */
  async function revoke(opened: Opened<User>): Promise<AuthError | null> {
    const { accessToken, refreshToken } = opened.data
    const expiresAt = Number(opened.claims.exp) * 1000
    const tokens = { accessToken, refreshToken, expiresAt, extras: {} }
    const session = { ...describeOpened(opened), ...tokens }
    try {
      await withinTime(timeout, async (signal) => provider.signOut?.(session, 'local', { signal }))
      return null
    } catch (error) {
      if (isAuthError(error)) return error
      throw error
    }
  }

  return async (opened) => {
    const { sessionId = null } = describeOpened(opened)
    if (sessionId) await coordinator.end(sessionId, lifeOf(opened.claims, now()) + MARGIN)
    return { sessionId, error: await revoke(opened) }
  }
}
