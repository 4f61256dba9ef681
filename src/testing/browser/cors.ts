/**
 * The headers of an answer from another origin that a page may read without the server's leave: the
 * CORS-safelisted response-header names of the Fetch standard (§2.2.2). `Retry-After` and `Date` are
 * not among them.
 */
const SAFELISTED: ReadonlySet<string> = new Set([
  ...['cache-control', 'content-language', 'content-length', 'content-type'],
  ...['expires', 'last-modified', 'pragma'],
])

/** No page ever sees these, wherever an answer comes from (Fetch §2.2.2, forbidden names). */
const FORBIDDEN: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])

/** From where a page asks. */
export interface Asking {
  readonly crossOrigin: boolean
  /** Whether cookies went along: then `*` exposes nothing but a header of that name. */
  readonly withCredentials: boolean
}

/** How a page at `href` asks for an address; what has no origin of its own is the page's. */
export function asking(
  target: string,
  href: string | null,
  credentials: string | undefined,
): Asking {
  const page = href ?? undefined
  const crossOrigin =
    page !== undefined &&
    URL.canParse(target, page) &&
    new URL(target, page).origin !== new URL(page).origin
  return { crossOrigin, withCredentials: credentials === 'include' }
}

function exposedBy(headers: Headers, { withCredentials }: Asking): (name: string) => boolean {
  const listed = (headers.get('access-control-expose-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  if (listed.includes('*') && !withCredentials) return () => true
  return (name) => SAFELISTED.has(name) || listed.includes(name)
}

/** An answer as a page gets to see it: without the headers that its browser hides from scripts. */
export function seenByPage(response: Response, asking: Asking): Response {
  const exposed = asking.crossOrigin ? exposedBy(response.headers, asking) : () => true
  const readable = (name: string): boolean => !FORBIDDEN.has(name) && exposed(name)
  const shown = [...response.headers].filter(([name]) => readable(name))
  if (shown.length === [...response.headers].length) return response
  // An answer of a real fetch has headers that cannot be changed, so this is a new one.
  const { body, status, statusText, url, redirected } = response
  const seen = new Response(body, { status, statusText, headers: shown })
  return Object.defineProperties(seen, { url: { value: url }, redirected: { value: redirected } })
}
