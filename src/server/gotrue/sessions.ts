import { AuthError } from '../../core/errors.js'
import type { AnyMetadata, GoTrueUser } from '../../providers/gotrue/index.js'
import {
  createSealedSessions,
  type SealedSessions,
  type SealedSessionsOptions,
} from '../sealed/sealed-sessions.js'
import { checkMethods, checkObject } from '../shared/arguments.js'
import type { SharedSecret, TokenChecks } from '../verification/verify.js'
import type { GoTrueServer } from './types.js'

/** What an access token must be besides signed. */
export interface GoTrueTokenChecks extends Omit<TokenChecks, 'now' | 'audience'> {
  /** @default 'authenticated', as GoTrue has it */
  readonly audience?: TokenChecks['audience'] | undefined
}

/**
 * How to tell that an access token is genuine. `seal`: by the word of the seal, which nobody else can make,
 * whatever signs the tokens. `jwt`: by the keys that GoTrue publishes, where it has such. `secret`: by the
 * JWT secret of a project without keys.
 */
export type GoTrueVerification =
  | { readonly type: 'seal' }
  | ({ readonly type: 'jwt' } & GoTrueTokenChecks)
  | ({ readonly type: 'secret' } & SharedSecret & GoTrueTokenChecks)

/** Options of {@link createGotrueSessions}. */
export interface GoTrueSessionsOptions<Metadata extends object = AnyMetadata>
  extends Omit<SealedSessionsOptions<GoTrueUser<Metadata>>, 'provider' | 'verification'> {
  /** Made by `createGotrue`. */
  readonly server: GoTrueServer<Metadata>
  /** @default { type: 'seal' } */
  readonly verification?: GoTrueVerification | undefined
}

/** GoTrue 2.196 has routes for the factors and identities of a person, and none for their sessions. */
const NO_LIST =
  'GoTrue does not say which sessions a person has, and ends one of them by its own token only: pass a `list`, such as redisSessionList(), by which Holdfast keeps them itself.'

/** What GoTrue signs with where it has keys (GoTrue 2.196, `GOTRUE_JWT_KEYS`). */
export const ALGORITHMS: readonly string[] = ['ES256', 'RS256', 'ES512', 'RS512', 'EdDSA']

function verificationOf<Metadata extends object>({
  server,
  verification = { type: 'seal' },
}: GoTrueSessionsOptions<Metadata>): SealedSessionsOptions['verification'] {
  checkObject('verification', verification)
  switch (verification.type) {
    case 'seal':
      return 'seal'
    case 'jwt': {
      const {
        type: _,
        audience = 'authenticated',
        algorithms = ALGORITHMS,
        ...checks
      } = verification
      return { ...checks, audience, algorithms, ...server.keys }
    }
    case 'secret': {
      const { type: _, audience = 'authenticated', ...checks } = verification
      return { ...checks, audience }
    }
    default:
      throw new AuthError(
        'invalid_argument',
        'The type of `verification` is `seal`, `jwt` or `secret`.',
      )
  }
}

/**
 * Sealed sessions of GoTrue (Supabase Auth).
 * @example
 * ```ts
 * import { createGotrue, createGotrueSessions } from 'holdfast/server/gotrue'
 *
 * const server = createGotrue({ url: 'https://project.example/auth/v1', apiKey })
 * const sessions = createGotrueSessions({ server })
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createGotrueSessions<Metadata extends object = AnyMetadata>(
  options: GoTrueSessionsOptions<Metadata>,
): SealedSessions<GoTrueUser<Metadata>> {
  checkObject('options', options)
  const { server, verification: _, ...rest } = options
  checkMethods(
    server,
    ['refresh', 'exchangeCode'],
    '`server` is not a GoTrue server; use createGotrue().',
  )
  const sessions = createSealedSessions<GoTrueUser<Metadata>>({
    ...rest,
    provider: server,
    verification: verificationOf(options),
  })
  const refuse = async (): Promise<never> => {
    throw new AuthError('invalid_argument', NO_LIST)
  }
  return options.list ? sessions : { ...sessions, listSessions: refuse }
}
