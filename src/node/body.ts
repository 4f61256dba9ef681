import { AuthError } from '../core/errors.js'
import type { NodeRequest } from './types.js'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const TAKEN = 'A body parser has taken the body: mount this handler before it, or pass `body`.'
const SHARED = 'Somebody else has begun to read the body: mount this handler before that.'
const GONE = 'The connection has closed before the whole body was there.'

/**
 * What a body parser has left of the body, as bytes.
 * @throws AuthError `invalid_argument` where nothing can be made again, as of forms.
 */
function bodyAgain(body: unknown, { headers }: NodeRequest): Uint8Array {
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return encode(body)
  const json = /\bjson\b/i.test(String(headers['content-type']))
  if (json && body !== undefined) return encode(JSON.stringify(body))
  throw new AuthError('invalid_argument', TAKEN)
}

/** Reads a body that nobody has read, piece by piece, as somebody wants them. */
function attach(
  request: NodeRequest,
  controller: ReadableStreamDefaultController<Uint8Array>,
): () => void {
  const take = (piece: Uint8Array): void => {
    request.pause()
    controller.enqueue(piece)
  }
  const fail = (): void => {
    detach()
    controller.error(new AuthError('aborted', GONE))
  }
  const settle = (): void => {
    if (request.aborted) controller.error(new AuthError('aborted', GONE))
    else controller.close()
  }
  const end = (): void => {
    detach()
    // A stream of HTTP/2 that is reset ends its body as a whole one does, and is aborted a moment later.
    if (request.stream) setTimeout(settle, 0)
    else settle()
  }
  function detach(): void {
    request.removeListener('data', take)
    request.removeListener('end', end)
    request.removeListener('close', fail)
    request.removeListener('error', fail)
  }
  request.on('end', end)
  request.on('close', fail)
  request.on('error', fail)
  request.on('data', take)
  return detach
}

/** The body of a request. Nothing is read before it is asked for: another handler may want it. */
export function streamOf(request: NodeRequest, parsed: unknown): ReadableStream<Uint8Array> {
  let detach: (() => void) | undefined
  return new ReadableStream(
    {
      pull(controller) {
        if (detach) {
          request.resume()
        } else if (request.readableEnded) {
          controller.enqueue(bodyAgain(parsed, request))
          controller.close()
        } else if (request.destroyed) {
          throw new AuthError('aborted', GONE)
        } else if (request.readableDidRead) {
          throw new AuthError('invalid_argument', SHARED)
        } else {
          detach = attach(request, controller)
          request.resume()
        }
      },
      cancel() {
        if (!detach) return
        detach()
        // Destroying it would close the connection that the answer goes out by.
        request.resume()
      },
    },
    { highWaterMark: 0 },
  )
}
