import { AuthError } from '../../core/errors.js'
import { ENDPOINT } from '../../providers/oidc/server.js'
import type { OidcMetadata } from '../../providers/oidc/types.js'
import type { OidcServerOptions } from './types.js'

/** What would hide the query of a page, or no header can say. */
const ODD = /[#\s\p{Cc}]/u

/**
 * The metadata of a server, whose addresses were looked at one by one before.
 * @throws AuthError with this `code` where one has a fragment (RFC 6749 §3.1) or a blank, or is by http: while
 *   the issuer is by https: else a document could have secrets sent to a service on this very host.
 */
export function checkEndpoints(
  metadata: OidcMetadata,
  {
    issuer,
    dangerouslyAllowInsecureHttp,
  }: Pick<OidcServerOptions, 'issuer' | 'dangerouslyAllowInsecureHttp'>,
  code: 'invalid_argument' | 'bad_response',
): OidcMetadata {
  const isSafe = /^https:/i.test(issuer) && !dangerouslyAllowInsecureHttp
  for (const [name, value] of Object.entries(metadata)) {
    const odd = ODD.test(`${value}`) || (isSafe && !/^https:/i.test(`${value}`))
    if (!value || !ENDPOINT.test(name) || !odd) continue
    const message = `The \`${name}\` of the metadata is by http:, or has a fragment or a blank.`
    throw new AuthError(code, message)
  }
  return metadata
}
