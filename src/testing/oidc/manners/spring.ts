import { type Manners, type Refusal, refusal } from './manners.js'

/** What Spring does with whoever it does not know: it shows its login page. */
const LOGIN: Refusal = { status: 302, page: '', headers: { location: '/login' } }
const SPRING_GRANT = refusal(400, 'invalid_grant')

/** As Spring Authorization Server of Boot 4.0 was captured, with a client that has a secret. */
export const spring: Manners = {
  rotation: { type: 'on', familyDies: false },
  accessTokens: 'jwt',
  tokenType: 'Bearer',
  refreshTokens: 'confidential',
  refusesScopes: true,
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
