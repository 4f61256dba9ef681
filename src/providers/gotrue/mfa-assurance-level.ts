import type { Session, SessionUser } from '../../core/session.js'
import { asObject } from '../shared/json.js'
import type { AssuranceLevel } from './mfa-types.js'

/**
 * How sure the server is of the person of a session, and how sure it could be. Asks nobody: it is all
 * in the session, as of its last refresh.
 * @example
 * ```ts
 * import { assuranceLevel } from 'holdfast/providers/gotrue/mfa'
 *
 * const { current, next } = assuranceLevel(await auth.getSession())
 * if (current !== next) await askForTheCode()
 * ```
 */
export function assuranceLevel(
  session: Session<SessionUser & { readonly factors?: unknown }> | null,
): AssuranceLevel {
  const current = session?.aal ?? null
  const factors = session?.user?.factors
  const verified =
    Array.isArray(factors) && factors.some((one) => asObject(one)?.status === 'verified')
  return { current, next: verified ? 'aal2' : current, methods: session?.amr ?? [] }
}
