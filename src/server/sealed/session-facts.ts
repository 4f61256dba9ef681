import type { JWTPayload } from 'jose'
import type { SessionFacts } from '../../core/session.js'
import { text, texts } from '../../providers/shared/json.js'

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
