/**
 * Whether a page's cookies (`document.cookie`) say that the client may have a session at WorkOS:
 * the API sets `workos-has-session` on its domain to `1`, or to the client ids joined by dots.
 * @example
 * ```ts
 * import { hasSessionCookie, workos } from 'holdfast/providers/workos'
 *
 * const hasSession = () => hasSessionCookie(document.cookie, 'client_123')
 * const url = 'https://auth.example.com' // the custom authentication domain
 * const provider = workos({ clientId: 'client_123', url, cookies: true, hasSession })
 * ```
 */
export const hasSessionCookie = (cookies: string, clientId: string): boolean =>
  [...cookies.matchAll(/(?:^|; ?)workos-has-session=([^;]*)/g)].some(
    ([, ids = '']) => ids === '1' || ids.split('.').includes(clientId),
  )
