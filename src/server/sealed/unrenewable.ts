import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import type { AccessTokens } from './access-tokens.js'
import { cookieFailure, type RefreshFailure, toFailure } from './results.js'
import type { SealedData } from './session-data.js'

/**
 * What a refresh comes to where the auth server gave no refresh token. While the access token lives so does
 * the session, and is as good as before; with it the session is over. The server is not asked: it has
 * refused nothing, and to ask would say nothing of how it fares.
 */
export async function withoutRefreshToken<User extends SessionUser>(
  data: SealedData<User>,
  tokens: Pick<AccessTokens, 'check'>,
): Promise<RefreshFailure> {
  const check = await tokens.check(data)
  if (!check.ok && !check.retryable) return cookieFailure('session_expired')
  const message = 'The server gave no refresh token: the session ends with its access token.'
  return toFailure(new AuthError('rejected', message, { serverCode: 'no_refresh_token' }))
}
