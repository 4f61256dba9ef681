/** Between two hops only (RFC 9110 §7.6.1), and what describes a body that is coded anew. */
const HOP = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What is between the browser and this server, and what anybody could have written. */
const PRIVATE =
  /^(host|cookie2?|authorization|accept-encoding|expect|origin|referer|forwarded|via|x-holdfast|x-real-ip|(x-forwarded|sec|access-control)-.*)$/

/** What would act on this origin: its cookies and storage, who may read it, how it is reached. */
const MIGHTY =
  /^(set-cookie2?|content-encoding|clear-site-data|alt-svc|strict-transport-security|service-worker-allowed|refresh|www-authenticate|access-control-.*)$/

/** The headers that may pass: none that `stop` matches, and none of this hop only. */
function passing(headers: Headers, stop: RegExp): Headers {
  // RFC 9110 §7.6.1: `Connection` names more of them.
  const named = (headers.get('Connection') ?? '').toLowerCase().split(/\s*,\s*/)
  return new Headers(
    [...headers].filter(([name]) => !HOP.has(name) && !named.includes(name) && !stop.test(name)),
  )
}

/** The headers of a request as the upstream gets them, with the token. */
export function upstreamHeaders(
  headers: Headers,
  accessToken: string,
  own: Readonly<Record<string, string>> = {},
): Headers {
  const passed = passing(headers, PRIVATE)
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
export function browserHeaders(headers: Headers, place: Place): Headers {
  const passed = passing(headers, MIGHTY)
  const location = passed.get('Location')
  if (location !== null) {
    const elsewhere = relocate(location, place)
    if (elsewhere === null) passed.delete('Location')
    else passed.set('Location', elsewhere)
  }
  passed.set('X-Content-Type-Options', 'nosniff')
  passed.append('Vary', 'Cookie')
  // To caches between, all people who come by cookie are the same person.
  const cache = passed.get('Cache-Control') ?? ''
  if (!/\b(private|no-store)\b/.test(cache)) passed.set('Cache-Control', 'no-store')
  return passed
}
