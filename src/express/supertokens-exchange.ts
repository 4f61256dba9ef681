import { addressOf } from '../node/address.js'
import { cookieHeaderOf } from '../node/request.js'
import type { NodeRequest, NodeResponse } from '../node/types.js'
import type { AnswerHeaders } from '../server/requests/answer-headers.js'
import { answerHeadersOf } from '../server/requests/answer-headers.js'
import { beforeHeaders } from '../server/requests/late-headers.js'
import type { WebExchange, WebRequest } from '../server/supertokens/web/index.js'

/** The headers of a request, as the app's `transfer` may want any of them. */
function webRequestOf(request: NodeRequest): WebRequest {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // Those with a colon are HTTP/2's own.
    if (value === undefined || name.startsWith(':')) continue
    try {
      headers.set(name, [value].flat().join(', '))
    } catch {
      // A lenient parser lets names and values through that `Headers` does not: no session is in them.
    }
  }
  const cookie = cookieHeaderOf(request)
  if (cookie !== null) headers.set('Cookie', cookie)
  return { method: request.method ?? 'GET', headers, url: addressOf(request, {}) ?? '' }
}

/** A response's headers. Once they are sent, nothing is written; until then, others may change them. */
function openHeadersOf(response: NodeResponse): AnswerHeaders {
  const headers = answerHeadersOf(response)
  return {
    ...headers,
    set: (name, value) => void (response.headersSent || headers.set(name, value)),
    delete: (name) => void (response.headersSent || headers.delete(name)),
    replaceSetCookies: (values) => void (response.headersSent || headers.replaceSetCookies(values)),
    beforeSent: (work) => beforeHeaders(response, work),
  }
}

/** A front end that keeps tokens in cookies, where no request tells. */
const cookieMode = (): WebRequest => ({
  method: 'POST',
  headers: new Headers({ 'st-auth-mode': 'cookie' }),
})

/** A request and response of Express, as the functions for sessions take them. */
export const exchangeOf = (
  request: NodeRequest | undefined,
  response: NodeResponse,
): WebExchange => ({
  request: request ? webRequestOf(request) : cookieMode(),
  answer: openHeadersOf(response),
})
