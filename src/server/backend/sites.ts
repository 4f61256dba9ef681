import { AuthError } from '../../core/errors.js'

/** A redirect URI as it was given, which auth servers compare by each character. */
export interface RedirectUri {
  readonly text: string
  readonly url: URL
}

/** The origins under which browsers know one backend. */
export interface Sites {
  readonly callbacks: readonly string[]
  readonly secure: boolean
  /** Where browsers sent a request; `null` for another origin than these. */
  addressOf(request: Request): URL | null
  redirectUri(url: URL): string | undefined
}

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

/**
 * The hosts that a request may have been sent to, the likeliest first. Whoever writes these headers chooses
 * among the listed origins only, and for a browser of their own: another site's page cannot set them.
 */
const hostsOf = ({ headers }: Request): readonly string[] =>
  ['X-Forwarded-Host', 'Host'].flatMap((name) => headers.get(name)?.toLowerCase() ?? [])

/**
 * Makes the origins of a backend out of its redirect URIs.
 * @throws AuthError `invalid_argument` for an empty list, two of one origin, and `http:` beside `https:`.
 */
export function createSites(given: readonly RedirectUri[]): Sites {
  const byOrigin = new Map(given.map(({ text, url }) => [url.origin, text]))
  const byHost = new Map(given.map(({ url }) => [url.host, url.origin]))
  const protocols = new Set(given.map(({ url }) => url.protocol))
  if (given.length === 0) reject('`redirectUris` names no address: nobody could sign in.')
  if (byHost.size < given.length) reject('`redirectUris` has two addresses of one host.')
  // The name of a cookie says whether it is secure, and all hosts share the sessions' settings.
  if (protocols.size > 1) reject('`redirectUris` are all of `https:`, or all of `http:`.')
  return {
    callbacks: [...new Set(given.map(({ url }) => url.pathname))],
    secure: protocols.has('https:'),
    addressOf(request) {
      const url = new URL(request.url)
      if (byOrigin.has(url.origin)) return url
      const host = hostsOf(request).find((name) => byHost.has(name))
      const origin = host === undefined ? undefined : byHost.get(host)
      return origin === undefined ? null : new URL(`${origin}${url.pathname}${url.search}`)
    },
    redirectUri: (url) => byOrigin.get(url.origin),
  }
}
