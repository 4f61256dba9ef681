import { AuthError } from '../../core/errors.js'

/**
 * Where to go after a sign-out, as it came: whether it is on the app's list the server checks.
 * @throws AuthError `invalid_argument` for anything but an absolute http(s) URL.
 */
export function checkReturnTo(returnTo: string): string {
  if (/^https?:\/\//i.test(returnTo) && URL.canParse(returnTo)) return returnTo
  throw new AuthError('invalid_argument', '`returnTo` must be an absolute http(s) URL.')
}
