import { AuthError } from '../core/errors.js'
import { HTTP_ONLY } from '../providers/shared/http-only.js'

let known: AuthError | undefined

/** Why there is no token to show: a backend gives pages names in place of tokens. Always the same object. */
export function unexposed(token: string | null | undefined): AuthError | null {
  if (!token?.startsWith(HTTP_ONLY)) return null
  known ??= new AuthError(
    'invalid_argument',
    'No token without `exposeAccessToken` of createBackend.',
  )
  return known
}

/** @throws AuthError `invalid_argument` for the name of a token. */
export function exposed<Token extends string | null>(token: Token): Token {
  const error = unexposed(token)
  if (error) throw error
  return token
}
