import type { JWTPayload } from 'jose'
import type { SessionFacts } from '../../providers/shared/claims.js'
import { asObject, text, texts } from '../../providers/shared/json.js'
import { positive, readClaims } from '../../providers/shared/jwt.js'
import { deepFreeze } from '../shared/deep-freeze.js'
import type { SealedData } from './session-data.js'

/** What an access token says of its session, by the claims of WorkOS and of GoTrue. */
export const factsOf = (claims: JWTPayload): SessionFacts => ({
  sessionId: text(claims.sid) ?? text(claims.session_id),
  organizationId: text(claims.org_id),
  role: text(claims.role),
  roles: texts(claims.roles),
  permissions: texts(claims.permissions),
  entitlements: texts(claims.entitlements),
  featureFlags: texts(claims.feature_flags),
})

/** How GoTrue calls a refresh among the proofs of who somebody is: it is none. */
const REFRESH = 'token_refresh'

/** When somebody last proved who they are by the `amr` of GoTrue, in seconds; that of others has no dates. */
function newestProof(amr: unknown): number | undefined {
  const proofs = Array.isArray(amr) ? amr.map((proof: unknown) => asObject(proof) ?? {}) : []
  const dates = proofs.flatMap(({ method, timestamp }) =>
    method === REFRESH ? [] : (positive(timestamp) ?? []),
  )
  return dates.length === 0 ? undefined : Math.max(...dates)
}

/**
 * When the person proved who they are, in ms since the epoch by the issuer's clock: `auth_time` (OIDC Core §2),
 * or the newest proof of GoTrue. Nothing where the token does not say.
 */
function authenticatedAtOf(claims: Readonly<Record<string, unknown>>): number | undefined {
  const seconds = positive(claims.auth_time) ?? newestProof(claims.amr)
  return seconds === undefined ? undefined : seconds * 1000
}

// Cookies that come again have the same extras, which cannot be changed.
const known = new WeakMap<object, number | undefined>()

/** What an id token says of it, which is read once. */
function byIdToken(extras: NonNullable<SealedData['extras']>): number | undefined {
  if (known.has(extras)) return known.get(extras)
  const proved = authenticatedAtOf(readClaims(text(extras.id_token) ?? '') ?? {})
  if (Object.isFrozen(extras)) known.set(extras, proved)
  return proved
}

/** The same of a session, whose id token may say it where its access token does not. */
export const provedAt = (
  { extras }: Pick<SealedData, 'extras'>,
  claims: Readonly<Record<string, unknown>>,
): number | undefined => authenticatedAtOf(claims) ?? (extras && byIdToken(extras))

/** The claims of these names, as the token has them; what it does not say is not there. */
export function claimsNamed(
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Pick<SessionFacts, 'claims'> {
  if (names.length === 0) return {}
  const said = names.filter((name) => Object.hasOwn(claims, name))
  return { claims: deepFreeze(Object.fromEntries(said.map((name) => [name, claims[name]]))) }
}
