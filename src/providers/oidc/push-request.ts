import { AuthError } from '../../core/errors.js'
import { asObject, text } from '../shared/json.js'
import { isFine } from '../shared/passing.js'
import { withQuery } from './authorize.js'
import { toError } from './errors.js'
import type { OidcPush } from './types.js'

/**
 * Pushes what a sign-in asks for to the server, so that nobody on the way can read or change it
 * (RFC 9126). Where the server takes no pushed requests, it is in the address.
 * @example
 * ```ts
 * import { oidc, pushRequest } from 'holdfast/providers/oidc'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', pushRequest })
 * ```
 * @throws AuthError what the server refuses it with.
 */
export const pushRequest: OidcPush = async (parameters, { metadata, send, context }) => {
  const { authorization_endpoint: page, pushed_authorization_request_endpoint: endpoint } = metadata
  if (!endpoint) return withQuery(page, parameters)
  const answer = await send(endpoint, { form: parameters }, context)
  if (!isFine(answer)) throw toError(answer, 'sign-in')
  const request = text(asObject(answer.body)?.request_uri)
  if (!request) throw new AuthError('bad_response', 'The pushed request got no `request_uri`.')
  return withQuery(page, { client_id: parameters.client_id ?? '', request_uri: request })
}
