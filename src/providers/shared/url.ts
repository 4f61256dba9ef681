import { AuthError } from '../../core/errors.js'

/** @throws AuthError `invalid_argument`, always. */
export function invalid(message: string): never {
  throw new AuthError('invalid_argument', message)
}

/** Whether a text is a path on whichever origin it is asked for. */
export const isPath = (text: string): boolean => /^\/(?![/\\])/.test(text)

/** Without slashes at its end. A pattern would take quadratic time over an address full of them. */
export function trimSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}

/** An absolute URL. @throws AuthError `invalid_argument` for what is none. */
export function parseUrl(text: string, base?: string | null): URL {
  try {
    return new URL(text, base ?? undefined)
  } catch {
    return invalid('`redirectUri`, `returnTo` and `url` must be URLs.')
  }
}

/** An absolute URL as the text that it is, for one that may be relative to `base`. */
export function toAbsolute(text: string, base?: string | null): string {
  const { href } = parseUrl(text, base)
  return /^[a-z][a-z\d+.-]*:/i.test(text) ? text : href
}

/** The host and the path of a server's address, as `checkUrl` returns it. */
export function partsOf(base: string): { readonly host: string; readonly path: string } {
  const [, host = '', path = ''] = /^https?:\/\/([^/]*)(\/.*)?$/s.exec(base) ?? []
  return { host, path: path || '/' }
}

/** What is this device by its name: RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const LOCAL = /(?:^|\.)localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$/
const isLocal = (host: string): boolean => LOCAL.test(host)

/**
 * The server's address without a slash at its end.
 * @throws AuthError `invalid_argument` for anything but https, or http on this device.
 */
export function checkUrl(text: string, allowInsecure = false): string {
  // Not every platform's `URL` refuses what is none: React Native's takes any text.
  const address = typeof text === 'string' ? text.trim() : ''
  const web = /^(https?):\/\/[^/?#]/i.exec(address)
  if (!web) return invalid('The url of the server must be an absolute URL of https:, as a text.')
  const { origin, hostname, pathname, username, password } = parseUrl(address)
  if (web[1]?.toLowerCase() === 'http' && !allowInsecure && !isLocal(hostname)) {
    return invalid(
      'Tokens sent by http: can be read on the way. Use an https: url, or the option `dangerouslyAllowInsecureHttp` where nobody else is.',
    )
  }
  if (username || password) return invalid('The url of the server must not hold credentials.')
  return origin + trimSlashes(pathname)
}
