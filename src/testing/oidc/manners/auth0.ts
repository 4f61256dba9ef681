import { type Manners, refusal } from './manners.js'
import { oidcProvider } from './oidc-provider.js'

const AUTH0_GRANT = refusal(403, 'invalid_grant', 'Unknown or invalid refresh token.')

/** As Auth0's documentation has it, over oidc-provider's habits. */
export const auth0: Manners = {
  ...oidcProvider,
  wantsConsent: false,
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
