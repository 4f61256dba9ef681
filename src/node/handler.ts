import { AuthError } from '../core/errors.js'
import { type Problem, refuse } from '../server/backend/answers.js'
import { type AddressOptions, checkAddressOptions } from './address.js'
import { toWebRequest } from './request.js'
import { sendWebResponse } from './response.js'
import type { NodeNext, NodeRequest, NodeResponse } from './types.js'

/** Answers a request of the web; `null` when it is not for it. */
export type WebHandler = (request: Request) => Response | null | Promise<Response | null>

/** Options of {@link nodeHandler}. */
export interface NodeHandlerOptions extends AddressOptions {
  /** Hears what a handler throws where there is no `next` to hear it. @default console.error */
  readonly report?: ((error: unknown) => void) | undefined
}

/**
 * What `http.createServer` takes, and `app.use`. With `next`, what is not answered here goes on, and so
 * do errors; without, it is answered 400, 404 or 500. Resolves when it is answered, or has gone on.
 */
export type NodeHandler = (
  request: NodeRequest,
  response: NodeResponse,
  next?: NodeNext,
) => Promise<void>

const UNREADABLE: Problem = {
  status: 400,
  code: 'invalid_request',
  message: 'The address, a header or the body of the request can be read in more than one way.',
}
const UNKNOWN: Problem = { status: 404, code: 'not_found', message: 'There is nothing here.' }
const FAILED: Problem = {
  status: 500,
  code: 'internal',
  message: 'The server failed. See its log.',
}

function functionOf(backend: WebHandler | { readonly handle: WebHandler }): WebHandler {
  if (typeof backend === 'function') return backend
  if (typeof backend?.handle === 'function') return (request) => backend.handle(request)
  const message = 'Pass a backend, or a function that answers a `Request` by a `Response`.'
  throw new AuthError('invalid_argument', message)
}

/** Says that the server failed, or breaks off what it has begun to say. */
async function fail(outgoing: NodeResponse): Promise<void> {
  if (outgoing.headersSent) outgoing.destroy()
  else await sendWebResponse(refuse(FAILED), outgoing)
}

/**
 * Mounts a backend of `createBackend`, or any function from `Request` to `Response`, in a server of Node
 * or a framework that stands on one: `createServer(nodeHandler(backend))`, `app.use(nodeHandler(backend))`.
 * Mount it before any body parser, or bodies that are no JSON cannot be passed on.
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { nodeHandler } from 'holdfast/node'
 *
 * createServer(nodeHandler(backend)).listen(3000) // of createBackend
 * ```
 * @throws AuthError `invalid_argument` for what is no backend, and for an `origin` that is none.
 */
export function nodeHandler(
  backend: WebHandler | { readonly handle: WebHandler },
  options: NodeHandlerOptions = {},
): NodeHandler {
  const handle = functionOf(backend)
  checkAddressOptions(options)
  const { report = (error) => console.error(error), ...address } = options

  /** The answer; `null` for what goes on. */
  async function answerTo(request: NodeRequest, response: NodeResponse, isLast: boolean) {
    const asked = toWebRequest(request, { ...address, response })
    const answer = asked && (await handle(asked))
    if (answer || !isLast) return answer
    return refuse(asked ? UNKNOWN : UNREADABLE)
  }

  return async (request, response, next) => {
    try {
      const answer = await answerTo(request, response, next === undefined)
      if (answer) return await sendWebResponse(answer, response)
    } catch (error) {
      if (next) return next(error)
      report(error)
      return fail(response)
    }
    next?.()
  }
}
