import { capture, STEPS } from './captured.js'

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
  'Asked in dpop.test.ts, which compares what pages may send.': ['token preflight (dpop)'],
  'Its CORS lets pages revoke tokens, as that of all of them does.': ['revoke preflight'],
  'It is no answer, but what was read in the one before: the shape of that says it.': [
    'id_token claims',
    'access_token claims',
    'refresh 1: rotated',
    'refresh id_token claims',
  ],
  'It takes `resource` and looks no further (RFC 8707).': ['resource parameter'],
}

const PUSHED: Readonly<Record<string, readonly string[]>> = {
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

const KEYCLOAKS = [...STEPS.keys()].filter((name) => name.startsWith('keycloak'))

/** What is left out as a whole, but for the steps that are not. */
const all = (server: string, but: readonly string[] = []): readonly string[] =>
  (STEPS.get(server) ?? []).filter((step) => !but.includes(step))

/** What a server with nonces was asked about proofs. */
const PROVED = [...capture('dpop/oidc-provider-nonces').keys()]

const WITHOUT_SECRET = 'spring, without a secret'
/** The steps of that run that its client with a secret was asked in: they are replayed with those of `spring`. */
export const SPRING_SECRET: readonly string[] = [
  'confidential: code grant',
  'confidential: refresh',
]

const REASONS: readonly (readonly [server: string, reasons: Reasons])[] = [
  ...[...KEYCLOAKS, 'oidc-provider', 'oidc-provider-norotate'].flatMap((name) => [
    [name, EVERYWHERE] as const,
    [name, PUSHED] as const,
  ]),
  ...['oidc-provider', 'oidc-provider-norotate'].map((name) => [name, BACK_CHANNEL] as const),
  [
    'oidc-provider',
    { 'Asked in server.test.ts, by a clock.': ['refresh: token expired (ttl 3 s)'] },
  ],
  ...['hydra', 'hydra-grace-10s', 'zitadel', 'spring'].map((name) => [name, EVERYWHERE] as const),
  ...['hydra', 'hydra-grace-10s', WITHOUT_SECRET].map((name) => [name, METHODS] as const),
  [
    'spring',
    {
      'It was sent without the client’s secret, and says nothing of the server: `extra/spring` has it right.':
        ['revoke refresh_token', 'refresh after revoke', 'userinfo after revoke', 'revoke garbage'],
      'It gives DPoP tokens to access alone, and takes pushed requests of clients with a secret only.':
        ['dpop: code grant', 'PAR'],
    },
  ],
  [
    WITHOUT_SECRET,
    {
      'Asked as a client without a secret, which gets the same but for the refresh token.': all(
        WITHOUT_SECRET,
        [...SPRING_SECRET, 'confidential: secret in body'],
      ),
    },
  ],
  [
    'only oidc-provider with nonces',
    {
      'It differs in what it says of proofs, which dpop.test.ts replays; the rest is as `oidc-provider`.':
        all('only oidc-provider with nonces', PROVED),
    },
  ],
  [
    'only mock-oauth2-server',
    {
      'A test server itself, which nobody signs in at: there are no manners of it.':
        all('only mock-oauth2-server'),
    },
  ],
  [
    'only keycloak, administered',
    {
      'Clients, people and realms are switched off by an administrator, whom it does not have; the client meets those words in test/providers/oidc.test.ts.':
        all('only keycloak, administered'),
    },
  ],
]

/** Whatever is captured and not replayed. */
export const NOT_MODELLED: readonly NotModelled[] = REASONS.flatMap(([server, reasons]) =>
  Object.entries(reasons).flatMap(([reason, steps]) =>
    steps.map((step) => ({ server, step, reason })),
  ),
)
