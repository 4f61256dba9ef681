import { sendWebResponse } from '../node/response.js'
import type { NodeRequest } from '../node/types.js'
import { answerHeadersOf } from '../server/requests/answer-headers.js'
import {
  type CorsRequest,
  createSuperTokensCors,
  type SuperTokensCorsOptions,
} from '../server/supertokens/web/cors.js'
import type { SuperTokensHandler } from './supertokens-types.js'

const corsRequestOf = ({ method = 'GET', headers }: NodeRequest): CorsRequest => ({
  method,
  headers: { get: (name) => [headers[name.toLowerCase()]].flat().join(', ') || null },
})

/**
 * Lets front ends of SuperTokens on other origins ask this app: `app.use(superTokensCors(options))`,
 * before everything that answers. Origins that it allows may also change things (see `originGuard`).
 * @example
 * ```ts
 * import { superTokensCors } from 'holdfast/express'
 * import express from 'express'
 *
 * const app = express()
 * app.use(superTokensCors({ allowedOrigins: ['https://www.example'] }))
 * ```
 * @throws AuthError `invalid_argument` for what is no origin.
 */
export function superTokensCors(options: SuperTokensCorsOptions): SuperTokensHandler {
  const cors = createSuperTokensCors(options)
  return (request, response, next) => {
    const asked = corsRequestOf(request)
    const answer = cors.preflight(asked)
    if (answer) {
      sendWebResponse(answer, response).catch(next)
    } else {
      cors.apply(asked, answerHeadersOf(response))
      next()
    }
  }
}
