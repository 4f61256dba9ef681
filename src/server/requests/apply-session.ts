import { type AnswerHeaders, answerOf, putCookies } from './answer-headers.js'
import { forbidStorage, keepPrivate, varyByCookie } from './caching.js'
import type { RequestSession } from './request-session-types.js'

/** Puts `Set-Cookie` values on an answer, and keeps it out of caches. */
export function applyCookies(
  headers: AnswerHeaders | Headers,
  setCookies: readonly string[],
): void {
  if (setCookies.length === 0) return
  const answer = answerOf(headers)
  putCookies(answer, setCookies)
  forbidStorage(answer)
  varyByCookie(answer)
}

/** Keeps an answer out of caches, by what came of the cookies of its request. */
export function keepFromCaches(
  answer: AnswerHeaders,
  {
    failure,
    setCookies,
    deviceOffer,
  }: Pick<RequestSession, 'failure' | 'setCookies' | 'deviceOffer'>,
): void {
  varyByCookie(answer)
  if (setCookies.length > 0 || deviceOffer) forbidStorage(answer)
  else if (failure?.reason !== 'no_session_cookie_provided') keepPrivate(answer)
}

/** Puts on an answer what asks the browser to bind the session to its device, where that is due. */
export function applyOffer(
  headers: AnswerHeaders | Headers,
  { deviceOffer }: Pick<RequestSession, 'deviceOffer'>,
): void {
  if (!deviceOffer) return
  const answer = answerOf(headers)
  for (const [name, value] of Object.entries(deviceOffer.headers)) answer.set(name, value)
  applyCookies(answer, deviceOffer.setCookies)
}

/**
 * Puts on an answer what came of the cookies of its request: `Set-Cookie` values, what asks the browser to bind the
 * session to its device, and what keeps it out of shared caches where somebody is signed in. An answer that says
 * `private` itself keeps what it says, unless it sets cookies.
 * @example
 * ```ts
 * import { applySession } from 'holdfast/server'
 *
 * const found = await sessions.getSession(request.headers.get('Cookie'))
 * const response = Response.json(found.session?.user ?? null)
 * applySession(response.headers, found)
 * ```
 */
export function applySession(
  headers: AnswerHeaders | Headers,
  found: Pick<RequestSession, 'failure' | 'setCookies' | 'deviceOffer'>,
): void {
  const answer = answerOf(headers)
  putCookies(answer, found.setCookies)
  keepFromCaches(answer, found)
  applyOffer(answer, found)
}
