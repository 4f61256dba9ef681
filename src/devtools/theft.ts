import { bounded } from '../core/bounded.js'
import { AuthError } from '../core/errors.js'
import { HTTP_ONLY } from '../providers/shared/http-only.js'
import type { Source } from './source.js'

/** How long one use may take, in ms: as long as a client gives a request. */
const LIMIT = 10_000

/**
 * Uses the client's refresh token behind its back, as a thief would: once, and then the one that came for it,
 * as many servers take the one before the newest for a while, or for ever, for its answer may be lost.
 * Resolves to what came of it, in words. What came is dropped.
 * @throws AuthError of the provider's when the server did not take it.
 */
export async function useElsewhere({ auth, provider, environment }: Source): Promise<string> {
  const token = auth.getSnapshot().session?.refreshToken
  if (!provider || !token) return 'There is no refresh token to steal.'
  if (token.startsWith(HTTP_ONLY)) {
    return 'There is nothing to steal: the token lies in a cookie that no script can read.'
  }
  const late = (): AuthError => new AuthError('timeout', 'The server does not answer.')
  const use = async (stolen: string): Promise<string | undefined> => {
    const grant = await bounded(
      environment,
      // Whoever steals a token has nothing else of its session, such as a key.
      (signal) => provider.refresh(stolen, { signal, session: null }),
      { limit: LIMIT, late },
    )
    return grant?.refreshToken
  }
  const next = await use(token)
  if (!next || next === token) return 'The server took it, and replaces none: nothing will show.'
  await use(next)
  return 'The server took it. What it makes of two holders shows at the next refresh.'
}
