import { AuthError } from '../../core/errors.js'
import type { OidcUser } from '../../providers/oidc/types.js'
import { text } from '../../providers/shared/json.js'
import {
  createSealedSessions,
  type SealedSessions,
  type SealedSessionsOptions,
} from '../sealed/sealed-sessions.js'
import { checkMethods, checkObject } from '../shared/arguments.js'
import type { IntrospectionLimits } from '../verification/introspection.js'
import type { TokenChecks } from '../verification/verify.js'
import type { OidcServer } from './types.js'

/**
 * How to tell that an access token lives. `seal`: by the word of the seal, which nobody else can make: access
 * tokens are for APIs, and many are nothing that a client can read. `introspection`: by asking the server,
 * so that one which was revoked elsewhere is known within `cacheFor`. `jwt`: by the keys of the issuer,
 * whose tokens call the person (`sub`) by the `id` that the `user` has here.
 */
export type OidcVerification =
  | { readonly type: 'seal' }
  | ({ readonly type: 'introspection' } & Pick<IntrospectionLimits, 'cacheFor'>)
  | ({ readonly type: 'jwt' } & Omit<TokenChecks, 'now'>)

/** Options of {@link createOidcSessions}. */
export interface OidcSessionsOptions
  extends Omit<SealedSessionsOptions<OidcUser>, 'provider' | 'verification' | 'signOutUrl'> {
  /** Made by `createOidc`. */
  readonly server: OidcServer
  /** @default { type: 'seal' } */
  readonly verification?: OidcVerification | undefined
}

function verificationOf(
  options: OidcSessionsOptions,
): SealedSessionsOptions<OidcUser>['verification'] {
  const { server, verification = { type: 'seal' }, requestTimeout } = options
  checkObject('verification', verification)
  switch (verification.type) {
    case 'seal':
      return 'seal'
    case 'introspection': {
      const { cacheFor } = verification
      return { introspect: server.introspect, cacheFor, requestTimeout }
    }
    case 'jwt': {
      const { type: _, issuer = server.issuer, ...checks } = verification
      return { ...checks, issuer, ...server.keys }
    }
    default:
      throw new AuthError(
        'invalid_argument',
        'The type of `verification` is `seal`, `introspection` or `jwt`.',
      )
  }
}

/**
 * Sealed sessions of an OpenID Connect server.
 * A session whose server gives no refresh token ends with its access token.
 * @example
 * ```ts
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 *
 * const server = createOidc({ issuer: 'https://id.example', clientId: 'my-app', clientSecret: 'secret' })
 * const sessions = createOidcSessions({ server })
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createOidcSessions(options: OidcSessionsOptions): SealedSessions<OidcUser> {
  checkObject('options', options)
  const { server, verification: _, ...rest } = options
  checkMethods(
    server,
    ['refresh', 'signOutUrl'],
    '`server` is not an OIDC server; use createOidc().',
  )
  return createSealedSessions({
    ...rest,
    provider: server,
    verification: verificationOf(options),
    signOutUrl: ({ session, ...request }) =>
      server.signOutUrl({ ...request, idToken: text(session.extras.id_token) }),
  })
}
