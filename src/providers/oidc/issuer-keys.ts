import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { asObject, text, texts } from '../shared/json.js'
import { isFine, toPassing } from '../shared/passing.js'
import { invalid } from '../shared/url.js'
import { keptIn } from './grants.js'
import type { OidcChannel, OidcContext, OidcMetadata } from './types.js'

type Key = Readonly<Record<string, unknown>>

/** What an issuer's id tokens are verified by. */
export interface IssuerKeys {
  readonly keys: readonly Key[]
  /** What its document says that it signs with, or what of that is accepted. */
  readonly algorithms: readonly string[]
}

/** What id tokens of a server may be signed with. */
export const algorithmsOf = (metadata: OidcMetadata): readonly string[] =>
  texts(metadata.id_token_signing_alg_values_supported) ?? ['RS256']

/** @throws AuthError `bad_response` for what is no set of keys; as every request. */
async function readKeys(
  { send }: OidcChannel,
  jwksUri: string,
  context: RequestContext,
): Promise<readonly Key[]> {
  const answer = await send(jwksUri, { method: 'GET' }, context)
  const found = isFine(answer) ? asObject(answer.body)?.keys : null
  const list: readonly unknown[] = Array.isArray(found) ? found : []
  const keys = list.filter((key): key is Key => asObject(key) !== null)
  if (keys.length > 0) return keys
  const { status } = answer
  throw toPassing(answer) ?? new AuthError('bad_response', 'The issuer has no keys.', { status })
}

/** What is wrong with metadata that does not say where the keys are. */
export const NO_PLACE: string = '`verifyIdToken` needs a server whose metadata has a `jwks_uri`.'

/** @throws AuthError as `readKeys`, after which the place is doubted where no keys are there. */
export async function askForKeys(server: OidcChannel, context: OidcContext): Promise<IssuerKeys> {
  const { kept, session } = context
  const known = await server.find(context, kept?.server ?? keptIn(session).server)
  // A session that was begun without verification does not say where the keys are.
  const metadata = known.jwks_uri ? known : await server.find(context)
  const jwksUri = text(metadata.jwks_uri)
  if (!jwksUri) return invalid(NO_PLACE)
  const keys = await readKeys(server, jwksUri, context).catch((error: unknown) => {
    if (isAuthError(error, 'bad_response')) server.moved()
    throw error
  })
  return { keys, algorithms: algorithmsOf(metadata) }
}
