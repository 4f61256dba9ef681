import { nodeHandler } from '../node/handler.js'
import type { NodeMiddleware } from '../node/types.js'
import type { Backend } from '../server/backend/index.js'

/**
 * Mounts a backend in Express 4 or 5: `app.use(backendHandler(backend))`, before any body parser,
 * or bodies that are no JSON cannot be passed on. What is not the backend's goes on to the app.
 * With a proxy before the app, set `trust proxy`, or the backend's `origin`.
 * @example
 * ```ts
 * import { backendHandler } from 'holdfast/express'
 * import express from 'express'
 *
 * const app = express()
 * app.use(backendHandler(backend)) // of createBackend, before body parsers
 * ```
 * @throws AuthError `invalid_argument` for what is no backend.
 */
export function backendHandler(backend: Pick<Backend, 'handle'>): NodeMiddleware {
  return nodeHandler(backend)
}
