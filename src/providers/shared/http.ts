import { AuthError, isAuthError } from '../../core/errors.js'
import type { Signal } from '../../core/ports.js'
import type { RequestContext } from '../../core/provider.js'
import { readJson } from './body.js'
import { withoutEcho } from './echo.js'
import { asObject } from './json.js'
import { isFine, mayPass } from './passing.js'
import { parseRetryAfter } from './retry-after.js'
import { checkUrl, invalid } from './url.js'

/** Where a provider's server is, and what every request to it carries. */
export interface HttpOptions {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Called as `fetch(url, init)`: with a string, and an object of plain headers and a string body.
   * @default the platform's fetch
   */
  readonly fetch?: typeof fetch | undefined
  /** `include` for servers that keep a token in a cookie of their own. @default 'omit' */
  readonly credentials?: 'omit' | 'include' | undefined
  /** Allows plain `http:` to hosts other than this device: tokens can then be read on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** One request, relative to the server's address. */
export interface HttpRequest {
  readonly path: string
  /** `POST` where it is not said: most of what providers send is. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly json?: object | undefined
  /** A form-encoded body, instead of `json`. What is `undefined` is left out. */
  readonly form?: Readonly<Record<string, string | undefined>> | undefined
  readonly token?: string | undefined
  /** Whether the request should outlive a dying page. Servers have none, and take no notice. */
  readonly keepalive?: boolean | undefined
}

/**
 * An answer that the server itself gave: its body was JSON, or empty. The body of one that may pass
 * (see `toPassing`) is `null` where it was neither.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  /** `Retry-After` in ms, where there is a sensible one. */
  readonly retryAfter: number | undefined
}

/**
 * Sends one request. Redirects are not followed.
 * @throws AuthError `network`, `aborted`, `disposed`, `bad_response` for what is not JSON, or
 *   `invalid_argument` for a token that no header can carry.
 */
export type Http = (request: HttpRequest, context: RequestContext) => Promise<HttpAnswer>

/** Does `work` with the platform's signal that aborts when `signal` does, if any; leaves nothing on that. */
export async function bridged<T>(
  signal: Signal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await work(controller.signal)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
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

const encodeForm = (form: Readonly<Record<string, string | undefined>>): string =>
  new URLSearchParams(
    Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()

function bearer(token: string): string {
  // The platform would throw what looks like a broken network.
  if (/^[!-~]+$/.test(token)) return `Bearer ${token}`
  return invalid('This token cannot be sent: no server has issued it.')
}

function toText(json: object): string {
  try {
    return JSON.stringify(json)
  } catch {
    return invalid('What was passed is no JSON.')
  }
}

/** Headers and body as plain values: whoever wraps `fetch` can read them and add their own. */
function toInit(request: HttpRequest, headers: HttpOptions['headers']): RequestInit {
  const { method = 'POST', json, form, token, keepalive } = request
  const body = json ? toText(json) : form && encodeForm(form)
  const kind = json ? 'json' : 'x-www-form-urlencoded'
  return {
    method,
    headers: {
      ...headers,
      ...(token && { Authorization: bearer(token) }),
      ...(body !== undefined && { 'Content-Type': `application/${kind};charset=UTF-8` }),
    },
    ...(body !== undefined && { body }),
    // Frameworks of servers patch `fetch` and make streams of bodies, which excludes it (Fetch §5.4).
    ...(keepalive && 'document' in globalThis && { keepalive }),
  }
}

/** @throws AuthError `bad_response` unless the server itself gave the answer. */
async function toAnswer(response: Response, asked: string, signal: Signal): Promise<HttpAnswer> {
  const {
    status,
    headers,
    // React Native follows every redirect, and does not say that it did.
    redirected = new URL(response.url, asked).origin !== new URL(asked).origin,
  } = response
  const body = redirected
    ? undefined
    : await readJson(response).catch((error: unknown) => {
        // The status of an answer that broke off says enough.
        if (!mayPass(status) || signal.aborted) throw error
      })
  // Who wants a nonce in a proof need say no more (RFC 9449 §9).
  const wantsNonce = (status === 400 || status === 401) && headers.has('DPoP-Nonce')
  const silent = body === undefined && !mayPass(status) && !wantsNonce
  if (redirected || silent) {
    const what = redirected ? '`fetch` has followed a redirect' : 'it is no JSON'
    throw new AuthError('bad_response', `The answer is not the server’s: ${what}.`, {
      // Browsers hide a redirect that they do not follow: it has no status (Fetch §2.2.6).
      status: status || undefined,
    })
  }
  return { status, headers, body: body ?? null, retryAfter: parseRetryAfter(headers, Date.now()) }
}

/**
 * Makes the one function through which a provider speaks.
 * @throws AuthError `invalid_argument` for an address that tokens must not go to.
 */
export function createHttp(options: HttpOptions): Http {
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  const fixed: RequestInit = {
    // A captive portal's redirect must not carry tokens to another host. Edge workers know no
    // `error`; unfollowed, a redirect is an answer that no provider takes.
    redirect: 'manual',
    ...taken(base, { cache: 'no-store' }),
    ...taken(base, { credentials: options.credentials ?? 'omit' }),
  }
  return async (request, { signal, throwIfDisposed }) => {
    throwIfDisposed?.()
    const { path, query } = request
    const init = { ...fixed, ...toInit(request, options.headers) }
    try {
      // Looked up at each call, and called as a function of its own.
      const send = options.fetch ?? globalThis.fetch
      const url = `${base}${path}${query ? `?${new URLSearchParams(query)}` : ''}`
      const answer = await bridged(signal, async (own) =>
        toAnswer(await send(url, { ...init, signal: own }), url, signal),
      )
      // GitHub and its like refuse with 200.
      return isFine(answer) && !asObject(answer.body)?.error
        ? answer
        : { ...answer, body: withoutEcho(answer.body, { headers: options.headers, ...request }) }
    } catch (error) {
      if (isAuthError(error)) throw error
      // The cause is named, not chained: it may hold the request, and the request the token.
      const name = error instanceof Error ? error.name : 'unknown'
      if (signal.aborted) throw new AuthError('aborted', `The request was given up (${name}).`)
      throw new AuthError('network', `The server could not be reached (${name}).`)
    }
  }
}
