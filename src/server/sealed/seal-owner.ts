import type { SessionProvider } from './sealed-sessions-types.js'
import type { SealedData } from './session-data.js'

/** What of a provider says which seals are its own. */
export type SealOwner = Pick<SessionProvider, 'id' | 'ownSealsOnly'>

/**
 * Whether a seal may be one of this provider. An app may have two auth servers and one password for both: whoever
 * read a seal of the other one would send its refresh token to the wrong server.
 */
export const isSealOf = (
  { id, ownSealsOnly }: SealOwner,
  { provider }: Pick<SealedData, 'provider'>,
): boolean => (provider === undefined ? !ownSealsOnly : provider === id)
