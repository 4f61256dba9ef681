import type { Grant, Session } from '../../core/session.js'
import type { OidcUser } from '../../providers/oidc/types.js'
import { asObject, text } from '../../providers/shared/json.js'
import { readClaims } from '../../providers/shared/jwt.js'
import type { ServerNames } from '../sealed/end-names.js'

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

// Cookies that come again have the same extras, which cannot be changed.
const known = new WeakMap<object, ServerNames>()

function namesIn(extras: Session['extras']): ServerNames {
  const { sid, sub, iss } = readClaims(text(extras.id_token) ?? '') ?? {}
  const subject = text(asObject(extras.oidc)?.subject)
  return { sessionId: text(sid), userId: subject ?? text(sub), issuer: text(iss) }
}

/** What the server calls a session and its person. An app's `loadUser` may call them otherwise. */
export function namesOf({ extras, sessionId }: Pick<Session, 'extras' | 'sessionId'>): ServerNames {
  const names = known.get(extras) ?? namesIn(extras)
  if (Object.isFrozen(extras)) known.set(extras, names)
  // Without an id token in the seal: what was said at the sign-in, or by an access token.
  return { ...names, sessionId: names.sessionId ?? sessionId }
}
