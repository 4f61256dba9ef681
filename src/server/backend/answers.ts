import type { RequiredStep } from '../../core/errors.js'
import { applyCookies } from '../requests/apply-session.js'
import { forbidStorage, varyByCookie } from '../requests/caching.js'

/** What went wrong, as the browser is told. It never holds a token. */
export interface Problem {
  readonly status: number
  readonly code: string
  /** For people: what failed, and what to do. */
  readonly message: string
  /** The auth server's own code for it. */
  readonly serverCode?: string | undefined
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter?: number | undefined
  /** What a sign-in still needs, for `step_required`. */
  readonly details?: Omit<RequiredStep, 'pendingAuthenticationToken'> | undefined
  /** The methods that would be allowed. */
  readonly allow?: readonly string[] | undefined
}

/** The page means a session that this browser has no more. */
export const CHANGED: Problem = {
  status: 409,
  code: 'session_changed',
  message: 'Somebody else has signed in in this browser.',
}

/**
 * What every answer tells a browser: to guess no type, to load and frame nothing where somebody is
 * sent there, and not to tell the next server of an address that may hold a code (RFC 9700 §4.2.4).
 */
const HARDENING: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
}

/** No answer of a backend is for caches, or a page of its own. */
function finish(response: Response, setCookies: readonly string[]): Response {
  for (const [name, value] of Object.entries(HARDENING)) response.headers.set(name, value)
  forbidStorage(response.headers)
  varyByCookie(response.headers)
  applyCookies(response.headers, setCookies)
  return response
}

/** An answer in JSON. */
export function answer(body: unknown, setCookies: readonly string[] = []): Response {
  const headers = { 'Content-Type': 'application/json' }
  return finish(new Response(JSON.stringify(body), { headers }), setCookies)
}

/** An answer that says what went wrong. */
export function refuse({ allow, ...problem }: Problem, setCookies?: readonly string[]): Response {
  const { status, retryAfter } = problem
  const headers = {
    'Content-Type': 'application/json',
    ...(retryAfter !== undefined && { 'Retry-After': String(Math.ceil(retryAfter / 1000)) }),
    ...(allow && { Allow: allow.join(', ') }),
  }
  return finish(new Response(JSON.stringify(problem), { status, headers }), setCookies ?? [])
}

/** Events, as they come (HTML §9.2). */
export function stream(events: ReadableStream<Uint8Array>): Response {
  const headers = { 'Content-Type': 'text/event-stream' }
  const response = finish(new Response(events, { headers }), [])
  // What compresses or holds back would do so until there is more of it: Express's, and nginx's.
  response.headers.set('Cache-Control', 'private, no-store, no-transform')
  response.headers.set('X-Accel-Buffering', 'no')
  return response
}

/** Sends the browser to another page, by GET. */
export function redirect(location: string, setCookies: readonly string[] = []): Response {
  // RFC 9110 §15.4.4: whatever the request was, the next one is a GET.
  return finish(new Response(null, { status: 303, headers: { Location: location } }), setCookies)
}

/** An empty page in a frame of a page of `origin`. */
export function showFrame(origin: string, setCookies: readonly string[]): Response {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  const response = finish(new Response('', { headers }), setCookies)
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${origin}`
  response.headers.set('Content-Security-Policy', policy)
  return response
}

/** A page of ours, whose form leads to this server and from there to the app. */
export function showPage(html: string, app: string): Response {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  const response = finish(new Response(html, { headers }), [])
  const policy = `default-src 'none'; base-uri 'none'; form-action 'self' ${app}; frame-ancestors 'none'`
  response.headers.set('Content-Security-Policy', policy)
  // A form's request says where it comes from only where its page may (Fetch §4.1 "append an Origin header").
  response.headers.set('Referrer-Policy', 'same-origin')
  return response
}
