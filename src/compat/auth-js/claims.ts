import { isAuthError } from '../../core/errors.js'
import { claims } from '../../providers/gotrue/claims.js'
import { bytesOf } from '../../providers/shared/base64.js'
import { text } from '../../providers/shared/json.js'
import type { ClaimsApi } from './api.js'
import type { ClaimsData, ClaimsOptions, JwtHeader, JwtPayload } from './claims-types.js'
import { AuthInvalidCredentialsError } from './errors.js'
import { type Face, run } from './face.js'
import { AuthInvalidJwtError } from './redirect-errors.js'

// Loaded when somebody wants to know what a token says, for certain.

// Their types promise more. What a hook of the server leaves out of its tokens is missing here as there.
const isPayload = (claims: object): claims is JwtPayload => 'sub' in claims && 'exp' in claims
const isHeader = (header: object): header is JwtHeader =>
  'alg' in header && text(header.alg) !== undefined

/** What a token says; `null` when nobody is signed in. */
async function getClaims(
  { client }: Face,
  jwt?: string,
  options?: ClaimsOptions,
): Promise<ClaimsData | null> {
  if (options?.allowExpired || options?.jwks || options?.keys) {
    throw new AuthInvalidCredentialsError(
      'getClaims() takes no options here: it verifies tokens that are not over by the server’s keys.',
    )
  }
  const token = jwt || (await client.getSession())?.accessToken
  if (!token) return null
  try {
    // Without a token it is the current one, which this client knows to be alive by its own clock.
    const { claims: said, header } = await claims(client).verify(jwt || undefined)
    if (!isPayload(said) || !isHeader(header)) throw new AuthInvalidJwtError('It says too little.')
    return { claims: { ...said }, header, signature: bytesOf(token.split('.')[2] ?? '') }
  } catch (error) {
    const forged = isAuthError(error, 'rejected') && error.status === undefined
    throw forged ? new AuthInvalidJwtError(error.message) : error
  }
}

/** What tokens say. */
export const claimsApi = (face: Face): ClaimsApi => ({
  getClaims: (jwt, options) => run(face, () => getClaims(face, jwt, options), null),
})
