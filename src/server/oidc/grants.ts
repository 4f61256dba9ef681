import type { Grant } from '../../core/session.js'
import type { OidcUser } from '../../providers/oidc/types.js'
import { asObject } from '../../providers/shared/json.js'

/** Stands for a refresh token that the server did not give: it is sent nowhere. */
const MARKER = 'holdfast.none.'

/** Whether a refresh token is none. */
export const isMarker = (refreshToken: string): boolean => refreshToken.startsWith(MARKER)

/**
 * A session whose server gave no refresh token, with what seals need in its place. Each has its own, as
 * sessions are told apart by it. The session ends with its access token.
 */
export const withMarker = (grant: Grant<OidcUser>): Grant<OidcUser> =>
  grant.refreshToken === undefined
    ? { ...grant, refreshToken: `${MARKER}${crypto.randomUUID()}` }
    : grant

/** A session as seals are to keep it: where the server is, and what is asked of it, this process knows. */
export function sealable(grant: Grant<OidcUser>): Grant<OidcUser> {
  const { server: _, scope: __, ...kept } = asObject(grant.extras?.oidc) ?? {}
  return { ...grant, extras: { ...grant.extras, oidc: kept } }
}
