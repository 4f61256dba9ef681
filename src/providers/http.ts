import ky from 'ky'
import { AuthError, isAuthError } from '../core/errors.js'
import type { Signal } from '../core/ports.js'
import type { RequestContext } from '../core/provider.js'

/** Where a provider's server is, and what every request to it carries. */
export interface HttpOptions {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** `include` for servers that keep a token in a cookie of their own. @default 'omit' */
  readonly credentials?: 'omit' | 'include' | undefined
  /** Allows plain `http:` to hosts other than this device: tokens can then be read on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** One request, relative to the server's address. */
export interface HttpRequest {
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'PUT' | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly json?: Readonly<Record<string, unknown>> | undefined
  readonly token?: string | undefined
  /** Whether the request should outlive a dying page. */
  readonly keepalive?: boolean | undefined
}

/** An answer that the server itself gave: its body was JSON, or empty. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  /** `Retry-After` in ms, where there is a sensible one. */
  readonly retryAfter: number | undefined
}

/** @throws AuthError `network`, `aborted`, or `bad_response` for what is not JSON. */
export type Http = (request: HttpRequest, context: RequestContext) => Promise<HttpAnswer>

/** No session is as large as this many characters. */
const LARGEST = 1_048_576
/** A wait of more than an hour would be a sign-out. */
const LONGEST_WAIT = 3_600_000

/**
 * The server's address without a slash at its end.
 * @throws AuthError `invalid_argument` for anything but https, or http on this device.
 */
export function checkUrl(text: string, allowInsecure = false): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new AuthError('invalid_argument', 'The url of the server is not an absolute URL.')
  }
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (local || allowInsecure))) {
    throw new AuthError('invalid_argument', 'Tokens go over https: only; use an https url.')
  }
  if (url.username || url.password) {
    throw new AuthError('invalid_argument', 'The url of the server must not hold credentials.')
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Both forms of RFC 9110 §10.2.3, in ms; nonsense is no wish at all. */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('Retry-After') ?? ''
  const sent = Date.parse(headers.get('Date') ?? '')
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - (Number.isNaN(sent) ? now : sent)
  return wait > 0 ? Math.min(wait, LONGEST_WAIT) : undefined
}

/** The platform's signal that aborts when `signal` does. */
export function bridge(signal: Signal): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return controller.signal
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '' && response.ok) return null
  try {
    if (text.length <= LARGEST) return JSON.parse(text)
  } catch {
    // Reported below, without the text: it may hold anything.
  }
  throw new AuthError('bad_response', 'The answer is not the server’s: it is no JSON.', {
    // Browsers hide a redirect that they do not follow: it has no status (Fetch §2.2.6).
    status: response.status || undefined,
  })
}

/** `init` where the platform takes it: edge workers throw at what is a browser's business. */
function taken(url: string, init: RequestInit): RequestInit {
  try {
    new Request(url, init)
    return init
  } catch {
    return {}
  }
}

/** Makes the one function through which a provider speaks. */
export function createHttp(options: HttpOptions): Http {
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  const client = ky.create({
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    // A captive portal's redirect must not carry tokens to another host. Edge workers know no
    // `error`; unfollowed, a redirect is an answer that no provider takes.
    redirect: 'manual',
    ...taken(base, { cache: 'no-store' }),
    ...taken(base, { credentials: options.credentials ?? 'omit' }),
    // Looked up at each call, and called as a function of its own.
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
  })
  return async ({ path, method = 'POST', query, json, token, keepalive }, { signal }) => {
    const headers = {
      ...options.headers,
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(json && { 'Content-Type': 'application/json;charset=UTF-8' }),
    }
    try {
      const response = await client(`${base}${path}`, {
        method,
        headers,
        signal: bridge(signal),
        ...(query && { searchParams: query }),
        ...(json && { body: JSON.stringify(json) }),
        ...(keepalive && { keepalive }),
      })
      const body = await readJson(response)
      return {
        status: response.status,
        headers: response.headers,
        body,
        retryAfter: parseRetryAfter(response.headers, Date.now()),
      }
    } catch (error) {
      if (isAuthError(error)) throw error
      // The cause is named, not chained: it may hold the request, and the request the token.
      const name = error instanceof Error ? error.name : 'unknown'
      if (signal.aborted) throw new AuthError('aborted', `The request was given up (${name}).`)
      throw new AuthError('network', `The server could not be reached (${name}).`)
    }
  }
}
