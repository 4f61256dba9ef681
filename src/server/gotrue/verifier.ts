import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { isDeadToken } from '../../providers/gotrue/errors.js'
import type { AnyMetadata } from '../../providers/gotrue/index.js'
import { readClaims } from '../../providers/shared/jwt.js'
import { checkMethods, checkObject } from '../shared/arguments.js'
import { createIntrospection, type IntrospectionLimits } from '../verification/introspection.js'
import {
  createClaimsCheck,
  createVerifier,
  type TokenChecks,
  toUnknown,
  type Verified,
  type Verifier,
} from '../verification/verify.js'
import { ALGORITHMS, type GoTrueTokenChecks } from './sessions.js'
import type { GoTrueServer } from './types.js'

/** Options of {@link createGotrueVerifier}. */
export interface GoTrueVerifierOptions<Metadata extends object = AnyMetadata>
  extends Omit<GoTrueTokenChecks, 'algorithms'>,
    Pick<TokenChecks, 'now'>,
    IntrospectionLimits {
  /** Made by `createGotrue`. */
  readonly server: GoTrueServer<Metadata>
}

/** What a project signs with that has no keys: a secret, which this server need not know. */
const SECRET = 'HS256'

/** How a token says that it is signed; nothing for what is none. */
function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}

/**
 * Makes the one that checks access tokens of GoTrue, whatever signs them, without the JWT secret: by the keys
 * that it publishes; one that is signed with a secret by asking GoTrue whose it is (`GET /user`). That answer
 * counts for `cacheFor`; a token that was not asked about so lately costs a request, a forged one too.
 * @example
 * ```ts
 * import { createGotrue, createGotrueVerifier } from 'holdfast/server/gotrue'
 *
 * const server = createGotrue({ url: 'https://project.example/auth/v1', apiKey })
 * const verifier = createGotrueVerifier({ server })
 * const result = await verifier.verify(token)
 * const userId = result.ok ? result.claims.sub : null
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createGotrueVerifier<Metadata extends object = AnyMetadata>(
  options: GoTrueVerifierOptions<Metadata>,
): Pick<Verifier, 'verify'> {
  checkObject('options', options)
  const { server, cacheFor, requestTimeout, now = Date.now, ...rest } = options
  checkMethods(server, ['getUser'], '`server` is not a GoTrue server; use createGotrue().')
  const { audience = 'authenticated', issuer, clockTolerance } = rest
  const checks = { audience, issuer, clockTolerance, now }
  const byKeys = createVerifier({ ...checks, ...server.keys, algorithms: ALGORITHMS })
  const claimsOf = createClaimsCheck({ ...checks, algorithms: [SECRET] })

  /** Whether GoTrue takes a token for whom it names. @throws AuthError while it does not say. */
  async function introspect(token: string, context: RequestContext) {
    try {
      const { id } = await server.getUser(token, context)
      if (id === readClaims(token)?.sub) return { active: true }
    } catch (error) {
      // GoTrue says `validation_failed` where it takes tokens for another audience.
      const refused = isAuthError(error, 'rejected') && error.serverCode === 'validation_failed'
      if (refused || (isAuthError(error) && isDeadToken(error))) return { active: false }
      throw error
    }
    throw new AuthError('bad_response', 'The answer is not about the person of this token.')
  }

  const introspector = createIntrospection({ introspect, cacheFor, requestTimeout }, now)

  async function ask(token: string): Promise<Verified> {
    const said = claimsOf(token, now())
    if (!said.ok) return said
    const found = await introspector.ask(token, Number(said.claims.exp) * 1000)
    if (found.type === 'active') return said
    return found.type === 'inactive'
      ? { ok: false, reason: 'invalid_jwt' }
      : toUnknown(found.reason)
  }

  return {
    verify: async (token) => (algorithmOf(token) === SECRET ? ask(token) : byKeys.verify(token)),
  }
}
