import { type Manners, refusal } from './manners.js'

const HYDRA_GRANT = refusal(
  400,
  'invalid_grant',
  'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
)
const HYDRA_REQUEST = refusal(
  400,
  'invalid_request',
  'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
)
const HYDRA_CLIENT = refusal(
  401,
  'invalid_client',
  'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).',
)

/** As Ory Hydra 2.3 was captured. */
export const hydra: Manners = {
  rotation: { type: 'on' },
  accessTokens: 'opaque',
  tokenType: 'bearer',
  refreshTokens: 'offline_access',
  refusesScopes: true,
  hidesProofs: true,
  redirect: ['scope'],
  newestAccess: true,
  narrows: false,
  ignoresWider: true,
  claims: ['at_hash', 'auth_time', 'jti', 'rat', 'sid'],
  missing: [],
  loser: refusal(
    500,
    'server_error',
    'The authorization server encountered an unexpected condition that prevented it from fulfilling the request. Unable to serialize access due to a concurrent update in another session',
  ),
  endSession: 'ends',
  nobody: 'error',
  refusals: {
    'no-form': HYDRA_REQUEST,
    'no-client': HYDRA_REQUEST,
    'unknown-client': HYDRA_CLIENT,
    'wrong-secret': HYDRA_CLIENT,
    code: HYDRA_GRANT,
    'no-token': HYDRA_GRANT,
    'empty-token': HYDRA_GRANT,
    'unknown-token': HYDRA_GRANT,
    'foreign-token': HYDRA_GRANT,
    spent: HYDRA_GRANT,
    replayed: HYDRA_GRANT,
    revoked: HYDRA_GRANT,
    ended: HYDRA_GRANT,
    expired: HYDRA_GRANT,
    'wide-scope': refusal(400, 'invalid_scope'),
    userinfo: refusal(
      401,
      'request_unauthorized',
      'The request could not be authorized. Check that you provided valid credentials in the right format.',
    ),
  },
}
