import { refuse } from '../server/backend/answers.js'
import { answerHeadersOf } from '../server/requests/answer-headers.js'
import { createOriginGuard, type OriginGuardOptions } from '../server/requests/origin-guard.js'
import { addressOf } from './address.js'
import { sendWebResponse } from './response.js'
import type { NodeMiddleware, NodeRequest, NodeResponse } from './types.js'

/** What such a request is answered. */
export const FOREIGN = {
  status: 403,
  code: 'forbidden',
  message: 'A page of another origin sent this request. See `allowedOrigins`.',
} as const

/** Makes the question whether a page of another origin sent a request that changes something. */
export function foreignRequests(
  options: OriginGuardOptions,
): (exchange: { request: NodeRequest; response: NodeResponse }) => boolean {
  const isForeign = createOriginGuard(options)
  return ({ request, response }) =>
    isForeign({
      method: request.method ?? 'GET',
      // HTTP/2 names the host elsewhere than in `Host`; an address that cannot be told is nobody's own.
      url: addressOf(request, {}) ?? '',
      headers: { get: (name) => [request.headers[name.toLowerCase()]].flat().join(', ') || null },
      answer: answerHeadersOf(response),
    })
}

/**
 * Refuses, with 403, what a page of another origin sent that changes something: `SameSite` lets
 * those of sibling hosts through. Origins that the app allows by CORS pass, where `cors()` runs
 * before, and so does what carries its token in a header. `requireSession()` has it inside.
 * @example
 * ```ts
 * import { originGuard } from 'holdfast/express' // or holdfast/node
 * import express from 'express'
 *
 * const app = express()
 * app.use(originGuard({ allowedOrigins: ['https://www.example'] }))
 * ```
 * @throws AuthError `invalid_argument` for what is no origin.
 */
export function originGuard(options: OriginGuardOptions = {}): NodeMiddleware {
  const isForeign = foreignRequests(options)
  return (request, response, next) => {
    if (isForeign({ request, response })) sendWebResponse(refuse(FOREIGN), response).catch(next)
    else next()
  }
}
