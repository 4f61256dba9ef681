import { readText } from '../../providers/shared/body.js'
import { mayPass } from '../../providers/shared/passing.js'
import { parseRetryAfter } from '../../providers/shared/retry-after.js'
import { GeneralError, isSuperTokensError } from './errors.js'
import type { CoreRequest } from './requests.js'
import { can, type Version } from './versions.js'
import { createSay, type Say } from './words.js'

/** How one request is sent. */
export interface Sending {
  readonly signal: AbortSignal
  /** Named from 2.0 on, which the first interface did not. */
  readonly version?: Version | undefined
}

/** What a host is reached with. */
export interface CoreWireOptions {
  /** The host's address. */
  readonly url: string
  readonly apiKey?: string | undefined
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds since the epoch. */
  now(): number
}

/** Requests to one host. */
export interface CoreWire {
  /** @returns the body of an answer with 200. @throws SuperTokensError `GENERAL_ERROR` for others. */
  send(request: CoreRequest, sending: Sending): Promise<string>
  /** For messages about this request. */
  sayOf(request: CoreRequest): Say
}

/** What another host, or this one later, may answer otherwise. `null` for a core's own refusal. */
function passing(
  { status, headers }: Response,
  { url, now }: CoreWireOptions,
): GeneralError | null {
  if (mayPass(status)) {
    const limited = status === 429
    const what = limited ? 'has had too many requests' : `failed (${status})`
    const code = limited ? 'rate_limited' : 'server_error'
    const retryAfter = parseRetryAfter(headers, now())
    return new GeneralError(`The core at ${url} ${what}.`, { code, status, retryAfter })
  }
  if (status >= 400) return null
  // A redirect, too: neither key nor token may go to another place.
  const message = `What answers at ${url} is no core (${status}).`
  return new GeneralError(message, { code: 'bad_response', status })
}

function refusal(status: number, said: string): GeneralError {
  const code = 'rejected'
  if (status === 401) {
    return new GeneralError('The core refused the API key: check `apiKey`.', { code, status })
  }
  const message =
    status === 404 || status === 405
      ? `The core has no such path (${status}): check the paths in \`hosts\`.`
      : `The core refused the request (${status}): ${said}`
  return new GeneralError(message, { code, status })
}

/** @throws SuperTokensError `GENERAL_ERROR`, `bad_response`, for more than a core would send. */
async function readBody(response: Response): Promise<string> {
  const body = await readText(response)
  if (body !== null) return body
  const { status } = response
  throw new GeneralError('The answer is too large.', { code: 'bad_response', status })
}

/** Makes the wire to one host. */
export function createCoreWire(options: CoreWireOptions): CoreWire {
  const { url, apiKey } = options

  function sayOf({ json }: CoreRequest): Say {
    const { accessToken, refreshToken, antiCsrfToken } = json ?? {}
    return createSay([apiKey, accessToken, refreshToken, antiCsrfToken])
  }

  function begin(request: CoreRequest, { signal, version }: Sending): Promise<Response> {
    const { method, path, query, json } = request
    const named = version && can(version, 'named')
    // Looked up at each call, and called as a function of its own.
    const fetch = options.fetch ?? globalThis.fetch
    return fetch(`${url}${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
      method,
      headers: {
        ...(json && { 'content-type': 'application/json; charset=utf-8' }),
        ...(named && { 'cdi-version': version }),
        ...(apiKey !== undefined && { 'api-key': apiKey }),
      },
      ...(json && { body: JSON.stringify(json) }),
      redirect: 'manual',
      signal,
    })
  }

  return {
    sayOf,
    async send(request, sending) {
      try {
        const response = await begin(request, sending)
        const { status } = response
        if (status === 200) return await readBody(response)
        const passed = passing(response, options)
        if (!passed) throw refusal(status, sayOf(request)(await readBody(response)))
        response.body?.cancel().catch(() => undefined)
        throw passed
      } catch (error) {
        if (isSuperTokensError(error)) throw error
        // The cause is named, not chained: it may hold the request, and the request the token.
        const name = error instanceof Error ? error.name : 'unknown'
        const message = `The core at ${url} could not be reached (${name}).`
        throw new GeneralError(message, { code: 'network' })
      }
    },
  }
}
