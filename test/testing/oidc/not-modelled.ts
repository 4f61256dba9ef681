/**
 * How many answers of each server were captured. What the names begin with `only` for was asked of a
 * server whose answers are not replayed step by step.
 */
export const CAPTURED: Readonly<Record<string, number>> = {
  'oidc-provider': 54,
  'oidc-provider-norotate': 54,
  keycloak: 57,
  'keycloak-rotating': 56,
  'keycloak-reuse-1': 57,
  'keycloak-offline': 57,
  'keycloak-rotating-offline': 56,
  'keycloak-reuse-1-offline': 57,
  hydra: 41,
  'hydra-grace-10s': 42,
  zitadel: 42,
  // With a client that has a secret: 41; what one without gets: 19.
  spring: 60,
  'extra/oidc-provider': 4,
  'extra/keycloak': 4,
  'extra/spring': 7,
  'only oidc-provider with nonces': 54,
  'only mock-oauth2-server': 46,
  'only keycloak, administered': 15,
}

/** A captured answer that is not replayed, and why. */
export interface NotModelled {
  readonly server: string
  readonly step: string
  readonly reason: string
}

/** The steps of every server that is asked all of it, by the reason for which they are not replayed. */
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  'Its document names what it has, not all that the real one could do; the client reads it in test/client.':
    ['discovery', 'discovery CORS', 'rfc8414'],
  'Its keys have names of their own; test/client/oidc-verify.test.ts verifies by them.': ['jwks'],
  'Its CORS lets pages send what they need, whatever the server.': [
    'token preflight (dpop)',
    'revoke preflight',
  ],
  'It is no answer, but what was read in the one before: the shape of that says it.': [
    'id_token claims',
    'access_token claims',
    'refresh 1: rotated',
    'refresh id_token claims',
  ],
  'It knows every scope.': ['unknown scope'],
  'It takes `resource` and looks no further (RFC 8707).': ['resource parameter'],
}

const PROOFS: Readonly<Record<string, readonly string[]>> = {
  'Replayed in dpop.test.ts, which has keys.': [
    'dpop: code grant',
    'dpop: refresh without proof',
    'dpop: refresh with another key',
    'dpop: proof with iat a day off',
    'dpop: stale nonce',
    'dpop: refresh',
    'dpop: refresh, rotated',
    'dpop: the same proof again',
    'dpop: userinfo as Bearer',
    'dpop: userinfo with proof',
  ],
  'Replayed in pushed.test.ts.': ['PAR'],
}

const BACK_CHANNEL = {
  'The id token of its client with a secret has a `sid`, as that was registered for back-channel logout.':
    ['confidential: code grant'],
}

const METHODS = {
  'A client’s secret may come in a header or in the body, whichever it was registered for.': [
    'confidential: secret in body',
  ],
}

type Reasons = Readonly<Record<string, readonly string[]>>

const KEYCLOAKS = Object.keys(CAPTURED).filter((name) => name.startsWith('keycloak'))

/** Numbers instead of names for what is left out as a whole. */
const all = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `answer ${index + 1}`)

const REASONS: readonly (readonly [server: string, reasons: Reasons])[] = [
  ...[...KEYCLOAKS, 'oidc-provider', 'oidc-provider-norotate'].flatMap((name) => [
    [name, EVERYWHERE] as const,
    [name, PROOFS] as const,
  ]),
  ...['oidc-provider', 'oidc-provider-norotate'].map((name) => [name, BACK_CHANNEL] as const),
  [
    'oidc-provider',
    { 'Asked in server.test.ts, by a clock.': ['refresh: token expired (ttl 3 s)'] },
  ],
  ...['hydra', 'hydra-grace-10s', 'zitadel', 'spring'].map((name) => [name, EVERYWHERE] as const),
  ...['hydra', 'hydra-grace-10s', 'spring'].map((name) => [name, METHODS] as const),
  [
    'spring',
    {
      'It was sent without the client’s secret, and says nothing of the server: `extra/spring` has it right.':
        ['revoke refresh_token', 'refresh after revoke', 'userinfo after revoke', 'revoke garbage'],
      'It gives DPoP tokens to access alone, and takes pushed requests of clients with a secret only.':
        ['dpop: code grant', 'PAR'],
      // Of the 19 the three of the client with a secret are counted above.
      'Asked as a client without a secret, which gets the same but for the refresh token.': all(16),
    },
  ],
  [
    'only oidc-provider with nonces',
    {
      'It differs in what it says of proofs: replayed in dpop.test.ts, with nonces; the rest is as `oidc-provider`.':
        all(54),
    },
  ],
  [
    'only mock-oauth2-server',
    { 'A test server itself, which nobody signs in at: there are no manners of it.': all(46) },
  ],
  [
    'only keycloak, administered',
    {
      'Clients, people and realms are switched off by an administrator, whom it does not have; the client meets those words in test/providers/oidc.test.ts.':
        all(15),
    },
  ],
]

/** Whatever is captured and not replayed. */
export const NOT_MODELLED: readonly NotModelled[] = REASONS.flatMap(([server, reasons]) =>
  Object.entries(reasons).flatMap(([reason, steps]) =>
    steps.map((step) => ({ server, step, reason })),
  ),
)
