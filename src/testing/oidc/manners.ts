import type { OidcManners, OidcRotation } from './types.js'

/** An answer that refuses. */
export interface Refusal {
  readonly status: number
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A page or nothing, instead of JSON. */
  readonly page?: string | undefined
  /** What of the scope was too much, where the server says it. */
  readonly scope?: string | undefined
}

/** Why a request is refused. */
export type Situation =
  | 'no-form'
  | 'no-client'
  | 'unknown-client'
  | 'wrong-secret'
  | 'code'
  | 'no-token'
  | 'empty-token'
  | 'unknown-token'
  | 'foreign-token'
  | 'spent'
  | 'replayed'
  | 'revoked'
  | 'ended'
  | 'expired'
  | 'wide-scope'
  | 'userinfo'

/** How one server differs from the others. */
export interface Manners {
  readonly rotation: OidcRotation
  readonly accessTokens: 'jwt' | 'opaque'
  readonly tokenType: 'Bearer' | 'bearer'
  /** Who gets refresh tokens. */
  readonly refreshTokens: 'always' | 'offline_access' | 'confidential'
  /** Whether the redirect names the issuer (RFC 9207), and what else is in it. */
  readonly redirect: readonly ('iss' | 'session_state' | 'scope')[]
  /** Whether the answer has Keycloak's further fields. */
  readonly lifetimes?: boolean
  /** Whether a smaller scope at a refresh gets a smaller token; else it is ignored. */
  readonly narrows: boolean
  /** Whether a larger one is ignored; else it is refused. */
  readonly ignoresWider?: boolean
  /** Whether its refusal names what was too much. */
  readonly namesScope?: boolean
  /** The claims of id tokens beside the least ones, and which of all a refresh leaves out. */
  readonly claims: readonly string[]
  readonly missing: readonly string[]
  /** What the slower of two exchanges of one token gets; else it is a replay like any other. */
  readonly loser?: Refusal
  /** Whether an exchange ends the access tokens before it. */
  readonly newestAccess?: boolean
  /** What the end-session page does. */
  readonly endSession: 'ends' | 'keeps' | 'asks'
  /** What `prompt=none` gets while nobody is signed in. */
  readonly nobody: 'error' | 'page'
  /** What the revocation of a token that nobody knows is answered with. */
  readonly unknownRevocation?: Readonly<Record<string, string>>
  readonly refusals: Readonly<Record<Situation, Refusal>>
}

const refusal = (status: number, error: string, description?: string): Refusal => ({
  status,
  error,
  description,
})

const OAUTH = refusal(400, 'invalid_grant', 'grant request is invalid')
const NO_TOKEN = refusal(400, 'invalid_request', "missing required parameter 'refresh_token'")
const NO_CLIENT = refusal(401, 'invalid_client', 'client authentication failed')

const oidcProvider: Manners = {
  rotation: { type: 'on' },
  accessTokens: 'opaque',
  tokenType: 'Bearer',
  refreshTokens: 'offline_access',
  redirect: ['iss'],
  namesScope: true,
  narrows: true,
  claims: [],
  missing: [],
  endSession: 'asks',
  nobody: 'error',
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

const KEYCLOAK_CLIENT = 'Invalid client or Invalid client credentials'
const KEYCLOAK_TOKEN = refusal(400, 'invalid_grant', 'Invalid refresh token')

const keycloak: Manners = {
  rotation: { type: 'off', renews: true },
  accessTokens: 'jwt',
  tokenType: 'Bearer',
  refreshTokens: 'always',
  redirect: ['session_state', 'iss'],
  lifetimes: true,
  narrows: false,
  claims: ['acr', 'at_hash', 'auth_time', 'azp', 'jti', 'sid', 'typ'],
  missing: ['nonce'],
  loser: refusal(400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded'),
  endSession: 'ends',
  nobody: 'error',
  unknownRevocation: { error: 'invalid_token', error_description: 'Invalid token' },
  refusals: {
    'no-form': refusal(400, 'invalid_request', 'Missing form parameter: grant_type'),
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

const hydra: Manners = {
  rotation: { type: 'on' },
  accessTokens: 'opaque',
  tokenType: 'bearer',
  refreshTokens: 'offline_access',
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

/** What Spring does with whoever it does not know: it shows its login page. */
const LOGIN: Refusal = { status: 302, page: '', headers: { location: '/login' } }
const SPRING_GRANT = refusal(400, 'invalid_grant')

const spring: Manners = {
  rotation: { type: 'on', familyDies: false },
  accessTokens: 'jwt',
  tokenType: 'Bearer',
  refreshTokens: 'confidential',
  redirect: [],
  newestAccess: true,
  narrows: true,
  claims: ['auth_time', 'azp', 'jti', 'sid'],
  missing: ['nonce'],
  endSession: 'keeps',
  nobody: 'page',
  refusals: {
    'no-form': { status: 200, page: '<!DOCTYPE html>' },
    'no-client': LOGIN,
    'unknown-client': LOGIN,
    'wrong-secret': refusal(401, 'invalid_client'),
    code: refusal(400, 'invalid_request'),
    'no-token': LOGIN,
    'empty-token': refusal(400, 'invalid_request', 'OAuth 2.0 Parameter: refresh_token'),
    'unknown-token': SPRING_GRANT,
    'foreign-token': SPRING_GRANT,
    spent: SPRING_GRANT,
    replayed: SPRING_GRANT,
    revoked: SPRING_GRANT,
    ended: SPRING_GRANT,
    expired: SPRING_GRANT,
    'wide-scope': refusal(400, 'invalid_scope'),
    userinfo: refusal(401, 'invalid_token'),
  },
}

const ZITADEL_CLIENT = refusal(500, 'server_error', 'client not found')

const zitadel: Manners = {
  ...spring,
  accessTokens: 'opaque',
  refreshTokens: 'offline_access',
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

const AUTH0_GRANT = refusal(403, 'invalid_grant', 'Unknown or invalid refresh token.')

const auth0: Manners = {
  ...oidcProvider,
  redirect: [],
  claims: ['sid'],
  missing: ['nonce'],
  endSession: 'ends',
  refusals: {
    ...oidcProvider.refusals,
    'unknown-token': AUTH0_GRANT,
    'foreign-token': AUTH0_GRANT,
    spent: AUTH0_GRANT,
    replayed: AUTH0_GRANT,
    revoked: AUTH0_GRANT,
    ended: AUTH0_GRANT,
    expired: AUTH0_GRANT,
    code: refusal(403, 'invalid_grant', 'Invalid authorization code'),
  },
}

/** How each server behaves. */
export const MANNERS: Readonly<Record<OidcManners, Manners>> = {
  'oidc-provider': oidcProvider,
  keycloak,
  hydra,
  spring,
  zitadel,
  auth0,
}
