import { AuthError } from '../../core/errors.js'
import { checkUrl } from '../../providers/shared/url.js'
import type { Problem } from './answers.js'
import { addressBeneath } from './paths.js'
import { upstreamHeaders } from './proxy-headers.js'

/** A server that gets the requests of pages, with the token that pages do not have. */
export interface Upstream {
  /** The address beneath which all requests go. */
  readonly target: string | URL
  /** What every request to it carries besides, such as a key of this server's. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How long an answer may take to begin, in ms. @default 30_000 */
  readonly timeout?: number | undefined
  /** Allows plain `http:` to other hosts: whoever is between can read the token. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** A request as it goes to an upstream. */
export interface Outgoing {
  readonly request: Request
  readonly address: URL
  readonly body: BodyInit | null
  readonly accessToken: string
}

/** An upstream in use. */
export interface Route {
  /** Without a slash at its end. */
  readonly base: string
  /** Where a path leads beneath it; `null` when it would leave it. */
  addressOf(path: string, search: string): URL | null
  /** Sends a request with the token; never throws. Redirects are not followed. */
  send(outgoing: Outgoing): Promise<Response | Problem>
}

/** What an upstream is reached by. */
export interface RouteDeps {
  readonly fetch: typeof fetch
  report(error: AuthError): void
}

/** As long as most gateways wait, in ms. */
const TIMEOUT = 30_000

/** Names of upstreams are parts of paths. */
const NAME = /^[\w-]+$/

/** @throws AuthError `invalid_argument` for a wrong upstream. */
export function createRoute(name: string, upstream: Upstream, deps: RouteDeps): Route {
  const { target, timeout = TIMEOUT, headers } = upstream
  const base = checkUrl(String(target), upstream.dangerouslyAllowInsecureHttp)
  if (!NAME.test(name) || !(timeout > 0)) {
    const message = 'An upstream has a name of letters, digits, `-` and `_`, and a timeout in ms.'
    throw new AuthError('invalid_argument', message)
  }

  function fail(kind: string, late: boolean): Problem {
    const what = late ? 'did not answer in time' : 'could not be reached'
    deps.report(new AuthError(late ? 'timeout' : 'network', `Upstream ${name} ${what} (${kind}).`))
    const message = `The server behind this address ${what}.`
    return { status: late ? 504 : 502, code: 'upstream_failed', message }
  }

  return {
    base,
    addressOf: (path, search) => addressBeneath(base, path, search),
    async send({ request, address, body, accessToken }) {
      const controller = new AbortController()
      const abort = (): void => controller.abort()
      const timer = setTimeout(abort, timeout)
      // Whoever asked may go away, also in the middle of the answer.
      request.signal.addEventListener('abort', abort, { once: true })
      if (request.signal.aborted) abort()
      const init = {
        method: request.method,
        headers: upstreamHeaders(request.headers, accessToken, headers),
        body,
        // Streams are sent so, and only so (Fetch §5.4).
        duplex: 'half',
        // Elsewhere the token has no business.
        redirect: 'manual',
        signal: controller.signal,
      } as const
      try {
        const response = await deps.fetch(address.href, init)
        // Browsers hide redirects that they do not follow; no runtime of servers does.
        return response.status === 0 ? fail(response.type, false) : response
      } catch (error) {
        // Named, not chained: it may hold the request, and the request the token.
        const kind = error instanceof Error ? error.name : 'unknown'
        return fail(kind, controller.signal.aborted)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
