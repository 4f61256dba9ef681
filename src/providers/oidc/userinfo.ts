import { AuthError, isRetryableAuthError } from '../../core/errors.js'
import { asObject } from '../shared/json.js'
import { isFine } from '../shared/passing.js'
import { toError } from './errors.js'
import { keptIn } from './grants.js'
import { toUser } from './id-token.js'
import type { OidcUser, OidcUserSource } from './types.js'

async function ask(source: OidcUserSource): Promise<OidcUser> {
  const { accessToken: token, claims, metadata, send, session } = source
  const { userinfo_endpoint: endpoint } = metadata
  if (!endpoint) throw new AuthError('rejected', 'This server has no userinfo endpoint.')
  const answer = await send(endpoint, { method: 'GET', token }, source)
  if (!isFine(answer)) throw toError(answer, 'sign-in')
  const said = asObject(answer.body) ?? {}
  const user = toUser({ ...claims, ...said })
  // Both must be about one person (OIDC Core §5.3.2), who is known from the sign-in where the user is
  // loaded anew.
  const known = claims ? claims.sub : keptIn(session).subject
  if (user && (!known || said.sub === known)) return user
  throw new AuthError(
    'bad_response',
    'The userinfo endpoint describes another person, or nobody.',
    {
      retryable: false,
    },
  )
}

/**
 * The user as the userinfo endpoint describes them (OIDC Core §5.3), for `loadUser`. While that fails,
 * it is what the id token says, where there is one: an outage there costs no sign-in.
 * @example
 * ```ts
 * import { oidc, userinfo } from 'holdfast/providers/oidc'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', loadUser: userinfo })
 * ```
 * @throws AuthError `bad_response` where it describes somebody else; `rejected` where there is none.
 */
export const userinfo = async (source: OidcUserSource): Promise<OidcUser> =>
  ask(source).catch((error: unknown) => {
    const known = source.claims && toUser(source.claims)
    if (known && isRetryableAuthError(error)) return known
    throw error
  })
