import { AuthError } from '../../core/errors.js'
import { stripBlanks } from '../cookies/blanks.js'
import { keepPrivate, varyByCookie } from '../requests/caching.js'
import { DOWN, NEVER, UP } from './header-names.js'

const isBarred = (name: string): boolean =>
  NEVER.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))

/** Which headers pass besides the usual ones. */
export interface HeaderPolicy {
  /** Of requests, as the upstream may get them. */
  readonly up: ReadonlySet<string>
  /** Of answers, as the browser may get them. */
  readonly down: ReadonlySet<string>
}

/** @throws AuthError `invalid_argument` for a name that is none, or may not pass. */
function allow(known: readonly string[], more: readonly string[], option: string): Set<string> {
  const names = more.map((name) => name.toLowerCase())
  // Servers behind CGI and its like take `_` for `-`.
  const wrong = names.find((name) => !/^[a-z\d!#$%&'*+.^`|~-]+$/.test(name) || isBarred(name))
  if (wrong === undefined) return new Set([...known, ...names])
  throw new AuthError('invalid_argument', `\`${option}\` of an upstream cannot hold \`${wrong}\`.`)
}

/** Makes the policy of one upstream. @throws AuthError `invalid_argument` */
export function createHeaderPolicy(
  requestHeaders: readonly string[] = [],
  responseHeaders: readonly string[] = [],
): HeaderPolicy {
  return {
    up: allow(UP, requestHeaders, 'requestHeaders'),
    down: allow(DOWN, responseHeaders, 'responseHeaders'),
  }
}

/** The headers that are known, and are not for this hop only. */
function passing(headers: Headers, known: ReadonlySet<string>): Headers {
  // RFC 9110 §7.6.1: `Connection` names such.
  const named = new Set((headers.get('Connection') ?? '').toLowerCase().split(',').map(stripBlanks))
  return new Headers([...headers].filter(([name]) => known.has(name) && !named.has(name)))
}

/** What a request gets on its way to an upstream. */
export interface Credentials {
  readonly accessToken: string
  /** What the app has set for it. */
  readonly own?: Readonly<Record<string, string>> | undefined
}

/** The headers of a request as the upstream gets them, with the token. */
export function upstreamHeaders(
  headers: Headers,
  policy: HeaderPolicy,
  { accessToken, own = {} }: Credentials,
): Headers {
  const passed = passing(headers, policy.up)
  for (const [name, value] of Object.entries(own)) passed.set(name, value)
  passed.set('Authorization', `Bearer ${accessToken}`)
  return passed
}

/** Where a redirect of the upstream leads, as the browser is to see it; `null` for no web page. */
function relocate(location: string, { at, base, mount }: Place): string | null {
  if (!URL.canParse(location, at)) return null
  const { href, protocol } = new URL(location, at)
  if (href === base || /^[/?#]/.test(href.startsWith(base) ? href.slice(base.length) : '')) {
    return `${mount}${href.slice(base.length)}`
  }
  return /^https?:$/.test(protocol) ? href : null
}

/** Where an answer comes from. */
export interface Place {
  /** The address that was asked. */
  readonly at: string
  /** The address of the upstream, without a slash at its end. */
  readonly base: string
  /** The path under which the browser sees the upstream. */
  readonly mount: string
}

/** The headers of an answer as the browser gets them: nothing in them touches this origin. */
export function browserHeaders(headers: Headers, policy: HeaderPolicy, place: Place): Headers {
  const passed = passing(headers, policy.down)
  const location = passed.get('Location')
  if (location !== null) {
    const elsewhere = relocate(location, place)
    if (elsewhere === null) passed.delete('Location')
    else passed.set('Location', elsewhere)
  }
  passed.set('X-Content-Type-Options', 'nosniff')
  keepPrivate(passed)
  varyByCookie(passed)
  return passed
}
