import type { Backend } from '../server/backend/index.js'
import { checkObject } from '../server/shared/arguments.js'
import { toWebRequest } from './request.js'
import { sendWebResponse } from './response.js'
import type { ExpressHandler } from './types.js'

/**
 * Mounts a backend in Express 4 or 5: `app.use(backendHandler(backend))`, before any body parser,
 * or bodies that are no JSON cannot be passed on. What is not the backend's goes on to the app.
 * With a proxy before the app, set `trust proxy`, or the backend's `origin`.
 * @throws AuthError `invalid_argument` for what is no backend.
 */
export function backendHandler(backend: Pick<Backend, 'handle'>): ExpressHandler {
  checkObject('backend', backend)
  return (request, response, next) => {
    const gone = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) gone.abort()
    })
    const serve = async (): Promise<boolean> => {
      const asked = toWebRequest(request, gone.signal)
      const answer = asked && (await backend.handle(asked))
      if (answer) await sendWebResponse(response, answer)
      return Boolean(answer)
    }
    serve().then((ours) => {
      if (!ours) next()
    }, next)
  }
}
