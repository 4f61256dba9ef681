import type { Fields } from '../server/json.js'

/** A refusal in a core's words: text, not JSON. */
export class CoreRefusal extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

/** Refuses with a status and a text. */
export function refuse(status: number, text: string): never {
  throw new CoreRefusal(status, text)
}

/** An answer in text, which ends its line. */
export const textAnswer = (status: number, text: string): Response =>
  new Response(`${text}\n`, { status, headers: { 'content-type': 'text/html;charset=UTF-8' } })

/** An answer in JSON. */
export const jsonAnswer = (body: Fields): Response =>
  new Response(`${JSON.stringify(body)}\n`, {
    headers: { 'content-type': 'application/json;charset=UTF-8' },
  })

/** What whoever asks too often is told. */
export const tooManyRequests = (): Response => textAnswer(429, 'Rate limit exceeded')

/** The session is over, or the token is none of this core's. */
export const unauthorised = (message: string, extra: Fields = {}): Fields => ({
  status: 'UNAUTHORISED',
  message,
  ...extra,
})
