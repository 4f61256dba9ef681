import { type AnswerHeaders, listIn, putCookies } from '../server/requests/answer-headers.js'
import type { ExpressResponse } from './types.js'

const listOf = (value: ReturnType<ExpressResponse['getHeader']>): readonly string[] =>
  value === undefined ? [] : [value].flat().map(String)

/** The headers of a response, as sessions are written to them. */
export function answerHeadersOf(response: ExpressResponse): AnswerHeaders {
  return {
    get: (name) => listOf(response.getHeader(name)).join(', ') || null,
    set: (name, value) => void response.setHeader(name, value),
    delete: (name) => void response.removeHeader(name),
    setCookies: () => listOf(response.getHeader('Set-Cookie')),
    replaceSetCookies: (values) => void response.setHeader('Set-Cookie', values),
  }
}

/** Puts headers on a response. What others have set of cookies and `Vary` stays. */
export function setHeaders(response: ExpressResponse, headers: Headers): void {
  const answer = answerHeadersOf(response)
  for (const [name, value] of headers) {
    if (name === 'vary') listIn(answer, name, value.split(','))
    else if (name !== 'set-cookie') response.setHeader(name, value)
  }
  putCookies(answer, headers.getSetCookie())
}

/** Waits until the browser has taken what it was sent, or is gone. */
function drained(response: ExpressResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.removeListener('drain', end)
      response.removeListener('close', end)
      resolve()
    }
    response.once('drain', end)
    response.once('close', end)
    if (response.destroyed) end()
  })
}

/** Sends an answer of the web, piece by piece, as fast as the browser takes it. */
export async function sendWebResponse(response: ExpressResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status
  setHeaders(response, answer.headers)
  const reader = answer.body?.getReader()
  if (!reader) return void response.end()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (!response.write(piece.value)) await drained(response)
    }
    response.end()
  } catch {
    // The status is gone: an answer that breaks off is the only way to say that it is not whole.
    response.destroy()
  }
}
