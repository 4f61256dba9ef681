import type { SessionHeaders } from '../server/requests/apply.js'
import type { ExpressResponse } from './types.js'

const listOf = (value: ReturnType<ExpressResponse['getHeader']>): readonly string[] =>
  value === undefined ? [] : [value].flat().map(String)

/** Adds values to a header that may have some. */
function append(response: ExpressResponse, name: string, values: readonly string[]): void {
  const all = [...listOf(response.getHeader(name)), ...values]
  response.setHeader(name, name === 'set-cookie' ? all : [...new Set(all)].join(', '))
}

/** The headers of a response, as they are read and written for sessions. */
export function sessionHeadersOf(response: ExpressResponse): SessionHeaders {
  return {
    get: (name) => listOf(response.getHeader(name)).join(', ') || null,
    set: (name, value) => void response.setHeader(name, value),
    delete: (name) => void response.removeHeader(name),
    append: (name, value) => append(response, name.toLowerCase(), [value]),
  }
}

/** Puts headers on a response. What others have set of cookies and `Vary` stays. */
export function setHeaders(response: ExpressResponse, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === 'vary') append(response, name, [value])
    else if (name !== 'set-cookie') response.setHeader(name, value)
  }
  const setCookies = headers.getSetCookie()
  if (setCookies.length > 0) append(response, 'set-cookie', setCookies)
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
