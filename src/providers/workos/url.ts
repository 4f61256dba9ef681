import { AuthError } from '../../core/errors.js'

/** An absolute URL. @throws AuthError `invalid_argument` for what is none. */
export function parseUrl(text: string, base?: string | null): URL {
  try {
    return new URL(text, base ?? undefined)
  } catch {
    throw new AuthError('invalid_argument', '`redirectUri`, `returnTo` and `url` must be URLs.')
  }
}
