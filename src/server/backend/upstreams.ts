import { AuthError } from '../../core/errors.js'
import { checkUrl } from '../../providers/shared/url.js'
import { createOutageReport } from '../shared/outage.js'
import { after } from '../shared/time-limit.js'
import type { Problem } from './answers.js'
import { IDLE, withIdleLimit } from './idle-limit.js'
import { addressBeneath } from './paths.js'
import { createHeaderPolicy, type HeaderPolicy, upstreamHeaders } from './proxy-headers.js'

/** A server that gets the requests of pages, with the token that pages do not have. */
export interface Upstream {
  /** The address beneath which all requests go. */
  readonly target: string | URL
  /** What every request to it carries besides, such as a key of this server's. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Names of headers of the page's requests that it gets besides the usual ones. Names with `_`, those by which
   * servers know who asks, and those that say that something else is asked for cannot be among them. @default none
   */
  readonly requestHeaders?: readonly string[] | undefined
  /**
   * Names of headers of its answers that pages get besides the usual ones, such as `Link`. What acts
   * on this origin, or on a server before this one, cannot be among them. @default none
   */
  readonly responseHeaders?: readonly string[] | undefined
  /** How long an answer may take to begin after the last piece of the request, in ms. @default 30_000 */
  readonly requestTimeout?: number | undefined
  /** How long the next piece of a body may take, in both directions, in ms. @default 60_000 */
  readonly idleTimeout?: number | undefined
  /** Allows plain `http:` to other hosts: whoever is between can read the token. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** A whole body, by the words of every TypeScript: the buffer of an array has a type since 5.7 only. */
type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>

/** A request as it goes to an upstream. */
export interface Outgoing {
  readonly request: Request
  readonly address: URL
  readonly body: Request['body'] | Bytes
  readonly accessToken: string
}

/** An upstream in use. */
export interface Route {
  /** Without a slash at its end. */
  readonly base: string
  readonly policy: HeaderPolicy
  /** Milliseconds. */
  readonly idleTimeout: number
  /** Where a path leads beneath it; `null` when it would leave it. */
  addressOf(path: string, search: string): URL | null
  /** Sends a request with the token; never throws. Redirects are not followed. */
  send(outgoing: Outgoing): Promise<Response | Problem>
}

/** What an upstream is reached by. */
export interface RouteDeps {
  readonly fetch: typeof fetch
  /** Hears of each outage of an upstream once. */
  report(error: AuthError): void
  /** Milliseconds since the epoch. */
  now(): number
}

/** As long as most gateways wait, in ms. */
const TIMEOUT = 30_000

/** Names of upstreams are parts of paths. */
const NAME = /^[\w-]+$/

/** The rest of a request did not come. */
export const STALLED: Problem = {
  status: 408,
  code: 'timeout',
  message: 'The rest of the request did not come in time.',
}

/** Nobody reads this: whoever asked is gone, for which the upstream is not to blame. */
const LEFT: Problem = {
  status: 499,
  code: 'aborted',
  message: 'The request was given up.',
}

/** A time limit that can be paused, and begins anew then. */
interface Patience {
  begin(): void
  pause(): void
  /** It never begins again. */
  end(): void
}

function createPatience(limit: number, expire: () => void): Patience {
  let callOff = (): void => {}
  let over = false
  const pause = (): void => callOff()
  return {
    pause,
    begin() {
      pause()
      if (!over) callOff = after(limit, expire)
    },
    end() {
      over = true
      pause()
    },
  }
}

/** @throws AuthError `invalid_argument` for a wrong upstream. */
export function createRoute(name: string, upstream: Upstream, deps: RouteDeps): Route {
  const { target, requestTimeout = TIMEOUT, idleTimeout = IDLE, headers: own } = upstream
  const policy = createHeaderPolicy(upstream.requestHeaders, upstream.responseHeaders)
  const base = checkUrl(String(target), upstream.dangerouslyAllowInsecureHttp)
  if (!NAME.test(name) || !(requestTimeout > 0) || !(idleTimeout > 0)) {
    const message = 'An upstream has a name of letters, digits, `-` and `_`, and timeouts in ms.'
    throw new AuthError('invalid_argument', message)
  }

  const outage = createOutageReport(deps)

  function fail(kind: string, late: boolean): Problem {
    const what = late ? 'did not answer in time' : 'could not be reached'
    outage.failed(
      new AuthError(late ? 'timeout' : 'network', `Upstream ${name} ${what} (${kind}).`),
    )
    const message = `The server behind this address ${what}.`
    return { status: late ? 504 : 502, code: 'upstream_failed', message }
  }

  return {
    base,
    policy,
    idleTimeout,
    addressOf: (path, search) => addressBeneath(base, path, search),
    async send({ request, address, body, accessToken }) {
      const controller = new AbortController()
      const abort = (): void => controller.abort()
      const patience = createPatience(requestTimeout, abort)
      let stalled = false
      const onLate = (): void => {
        stalled = true
      }
      // While the page has the next piece to send, the upstream has nothing to answer.
      const limits = { limit: idleTimeout, onWait: patience.pause, onPiece: patience.begin, onLate }
      patience.begin()
      // Whoever asked may go away, also in the middle of the answer.
      request.signal.addEventListener('abort', abort, { once: true })
      if (request.signal.aborted) abort()
      const init = {
        method: request.method,
        headers: upstreamHeaders(request.headers, policy, { accessToken, own }),
        body: body instanceof ReadableStream ? withIdleLimit(body, limits) : body,
        // Streams are sent so, and only so (Fetch §5.4).
        duplex: 'half',
        // Elsewhere the token has no business.
        redirect: 'manual',
        signal: controller.signal,
      } as const
      try {
        const response = await deps.fetch(address.href, init)
        // Browsers hide redirects that they do not follow; no runtime of servers does.
        if (response.status === 0) return fail(response.type, false)
        outage.worked()
        return response
      } catch (error) {
        // Named, not chained: it may hold the request, and the request the token.
        const kind = error instanceof Error ? error.name : 'unknown'
        if (stalled) return STALLED
        return request.signal.aborted ? LEFT : fail(kind, controller.signal.aborted)
      } finally {
        patience.end()
      }
    },
  }
}
