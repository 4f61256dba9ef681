import { AuthError } from '../core/errors.js'
import { answerHeadersOf, listIn, putCookies } from '../server/requests/answer-headers.js'
import type { NodeResponse } from './types.js'

/** Whether nobody is there any more to take an answer. */
export const isGone = ({ destroyed, stream }: NodeResponse): boolean =>
  destroyed === true || stream?.destroyed === true

/** What is about one connection (RFC 9110 §7.6.1), and is Node's to say. */
const HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** What Node sends; the web lets further control characters through. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/

const invalid = (message: string): AuthError => new AuthError('invalid_argument', message)

/** The number of bytes that an answer says its body has; `null` when it does not say. */
function lengthOf({ headers }: Response): number | null {
  const length = headers.get('Content-Length') ?? ''
  return /^\d+$/.test(length) ? Number(length) : null
}

/**
 * @throws AuthError `invalid_argument` for what cannot be sent. It is all looked at before anything is
 * written: half an answer would be mixed with the one that says what went wrong.
 */
function checkAnswer(answer: Response, outgoing: NodeResponse): void {
  // A `Response` of another realm, or of a library, is one as well.
  if (typeof answer?.headers?.getSetCookie !== 'function') {
    throw invalid('An answer is a `Response` of the web.')
  }
  if (outgoing.headersSent) throw invalid('Somebody else has begun to answer.')
  if (answer.status < 200) throw invalid('`Response.error()` is no answer that can be sent.')
  if (answer.bodyUsed || answer.body?.locked) throw invalid('The body has been read already.')
  const wrong = [...answer.headers].find(([, value]) => !SENDABLE.test(value))
  if (wrong) throw invalid(`The header \`${wrong[0]}\` holds a character that no header may.`)
}

/** Puts headers on a response. What others have set of cookies and `Vary` stays. */
function setHeaders(answer: Response, outgoing: NodeResponse): void {
  const written = answerHeadersOf(outgoing)
  for (const [name, value] of answer.headers) {
    // No body has a length that is no number, and a 204 has none at all (RFC 9110 §8.6).
    const unfit = lengthOf(answer) === null || answer.status === 204
    if (HOP.includes(name) || (name === 'content-length' && unfit)) continue
    if (name === 'vary') listIn(written, name, value.split(','))
    else if (name !== 'set-cookie') outgoing.setHeader(name, value)
  }
  putCookies(written, answer.headers.getSetCookie())
}

/** Waits until the browser has taken what it was sent, or is gone. */
function drained(outgoing: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      outgoing.removeListener('drain', end)
      outgoing.removeListener('close', end)
      resolve()
    }
    outgoing.once('drain', end)
    outgoing.once('close', end)
    if (isGone(outgoing)) end()
  })
}

/** Writes a body, as fast as the browser takes it. @throws unless it is as long as it should be. */
async function write(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: NodeResponse,
  length: number | null,
): Promise<void> {
  let sent = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    sent += piece.value.byteLength
    // What is too much would be read as the beginning of the next answer; `NaN` is no bytes at all.
    if (!(sent <= (length ?? Number.POSITIVE_INFINITY))) throw invalid('The body is too long.')
    if (!outgoing.write(piece.value)) await drained(outgoing)
  }
  if (sent < (length ?? 0)) throw invalid('The body is too short.')
}

/** Sends a body, and stops reading it when nobody takes it any more. */
async function sendBody(
  body: ReadableStream<Uint8Array>,
  outgoing: NodeResponse,
  length: number | null,
): Promise<void> {
  const reader = body.getReader()
  const stop = (): void => void reader.cancel().catch(() => {})
  outgoing.once('close', stop)
  // Also while the browser takes nothing, for which it is waited below: it may never again.
  reader.closed.catch(() => outgoing.destroy())
  // An event stream may say nothing for long, and its page wants to know that it is connected.
  const early = setTimeout(() => outgoing.flushHeaders?.(), 0)
  try {
    await write(reader, outgoing, length)
    if (!isGone(outgoing)) outgoing.end()
  } catch {
    stop()
    // The status is gone: an answer that breaks off is the only way to say that it is not whole.
    outgoing.destroy()
  } finally {
    clearTimeout(early)
    outgoing.removeListener('close', stop)
  }
}

/**
 * Sends an answer of the web as a response of Node, piece by piece, as fast as the browser takes it.
 * A body that fails on the way, or is longer or shorter than its `Content-Length`, breaks off.
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { sendWebResponse } from 'holdfast/node'
 *
 * createServer((_incoming, outgoing) => sendWebResponse(Response.json({ ok: true }), outgoing))
 * ```
 * @throws AuthError `invalid_argument` for what is no answer, and where somebody else has begun one.
 */
export async function sendWebResponse(answer: Response, outgoing: NodeResponse): Promise<void> {
  const { body, status, statusText } = answer
  if (isGone(outgoing)) return body?.cancel()
  checkAnswer(answer, outgoing)
  const { method, httpVersionMajor = 1 } = outgoing.req ?? {}
  outgoing.statusCode = status
  if (statusText !== '' && httpVersionMajor === 1) outgoing.statusMessage = statusText
  setHeaders(answer, outgoing)
  const isBodiless = method === 'HEAD' || status === 204 || status === 304
  const length = isBodiless ? null : lengthOf(answer)
  if (body && !isBodiless) return sendBody(body, outgoing, length)
  // A browser would wait for what was announced.
  if (length) outgoing.destroy()
  else outgoing.end()
  await body?.cancel()
}
