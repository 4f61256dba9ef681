import { AuthError } from '../../core/errors.js'
import { checkObject } from '../shared/arguments.js'

/** Which pages may send requests that change something, besides those of this server's origin. */
export interface OriginGuardOptions {
  /**
   * The origin under which browsers know this server, such as `https://app.example`.
   * @default the host that the request names
   */
  readonly origin?: string | undefined
  /** Further origins. Those that the answer allows by CORS, with credentials, pass anyway. @default none */
  readonly allowedOrigins?: readonly string[] | undefined
}

/** A request, and what its answer says so far. */
export interface GuardedRequest {
  readonly method: string
  readonly headers: Pick<Headers, 'get'>
  readonly url?: string | undefined
  readonly answer?: { get(name: string): string | null } | undefined
}

/** @throws AuthError `invalid_argument` for what is no origin. */
export function checkOrigin(origin: string): string {
  // A pattern would be compared as it is, and never be met.
  const known = /^https?:[^*]+$/.test(origin) && URL.canParse(origin)
  if (known && new URL(origin).origin === origin) return origin
  throw new AuthError(
    'invalid_argument',
    'An origin is a scheme and a host, such as `https://app.example`, and no more.',
  )
}

/** These change nothing (RFC 9110 §9.2.1). */
const isSafe = (method: string): boolean => /^(get|head|options)$/i.test(method)

function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).host : null
}

/** Whether an origin is that of the server which was asked. */
function isOwn(origin: string, { url, headers }: GuardedRequest, own: string | undefined): boolean {
  if (own !== undefined) return origin === own
  // Whoever ends TLS before this server has changed the scheme, and it is not compared.
  const host = url === undefined ? hostOf(`http://${headers.get('Host')}`) : hostOf(url)
  const theirs = hostOf(origin)
  return theirs !== null && theirs === host
}

/** Whether the app has said to the browser that this origin may send cookies (Fetch §3.2.5). */
function isShared(origin: string, { answer }: GuardedRequest): boolean {
  return (
    answer?.get('Access-Control-Allow-Origin') === origin &&
    answer.get('Access-Control-Allow-Credentials') === 'true'
  )
}

/**
 * Makes the question whether a page of another origin sent a request that changes something, on the
 * cookies of whoever looks at it. `SameSite` lets pages of sibling hosts, and Sec-Fetch-Site and
 * Origin tell them. What is no browser, or carries its token in a header, is not such a page.
 * @example
 * ```ts
 * import { createOriginGuard } from 'holdfast/server'
 *
 * const isForeign = createOriginGuard({ allowedOrigins: ['https://www.example'] })
 * const refusal = isForeign(request) ? new Response(null, { status: 403 }) : null
 * ```
 * @throws AuthError `invalid_argument` for what is no origin.
 */
export function createOriginGuard(
  options: OriginGuardOptions = {},
): (request: GuardedRequest) => boolean {
  checkObject('options', options)
  const { origin: here, allowedOrigins = [] } = options
  if (!Array.isArray(allowedOrigins)) {
    throw new AuthError('invalid_argument', '`allowedOrigins` is a list of origins.')
  }
  const own = here === undefined ? undefined : checkOrigin(here)
  const allowed = allowedOrigins.map(checkOrigin)
  return (request) => {
    const { method, headers } = request
    if (isSafe(method)) return false
    // Browsers add Basic, Digest and Negotiate by themselves, and never these.
    if (/^(Bearer|DPoP) /i.test(headers.get('Authorization') ?? '')) return false
    const origin = headers.get('Origin')
    if (origin !== null && (allowed.includes(origin) || isShared(origin, request))) return false
    const site = headers.get('Sec-Fetch-Site')
    if (site !== null) return site !== 'same-origin' && site !== 'none'
    return origin !== null && !isOwn(origin, request, own)
  }
}
