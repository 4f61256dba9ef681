import { type Manners, refusal } from './manners.js'

const KEYCLOAK_CLIENT = 'Invalid client or Invalid client credentials'
const KEYCLOAK_TOKEN = refusal(400, 'invalid_grant', 'Invalid refresh token')
const KEYCLOAK_OFFLINE = refusal(400, 'invalid_grant', 'Offline user session not found')

/** As Keycloak 26.7 was captured, and as `npm run servers` finds it. */
export const keycloak: Manners = {
  rotation: { type: 'off', renews: true },
  accessTokens: 'jwt',
  tokenType: 'Bearer',
  refreshTokens: 'always',
  refusesScopes: true,
  redirect: ['session_state', 'iss'],
  lifetimes: true,
  narrows: false,
  claims: ['acr', 'at_hash', 'auth_time', 'azp', 'jti', 'sid', 'typ'],
  missing: ['nonce'],
  loser: refusal(400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded'),
  stale: refusal(400, 'invalid_grant', 'Stale token'),
  offline: { revoked: KEYCLOAK_OFFLINE, replayed: KEYCLOAK_OFFLINE },
  endSession: 'ends',
  nobody: 'error',
  unknownRevocation: { error: 'invalid_token', error_description: 'Invalid token' },
  ignoresNonces: true,
  boundAsBearer: {
    status: 401,
    page: '',
    headers: {
      'www-authenticate':
        'Bearer error="invalid_token", error_description="Token verification failed"',
    },
  },
  proofs: {
    missing: refusal(400, 'invalid_request', 'DPoP proof is missing'),
    // As `npm run servers` finds it, whose client may have bearer tokens too.
    unproved: refusal(400, 'invalid_grant', 'DPoP proof is missing'),
    'other-key': refusal(400, 'invalid_grant', "DPoP confirmation doesn't match DPoP proof"),
    old: refusal(400, 'invalid_request', 'DPoP proof is not active'),
    replayed: refusal(400, 'invalid_request', 'DPoP proof has already been used'),
  },
  refusals: {
    'no-form': {
      ...refusal(400, 'invalid_request', 'Missing form parameter: grant_type'),
      hidden: true,
    },
    'no-client': refusal(401, 'invalid_client', KEYCLOAK_CLIENT),
    'unknown-client': refusal(401, 'invalid_client', KEYCLOAK_CLIENT),
    'wrong-secret': refusal(401, 'unauthorized_client', KEYCLOAK_CLIENT),
    code: refusal(400, 'invalid_grant', 'Code not valid'),
    'no-token': refusal(400, 'invalid_request', 'No refresh token'),
    'empty-token': KEYCLOAK_TOKEN,
    'unknown-token': KEYCLOAK_TOKEN,
    'foreign-token': refusal(
      400,
      'invalid_grant',
      "Invalid refresh token. Token client and authorized client don't match",
    ),
    spent: refusal(400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded'),
    replayed: refusal(400, 'invalid_grant', "Session doesn't have required client"),
    revoked: refusal(400, 'invalid_grant', 'Session not active'),
    ended: refusal(400, 'invalid_grant', 'Session not active'),
    expired: refusal(400, 'invalid_grant', 'Token is not active'),
    'wide-scope': refusal(400, 'invalid_scope', 'Invalid scopes'),
    userinfo: {
      status: 401,
      page: '',
      headers: {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="user_session_not_found"',
      },
    },
  },
}
