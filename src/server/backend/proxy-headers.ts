import { AuthError } from '../../core/errors.js'
import { stripBlanks } from '../cookies/blanks.js'
import { keepPrivate, varyByCookie } from '../requests/caching.js'

/**
 * What an upstream may hear of a request. Everything else is dropped, for a name that nobody here
 * knows may be one that a server behind believes: `X-Original-URL`, `Remote-User`, `CF-Connecting-IP`.
 */
const UP: readonly string[] = [
  'accept',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'pragma',
  'prefer',
  'priority',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-correlation-id',
  'x-request-id',
  'x-requested-with',
]

/**
 * What the browser may hear of an answer. The rest could act on this origin or on a server before
 * it: its cookies, `X-Accel-Redirect`, `X-Sendfile`, `NEL`, `Speculation-Rules`, what CDNs keep.
 */
const DOWN: readonly string[] = [
  'accept-ranges',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-range',
  'content-security-policy',
  'content-type',
  'date',
  'deprecation',
  'etag',
  'last-modified',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'server-timing',
  'sunset',
  'traceresponse',
  'vary',
  'x-correlation-id',
  'x-frame-options',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-request-id',
  'x-total-count',
]

/** What no setting lets pass, in either direction; `*` is any rest of a name. */
const NEVER: readonly string[] = [
  // Of one hop (RFC 9110 §7.6.1), or about a body that is coded anew.
  'connection',
  'content-length',
  'keep-alive',
  'proxy',
  'proxy-*',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'max-forwards',
  'early-data',
  'accept-encoding',
  // What is asked for, and from where.
  'host',
  'x-host',
  'x-original-host',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'origin',
  'referer',
  // Who is signed in.
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'authorization',
  'www-authenticate',
  'authentication-info',
  'x-holdfast',
  // Who asks, by the word of a server before this one.
  'remote-user',
  'x-remote-*',
  'x-webauth-*',
  'x-authenticated-*',
  'x-user-id',
  'x-amzn-oidc-*',
  'x-goog-iap-*',
  'x-goog-authenticated-*',
  'x-ms-client-principal*',
  'client-cert',
  'client-cert-chain',
  'x-ssl-*',
  'x-client-cert*',
  'x-forwarded-*',
  // From which address, by such a word or the browser's own.
  'forwarded',
  'via',
  'x-real-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'cf-*',
  'fastly-*',
  'sec-*',
  // What acts on this origin, beyond the answer.
  'access-control-*',
  'accept-ch',
  'critical-ch',
  'alt-svc',
  'attribution-reporting-*',
  'clear-site-data',
  'expect-ct',
  'nel',
  'no-vary-search',
  'observe-browsing-topics',
  'origin-agent-cluster',
  'p3p',
  'public-key-pins',
  'public-key-pins-report-only',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-login',
  'speculation-rules',
  'strict-transport-security',
  'supports-loading-mode',
  'use-as-dictionary',
  // What acts on a server before this one.
  'x-accel-*',
  'x-lighttpd-send-file',
  'x-lua-file',
  'x-middleware-*',
  'x-sendfile',
  // What CDNs keep.
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'vercel-cdn-cache-control',
  'netlify-cdn-cache-control',
  'akamai-cache-control',
  'edge-control',
  'surrogate-*',
]

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
