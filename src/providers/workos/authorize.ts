import { AuthError } from '../../core/errors.js'
import { snakeCase } from '../shared/json.js'
import type { AuthorizeOptions } from './types.js'

/** A sign-in as WorkOS gets it. */
export interface AuthorizeRequest extends Omit<AuthorizeOptions, 'state' | 'returnTo'> {
  readonly clientId: string
  readonly redirectUri: string
  readonly state?: string | undefined
  /** By S256 (RFC 7636). */
  readonly codeChallenge?: string | undefined
}

/** The address at which somebody signs in. @throws AuthError `invalid_argument` for what cannot be. */
export function authorizeUrl(base: string, { maxAge, ...request }: AuthorizeRequest): string {
  const { provider = request.connectionId ? undefined : 'authkit', codeChallenge } = request
  if (request.screenHint && provider !== 'authkit') {
    throw new AuthError('invalid_argument', '`screenHint` is for the provider `authkit` only.')
  }
  if (maxAge !== undefined && !(maxAge >= 0)) {
    throw new AuthError('invalid_argument', '`maxAge` must be a number of milliseconds.')
  }
  const parameters = {
    ...request,
    provider,
    maxAge: maxAge === undefined ? undefined : Math.floor(maxAge / 1000),
    responseType: 'code',
    codeChallengeMethod: codeChallenge && 'S256',
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(snakeCase(name), String(value))
  }
  return `${base}/user_management/authorize?${query}`
}
