import { cookieHeaderOf } from '../node/request.js'
import type { NodeRequest, NodeResponse } from '../node/types.js'
import type { AnswerHeaders } from '../server/requests/answer-headers.js'
import { answerHeadersOf } from '../server/requests/answer-headers.js'
import type { WebExchange, WebRequest } from '../server/supertokens/web/index.js'

/** The headers that sessions are read from, besides `Cookie`. */
const READ = [
  'authorization',
  'anti-csrf',
  'rid',
  'st-auth-mode',
  'origin',
  'sec-fetch-site',
  'host',
]

function webRequestOf(request: NodeRequest): WebRequest {
  const headers = new Headers()
  for (const name of READ) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, [value].flat().join(', '))
  }
  const cookie = cookieHeaderOf(request)
  if (cookie !== null) headers.set('Cookie', cookie)
  return { method: request.method ?? 'GET', headers }
}

/** A response's headers. Once they are sent, nothing is written. */
function openHeadersOf(response: NodeResponse): AnswerHeaders {
  const headers = answerHeadersOf(response)
  return {
    ...headers,
    set: (name, value) => void (response.headersSent || headers.set(name, value)),
    delete: (name) => void (response.headersSent || headers.delete(name)),
    replaceSetCookies: (values) => void (response.headersSent || headers.replaceSetCookies(values)),
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
