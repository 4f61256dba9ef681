import { AuthError } from '../core/errors.js'
import { checkOrigin } from '../server/requests/origin-guard.js'
import type { NodeRequest } from './types.js'

/** How the address of a request is told. */
export interface AddressOptions {
  /**
   * The origin under which browsers know this server, such as `https://app.example`.
   * @default what the request says: the scheme of its connection and the header `Host`
   */
  readonly origin?: string | undefined
  /**
   * Whether `X-Forwarded-Proto` and `X-Forwarded-Host` count: only where a proxy before the app sets
   * both for every request, or anybody could. Of several values the last counts, which is what the
   * nearest proxy said; with several proxies name the `origin`. @default false
   */
  readonly trustProxy?: boolean | undefined
}

/** @throws AuthError `invalid_argument` for what is no origin, and for a list of proxies. */
export function checkAddressOptions({ origin, trustProxy = false }: AddressOptions): void {
  if (origin !== undefined) checkOrigin(origin)
  if (typeof trustProxy === 'boolean') return
  throw new AuthError('invalid_argument', '`trustProxy` is true or false.')
}

/** The path and query of a request, as they were before any router. */
export function pathOf({ originalUrl, url = '/' }: NodeRequest): string {
  const path = originalUrl ?? url
  // Proxies are asked by whole addresses (RFC 9112 §3.2.2); the host is the header's word.
  return path.replace(/^https?:\/\/[^/?#]*/i, '')
}

/** What a host and a port may be made of: whatever ends them early would begin the path. */
const AUTHORITY = /^[^/?#@\\\s]+$/
/** What parsing would change: dots between slashes, `\`, a fragment, and what it drops. */
const CHANGED = /[\\#\s\p{Cc}]|\/(?:\.|%2[eE]){1,2}(?:[/?]|$)/u
/** The same in a query. */
const DROPPED = /[#\s\p{Cc}]/u

/** Bytes that nobody has encoded come as letters of Latin 1, and would be encoded as such. */
const encodeBytes = (path: string): string =>
  path.replace(/[\u0080-\u00ff]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)

/** What the nearest proxy said of the way before it. */
function forwarded({ headers }: NodeRequest, name: string): string | undefined {
  return [headers[name]].flat().join(',').split(',').at(-1)?.trim() || undefined
}

/**
 * The host that a request names; `null` where it names two. A proxy before this server may have
 * looked at the other one (RFC 9112 §3.2, RFC 9113 §8.3.1).
 */
function authorityOf({ headers, rawHeaders = [] }: NodeRequest): string | null {
  const named = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
  const { host, ':authority': authority = host ?? 'localhost' } = headers
  const known = new Set([authority, host ?? authority].flat().map((one) => one.toLowerCase()))
  return named.length < 2 && known.size === 1 ? [authority].flat().join() : null
}

function originOf(request: NodeRequest, options: AddressOptions): string | null {
  const authority = authorityOf(request)
  if (authority === null) return null
  if (options.origin !== undefined) return options.origin
  const told = options.trustProxy === true
  const own = request.protocol ?? (request.socket?.encrypted ? 'https' : 'http')
  const protocol = (told && forwarded(request, 'x-forwarded-proto')) || own
  const host = (told && forwarded(request, 'x-forwarded-host')) || authority
  return /^https?$/i.test(protocol) && AUTHORITY.test(host) ? `${protocol}://${host}` : null
}

/**
 * The whole address of a request; `null` when its parts would not be read again as they were sent.
 * `Host: x/auth/session?` must not choose the path, nor `X-Forwarded-Proto` the host.
 */
export function addressOf(request: NodeRequest, options: AddressOptions): string | null {
  const origin = originOf(request, options)
  const path = encodeBytes(pathOf(request))
  const query = path.indexOf('?')
  const page = query < 0 ? path : path.slice(0, query)
  if (!page.startsWith('/') || CHANGED.test(page) || DROPPED.test(path)) return null
  if (origin === null || !URL.canParse(origin + path)) return null
  return new URL(origin + path).href
}
