import { type AddressOptions, addressOf, checkAddressOptions } from './address.js'
import { streamOf } from './body.js'
import { isGone } from './response.js'
import type { NodeRequest, NodeResponse } from './types.js'

/** How a request of Node becomes one of the web. */
export interface WebRequestOptions extends AddressOptions {
  /** What a body parser has made of the body, where it is not in `request.body`. @default request.body */
  readonly body?: unknown
  /**
   * The response to it: when its connection closes before it has been sent, the `signal` of the
   * request aborts. @default none, and the signal never does
   */
  readonly response?: NodeResponse | undefined
}

/** The header `Cookie` of a request. */
export function cookieHeaderOf({ headers }: NodeRequest): string | null {
  const { cookie } = headers
  return cookie === undefined ? null : [cookie].flat().join('; ')
}

/** The headers; `null` for what the web has no room for. */
function headersOf(request: NodeRequest): Headers | null {
  const headers = new Headers()
  try {
    for (const [name, value] of Object.entries(request.headers)) {
      // Those with a colon are HTTP/2's own.
      if (value === undefined || name.startsWith(':')) continue
      for (const one of [value].flat()) headers.append(name, one)
    }
    return headers
  } catch {
    // A lenient parser lets names and values through that `Headers` does not.
    return null
  }
}

/**
 * Whether nobody can tell where the body ends, or what it is: a proxy before this server may have read
 * another one (RFC 9112 §6.1, §6.3). Node refuses these, unless it is told to be lenient.
 */
function isAmbiguous({ headers }: NodeRequest): boolean {
  const { 'transfer-encoding': coding, 'content-length': length } = headers
  if (coding === undefined) return length !== undefined && !/^\d+$/.test([length].flat().join())
  return length !== undefined || !/^chunked$/i.test([coding].flat().join())
}

/** Whether there is a body. HTTP/2 may say so by nothing but that it has not ended yet. */
const hasBody = ({ headers, stream }: NodeRequest): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] === undefined
    ? stream?.endAfterHeaders === false
    : Number(headers['content-length']) > 0)

/** The methods of the web (RFC 9110 §5.6.2), but those that it knows no request by (Fetch §2.2.1). */
const METHOD = /^(?!(?:CONNECT|TRACE|TRACK)$)[\w!#$%&'*+.^`|~-]+$/

/** Takes off what was said of a body as it came. */
function unpack(headers: Headers): void {
  if (!headers.has('Content-Encoding')) return
  headers.delete('Content-Encoding')
  headers.delete('Content-Length')
}

function signalOf(response: NodeResponse): AbortSignal {
  const gone = new AbortController()
  const close = (): void => {
    if (!response.writableEnded || !response.writableFinished) gone.abort()
  }
  if (isGone(response)) close()
  else response.once('close', close)
  return gone.signal
}

/**
 * A request of Node as the web knows it; `null` for one that the web does not know, or that can be
 * read in two ways: answer those with 400.
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { sendWebResponse, toWebRequest } from 'holdfast/node'
 *
 * createServer(async (incoming, outgoing) => {
 *   const request = toWebRequest(incoming, { response: outgoing })
 *   await sendWebResponse(new Response(request?.url, { status: request ? 200 : 400 }), outgoing)
 * })
 * ```
 * @throws AuthError `invalid_argument` for an `origin` that is none.
 */
export function toWebRequest(
  request: NodeRequest,
  options: WebRequestOptions = {},
): Request | null {
  checkAddressOptions(options)
  const address = addressOf(request, options)
  const headers = headersOf(request)
  const { method: given = 'GET' } = request
  const method = given.toUpperCase()
  if (address === null || !headers || isAmbiguous(request) || !METHOD.test(method)) return null
  const { body: parsed = request.body, response } = options
  const sends = hasBody(request) && method !== 'GET' && method !== 'HEAD'
  // What a body parser has left is not compressed any more.
  if (sends && request.readableEnded) unpack(headers)
  const body = sends ? streamOf(request, parsed) : null
  // Streams are sent so, and only so (Fetch §5.4).
  const init = { method, headers, body, duplex: 'half' }
  return new Request(address, response ? { ...init, signal: signalOf(response) } : init)
}
