import { type Manners, refusal } from './manners.js'
import { spring } from './spring.js'

const ZITADEL_CLIENT = refusal(500, 'server_error', 'client not found')

/** As zitadel/oidc 3.52 was captured; Spring's habits but for these. */
export const zitadel: Manners = {
  ...spring,
  accessTokens: 'opaque',
  refreshTokens: 'offline_access',
  refusesScopes: false,
  hidesProofs: true,
  claims: ['amr', 'at_hash', 'auth_time', 'azp', 'c_hash', 'client_id'],
  missing: ['c_hash', 'nonce'],
  endSession: 'ends',
  nobody: 'error',
  refusals: {
    ...spring.refusals,
    'no-form': refusal(400, 'invalid_request', 'grant_type missing'),
    'no-client': ZITADEL_CLIENT,
    'unknown-client': ZITADEL_CLIENT,
    'wrong-secret': refusal(401, 'invalid_client', 'invalid client_id / client_secret'),
    code: refusal(400, 'invalid_grant', 'invalid code'),
    'no-token': refusal(400, 'invalid_request', 'refresh_token missing'),
    'empty-token': refusal(400, 'invalid_request', 'refresh_token missing'),
    userinfo: { status: 403, page: '{}' },
  },
}
