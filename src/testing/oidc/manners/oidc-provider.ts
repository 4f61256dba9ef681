import { type Manners, refusal } from './manners.js'

const OAUTH = refusal(400, 'invalid_grant', 'grant request is invalid')
const NO_TOKEN = refusal(400, 'invalid_request', "missing required parameter 'refresh_token'")
const NO_CLIENT = refusal(401, 'invalid_client', 'client authentication failed')

/** As `oidc-provider` 9.13 was captured. */
export const oidcProvider: Manners = {
  rotation: { type: 'on' },
  accessTokens: 'opaque',
  tokenType: 'Bearer',
  refreshTokens: 'offline_access',
  wantsConsent: true,
  redirect: ['iss'],
  namesScope: true,
  narrows: true,
  claims: [],
  missing: [],
  endSession: 'asks',
  nobody: 'error',
  boundRotation: { type: 'off' },
  exposed: 'DPoP-Nonce,WWW-Authenticate',
  refusals: {
    'no-form': refusal(
      400,
      'invalid_request',
      'only application/x-www-form-urlencoded content-type bodies are supported on POST /token',
    ),
    'no-client': refusal(400, 'invalid_request', 'no client authentication mechanism provided'),
    'unknown-client': NO_CLIENT,
    'wrong-secret': NO_CLIENT,
    code: OAUTH,
    'no-token': NO_TOKEN,
    'empty-token': NO_TOKEN,
    'unknown-token': OAUTH,
    'foreign-token': OAUTH,
    spent: OAUTH,
    replayed: OAUTH,
    revoked: OAUTH,
    ended: OAUTH,
    expired: OAUTH,
    'wide-scope': refusal(400, 'invalid_scope', 'refresh token missing requested scopes'),
    userinfo: refusal(401, 'invalid_token', 'invalid token provided'),
  },
}
