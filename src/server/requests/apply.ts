import { type CachingHeaders, forbidStorage, keepPrivate, varyByCookie } from './caching.js'
import type { RequestSession } from './request-session-types.js'

/** Puts `Set-Cookie` values on an answer, and keeps it out of caches. */
export function applyCookies(headers: Headers, setCookies: readonly string[]): void {
  if (setCookies.length === 0) return
  for (const value of setCookies) headers.append('Set-Cookie', value)
  forbidStorage(headers)
  varyByCookie(headers)
}

/** What {@link applySession} writes to: `Headers`, or those of a framework. */
export interface SessionHeaders extends CachingHeaders {
  append(name: string, value: string): void
}

/**
 * Puts on an answer what came of the cookies of its request: `Set-Cookie` values, and what keeps it
 * out of shared caches where somebody is signed in. An answer that says `private` itself keeps what
 * it says, unless it sets cookies.
 */
export function applySession(
  headers: SessionHeaders,
  { failure, setCookies }: Pick<RequestSession, 'failure' | 'setCookies'>,
): void {
  for (const value of setCookies) headers.append('Set-Cookie', value)
  varyByCookie(headers)
  if (setCookies.length > 0) forbidStorage(headers)
  else if (failure?.reason !== 'no_session_cookie_provided') keepPrivate(headers)
}
