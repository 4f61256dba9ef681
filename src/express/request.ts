import { AuthError } from '../core/errors.js'
import type { ExpressRequest } from './types.js'

/** The header `Cookie` of a request. */
export function cookieHeaderOf({ headers }: ExpressRequest): string | null {
  const { cookie } = headers
  return cookie === undefined ? null : [cookie].flat().join('; ')
}

/** The path and query of a request, as they were before any router. */
export function pathOf({ originalUrl, url = '/' }: ExpressRequest): string {
  const path = originalUrl ?? url
  // Proxies are asked by whole addresses (RFC 9112 §3.2.2); the host is the header's word.
  return path.replace(/^https?:\/\/[^/?#]*/i, '')
}

/** What a host and a port may be made of: whatever ends them early would begin the path. */
const AUTHORITY = /^[^/?#@\\\s]+$/
/** What parsing would change: dots between slashes, `\`, a fragment, and what it drops. */
const CHANGED = /[\\#\s\p{Cc}]|\/(?:\.|%2[eE]){1,2}(?:[/?]|$)/u

/**
 * The whole address of a request; `null` when its parts would not be read again as they were sent.
 * `Host: x/auth/session?` must not choose the path, nor `X-Forwarded-Proto` the host.
 */
function addressOf(request: ExpressRequest): string | null {
  const { host, ':authority': authority = host ?? 'localhost' } = request.headers
  const path = pathOf(request)
  const protocol = request.protocol ?? 'http'
  if (!/^https?$/i.test(protocol) || !AUTHORITY.test(String(authority))) return null
  const query = path.indexOf('?')
  const page = query < 0 ? path : path.slice(0, query)
  if (!page.startsWith('/') || CHANGED.test(page) || path.includes('#')) return null
  const origin = `${protocol}://${authority}`
  if (!URL.canParse(origin + path)) return null
  return new URL(origin + path).href
}

function headersOf(request: ExpressRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // Those with a colon are HTTP/2's own.
    if (value === undefined || name.startsWith(':')) continue
    for (const one of [value].flat()) headers.append(name, one)
  }
  return headers
}

/**
 * What a body parser has left of the body, as bytes.
 * @throws AuthError `invalid_argument` where nothing can be made again, as of forms.
 */
async function* bodyAgain({ body, headers }: ExpressRequest): AsyncGenerator<Uint8Array> {
  const json = /\bjson\b/i.test(String(headers['content-type']))
  if (body instanceof Uint8Array) yield body
  else if (typeof body === 'string') yield new TextEncoder().encode(body)
  else if (json) yield new TextEncoder().encode(JSON.stringify(body))
  else {
    const message = 'A body parser has taken the body: mount `backendHandler` before it.'
    throw new AuthError('invalid_argument', message)
  }
}

/** The body. Nothing is read before it is asked for: the request may be for another handler. */
function streamOf(request: ExpressRequest): ReadableStream<Uint8Array> {
  const source = request.readableEnded ? bodyAgain(request) : request
  let chunks: AsyncIterator<Uint8Array> | undefined
  return new ReadableStream(
    {
      async pull(controller) {
        chunks ??= source[Symbol.asyncIterator]()
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks?.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** A request of Express as the web knows it; `null` for one that the web does not know. */
export function toWebRequest(request: ExpressRequest, signal: AbortSignal): Request | null {
  const address = addressOf(request)
  const { method = 'GET', headers } = request
  // The web knows no request by these (Fetch §2.2.1).
  if (address === null || /^(connect|trace|track)$/i.test(method)) return null
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
  const body = sent && method !== 'GET' && method !== 'HEAD' ? streamOf(request) : null
  // Streams are sent so, and only so (Fetch §5.4).
  const init = { method, headers: headersOf(request), body, signal, duplex: 'half' }
  return new Request(address, init)
}
