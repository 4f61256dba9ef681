import { invalid } from '../core/check-options.js'
import type { AuthError } from '../core/errors.js'
import { HTTP_ONLY } from '../providers/shared/http-only.js'

/** Always the same object: a state that holds it has not changed. */
const UNEXPOSED = /* @__PURE__ */ invalid('No token: see `exposeAccessToken`.')

/** Why there is no token to show: a backend gives pages names in place of tokens. */
export const unexposed = (token: string | null | undefined): AuthError | null =>
  token?.startsWith(HTTP_ONLY) ? UNEXPOSED : null

/** @throws AuthError `invalid_argument` for the name of a token. */
export function exposed<Token extends string | null>(token: Token): Token {
  const error = unexposed(token)
  if (error) throw error
  return token
}
