/** A captured exchange that is not replayed, and why. */
export interface NotModelled {
  readonly step: string
  readonly reason: string
}

/** The names of exchanges by the reason for which the scripted server cannot answer them alike. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'Users are administered from servers, by a client of their own.': ['admin-without-rights'],
  'It has no mail server that could be down.': ['mail-server-down-otp', 'mail-server-down-recover'],
  'Its faults are those of the network: no request of its own takes too long.': [
    'timeout-refresh',
    'timeout-refresh-old-api-version',
    'timeout-user',
  ],
  'It has no database that could be down.': [
    'database-down-refresh',
    'database-down-refresh-old-api-version',
    'database-down-user',
    'database-down-password',
    'database-down-logout',
    'database-down-settings',
    'database-down-health',
    'database-down-jwks',
    'database-down-mail-link-click',
    'database-down-otp',
    'database-up-again-refresh',
    'database-up-again-mail-link-click',
  ],
  'It has no database whose backup could be put back.': ['refresh-counter-ahead-of-the-server'],
  'Its sessions keep the kind of refresh token that they began with.': [
    'upgrade-v1-to-v2',
    'upgrade-v1-token-again',
    'upgrade-v2-token',
  ],
  'It is no OpenID Connect server: no client of GoTrue’s asks for its description.': [
    'openid-configuration-hs256',
    'openid-configuration-es256',
  ],
  // What comes back is replayed: `oauth-callback-…`, asked at `/authorize`.
  'Other providers consent at its `/authorize`, which answers as `/callback` does.': [
    'oauth-authorize-pkce',
    'oauth-authorize-implicit',
    'oauth-authorize-denied-pkce',
    'oauth-authorize-denied-implicit',
  ],
  'What makes a password weak does not change while it runs.': ['password-good-but-weak-by-now'],
  'It sends no invitations.': ['invite-click'],
}

/** All captured exchanges that are not replayed. */
export const NOT_MODELLED: readonly NotModelled[] = Object.entries(REASONS).flatMap(
  ([reason, steps]) => steps.map((step) => ({ step, reason })),
)
